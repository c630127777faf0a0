// The thin modules. Invariant: none of them holds state of the fabric.
#include "sim/fabric_module.hpp"

#include <string>

namespace weft::sim {

RouterModule::RouterModule(const sc_core::sc_module_name& name, const CycleEngine& engine, TileId tile)
    : sc_module(name), engine_(engine), tile_(tile) {}

int RouterModule::occupancy(Direction input) const {
  return static_cast<int>(
      sim::occupancy(engine_.context(), side_index(tile_.value(), input), engine_.cycle()));
}
int RouterModule::credits(Direction output) const {
  return engine_.context().state.routers[tile_.index()].credits[static_cast<std::size_t>(output)];
}
std::uint64_t RouterModule::flits(Direction output) const {
  return engine_.context().state.sent[side_index(tile_.value(), output)];
}

CoreModule::CoreModule(const sc_core::sc_module_name& name, const CycleEngine& engine, TileId tile)
    : sc_module(name), engine_(engine), tile_(tile) {}

bool CoreModule::used() const {
  return engine_.context().program.core_of_tile[tile_.index()] != kNone;
}
CorePhase CoreModule::phase() const {
  const std::uint32_t core = engine_.context().program.core_of_tile[tile_.index()];
  return core == kNone ? CorePhase::Idle : core_phase(engine_.context(), core, engine_.cycle());
}
int CoreModule::queue_length() const {
  const std::uint32_t core = engine_.context().program.core_of_tile[tile_.index()];
  return core == kNone ? 0 : static_cast<int>(engine_.context().state.cores[core].queue_count);
}
std::uint64_t CoreModule::stall_cycles() const {
  return engine_.context().state.counters[tile_.index()].stall_cycles;
}

PortModule::PortModule(const sc_core::sc_module_name& name, const CycleEngine& engine, TileId tile)
    : sc_module(name), engine_(engine), tile_(tile) {}

bool PortModule::injecting() const {
  return (engine_.context().state.routers[tile_.index()].duties & kPortDuty) != 0;
}
std::uint64_t PortModule::injected() const {
  return engine_.context().state.counters[tile_.index()].injected;
}
std::uint64_t PortModule::emitted() const {
  return engine_.context().state.sent[side_index(tile_.value(), Direction::Edge)];
}

TileModule::TileModule(const sc_core::sc_module_name& name, const CycleEngine& engine, TileId tile,
                       bool with_port)
    : sc_module(name),
      core("core", engine, tile),
      router("router", engine, tile),
      engine_(engine),
      tile_(tile) {
  if (with_port) port = std::make_unique<PortModule>("port", engine, tile);
}

TileCounters TileModule::counters() const {
  return counters_of(engine_.context().state, tile_.value());
}

FabricModule::FabricModule(const sc_core::sc_module_name& name, CycleEngine& engine,
                           const sc_core::sc_time& period)
    : sc_module(name), clk("clk"), engine_(engine), period_(period) {
  const Program& program = engine.context().program;
  for (std::uint32_t t = 0; t < program.port_of_tile.size(); ++t) {
    const std::string tile = tile_name(program.fabric, TileId(t));
    tiles_.push_back(
        std::make_unique<TileModule>(tile.c_str(), engine, TileId(t), program.port_of_tile[t] != kNone));
  }
  SC_METHOD(run);
}

FabricModule::~FabricModule() {
  // The library finds a dying module by a search from the front of its list, and moves the list's last entry
  // to where it was: in this order each search is short, in any other a large grid takes seconds.
  if (!tiles_.empty()) tiles_.front().reset();
  while (!tiles_.empty()) tiles_.pop_back();
}

void FabricModule::run() {
  try {
    if (clk.size() > 0) {
      run_clocked();
    } else {
      run_self_timed();
    }
  } catch (...) {
    failure_ = std::current_exception();
  }
}

void FabricModule::run_self_timed() {
  // A run that goes on from a checkpoint begins later than SystemC's time.
  const std::uint64_t first = engine_.next_event();
  if (first != kNever && static_cast<double>(first) * period_ > sc_core::sc_time_stamp()) {
    next_trigger(static_cast<double>(first) * period_ - sc_core::sc_time_stamp());
    return;
  }
  engine_.run_step(kNever);
  const std::uint64_t next = engine_.next_event();
  if (next != kNever) next_trigger(static_cast<double>(next) * period_ - sc_core::sc_time_stamp());
}

void FabricModule::run_clocked() {
  // The first activation is the initialization, before the first edge.
  if (clock_awaited_) {
    const std::uint64_t cycle = clocked_cycle_++;
    if (!engine_.finished()) engine_.run_cycle(cycle);
  }
  clock_awaited_ = true;
  if (!engine_.finished()) next_trigger(clk[0]->posedge_event());
}

Session::Session()
    : current_(sc_core::sc_curr_simcontext),
      global_(sc_core::sc_default_global_context),
      own_(new sc_core::sc_simcontext) {
  sc_core::sc_curr_simcontext = own_;
  sc_core::sc_default_global_context = own_;
}

Session::~Session() {
  delete own_;
  sc_core::sc_curr_simcontext = current_;
  sc_core::sc_default_global_context = global_;
}

}  // namespace weft::sim
