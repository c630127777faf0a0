// The choice of signals by scope patterns. For a pattern that matches nothing the known scopes and signals
// are ranked by their edit distance to it, so that a slip of the pen is named.
#include <set>
#include <string_view>

#include "model/base/nearest.hpp"
#include "traces/waveform/glob.hpp"
#include "traces/waveform/scopes.hpp"

namespace weft::traces {
namespace {

// All scopes and signals, without the top scope that users may leave out, in order of appearance.
std::vector<std::string> known_names(const std::vector<SignalInfo>& signals) {
  std::vector<std::string> names;
  std::set<std::string> seen;
  for (const SignalInfo& signal : signals) {
    const std::size_t top = signal.name.find('.');
    const std::string name = top == std::string::npos ? signal.name : signal.name.substr(top + 1);
    for (std::size_t dot = name.find('.'); dot != std::string::npos; dot = name.find('.', dot + 1)) {
      if (seen.insert(name.substr(0, dot)).second) names.push_back(name.substr(0, dot));
    }
    if (seen.insert(name).second) names.push_back(name);
  }
  return names;
}

// "...core.potential" of "...core.potential[17]".
std::string array_of(const std::string& name) {
  return name.substr(0, name.rfind('['));
}

[[noreturn]] void refuse(const std::string& scope, const std::vector<SignalInfo>& signals) {
  std::string_view word = scope;
  std::string ending;  // what a suggestion must end with to be of the same kind
  for (const std::string_view suffix : {".*", "*"}) {
    if (ending.empty() && word.size() > suffix.size() && word.substr(word.size() - suffix.size()) == suffix) {
      word.remove_suffix(suffix.size());
      ending = suffix;
    }
  }
  if (!signals.empty()) {
    const std::string top = signals[0].name.substr(0, signals[0].name.find('.') + 1);
    if (!top.empty() && word.substr(0, top.size()) == top) word.remove_prefix(top.size());
  }
  std::vector<std::string> known = known_names(signals);
  for (std::string& name : known) name += ending;
  throw InputError(SourcePosition{}, "trace scope '" + scope + "' matches no signal" +
                                         did_you_mean(std::string(word) + ending, known));
}

}  // namespace

bool names_potentials(const std::string& scope) {
  return scope.find("potential[") != std::string::npos || scope.find("potential*") != std::string::npos ||
         (scope.size() >= 9 && scope.compare(scope.size() - 9, 9, "potential") == 0);
}

std::vector<bool> choose_signals(const std::vector<SignalInfo>& signals,
                                 const std::vector<std::string>& scopes) {
  std::vector<bool> chosen(signals.size(), false);
  for (const std::string& scope : scopes) {
    bool any = false;
    const bool elements = names_potentials(scope);
    for (std::size_t i = 0; i < signals.size(); ++i) {
      const bool element = signals[i].name.back() == ']';
      if (element && !elements) continue;
      if (!scope_match(scope, signals[i].name) && !(element && scope_match(scope, array_of(signals[i].name))))
        continue;
      chosen[i] = true;
      any = true;
    }
    if (!any) refuse(scope, signals);
  }
  return chosen;
}

}  // namespace weft::traces
