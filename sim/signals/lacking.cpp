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
  refuse(fabric.cores_per_tile > 1, "cores_per_tile", std::to_string(fabric.cores_per_tile));
  return violations;
}

}  // namespace weft::sim::signals
