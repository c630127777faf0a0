// Routers and links (sections 3 and 8 of sim/TIMING.md), and which flits are outputs of the network.
#include <algorithm>
#include <stdexcept>
#include <string>

#include "tests/reference/cycle_model_machine.hpp"

namespace weft::test::cycle {

// Section 3: where the table has ranges, the sides are those of the range that holds the key.
RouteEntry CycleModel::entry(int t, std::uint32_t key) const {
  for (RouteEntry route : image_of(t).routes) {
    if (route.key.value() != key) continue;
    if (!image_of(t).ranges.empty()) route.directions = 0;
    for (const RouteRange& range : image_of(t).ranges) {
      if (key >= range.first.value() && key <= range.last.value()) route.directions = range.directions;
    }
    if (route.directions != 0) return route;
  }
  throw std::logic_error("no route for a flit in tile " + std::to_string(t));
}

void CycleModel::arrive(Cycle c) {
  for (const OnLink& flying : links_) {
    if (flying.arrives != c) continue;
    tiles_[index(flying.tile)].input[index(flying.side)].push_back(flying.flit);
    const RouteEntry route = entry(flying.tile, flying.flit.key);
    for (int side = 0; side < kSides; ++side) copies_ += leads(route, side) ? 1 : 0;
    --copies_;
  }
  links_.erase(std::remove_if(links_.begin(), links_.end(), [c](const OnLink& f) { return f.arrives == c; }),
               links_.end());
  for (const CreditOnWay& credit : credits_) {
    if (credit.due == c) ++tiles_[index(credit.tile)].credits[index(credit.side)];
  }
  credits_.erase(
      std::remove_if(credits_.begin(), credits_.end(), [c](const CreditOnWay& k) { return k.due == c; }),
      credits_.end());
}

bool CycleModel::requests(Cycle c, const Tile& tile, int t, int input, int output) const {
  if (tile.input[index(input)].empty()) return false;
  const Flit& head = tile.input[index(input)].front();
  if (c < head.arrived + static_cast<Cycle>(fabric_.router.pipeline_cycles)) return false;
  return leads(entry(t, head.key), output) && !head.sent[index(output)];
}

bool CycleModel::blocked(Cycle c, int t, int side) const {
  const auto limit = static_cast<std::uint64_t>(params_.stall_share * 4294967296.0);
  return (stall_hash(params_.stall_seed, c, static_cast<std::uint64_t>(t),
                     static_cast<std::uint64_t>(side)) >>
          32) < limit;
}

void CycleModel::decide_grant(Cycle c, int t, int output, std::vector<Grant>& grants) const {
  const Tile& tile = tiles_[index(t)];
  if (!tile.exists[index(output)]) return;
  if (is_link(output) && tile.credits[index(output)] == 0) return;
  if (is_link(output) && c < tile.link_free[index(output)]) return;
  if (output == kEdge && c < tile.edge_free) return;
  if (blocked(c, t, output)) return;
  for (int i = 0; i < kSides; ++i) {
    const int input = (tile.pointer[index(output)] + i) % kSides;
    if (!requests(c, tile, t, input, output)) continue;
    if (!has_room(fabric_, input, output, tile.credits[index(output)], 1)) continue;
    grants.push_back({t, output, input});
    return;
  }
}

void CycleModel::apply_grant(Cycle c, const Grant& grant) {
  Tile& tile = tiles_[index(grant.tile)];
  Flit& flit = tile.input[index(grant.input)].front();
  flit.sent[index(grant.output)] = true;
  tile.pointer[index(grant.output)] = pointer_after(fabric_, grant.input);
  count(grant.tile).flits[index(grant.output)] += 1;
  if (grant.output == kLocal) {
    deliver(c, grant.tile, flit);
  } else if (grant.output == kEdge) {
    tile.edge_free = c + static_cast<Cycle>(fabric_.ports.cycles_per_flit);
    tell(c, grant.tile, EventKind::Output, flit.key, flit.value);
    emit(c, grant.tile, flit);
  } else {
    tell(c, grant.tile, EventKind::Hop, flit.key, flit.value, grant.output);
    tile.credits[index(grant.output)] -= 1;
    tile.link_free[index(grant.output)] = c + cycles_per_flit(fabric_);
    const Cycle arrives = c + static_cast<Cycle>(fabric_.router.link_cycles) + cycles_per_flit(fabric_) - 1;
    links_.push_back({arrives,
                      neighbor_of(fabric_, grant.tile, grant.output),
                      across(grant.output),
                      {flit.key, flit.value, arrives, {}}});
  }
}

void CycleModel::leave_if_done(Cycle c, int t, int input) {
  std::deque<Flit>& buffer = tiles_[index(t)].input[index(input)];
  // Several sides may have been granted to this head in this cycle: the first look removes it, and the flit
  // behind it, which got nothing in this cycle, has never been sent to all its sides.
  if (buffer.empty()) return;
  const RouteEntry route = entry(t, buffer.front().key);
  for (int side = 0; side < kSides; ++side) {
    if (leads(route, side) && !buffer.front().sent[index(side)]) return;
  }
  buffer.pop_front();
  if (!is_link(input)) return;
  credits_.push_back(
      {c + static_cast<Cycle>(fabric_.router.credit_cycles), neighbor_of(fabric_, t, input), across(input)});
}

void CycleModel::emit(Cycle c, int t, const Flit& flit) {
  for (const OutputBinding& binding : image_.outputs) {
    if (binding.key.value() != flit.key || ports_[binding.port.index()].index() != index(t)) continue;
    step_outputs_.emplace_back(binding.output, flit.value);
    last_output_ = c;
    any_output_ = true;
  }
}

}  // namespace weft::test::cycle
