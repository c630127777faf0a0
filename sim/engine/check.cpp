// The checks' slow halves: they run once per step, or once per run, or when something is wrong already.
#include "sim/engine/check.hpp"

#include <fmt/format.h>

#include "model/base/error.hpp"
#include "sim/engine/router.hpp"
#include "sim/engine/stuck.hpp"

namespace weft::sim {
namespace {

std::string tile_of(const Context& context, std::uint32_t tile) {
  return tile_name(context.program.fabric, TileId(tile));
}

}  // namespace

void breach(const Context& context, std::uint32_t tile, const char* what) {
  internal_error(fmt::format("step {}, {}: {}", context.state.step, tile_of(context, tile), what));
}

void check_step(const Context& context) {
  const TreeTotals& expected = context.state.expected;
  const TreeTotals& done = context.state.done;
  if (!kChecked || expected == done) return;
  internal_error(
      fmt::format("conservation broken in step {}: {} deliveries, {} emissions, {} hops, expected {}, {}, {}",
                  context.state.step, done.deliveries, done.emissions, done.hops, expected.deliveries,
                  expected.emissions, expected.hops));
}

bool something_scheduled(const Context& context, std::uint64_t cycle) {
  const State& state = context.state;
  for (std::size_t i = 0; i < state.cores.size(); ++i) {
    const CoreState& core = state.cores[i];
    if (core.handing && core.next_push > cycle + 1 && core.next_push != kNever) return true;
  }
  for (std::size_t i = 0; i < state.ports.size(); ++i) {
    const RouterState& router = state.routers[context.program.ports[i].tile];
    if ((router.duties & kPortDuty) != 0 && state.ports[i].input_free > cycle + 1) return true;
    if ((router.duties & kEdgeDuty) != 0 && state.ports[i].output_free > cycle + 1) return true;
  }
  return false;
}

void report_stuck(const Context& context, std::uint64_t cycle, const std::string& more) {
  const auto name = [&](const Flit& flit) {
    return fmt::format("key {}", context.program.entries[flit.entry].key);
  };
  internal_error(fmt::format("stuck in step {}: no progress from cycle {} to cycle {}{}{}",
                             context.state.step, context.state.last_progress, cycle,
                             describe_stuck(context, cycle, name), more));
}

}  // namespace weft::sim
