// Questions to an event log, answered without a viewer. Each reads the log once, step by step.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "traces/question/step_events.hpp"

namespace weft::traces {

// Why a flit, or a message in a core's queue, did not go on in the cycles in which it could have.
struct Wait {
  std::uint64_t queue = 0;        // behind others in its buffer or queue
  std::uint64_t arbitration = 0;  // its output granted another flit; a Send: another core of the tile sent
  std::uint64_t link = 0;         // its narrow link was still taken by the flit before
  std::uint64_t credits = 0;  // its output granted none: no credit, a busy port, a random stall; for a Send:
                              // the router's buffer was full
  std::uint64_t total() const { return queue + arbitration + link + credits; }
};

// A message on its way: an Update (where it can be told), a Send or Inject, Hops, an Arrive or Output.
struct Passage {
  Event event;
  std::uint64_t ready = 0;  // the first cycle in which this could have happened, had the flit been alone
  Wait wait;  // event.cycle - ready, by reason; nothing where the log does not tell what was before
};

// Each flit that tile's core took in the step, ascending by cycle.
struct Sender {
  std::uint32_t key = 0;
  std::int32_t value = 0;
  std::optional<TileId> from;  // unknown where the log begins later
  bool from_port = false;
  std::uint8_t from_core = 0;  // of the tile
  std::uint64_t sent = 0;      // cycle of its Send or Inject
  std::uint64_t arrived = 0;
  std::uint32_t hops = 0;
  std::uint32_t axons = 0;  // that it was delivered to
  std::uint32_t sums = 0;   // of neurons, that it was added to
};
// Throws InputError where the log has no such step or tile.
std::vector<Sender> who_sent_to(const std::filesystem::path& log, TileId tile, std::uint32_t step);

// All that happened to the message with this key in the step, ascending by cycle; empty if it was not sent.
std::vector<Passage> life_of(const std::filesystem::path& log, std::uint32_t key, std::uint32_t step);

struct LinkLoad {
  TileId tile;
  Direction side = Direction::North;
  std::uint64_t flits = 0;
  std::uint32_t busiest_step = 0;  // with the most flits, the first such
  std::uint64_t flits_in_it = 0;
  std::uint64_t first_cycle = 0, last_cycle = 0;  // of its flits in that step
};
// The `count` links between routers with the most flits, most first.
std::vector<LinkLoad> busiest_links(const std::filesystem::path& log, std::size_t count);

// One part of the chain that ends in the step's last event; the parts follow one another without a gap.
struct PathPart {
  std::string what;  // "rows", "updates", "queue", "router", "link", "wait: arbitration", ...
  TileId tile;
  std::string detail;              // which axon, neuron, key, side
  std::uint64_t from = 0, to = 0;  // [from, to)
};
struct CriticalPath {
  std::uint64_t begin = 0, last = 0;
  std::vector<PathPart> parts;  // ascending
};
CriticalPath critical_path(const std::filesystem::path& log, std::uint32_t step);
CriticalPath critical_path(const EventLogHeader& header, const StepEvents& step);

// Where two logs differ first, in ascending cycles.
struct LogDifference {
  std::uint32_t step = kUnknownStep;
  std::uint64_t cycle = 0;
  TileId tile;
  std::string field;  // "event" where one log has an event that the other has not
  std::string left, right;
};
// Empty if they tell the same, whatever the order within a cycle.
std::optional<LogDifference> first_difference(const std::filesystem::path& left,
                                              const std::filesystem::path& right);

// Throws InputError where the log has no step of this number.
StepEvents read_step(StepReader& reader, const std::filesystem::path& log, std::uint32_t wanted);

std::string describe(const EventLogHeader& header, const Event& event);

}  // namespace weft::traces
