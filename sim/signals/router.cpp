// The router's clock edge, rule by rule as sim/TIMING.md section 3 has them. Invariant: all that the outputs
// decide by was known at the start of the cycle, so that it does not matter in which order they are asked.
#include "sim/signals/router.hpp"

#include <fmt/format.h>

#include "model/fabric/link.hpp"

namespace weft::sim::signals {
namespace {

constexpr int kNobody = -1;
constexpr int kEdge = static_cast<int>(Direction::Edge);

constexpr bool has(unsigned sides, int side) {
  return (sides >> side & 1u) != 0;
}

}  // namespace

Router::Router(const sc_core::sc_module_name& name, TileId tile, RouteRule& routing, const StallRule& stalls,
               Ledger& ledger)
    : Node(name, tile, routing, ledger), stalls_(stalls) {
  for (int side = 0; side < kDirections; ++side) {
    if (is_link(side)) outputs_[side].credits = fabric_.router.buffer_depth;
  }
}

void Router::rising_edge(std::uint64_t cycle) {
  requested_ = 0;
  for (int side = 0; side < kDirections; ++side) {
    if (sides[side] == nullptr) continue;
    receive_flit(side, cycle);
    receive_credit(side, cycle);
    look_at_head(side, cycle);
  }
  for (int side = 0; side < kDirections; ++side) {
    if (sides[side] != nullptr) grant(side, choose(side, cycle), cycle);
  }
  for (int side = 0; side < kDirections; ++side) {
    if (sides[side] != nullptr) leave(side);
  }
  busy.write(!rests_from(cycle + 1));
}

// What the other end sent in the cycle before is in the buffer from then on or, over a link, when its last
// part has come.
void Router::receive_flit(int side, std::uint64_t cycle) {
  Input& input = inputs_[side];
  if (sides[side]->valid_in.read()) {
    const int delay = is_link(side) ? hop_cycles(fabric_.router) : 1;
    input.flits.push_back({cycle - 1 + static_cast<std::uint64_t>(delay), sides[side]->flit_in.read()});
  }
  std::uint32_t occupancy = 0;
  for (const Arrival& arrival : input.flits) occupancy += arrival.cycle <= cycle ? 1 : 0;
  if (occupancy > static_cast<std::uint32_t>(fabric_.router.buffer_depth)) {
    breach(fabric_, tile_, "a flit came to a full buffer");
  }
  sides[side]->occupancy.write(occupancy);
}

void Router::receive_credit(int side, std::uint64_t cycle) {
  Output& output = outputs_[side];
  if (sides[side]->credit_in.read()) {
    output.credits_due.push_back(cycle - 1 + static_cast<std::uint64_t>(fabric_.router.credit_cycles));
  }
  for (; !output.credits_due.empty() && output.credits_due.front() == cycle; output.credits_due.pop_front())
    ++output.credits;
  if (!output.credits_due.empty()) ledger_.last_progress = cycle;
  if (output.credits > fabric_.router.buffer_depth) {
    breach(fabric_, tile_, "an output has more credits than its buffer has slots");
  }
  sides[side]->credits.write(static_cast<std::uint32_t>(output.credits));
}

// The head requests the sides to which it has not been sent yet, once it has been in the buffer for P cycles.
void Router::look_at_head(int side, std::uint64_t cycle) {
  Input& input = inputs_[side];
  input.requests = 0;
  if (input.flits.empty()) return;
  const Arrival& head = input.flits.front();
  if (cycle < head.cycle + static_cast<std::uint64_t>(fabric_.router.pipeline_cycles)) {
    ledger_.last_progress = cycle;
    return;
  }
  if (input.unsent == 0) {
    input.unsent = routing_.sides(tile_, head.flit);
    ledger_.copies += static_cast<std::uint64_t>(__builtin_popcount(input.unsent)) - 1;
  }
  input.requests = input.unsent;
  requested_ |= input.requests;
}

// The input that wins the output in this cycle, or nobody.
int Router::choose(int side, std::uint64_t cycle) const {
  if (!has(requested_, side)) return kNobody;
  const Output& output = outputs_[side];
  if (is_link(side) && output.credits == 0) return kNobody;
  if (cycle < output.free) return kNobody;
  if (stalls_.blocks(cycle, tile_.value(), static_cast<std::uint32_t>(side))) return kNobody;
  for (int i = 0; i < kDirections; ++i) {
    const int input = (output.pointer + i) % kDirections;
    const bool admitted = output.holder == kNobody || output.holder == input;
    if (admitted && has(inputs_[input].requests, side) && has_room(side, input)) return input;
  }
  return kNobody;
}

// The bubble rule of a torus (section 15): a packet's head goes on in its ring where the packet fits, and
// into a ring where two packets do. The flits behind it have their room.
bool Router::has_room(int side, int input) const {
  const Output& output = outputs_[side];
  if (fabric_.topology == Topology::Mesh || !is_link(side) || output.holder == input) return true;
  const bool goes_on = static_cast<Direction>(input) == opposite(static_cast<Direction>(side));
  return output.credits >= (goes_on ? 1 : 2) * routing_.packet_flits();
}

void Router::grant(int side, int winner, std::uint64_t cycle) {
  Side& wires = *sides[side];
  wires.valid.write(winner != kNobody);
  wires.stalled.write(has(requested_, side) && winner == kNobody);
  Output& output = outputs_[side];
  if (cycle < output.free) ledger_.last_progress = cycle;
  if (winner == kNobody) return;

  const Flit& flit = inputs_[winner].flits.front().flit;
  wires.flit.write(flit);
  inputs_[winner].unsent &= ~(1u << side);
  if (fabric_.router.arbitration == Arbitration::RoundRobin) output.pointer = (winner + 1) % kDirections;
  output.holder = flit.tail ? kNobody : winner;
  if (is_link(side)) {
    --output.credits;
    output.free = cycle + static_cast<std::uint64_t>(flit_cycles(fabric_.router));
  }
  if (side == kEdge) output.free = cycle + static_cast<std::uint64_t>(fabric_.ports.cycles_per_flit);
  sent_ = sent_ || is_link(side);
  ++ledger_.tiles[tile_].flits[side];
  ledger_.last_progress = cycle;
  routing_.granted(cycle, tile_, static_cast<Direction>(side), flit);
}

// A head that has been sent to all its sides leaves the buffer, and the other end gets a credit.
void Router::leave(int side) {
  Input& input = inputs_[side];
  const bool leaves = input.requests != 0 && input.unsent == 0;
  if (leaves) input.flits.pop_front();
  sides[side]->credit.write(leaves);
  sent_ = sent_ || (leaves && is_link(side) && fabric_.router.credit_cycles > 1);
}

bool Router::rests_from(std::uint64_t next_cycle) {
  bool rests = !sent_;
  sent_ = false;
  for (const Input& input : inputs_) rests = rests && input.flits.empty();
  for (const Output& output : outputs_) {
    rests = rests && (output.credits_due.empty() || output.credits_due.back() == next_cycle);
  }
  return rests;
}

bool Router::credits_home() const {
  for (int side = 0; side < kDirections; ++side) {
    if (sides[side] == nullptr || !is_link(side)) continue;
    const Output& output = outputs_[side];
    const int arriving =
        static_cast<int>(output.credits_due.size()) + (sides[side]->credit_in.read() ? 1 : 0);
    if (output.credits + arriving != fabric_.router.buffer_depth) return false;
  }
  return true;
}

std::size_t Router::flits_held() const {
  std::size_t flits = 0;
  for (int side = 0; side < kDirections; ++side) {
    if (sides[side] == nullptr) continue;
    flits += inputs_[side].flits.size() + (sides[side]->valid_in.read() ? 1 : 0);
  }
  return flits;
}

// A flit that was not looked at yet counts once: its copies are not counted either.
std::size_t Router::sends_due() const {
  std::size_t sends = flits_held();
  for (const Input& input : inputs_) {
    if (input.unsent != 0) sends += static_cast<std::size_t>(__builtin_popcount(input.unsent)) - 1;
  }
  return sends;
}

std::string Router::describe() const {
  std::string text;
  for (int side = 0; side < kDirections; ++side) {
    if (inputs_[side].flits.empty()) continue;
    const char* const name = to_string(static_cast<Direction>(side));
    text += fmt::format("{}{} input: {} flits", text.empty() ? "" : ", ", name, inputs_[side].flits.size());
  }
  return text;
}

}  // namespace weft::sim::signals
