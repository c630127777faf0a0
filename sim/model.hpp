// The two simulators of the fabric. Both do what sim/TIMING.md says, cycle for cycle, and give the same
// results.
#pragma once

namespace weft::sim {

enum class Model {
  Engine,  // fast: packed state, nothing idle is looked at (sim/engine/)
  Signals  // to be read: a SystemC module per core, router and port, joined by wires (sim/signals/)
};
constexpr Model kModels[] = {Model::Engine, Model::Signals};
constexpr const char* to_string(Model model) {
  return model == Model::Engine ? "engine" : "signals";
}

}  // namespace weft::sim
