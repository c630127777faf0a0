// An event log as the page carries it: the events that the replay draws, a few bytes each.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "model/report/report.hpp"
#include "traces/question/questions.hpp"

namespace weft::app {

// Steps that follow one another are shown without the cycles between them that the log does not have.
struct ReplayStep {
  std::int64_t step = -1;  // -1: the log does not tell its number
  std::uint64_t cycle = 0, length = 0;
  std::uint64_t shown = 0;  // cycles shown before it
};

// `data`: base64 of one record per event, ascending by cycle. A record is the cycles since the record before
// (the first one: since 0), counted as shown, and tile * 16 + kind; of an update also the neuron (neuron * n
// + core, where a tile has n cores); all as varints of seven bits, lowest first. Kinds: 0 to 3 a hop to the
// north, east, south, west; 4 row, 5 update, 6 send, 7 stall, 8 inject, 9 output, 10 arrive.
struct Replay {
  int width = 0, height = 0;
  std::vector<ReplayStep> steps;
  std::string data;
  std::int64_t events = 0;
  bool all = true;  // false: the log goes on, and has more than the page can carry
};

constexpr std::int64_t kMostReplayEvents = 1'500'000;

// Its parts follow one another from the frame's first cycle to its last result; each is one of
// CriticalPath's, cut at the frame's end, or "barrier" between two steps.
struct FrameTimeline {
  WatchedFrameReport frame;
  std::uint64_t begin = 0;
  std::vector<traces::PathPart> parts;
  std::vector<std::uint64_t> step_begins;
};

struct LogView {
  Replay replay;
  std::vector<FrameTimeline> timelines;
};

// Reads the log once. Timelines are those of the `frames` that the log has all steps of.
LogView view_log(const std::filesystem::path& log, const std::vector<WatchedFrameReport>& frames,
                 std::int64_t most_events = kMostReplayEvents);

}  // namespace weft::app
