// The fabric for people who write SystemC: a module to be put beside your own in your own sc_main.
//
//   weft::sim::OpenFabric chip("chip", fabric);      // fabric: weft::load_fabric("default"), ...
//   chip.load(image, stimulus);                      // or through the socket chip.host (sim/TLM.md)
//   chip.clk(clock);
//   chip.port(0, 2).in_valid(valid); ...             // an edge port as signals
//   weft::sim::CoreAdapter place("place", chip, chip.tile_at(1, 2));  // your core in a tile
//
// Everything is optional. With nothing bound the fabric is self-timed and fast; with `clk` it runs a cycle at
// each rising edge, quiet cycles too; pins and adapters want `clk`. What happens at which edge: TIMING.md
// section 13; what it costs: weft_open_bench.
//
// Where a call of yours is wrong an InputError is thrown; what goes wrong while the simulation runs is
// reported as a SystemC error of type "weft", which sc_start() throws.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "model/fabric/image.hpp"
#include "model/fabric/outcome.hpp"
#include "sim/engine/guests.hpp"
#include "sim/fabric_module.hpp"
#include "sim/open/adapters.hpp"
#include "sim/open/edge_pins.hpp"
#include "sim/open/host_port.hpp"
#include "sim/run.hpp"

namespace weft::sim {

struct OpenFabricParams {
  double stall_share = 0;  // these three as in RunParams
  std::uint64_t stall_seed = 1;
  std::uint64_t watchdog_cycles = 100000;
  // Steps go on after the stimulus' last frame, until the simulation ends. `clk` is bound then. Memory grows
  // by 8 bytes a step, and by a frame's outputs a frame: outcome() has them all.
  bool endless = false;
  EventSink* events = nullptr;  // these must outlive the fabric
  SignalSink* signals = nullptr;
};

class OpenFabric : public FabricModule {
 public:
  // Throws InputError for a fabric that is not valid.
  OpenFabric(const sc_core::sc_module_name& name, const Fabric& fabric, const OpenFabricParams& params = {});
  ~OpenFabric() override;

  // Steps told and steered; optional like the edge ports' pins.
  OptionalIn<bool> step_open{"step_open"};       // bound: a step begins and ends as this says
  OptionalOut<bool> step_begin{"step_begin"};    // this edge is the first of a step
  OptionalOut<bool> step_active{"step_active"};  // at this edge a step is going on
  OptionalOut<std::uint64_t> step_number{"step_number"};

  // The pins of the port of that tile. Throws InputError: no such tile, a tile without a port.
  EdgePins& port(int x, int y);
  TileId tile_at(int x, int y) const;  // throws InputError: no such tile

  // The socket for images, stimuli and results: sim/TLM.md.
  HostPort host{"host", *this};

  // A run of this image with this stimulus, from its first step, instead of whatever was loaded. Cycle 0 is
  // the next edge of `clk`. Without `clk` a run loaded before the simulation starts goes by itself, a later
  // one by run_steps(). Throws InputError as run_image() does.
  void load(const Image& image, const Stimulus& stimulus);
  bool has_run() const { return !empty_; }
  // Runs the next so many steps at once, 0: all that are left; returns the time they take. Without `clk`
  // only, and for runs loaded after the start: throws InputError.
  sc_core::sc_time run_steps(std::uint64_t steps);
  // Of the run so far.
  Outcome outcome() const { return loaded_->engine->outcome(); }

  const Fabric& fabric() const { return fabric_; }
  const Image& image() const { return loaded_->image; }
  const Engine& engine() const { return *loaded_->engine; }

 protected:
  void end_of_elaboration() override;
  void run() override;

 private:
  friend class CoreAdapter;
  friend class RouterAdapter;

  struct Loaded {
    Image image;
    Stimulus stimulus;
    Guests guests;
    std::unique_ptr<Engine> engine;
  };

  // Throws InputError if nothing can be put there (any more).
  void check_place(TileId tile, bool is_router) const;
  std::unique_ptr<Loaded> make_run(const Image& image, const Stimulus& stimulus, EventSink* events,
                                   SignalSink* signals) const;
  void begin(std::unique_ptr<Loaded> run);
  void find_port_guests();
  void sample();
  void drive();

  Fabric fabric_;
  OpenFabricParams params_;
  RunParams run_params_;
  std::unique_ptr<Loaded> loaded_;
  bool by_itself_ = false;            // without `clk`: loaded before the start
  bool empty_ = true;                 // nothing was loaded: what runs is an image without a core
  Guests who_;                        // who takes part, for each run to begin with
  std::vector<EdgePins*> port_pins_;  // of who_.ports
  std::vector<CoreAdapter*> core_adapters_;
  std::vector<RouterAdapter*> router_adapters_;
  bool elaborated_ = false;
  bool clock_awaited_ = false;
  std::uint64_t next_cycle_ = 0;
};

}  // namespace weft::sim
