// A tree of scopes built from the dotted names. Invariant: each scope is opened once, and closed.
#include "traces/waveform/scopes.hpp"

#include <map>
#include <memory>

namespace weft::traces {
namespace {

struct Scope {
  struct Leaf {
    std::size_t number = 0;
    std::string name;
  };
  std::string name;
  std::vector<Leaf> signals;
  std::vector<std::unique_ptr<Scope>> scopes;
  std::map<std::string, Scope*> by_name;

  Scope& child(const std::string& child_name) {
    Scope*& place = by_name[child_name];
    if (!place) {
      scopes.push_back(std::make_unique<Scope>());
      place = scopes.back().get();
      place->name = child_name;
    }
    return *place;
  }
};

void visit(const Scope& scope, ScopeVisitor& visitor) {
  for (const Scope::Leaf& leaf : scope.signals) visitor.signal(leaf.number, leaf.name);
  for (const auto& child : scope.scopes) {
    visitor.open(child->name);
    visit(*child, visitor);
    visitor.close();
  }
}

}  // namespace

void visit_scopes(const std::vector<SignalInfo>& signals, ScopeVisitor& visitor) {
  Scope root;
  for (std::size_t number = 0; number < signals.size(); ++number) {
    const std::string& name = signals[number].name;
    Scope* scope = &root;
    std::size_t begin = 0;
    for (std::size_t dot = name.find('.'); dot != std::string::npos; dot = name.find('.', begin)) {
      scope = &scope->child(name.substr(begin, dot - begin));
      begin = dot + 1;
    }
    scope->signals.push_back({number, name.substr(begin)});
  }
  visit(root, visitor);
}

}  // namespace weft::traces
