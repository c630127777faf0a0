// Waits follow from TIMING.md's rules: a flit may leave P cycles after its arrival, behind the one before it,
// when its output grants it; an output grants once a cycle. Invariant: a passage's wait adds up to its cycle
// less `ready`.
#include "traces/question/step_story.hpp"

#include <algorithm>

namespace weft::traces {
namespace {

// Sides of the router are units 0 to 5, the output queues of cores are the last ones.
constexpr std::uint32_t kPortUnit = 6, kFirstQueueUnit = 7, kUnits = 32;

std::uint32_t unit_of(const Event& event) {
  switch (event.kind) {
    case EventKind::Hop:
      return std::min<std::uint32_t>(event.detail, kDirections - 1);
    case EventKind::Arrive:
      return static_cast<std::uint32_t>(Direction::Local);
    case EventKind::Output:
      return static_cast<std::uint32_t>(Direction::Edge);
    case EventKind::Send:
      return kFirstQueueUnit + event.core;
    default:
      return kPortUnit;
  }
}

bool passes_a_flit(EventKind kind) {
  return kind == EventKind::Hop || kind == EventKind::Arrive || kind == EventKind::Output ||
         kind == EventKind::Send || kind == EventKind::Inject;
}

std::uint64_t place_of(TileId tile, std::uint32_t unit) {
  return std::uint64_t{tile.value()} * kUnits + unit;
}

}  // namespace

StepStory::StepStory(const EventLogHeader& header, const StepEvents& step)
    : header_(header), step_(step), flow_(header, step) {
  for (const Event& event : step.events)
    if (passes_a_flit(event.kind)) cycles_[place_of(event.tile, unit_of(event))].push_back(event.cycle);
  match_updates();
}

void StepStory::match_updates() {
  const auto core_of = [](const Event& event) { return place_of(event.tile, kFirstQueueUnit + event.core); };
  std::unordered_map<std::uint64_t, std::vector<std::uint32_t>> updates;  // by core, ascending
  std::unordered_map<std::uint64_t, std::size_t> next;
  for (std::uint32_t i = 0; i < step_.events.size(); ++i)
    if (step_.events[i].kind == EventKind::Update) updates[core_of(step_.events[i])].push_back(i);
  for (std::uint32_t i = 0; i < step_.events.size(); ++i) {
    const Event& send = step_.events[i];
    if (send.kind != EventKind::Send) continue;
    const auto& own = updates[core_of(send)];
    std::size_t at = next[core_of(send)];
    if (send.detail != 0 && at > 0) {  // one more message of the same value
      update_of_[i] = own[at - 1];
      continue;
    }
    while (at < own.size() && step_.events[own[at]].value != send.value) ++at;
    if (at == own.size() || step_.events[own[at]].cycle + queue_cycles() > send.cycle) continue;
    update_of_[i] = own[at];
    next[core_of(send)] = at + 1;
  }
}

std::uint32_t StepStory::cause(std::uint32_t index) const {
  if (step_.events[index].kind != EventKind::Send) return flow_.parent(index);
  const auto found = update_of_.find(index);
  return found == update_of_.end() ? kNoEvent : found->second;
}

std::uint64_t StepStory::count(TileId tile, std::uint32_t unit, std::uint64_t from, std::uint64_t to) const {
  const auto found = cycles_.find(place_of(tile, unit));
  if (found == cycles_.end() || from >= to) return 0;
  const auto begin = std::lower_bound(found->second.begin(), found->second.end(), from);
  return static_cast<std::uint64_t>(std::lower_bound(begin, found->second.end(), to) - begin);
}

// Of the cycles from `head` to the hop, those in which its link still sent an earlier flit. The cycle of that
// flit's grant is not among them.
std::uint64_t StepStory::link_cycles(const Event& hop, std::uint64_t head) const {
  const auto found = cycles_.find(place_of(hop.tile, unit_of(hop)));
  if (found == cycles_.end() || header_.flit_cycles <= 1) return 0;
  std::uint64_t sum = 0;
  for (auto grant = std::lower_bound(found->second.begin(), found->second.end(),
                                     head - std::min<std::uint64_t>(head, header_.flit_cycles));
       grant != found->second.end() && *grant < hop.cycle; ++grant) {
    const std::uint64_t from = std::max(*grant + 1, head);
    const std::uint64_t to = std::min(*grant + header_.flit_cycles, hop.cycle);
    if (from < to) sum += to - from;
  }
  return sum;
}

// What the tile's other cores have sent meanwhile.
std::uint64_t StepStory::count_other_queues(const Event& send, std::uint64_t from) const {
  std::uint64_t sent = 0;
  for (std::uint32_t core = 0; core < header_.cores; ++core) {
    if (core != send.core) sent += count(send.tile, kFirstQueueUnit + core, from, send.cycle);
  }
  return sent;
}

Passage StepStory::passage(std::uint32_t index) const {
  const Event& event = step_.events[index];
  Passage passage{event, event.cycle, {}};
  const std::uint32_t before = cause(index);
  if (event.kind == EventKind::Inject && step_.whole) {
    passage.ready = step_.begin;
  } else if (before == kNoEvent || is_delivery(event.kind)) {
    return passage;
  } else if (event.kind == EventKind::Send) {
    passage.ready = step_.events[before].cycle + queue_cycles();
  }
  if (event.kind == EventKind::Send || event.kind == EventKind::Inject) {
    passage.wait.queue = count(event.tile, unit_of(event), passage.ready, event.cycle);
    if (event.kind == EventKind::Send) passage.wait.arbitration = count_other_queues(event, passage.ready);
    passage.wait.credits = event.cycle - passage.ready - passage.wait.queue - passage.wait.arbitration;
    return passage;
  }
  const Visit& visit = *flow_.visit(before);
  passage.ready = std::min(visit.arrives + header_.pipeline_cycles, event.cycle);
  std::uint64_t head = passage.ready;  // from then on it is its buffer's head and may leave
  if (visit.behind != kNoEvent) {
    const std::uint64_t left = flow_.visit(visit.behind)->leaves;
    if (left < event.cycle) head = std::max(head, left + 1);
  }
  passage.wait.queue = head - passage.ready;
  passage.wait.arbitration = count(event.tile, unit_of(event), head, event.cycle);
  if (event.kind == EventKind::Hop) passage.wait.link = link_cycles(event, head);
  passage.wait.credits = event.cycle - head - passage.wait.arbitration - passage.wait.link;
  return passage;
}

}  // namespace weft::traces
