// What made each event of a step come when it came: its cause, and why it waited.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "traces/export/message_flow.hpp"
#include "traces/question/questions.hpp"

namespace weft::traces {

class StepStory {
 public:
  // Both must outlive it.
  StepStory(const EventLogHeader& header, const StepEvents& step);

  const MessageFlow& flow() const { return flow_; }
  // The event before `index` in its message: flow().parent(), and of a Send its Update. A core sends in the
  // order of its updates, so a Send's is the next one of the same value; neurons without a key are told apart
  // by nothing else.
  std::uint32_t cause(std::uint32_t index) const;
  Passage passage(std::uint32_t index) const;

 private:
  // From a neuron's update to the first cycle in which its message can leave the core.
  std::uint64_t queue_cycles() const { return header_.circuits() ? 0 : 1; }
  std::uint64_t count(TileId tile, std::uint32_t unit, std::uint64_t from, std::uint64_t to) const;
  std::uint64_t link_cycles(const Event& hop, std::uint64_t head) const;
  std::uint64_t count_other_queues(const Event& send, std::uint64_t from) const;
  void match_updates();

  const EventLogHeader& header_;
  const StepEvents& step_;
  MessageFlow flow_;
  std::unordered_map<std::uint64_t, std::vector<std::uint64_t>>
      cycles_;                                                  // by (tile, unit): when it passed a flit on
  std::unordered_map<std::uint32_t, std::uint32_t> update_of_;  // of a Send
};

}  // namespace weft::traces
