// An event log step by step: what every view and every question of a log is drawn from.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "traces/log/event_log.hpp"

namespace weft::traces {

// The number of a step that the log does not tell: its window lies within one step.
constexpr std::uint32_t kUnknownStep = 0xffffffffu;

// The events of one step but for its begin and its end, in ascending cycles; those of a cycle in the order of
// their tiles, an Arrive before its Delivers and Adds, and otherwise of kinds, details, cores, subjects and
// values.
struct StepEvents {
  std::uint32_t step = kUnknownStep;
  std::uint64_t begin = 0;  // its first cycle; the first one told where the log begins within the step
  std::uint64_t last = 0;   // its last cycle with work; the last one told where the log ends within the step
  bool whole = false;       // the log has its begin and its end
  std::vector<Event> events;
};

// Memory is that of the longest step.
class StepReader {
 public:
  explicit StepReader(const std::filesystem::path& log) : log_(log) {}
  const EventLogHeader& header() const { return log_.header(); }
  bool next(StepEvents& step);                         // false at the end
  bool truncated() const { return log_.truncated(); }  // known at the end
  std::uint64_t events() const { return log_.events(); }

 private:
  EventLogReader log_;
  std::vector<Event> block_;
  std::size_t place_ = 0;
};

bool in_step_order(const Event& a, const Event& b);

// "tile_X_Y".
std::string tile_name(const EventLogHeader& header, TileId tile);
// "core", or "core_2" where tiles have several.
std::string core_name(const EventLogHeader& header, std::uint32_t core);

}  // namespace weft::traces
