// Declarations: a tree of scopes built from the dotted names, written depth first. Invariant: every $scope
// has its $upscope, and no scope is opened twice.
#include "traces/waveform/vcd_scope.hpp"

#include <map>
#include <memory>

namespace weft::traces {
namespace {

struct Scope {
  std::string name;
  std::vector<const VcdDeclaration*> signals;
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

void write(const Scope& scope, std::string& out) {
  for (const VcdDeclaration* signal : scope.signals) {
    const std::size_t dot = signal->name.rfind('.');
    const std::string leaf = dot == std::string::npos ? signal->name : signal->name.substr(dot + 1);
    out += "$var wire " + std::to_string(signal->width) + " " + signal->id + " " + leaf;
    if (signal->width > 1) out += " [" + std::to_string(signal->width - 1) + ":0]";
    out += " $end\n";
  }
  for (const auto& child : scope.scopes) {
    out += "$scope module " + child->name + " $end\n";
    write(*child, out);
    out += "$upscope $end\n";
  }
}

}  // namespace

std::string declare_scopes(const std::vector<VcdDeclaration>& signals) {
  Scope root;
  for (const VcdDeclaration& signal : signals) {
    Scope* scope = &root;
    std::size_t begin = 0;
    for (std::size_t dot = signal.name.find('.'); dot != std::string::npos;
         dot = signal.name.find('.', begin)) {
      scope = &scope->child(signal.name.substr(begin, dot - begin));
      begin = dot + 1;
    }
    scope->signals.push_back(&signal);
  }
  std::string out;
  write(root, out);
  return out;
}

std::string vcd_id(std::size_t number) {
  constexpr std::size_t first = 33, count = 94;  // '!' to '~'
  std::string id;
  for (++number; number > 0; number = (number - 1) / count) {
    id += static_cast<char>(first + (number - 1) % count);
  }
  return id;
}

}  // namespace weft::traces
