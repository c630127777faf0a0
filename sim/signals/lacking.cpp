// What the signal model does not do. A line goes when its rule is in router.cpp, core.cpp, port.cpp or
// control.cpp.
#include "sim/signals/run_signals.hpp"

namespace weft::sim::signals {

std::vector<Violation> lacking(const Fabric& fabric) {
  std::vector<Violation> violations;
  const auto refuse = [&](bool asked, const char* where, const std::string& what) {
    if (asked)
      violations.push_back({"signal-model", where, what + ", which --model signals does not simulate"});
  };
  refuse(fabric.topology != Topology::Mesh, "topology", to_string(fabric.topology));
  refuse(fabric.cores_per_tile > 1, "cores_per_tile", std::to_string(fabric.cores_per_tile));
  const RouterSpec& router = fabric.router;
  refuse(router.deadlock_rule != DeadlockRule::None, "router.deadlock_rule", to_string(router.deadlock_rule));
  return violations;
}

}  // namespace weft::sim::signals
