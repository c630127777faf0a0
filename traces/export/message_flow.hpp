// How the messages of one step moved: which event brought a flit where another one took it on.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "traces/question/step_events.hpp"

namespace weft::traces {

constexpr std::uint32_t kNoEvent = 0xffffffffu;

// A flit's stay in one input buffer. A key is sent once in a step and reaches a tile once, so that (tile,
// key) names it.
struct Visit {
  std::uint32_t brought_by = kNoEvent;  // Send, Inject or Hop
  Direction input = Direction::Local;   // the buffer
  std::uint64_t arrives = 0;            // first cycle in the buffer
  std::uint64_t leaves = 0;             // cycle of its last grant; ~0 where the log has none
  std::uint32_t behind = kNoEvent;      // `brought_by` of the flit before it in the buffer
};

class MessageFlow {
 public:
  // `step` must outlive it. Where a key comes to a tile twice (synthetic traffic) nothing is linked.
  MessageFlow(const EventLogHeader& header, const StepEvents& step);

  // The event that brought what event `index` took on: of a Hop, Arrive or Output the Send, Inject or Hop; of
  // a Deliver or Add its Arrive; kNoEvent where the log has none, and for all other kinds.
  std::uint32_t parent(std::uint32_t index) const { return parents_[index]; }
  // The stay that Send, Inject or Hop `index` began; null for all other kinds.
  const Visit* visit(std::uint32_t index) const;
  // All of them, ascending by their first event.
  const std::vector<Visit>& visits() const { return visits_; }
  // The tile where event `index` brings its flit.
  TileId target(const Event& event) const;

 private:
  const EventLogHeader& header_;
  const StepEvents& step_;
  std::vector<std::uint32_t> parents_;
  std::vector<Visit> visits_;
  std::vector<std::uint32_t> visit_of_;  // per event: into visits_, or kNoEvent
};

}  // namespace weft::traces
