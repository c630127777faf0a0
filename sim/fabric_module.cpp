// The thin modules. Invariant: none of them holds state of the fabric.
#include "sim/fabric_module.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <thread>
#include <utility>

namespace weft::sim {

RouterModule::RouterModule(const sc_core::sc_module_name& name, const EngineSlot& slot, TileId tile)
    : sc_module(name), slot_(slot), tile_(tile) {}

int RouterModule::occupancy(Direction input) const {
  return static_cast<int>(
      sim::occupancy(slot_.engine->context(), side_index(tile_.value(), input), slot_.engine->cycle()));
}
int RouterModule::credits(Direction output) const {
  const Buffer* const far =
      slot_.engine->context().state.routers[tile_.index()].far[static_cast<std::size_t>(output)];
  return far == nullptr ? 0 : far->credits;
}
std::uint64_t RouterModule::flits(Direction output) const {
  return slot_.engine->context().state.routers[tile_.index()].sent[static_cast<std::size_t>(output)];
}
TileCounters RouterModule::counters() const {
  return counters_of(slot_.engine->context().state, tile_.value());
}

CoreModule::CoreModule(const sc_core::sc_module_name& name, const EngineSlot& slot, TileId tile,
                       std::uint32_t number)
    : sc_module(name), slot_(slot), tile_(tile), number_(number) {}

std::uint32_t CoreModule::index() const {
  const Program& program = slot_.engine->context().program;
  const std::size_t tile = tile_.index();
  return number_ < program.core_count[tile] ? program.core_of_tile[tile] + number_ : kNone;
}
bool CoreModule::used() const {
  return index() != kNone;
}
CorePhase CoreModule::phase() const {
  const std::uint32_t core = index();
  return core == kNone ? CorePhase::Idle : core_phase(slot_.engine->context(), core, slot_.engine->cycle());
}
int CoreModule::queue_length() const {
  const std::uint32_t core = index();
  return core == kNone ? 0 : static_cast<int>(slot_.engine->context().state.cores[core].queue_count);
}
std::uint64_t CoreModule::stall_cycles() const {
  return counters_of(slot_.engine->context().state, tile_.value()).stall_cycles;
}

PortModule::PortModule(const sc_core::sc_module_name& name, const EngineSlot& slot, TileId tile,
                       bool with_pins)
    : sc_module(name), slot_(slot), tile_(tile) {
  if (with_pins) pins = std::make_unique<EdgePins>();
}

bool PortModule::injecting() const {
  return (slot_.engine->context().state.routers[tile_.index()].duties & kPortDuty) != 0;
}
std::uint64_t PortModule::injected() const {
  return counters_of(slot_.engine->context().state, tile_.value()).injected;
}
std::uint64_t PortModule::emitted() const {
  return slot_.engine->context().state.routers[tile_.index()].sent[static_cast<std::size_t>(Direction::Edge)];
}

TileModule::TileModule(const sc_core::sc_module_name& name, const EngineSlot& slot, TileId tile,
                       bool with_port, bool with_pins, int cores)
    : sc_module(name), core(cores == 1 ? "core" : "core_0", slot, tile, 0), router("router", slot, tile) {
  auto last = more_cores.before_begin();
  for (int number = 1; number < cores; ++number) {
    const std::string more = "core_" + std::to_string(number);
    last = more_cores.emplace_after(last, more.c_str(), slot, tile, static_cast<std::uint32_t>(number));
  }
  if (with_port) port = std::make_unique<PortModule>("port", slot, tile, with_pins);
}

FabricModule::FabricModule(const sc_core::sc_module_name& name, CycleEngine& engine,
                           const sc_core::sc_time& period)
    : sc_module(name), clk("clk"), slot_{&engine}, period_(period) {
  const Program& program = engine.context().program;
  for (std::uint32_t t = 0; t < program.port_of_tile.size(); ++t)
    add_tile(program.fabric, TileId(t), program.port_of_tile[t] != kNone, false);
  SC_METHOD(run);
}

FabricModule::FabricModule(const sc_core::sc_module_name& name, const Fabric& fabric,
                           const sc_core::sc_time& period)
    : sc_module(name), clk("clk"), period_(period) {
  std::vector<bool> with_port(static_cast<std::size_t>(fabric.tiles()));
  for (const TileId tile : port_tiles(fabric)) with_port[tile.index()] = true;
  for (std::uint32_t t = 0; t < with_port.size(); ++t) add_tile(fabric, TileId(t), with_port[t], true);
  SC_METHOD(run);
}

void FabricModule::add_tile(const Fabric& fabric, TileId id, bool with_port, bool with_pins) {
  const std::string tile = tile_name(fabric, id);
  tiles_.push_back(
      std::make_unique<TileModule>(tile.c_str(), slot_, id, with_port, with_pins, fabric.cores_per_tile));
}

FabricModule::~FabricModule() {
  // The library finds a dying module by a search from the front of its list, and moves the list's last entry
  // to where it was: in this order each search is short, in any other a large grid takes seconds. Two from
  // the front, as the last entry is not a tile but the process.
  for (std::size_t i = 0; i < std::min<std::size_t>(2, tiles_.size()); ++i) tiles_[i].reset();
  while (!tiles_.empty()) tiles_.pop_back();
}

void FabricModule::run() {
  try {
    if (clk.size() > 0) {
      run_clocked();
    } else if (trace_ != nullptr) {
      run_played();
    } else {
      run_self_timed();
    }
  } catch (...) {
    failure_ = std::current_exception();
  }
}

void FabricModule::run_self_timed() {
  // A run that goes on from a checkpoint begins later than SystemC's time.
  const std::uint64_t first = slot_.engine->next_event();
  if (first != kNever && static_cast<double>(first) * period_ > sc_core::sc_time_stamp()) {
    next_trigger(static_cast<double>(first) * period_ - sc_core::sc_time_stamp());
    return;
  }
  slot_.engine->run_step(kNever);
  const std::uint64_t next = slot_.engine->next_event();
  if (next != kNever) next_trigger(static_cast<double>(next) * period_ - sc_core::sc_time_stamp());
}

void FabricModule::run_played() {
  std::uint64_t wait = 0;
  if (trace_->play(wait)) next_trigger(sc_core::sc_time::from_value(wait));
}

void FabricModule::run_clocked() {
  // The first activation is the initialization, before the first edge.
  if (clock_awaited_) {
    const std::uint64_t cycle = clocked_cycle_++;
    if (!slot_.engine->finished()) slot_.engine->run_cycle(cycle);
  }
  clock_awaited_ = true;
  if (!slot_.engine->finished()) next_trigger(clk[0]->posedge_event());
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

namespace {

void run_modules(const Fabric& fabric, CycleEngine& engine, VcdTrace* trace) {
  setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 0);
  Session session;
  if (trace != nullptr) trace->open();
  std::exception_ptr failure;
  {
    FabricModule module("fabric", engine, sc_core::sc_time(1.0 / fabric.clock_hz, sc_core::SC_SEC));
    if (trace != nullptr) module.play(*trace);
    sc_core::sc_start();
    failure = module.failure();
  }
  if (trace != nullptr) trace->close();
  if (failure != nullptr) std::rethrow_exception(failure);
}

}  // namespace

void run_fabric(const Fabric& fabric, CycleEngine& engine, VcdTrace* trace,
                const std::function<std::uint64_t()>& cycles) {
  if (trace == nullptr) return run_modules(fabric, engine, nullptr);
  std::exception_ptr run_failure, trace_failure;
  std::thread player([&] {
    try {
      run_modules(fabric, engine, trace);
    } catch (...) {
      trace_failure = std::current_exception();
    }
    trace->close_playing();
  });
  try {
    while (!engine.finished()) engine.run_step(kNever);
    trace->run_has_ended(cycles());
  } catch (...) {
    run_failure = std::current_exception();
  }
  trace->close_telling();
  player.join();
  if (run_failure != nullptr) std::rethrow_exception(run_failure);
  if (trace_failure != nullptr) std::rethrow_exception(trace_failure);
}

}  // namespace weft::sim
