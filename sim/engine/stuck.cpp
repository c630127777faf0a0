// A flit waits for its side: for a credit, which is away as long as the neighbor's buffer is full, whose head
// waits in turn. Following that from buffer to buffer either ends at something that is no buffer, or comes
// round: a deadlock. Cores and ports wait for the buffers of their own tile.
#include "sim/engine/stuck.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "sim/engine/router.hpp"

namespace weft::sim {
namespace {

constexpr int kTilesNamed = 8;
constexpr std::size_t kLongestCircle = 16;  // that is written out

bool is_mesh(std::uint32_t side) {
  return side - 1 < 4u;
}
// The bit of a request in RouterState's sets.
constexpr std::uint64_t pair(std::uint32_t input, std::uint32_t side) {
  return std::uint64_t{1} << (8 * side + input);
}

class Account {
 public:
  Account(const Context& context, std::uint64_t cycle, const FlitName& name)
      : context_(context), state_(context.state), cycle_(cycle), name_(name) {}

  bool waits(std::uint32_t tile) const {
    return state_.routers[tile].requests() != 0 || (state_.routers[tile].duties & ~kEdgeDuty) != 0;
  }

  std::string tile(std::uint32_t tile) const {
    std::string text = tile_of(tile) + ":";
    const char* separator = " ";
    const auto add = [&](const std::string& part) {
      text += separator + part;
      separator = "; ";
    };
    for (std::uint32_t input = 0; input < kDirections; ++input) {
      if (state_.routers[tile].inputs[input].count != 0) add(input_of(tile, input));
    }
    const std::uint8_t duties = state_.routers[tile].duties;
    for (std::uint32_t k = 0; (duties & (kCoreDuty | kQueueDuty)) != 0 && k < cores_of(tile); ++k) {
      const std::string core = core_of(tile, k);
      if (!core.empty()) add(core);
    }
    if ((duties & kPortDuty) != 0) add("the port has flits for " + room(tile, Direction::Edge));
    if ((duties & kSourceDuty) != 0) add("the source has flits for " + room(tile, Direction::Local));
    return text;
  }

  // Buffers (side_index) each of whose heads waits for the next one, the last for the first; empty if no
  // walk comes round.
  std::vector<std::uint32_t> circle() const {
    std::vector<std::uint8_t> seen(state_.routers.size() * 8);
    for (std::uint32_t start = 0; start < seen.size(); ++start) {
      std::vector<std::uint32_t> walk;
      std::uint32_t at = start;
      while (at != kNone && seen[at] == 0) {
        seen[at] = 1;
        walk.push_back(at);
        at = blocker(at);
      }
      const auto first = std::find(walk.begin(), walk.end(), at);
      if (at != kNone && first != walk.end()) return {first, walk.end()};
    }
    return {};
  }

  std::string buffer(std::uint32_t index) const {
    return fmt::format("{} {}", tile_of(index >> 3), to_string(static_cast<Direction>(index & 7u)));
  }

 private:
  std::string tile_of(std::uint32_t tile) const { return tile_name(context_.program.fabric, TileId(tile)); }

  bool requests(std::uint32_t tile, std::uint32_t input, std::uint32_t side) const {
    return (state_.routers[tile].requests() & pair(input, side)) != 0;
  }

  // Why an output side does not take the head of an input.
  std::string reason(std::uint32_t tile, std::uint32_t input, std::uint32_t side) const {
    const RouterState& router = state_.routers[tile];
    if (is_mesh(side) && router.far[side]->credits == 0)
      return "no credit: the input buffer " + buffer(router.far[side]->id) + " is full";
    if ((router.admitted & pair(input, side)) == 0) return "another input's packet holds it";
    if ((router.open & pair(input, side)) == 0)
      return side == static_cast<std::uint32_t>(Direction::Edge) ? "the port is busy" : "its link is busy";
    if (context_.bubble_flits != 0 && with_room(router, pair(input, side), context_.bubble_flits) == 0)
      return "the bubble rule asks for more free slots behind it";
    if (context_.stall.threshold != 0 && context_.stall.blocks(cycle_, tile, side))
      return "blocked by a random stall";
    return "its turn has not come";
  }

  std::string input_of(std::uint32_t tile, std::uint32_t input) const {
    const RouterState& router = state_.routers[tile];
    std::string sides;
    for (std::uint32_t side = 0; side < kDirections; ++side) {
      if (!requests(tile, input, side)) continue;
      sides += fmt::format("{}{} ({})", sides.empty() ? "" : " and ", to_string(static_cast<Direction>(side)),
                           reason(tile, input, side));
    }
    return fmt::format("{} input holds {} of {} flits, the first ({}) waits for {}",
                       to_string(static_cast<Direction>(input)), router.inputs[input].count,
                       context_.buffer_depth, name_(state_.flits[router.inputs[input].head]), sides);
  }

  std::string room(std::uint32_t tile, Direction side) const {
    const RouterState& router = state_.routers[tile];
    const std::uint32_t used = context_.buffer_depth - router.inputs[static_cast<std::size_t>(side)].credits;
    return fmt::format("the {} input, which holds {} of {}", to_string(side), used, context_.buffer_depth);
  }

  std::uint32_t cores_of(std::uint32_t tile) const { return context_.program.core_count[tile]; }

  // Empty if the tile's core of this number waits for nothing.
  std::string core_of(std::uint32_t tile, std::uint32_t number) const {
    const CoreState& own = state_.cores[context_.program.core_of_tile[tile] + number];
    std::string text;
    if (own.queue_count != 0)
      text = fmt::format("{} of {} messages in the output queue wait for {}", own.queue_count,
                         own.queue.size(), room(tile, Direction::Local));
    if (own.handing && own.cursor < own.emissions.size()) {
      text +=
          fmt::format("{}neuron {} waits for {}", text.empty() ? "" : ", ", own.emissions[own.cursor].neuron,
                      own.stalled ? "the full output queue" : "its cycle");
    }
    if (text.empty() || !context_.shared_tiles) return text;
    return core_name(context_.program.fabric, number) + ": " + text;
  }

  // The full buffer that the head of this one waits for, or kNone.
  std::uint32_t blocker(std::uint32_t buffer) const {
    const std::uint32_t tile = buffer >> 3, input = buffer & 7u;
    if (input >= kDirections || state_.routers[tile].inputs[input].count == 0) return kNone;
    for (std::uint32_t side = 1; side < 5; ++side) {
      if (!requests(tile, input, side)) continue;
      const Buffer& far = *state_.routers[tile].far[side];
      if (far.credits == 0) return far.id;
    }
    return kNone;
  }

  const Context& context_;
  const State& state_;
  std::uint64_t cycle_;
  const FlitName& name_;
};

}  // namespace

std::string describe_stuck(const Context& context, std::uint64_t cycle, const FlitName& name) {
  const Account account(context, cycle, name);
  std::string text;
  int named = 0;
  std::size_t more = 0;
  for (std::uint32_t tile = 0; tile < context.state.routers.size(); ++tile) {
    if (!account.waits(tile)) continue;
    if (named == kTilesNamed) {
      ++more;
      continue;
    }
    ++named;
    text += "\n  " + account.tile(tile);
  }
  if (more != 0) text += fmt::format("\n  and {} more tiles", more);
  const std::vector<std::uint32_t> circle = account.circle();
  if (circle.empty()) return text;
  text += "\n  deadlock: these input buffers wait for each other in a circle: ";
  for (std::size_t i = 0; i < std::min(circle.size(), kLongestCircle); ++i)
    text += account.buffer(circle[i]) + " -> ";
  if (circle.size() > kLongestCircle) text += fmt::format("{} more -> ", circle.size() - kLongestCircle);
  return text + account.buffer(circle.front());
}

}  // namespace weft::sim
