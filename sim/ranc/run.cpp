// The thin SystemC modules around a RANC engine: a grid of tiles, and one self-timed process that runs a tick
// at its pulse and wakes at the next.
#include "sim/ranc/run.hpp"

#include <cstdlib>
#include <exception>
#include <memory>
#include <string>
#include <vector>

#include "model/base/error.hpp"
#include "sim/fabric_module.hpp"
#include "sim/ranc/engine.hpp"

namespace weft::sim {
namespace {

class RancTileModule : public sc_core::sc_module {
 public:
  explicit RancTileModule(const sc_core::sc_module_name& name) : sc_module(name) {}
};

class RancGridModule : public sc_core::sc_module {
 public:
  RancGridModule(const sc_core::sc_module_name& name, RancEngine& engine, const RancGrid& grid,
                 std::function<bool()> run_tick)
      : sc_module(name),
        period_(static_cast<double>(engine.tick_cycles()), sc_core::SC_NS),
        run_tick_(std::move(run_tick)) {
    for (int t = 0; t < grid.tiles(); ++t) {
      const std::string tile = (t == grid.output_tile ? "output_bus_" : "tile_") +
                               std::to_string(t % grid.width) + "_" + std::to_string(t / grid.width);
      tiles_.push_back(std::make_unique<RancTileModule>(tile.c_str()));
    }
    SC_METHOD(run);
  }
  std::exception_ptr failure() const { return failure_; }

 private:
  SC_HAS_PROCESS(RancGridModule);
  void run() {
    try {
      if (run_tick_()) next_trigger(period_);
    } catch (...) {
      failure_ = std::current_exception();  // SystemC would print it
    }
  }

  sc_core::sc_time period_;
  std::function<bool()> run_tick_;
  std::vector<std::unique_ptr<RancTileModule>> tiles_;
  std::exception_ptr failure_;
};

void require_valid(const std::vector<Violation>& violations, const char* what) {
  if (!violations.empty()) throw InputError({what}, "not valid:\n" + describe(violations));
}

}  // namespace

RancFigures run_ranc(const RancNetwork& network, const RancStimulus& stimulus, std::uint64_t ticks,
                     const RancRunParams& params, const std::function<void(const RancTick&)>& observe) {
  require_valid(validate(network), "RANC network");
  require_valid(validate(stimulus, network), "RANC stimulus");
  RancFigures figures;
  if (ticks == 0) return figures;
  RancEngine engine(network, params);
  const std::vector<RancPacket> none;
  const auto run_tick = [&] {
    const std::uint64_t tick = engine.tick();
    const RancTick& result = engine.run_tick(tick < stimulus.ticks.size() ? stimulus.ticks[tick] : none);
    for (const RancTileTime& tile : result.tiles) figures.missed_ticks += tile.missed ? 1 : 0;
    if (observe) observe(result);
    return tick + 1 < ticks && !(params.interrupted && params.interrupted());
  };
  {
    setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 0);
    Session session;
    RancGridModule module("ranc", engine, network.grid, run_tick);
    sc_core::sc_start();
    if (module.failure() != nullptr) std::rethrow_exception(module.failure());
  }
  figures.ticks = engine.tick();
  figures.cycles = figures.ticks * engine.tick_cycles();
  figures.visited_cycles = engine.visited_cycles();
  figures.packet_moves = engine.packet_moves();
  figures.packets_left = engine.packets_in_flight();
  return figures;
}

}  // namespace weft::sim
