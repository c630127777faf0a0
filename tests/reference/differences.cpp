// See differences.hpp.
#include "tests/reference/differences.hpp"

#include <algorithm>
#include <map>
#include <sstream>
#include <tuple>

namespace weft::test {
namespace {

auto order_of(const Event& e) {
  return std::tuple(e.cycle, e.tile, e.kind, e.detail, e.core, e.subject, e.value);
}

std::string words(const std::vector<Event>& events, std::size_t index) {
  if (index >= events.size()) return "nothing";
  const Event& e = events[index];
  std::ostringstream out;
  out << to_string(e.kind) << " in cycle " << e.cycle << ", tile " << e.tile.value() << ", core "
      << int{e.core} << ", subject " << e.subject << ", value " << e.value << ", detail " << int{e.detail};
  return out.str();
}

}  // namespace

std::string first_difference(std::vector<Event> sim, std::vector<Event> model) {
  const auto before = [](const Event& a, const Event& b) { return order_of(a) < order_of(b); };
  std::sort(sim.begin(), sim.end(), before);
  std::sort(model.begin(), model.end(), before);
  for (std::size_t i = 0; i < std::max(sim.size(), model.size()); ++i) {
    if (i < sim.size() && i < model.size() && order_of(sim[i]) == order_of(model[i])) continue;
    return "events: simulator " + words(sim, i) + "; model " + words(model, i);
  }
  return "";
}

std::string first_difference(const SignalTrace& sim, const SignalTrace& model) {
  std::map<std::string, std::size_t> place;
  for (std::size_t s = 0; s < sim.signals.size(); ++s) place[sim.signals[s].name] = s;
  if (place.size() != sim.signals.size()) return "signals: the simulator has a name twice";
  if (place.size() != model.signals.size()) {
    return "signals: simulator " + std::to_string(place.size()) + ", model " +
           std::to_string(model.signals.size());
  }
  std::vector<std::size_t> sim_place;
  for (const SignalInfo& signal : model.signals) {
    const auto found = place.find(signal.name);
    if (found == place.end()) return "signals: the simulator has no " + signal.name;
    sim_place.push_back(found->second);
    if (sim.signals[found->second].width != signal.width) return "signals: the width of " + signal.name;
  }
  for (std::size_t c = 0; c < std::min(sim.cycles.size(), model.cycles.size()); ++c) {
    for (std::size_t s = 0; s < sim_place.size(); ++s) {
      const std::uint64_t sim_value = sim.cycles[c][sim_place[s]];
      if (sim_value == model.cycles[c][s]) continue;
      std::ostringstream out;
      out << "signals: " << model.signals[s].name << " in cycle " << c << ": simulator " << sim_value
          << ", model " << model.cycles[c][s];
      return out.str();
    }
  }
  return sim.cycles.size() == model.cycles.size() ? "" : "signals: the number of cycles";
}

}  // namespace weft::test
