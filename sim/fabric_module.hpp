// The fabric as SystemC modules: the hierarchy, its probes, and the process that drives an engine. To put a
// fabric beside modules of your own, with ports, a TLM socket and places for your own cores and routers, take
// sim/open_fabric.hpp. These two and the parts in sim/open/ are the headers of ours that include SystemC.
//
//   fabric                FabricModule: has the one process, which drives the engine
//   fabric.tile_X_Y       TileModule
//   fabric.tile_X_Y.core, .router, .port; .core_0, .core_1, ... where tiles may have several cores
//
// The modules are the hardware's hierarchy and its probes; the state lives in the engine's packed records,
// and what happens in a cycle is in engine/. Without a clock the process is self-timed: it runs the engine to
// the end of a step and wakes when the next begins, so that SystemC's time is exact at each step's first
// cycle. With `clk` bound it runs one cycle at each rising edge; the results are the same. A self-timed
// fabric whose waveform SystemC writes (play()) leaves the engine to another thread and wakes where the
// waveform changes.
#pragma once

#include <cstdint>
#include <exception>
#include <forward_list>
#include <functional>
#include <memory>
#include <systemc>
#include <vector>

#include "sim/engine/cycle_engine.hpp"
#include "sim/engine/engine.hpp"
#include "sim/engine/signals.hpp"
#include "sim/open/edge_pins.hpp"
#include "sim/vcd_trace.hpp"

namespace weft::sim {

// The engine that the modules look at. A fabric that is open to a host changes it between runs.
struct EngineSlot {
  CycleEngine* engine = nullptr;
};

class RouterModule : public sc_core::sc_module {
 public:
  RouterModule(const sc_core::sc_module_name& name, const EngineSlot& slot, TileId tile);
  int occupancy(Direction input) const;         // flits in the input buffer
  int credits(Direction output) const;          // North to West
  std::uint64_t flits(Direction output) const;  // sent so far
  TileCounters counters() const;                // of its tile

 private:
  const EngineSlot& slot_;
  TileId tile_;
};

class CoreModule : public sc_core::sc_module {
 public:
  // Used cores are the first ones of a tile.
  CoreModule(const sc_core::sc_module_name& name, const EngineSlot& slot, TileId tile, std::uint32_t number);
  bool used() const;
  CorePhase phase() const;
  int queue_length() const;
  std::uint64_t stall_cycles() const;  // of all the tile's cores

 private:
  std::uint32_t index() const;  // among all used cores; kNone if it is not

  const EngineSlot& slot_;
  TileId tile_;
  std::uint32_t number_;
};

class PortModule : public sc_core::sc_module {
 public:
  PortModule(const sc_core::sc_module_name& name, const EngineSlot& slot, TileId tile, bool with_pins);
  bool injecting() const;          // flits of this step are left
  std::uint64_t injected() const;  // so far
  std::uint64_t emitted() const;

  std::unique_ptr<EdgePins> pins;  // of an OpenFabric only

 private:
  const EngineSlot& slot_;
  TileId tile_;
};

class TileModule : public sc_core::sc_module {
 public:
  TileModule(const sc_core::sc_module_name& name, const EngineSlot& slot, TileId tile, bool with_port,
             bool with_pins, int cores);
  TileCounters counters() const { return router.counters(); }

  // Small, since there are many: most tiles have one core and no port.
  CoreModule core;                           // the first one
  std::forward_list<CoreModule> more_cores;  // the second, ...
  RouterModule router;
  std::unique_ptr<PortModule> port;  // null inside the grid
};

class FabricModule : public sc_core::sc_module {
 public:
  // The engine must outlive the module. `period`: the fabric's clock.
  FabricModule(const sc_core::sc_module_name& name, CycleEngine& engine, const sc_core::sc_time& period);

  ~FabricModule() override;

  sc_core::sc_port<sc_core::sc_signal_in_if<bool>, 1, sc_core::SC_ZERO_OR_MORE_BOUND> clk;

  TileModule& tile(TileId id) { return *tiles_[id.index()]; }
  const TileModule& tile(TileId id) const { return *tiles_[id.index()]; }
  bool finished() const { return slot_.engine->finished(); }
  // Before the simulation: it is to show what the trace is told, and nothing else.
  void play(VcdTrace& trace) { trace_ = &trace; }
  // What the process threw, if anything: SystemC would print it, so it is kept for the caller.
  std::exception_ptr failure() const { return failure_; }

 protected:
  // For an OpenFabric: the engine comes later, edge ports get pins.
  FabricModule(const sc_core::sc_module_name& name, const Fabric& fabric, const sc_core::sc_time& period);
  // The process.
  virtual void run();
  void run_self_timed();

  EngineSlot slot_;
  sc_core::sc_time period_;
  std::exception_ptr failure_;

 private:
  SC_HAS_PROCESS(FabricModule);
  void add_tile(const Fabric& fabric, TileId id, bool with_port, bool with_pins);
  void run_clocked();
  void run_played();

  VcdTrace* trace_ = nullptr;
  std::uint64_t clocked_cycle_ = 0;
  bool clock_awaited_ = false;
  std::vector<std::unique_ptr<TileModule>> tiles_;
};

// A SystemC context of its own: several simulations one after another in a process, which the library does
// not offer (a second elaboration is its error E113). Everything of a simulation is made and destroyed within
// the life of one Session. One at a time.
class Session {
 public:
  Session();
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

 private:
  sc_core::sc_simcontext* current_;
  sc_core::sc_simcontext* global_;
  sc_core::sc_simcontext* own_;
};

// Runs the engine to its end, within modules. With a trace, on another thread than the modules; `cycles` then
// tells the length of the run at its end.
void run_fabric(const Fabric& fabric, CycleEngine& engine, VcdTrace* trace,
                const std::function<std::uint64_t()>& cycles);

}  // namespace weft::sim
