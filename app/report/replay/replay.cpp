// Walks the log step by step: packs a step's events while there is room, and hands the step to the timelines
// of the frames that it belongs to.
#include "app/report/replay/replay.hpp"

#include <algorithm>

#include "app/report/base64.hpp"

namespace weft::app {
namespace {

void put_varint(Bytes& to, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) to.push_back(static_cast<std::uint8_t>(value | 0x80));
  to.push_back(static_cast<std::uint8_t>(value));
}

// Of the page's records; -1 for what it does not draw.
int kind_of(const Event& event) {
  switch (event.kind) {
    case EventKind::Hop:
      return event.detail >= 1 && event.detail <= 4 ? event.detail - 1 : -1;
    case EventKind::Row:
      return 4;
    case EventKind::Update:
      return 5;
    case EventKind::Send:
      return 6;
    case EventKind::Stall:
      return 7;
    case EventKind::Inject:
      return 8;
    case EventKind::Output:
      return 9;
    case EventKind::Arrive:
      return 10;
    default:
      return -1;
  }
}

class Packer {
 public:
  Packer(std::int64_t most, std::uint32_t cores) : most_(most), cores_(cores) {}

  // Once a step does not fit nothing more is taken, so that what is shown is the front.
  void add(const traces::StepEvents& step, Replay& replay) {
    const auto drawn = std::count_if(step.events.begin(), step.events.end(),
                                     [](const Event& event) { return kind_of(event) >= 0; });
    if (!replay.all || replay.events + drawn > most_) {
      replay.all = false;
      return;
    }
    // Rows that take longer than their last event tells are inside of `last`; work that was late for its
    // tick is told beyond it.
    const std::uint64_t last =
        step.events.empty() ? step.last : std::max(step.last, step.events.back().cycle);
    const std::uint64_t begin =
        step.events.empty() ? step.begin : std::min(step.begin, step.events.front().cycle);
    const std::int64_t number = step.step == traces::kUnknownStep ? -1 : std::int64_t{step.step};
    replay.steps.push_back({number, begin, last + 1 - begin, shown_});
    for (const Event& event : step.events) {
      const int kind = kind_of(event);
      if (kind < 0) continue;
      const std::uint64_t shown = shown_ + (event.cycle - begin);
      put_varint(bytes_, shown - before_);
      put_varint(bytes_, std::uint64_t{event.tile.value()} * 16 + static_cast<unsigned>(kind));
      if (event.kind == EventKind::Update)
        put_varint(bytes_, std::uint64_t{event.subject} * cores_ + event.core);
      before_ = shown;
    }
    replay.events += drawn;
    shown_ += last + 1 - begin;
  }
  std::string text() const { return to_base64(bytes_); }

 private:
  std::int64_t most_;
  std::uint32_t cores_;  // of a tile
  Bytes bytes_;
  std::uint64_t shown_ = 0;   // cycles of the steps so far
  std::uint64_t before_ = 0;  // of the last record
};

// The path of one step of a frame, after what the timeline has.
void add(FrameTimeline& timeline, const traces::CriticalPath& path) {
  if (timeline.step_begins.empty()) timeline.begin = path.begin;
  timeline.step_begins.push_back(path.begin);
  const std::uint64_t end = timeline.begin + static_cast<std::uint64_t>(timeline.frame.cycles);
  if (!timeline.parts.empty() && timeline.parts.back().to < path.begin)
    timeline.parts.push_back({"barrier", TileId(0), "", timeline.parts.back().to, path.begin});
  for (traces::PathPart part : path.parts) {
    part.to = std::min(part.to, end);
    if (part.from < part.to) timeline.parts.push_back(std::move(part));
  }
}

bool has(const WatchedFrameReport& frame, std::uint32_t step) {
  return step >= frame.first_step && step < frame.first_step + frame.steps;
}

}  // namespace

LogView view_log(const std::filesystem::path& log, const std::vector<WatchedFrameReport>& frames,
                 std::int64_t most_events) {
  LogView view;
  traces::StepReader reader(log);
  view.replay.width = static_cast<int>(reader.header().width);
  view.replay.height = static_cast<int>(reader.header().height);
  for (const WatchedFrameReport& frame : frames) view.timelines.push_back({frame, 0, {}, {}});
  Packer packer(most_events, reader.header().cores);
  traces::StepEvents step;
  while (reader.next(step)) {
    packer.add(step, view.replay);
    if (frames.empty() && !view.replay.all) break;
    if (!step.whole) continue;
    const auto belongs = [&](const FrameTimeline& timeline) { return has(timeline.frame, step.step); };
    if (std::none_of(view.timelines.begin(), view.timelines.end(), belongs)) continue;
    const traces::CriticalPath path = traces::critical_path(reader.header(), step);
    for (FrameTimeline& timeline : view.timelines)
      if (belongs(timeline)) add(timeline, path);
  }
  view.replay.data = packer.text();
  const auto is_partial = [](const FrameTimeline& timeline) {
    return static_cast<std::int64_t>(timeline.step_begins.size()) != timeline.frame.steps;
  };
  view.timelines.erase(std::remove_if(view.timelines.begin(), view.timelines.end(), is_partial),
                       view.timelines.end());
  return view;
}

}  // namespace weft::app
