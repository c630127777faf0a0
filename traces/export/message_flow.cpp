// One pass over a step in ascending cycles: a Send, an Inject or a Hop puts a flit into a buffer, a later
// Hop, Arrive or Output of the same key in that tile takes it on. Invariant: a parent's cycle is below its
// child's, but for a Deliver's or an Add's.
#include "traces/export/message_flow.hpp"

namespace weft::traces {
namespace {

std::uint64_t place_of(TileId tile, std::uint32_t key) {
  return std::uint64_t{tile.value()} << 32 | key;
}

bool brings(EventKind kind) {
  return kind == EventKind::Send || kind == EventKind::Inject || kind == EventKind::Hop;
}

Direction input_of(const Event& event) {
  if (event.kind == EventKind::Hop) return opposite(static_cast<Direction>(event.detail));
  return event.kind == EventKind::Send ? Direction::Local : Direction::Edge;
}

}  // namespace

// A hop off the grid is one round a torus.
TileId MessageFlow::target(const Event& event) const {
  if (event.kind != EventKind::Hop) return event.tile;
  const std::uint32_t width = header_.width, height = header_.height;
  std::uint32_t x = event.tile.value() % width, y = event.tile.value() / width;
  switch (static_cast<Direction>(event.detail)) {
    case Direction::North:
      y = (y + height - 1) % height;
      break;
    case Direction::East:
      x = (x + 1) % width;
      break;
    case Direction::South:
      y = (y + 1) % height;
      break;
    case Direction::West:
      x = (x + width - 1) % width;
      break;
    default:
      break;
  }
  return TileId(x + width * y);
}

MessageFlow::MessageFlow(const EventLogHeader& header, const StepEvents& step)
    : header_(header),
      step_(step),
      parents_(step.events.size(), kNoEvent),
      visit_of_(step.events.size(), kNoEvent) {
  std::unordered_map<std::uint64_t, std::uint32_t> here;  // (tile, key) to visit
  std::vector<std::uint32_t> tail(std::size_t{header.width} * header.height * 8, kNoEvent);  // per buffer
  std::uint32_t arrive = kNoEvent;
  for (std::uint32_t i = 0; i < step.events.size(); ++i) {
    const Event& event = step.events[i];
    if (is_delivery(event.kind)) {
      if (arrive != kNoEvent && step.events[arrive].tile == event.tile &&
          step.events[arrive].cycle == event.cycle)
        parents_[i] = arrive;
      continue;
    }
    if (event.kind == EventKind::Arrive) arrive = i;
    if (event.kind == EventKind::Hop || event.kind == EventKind::Arrive || event.kind == EventKind::Output) {
      const auto found = here.find(place_of(event.tile, event.subject));
      if (found != here.end() && visits_[found->second].arrives <= event.cycle) {
        parents_[i] = visits_[found->second].brought_by;
        visits_[found->second].leaves = event.cycle;
      }
    }
    if (!brings(event.kind)) continue;
    Visit visit;
    visit.brought_by = i;
    visit.input = input_of(event);
    visit.arrives = event.cycle + (event.kind == EventKind::Hop ? header.link_cycles
                                   : header.circuits()          ? 0
                                                                : 1);
    visit.leaves = ~std::uint64_t{0};
    const TileId tile = target(event);
    const std::size_t buffer = tile.index() * 8 + static_cast<std::size_t>(visit.input);
    if (buffer >= tail.size()) continue;  // no log of ours has a tile off the grid
    visit.behind = tail[buffer];
    tail[buffer] = i;
    visit_of_[i] = static_cast<std::uint32_t>(visits_.size());
    visits_.push_back(visit);
    if (here.emplace(place_of(tile, event.subject), visit_of_[i]).second) continue;
    parents_.assign(parents_.size(), kNoEvent);  // keys do not name messages here: nothing is linked
    visit_of_.assign(visit_of_.size(), kNoEvent);
    visits_.clear();
    return;
  }
}

const Visit* MessageFlow::visit(std::uint32_t index) const {
  return visit_of_[index] == kNoEvent ? nullptr : &visits_[visit_of_[index]];
}

}  // namespace weft::traces
