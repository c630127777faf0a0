// The checks' slow halves: they run once per step, or once per run, or when something is wrong already.
#include "sim/engine/check.hpp"

#include <fmt/format.h>

#include "model/base/error.hpp"
#include "sim/engine/router.hpp"

namespace weft::sim {
namespace {

constexpr int kTilesNamed = 8;

std::string tile_of(const Context& context, std::uint32_t tile) {
  return tile_name(context.program.fabric, TileId(tile));
}

// "north input: 4 flits, the first (key 7) waits for east (no credit) and local"
std::string describe_input(const Context& context, std::uint32_t tile, std::uint32_t input) {
  const State& state = context.state;
  const RouterState& router = state.routers[tile];
  const std::size_t at =
      (std::size_t{tile << 3 | input} << state.ring_shift) + (router.head[input] & state.ring_mask);
  const Entry& entry = context.program.entries[state.flits[at].entry];
  std::string sides;
  for (std::uint32_t side = 0; side < kDirections; ++side) {
    if ((router.pending >> (8 * input + side) & 1u) == 0) continue;
    const bool mesh = side - 1 < 4u;
    sides += fmt::format("{}{}{}", sides.empty() ? "" : " and ", to_string(static_cast<Direction>(side)),
                         mesh && router.credits[side] == 0 ? " (no credit)" : "");
  }
  return fmt::format("{} input: {} flits, the first (key {}) waits for {}",
                     to_string(static_cast<Direction>(input)), router.count[input], entry.key, sides);
}

}  // namespace

void breach(const Context& context, std::uint32_t tile, const char* what) {
  internal_error(fmt::format("step {}, {}: {}", context.state.step, tile_of(context, tile), what));
}

void check_step(const Context& context) {
  const TreeTotals& expected = context.state.expected;
  const TreeTotals& done = context.state.done;
  if (expected == done) return;
  internal_error(
      fmt::format("conservation broken in step {}: {} deliveries, {} emissions, {} hops, expected {}, {}, {}",
                  context.state.step, done.deliveries, done.emissions, done.hops, expected.deliveries,
                  expected.emissions, expected.hops));
}

bool something_scheduled(const Context& context, std::uint64_t cycle) {
  const State& state = context.state;
  for (std::size_t i = 0; i < state.cores.size(); ++i) {
    const RouterState& router = state.routers[context.program.cores[i].tile];
    if ((router.duties & kCoreDuty) != 0 && state.cores[i].next_push > cycle + 1 &&
        state.cores[i].next_push != kNever) {
      return true;
    }
  }
  for (std::size_t i = 0; i < state.ports.size(); ++i) {
    const RouterState& router = state.routers[context.program.ports[i].tile];
    if ((router.duties & kPortDuty) != 0 && state.ports[i].input_free > cycle + 1) return true;
    if ((router.duties & kEdgeDuty) != 0 && state.ports[i].output_free > cycle + 1) return true;
  }
  return false;
}

void report_stuck(const Context& context, std::uint64_t cycle) {
  const State& state = context.state;
  std::string text = fmt::format("stuck in step {}: no progress from cycle {} to cycle {}", state.step,
                                 state.last_progress, cycle);
  int named = 0;
  std::size_t more = 0;
  for (std::uint32_t tile = 0; tile < state.routers.size(); ++tile) {
    const RouterState& router = state.routers[tile];
    if (router.pending == 0) continue;
    if (named == kTilesNamed) {
      ++more;
      continue;
    }
    ++named;
    text += fmt::format("\n  {}", tile_of(context, tile));
    for (std::uint32_t input = 0; input < kDirections; ++input) {
      if (router.count[input] != 0) text += fmt::format("; {}", describe_input(context, tile, input));
    }
  }
  if (more != 0) text += fmt::format("\n  and {} more tiles", more);
  internal_error(text);
}

}  // namespace weft::sim
