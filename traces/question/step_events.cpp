// Cuts the log at its StepEnds. A core's rows are told when its step begins, with their later cycles, so a
// step is sorted before it is handed out. Invariant: no event is lost; each is in exactly one step.
#include "traces/question/step_events.hpp"

#include <algorithm>
#include <tuple>

namespace weft::traces {
namespace {

int rank(EventKind kind) {
  constexpr int kDeliver = 2 * static_cast<int>(EventKind::Deliver);
  if (kind == EventKind::Arrive) return kDeliver - 1;
  return kind == EventKind::Add ? kDeliver + 1 : 2 * static_cast<int>(kind);
}

void finish(StepEvents& step, bool has_begin, bool has_end) {
  std::sort(step.events.begin(), step.events.end(), in_step_order);
  if (!has_begin && !step.events.empty()) step.begin = step.events.front().cycle;
  if (!has_end) step.last = step.events.empty() ? step.begin : step.events.back().cycle;
  step.begin = std::min(step.begin, step.last);
  step.whole = has_begin && has_end;
}

}  // namespace

bool in_step_order(const Event& a, const Event& b) {
  const auto key = [](const Event& e) {
    return std::make_tuple(e.cycle, e.tile.value(), rank(e.kind), e.detail, e.core, e.subject, e.value);
  };
  return key(a) < key(b);
}

bool StepReader::next(StepEvents& step) {
  step = StepEvents();
  bool has_begin = false;
  for (;;) {
    if (place_ == block_.size()) {
      place_ = 0;
      if (!log_.next(block_)) {
        if (!has_begin && step.events.empty()) return false;
        finish(step, has_begin, false);
        return true;
      }
    }
    const Event& event = block_[place_];
    if (event.kind == EventKind::StepBegin) {
      if (has_begin || !step.events.empty()) {  // the step before has no end in this log
        if (!has_begin && event.subject > 0) step.step = event.subject - 1;
        finish(step, has_begin, false);
        return true;
      }
      has_begin = true;
      step.step = event.subject;
      step.begin = event.cycle;
      ++place_;
    } else if (event.kind == EventKind::StepEnd) {
      ++place_;
      step.step = event.subject;
      step.last = event.cycle;
      if (!has_begin) step.begin = event.cycle;
      finish(step, has_begin, true);
      return true;
    } else {
      step.events.push_back(event);
      ++place_;
    }
  }
}

std::string tile_name(const EventLogHeader& header, TileId tile) {
  return "tile_" + std::to_string(tile.value() % header.width) + "_" +
         std::to_string(tile.value() / header.width);
}

std::string core_name(const EventLogHeader& header, std::uint32_t core) {
  return header.cores == 1 ? "core" : "core_" + std::to_string(core);
}

}  // namespace weft::traces
