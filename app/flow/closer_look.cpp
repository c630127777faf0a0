// A run is a function of its input, and what enters later changes nothing earlier: its front can be run again
// with an event log that lets the wanted steps through. Invariant: the frames take as many cycles as before.
#include "app/flow/closer_look.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "model/base/error.hpp"
#include "sim/run.hpp"
#include "traces/log/event_log.hpp"

namespace weft::app {
namespace {

// By counters and not by the clock, so that the same frames are chosen on any machine: what the engine takes
// for a cycle, a hop and a synapse, in nanoseconds, roughly.
constexpr double kCycle = 200, kHop = 50, kSynapse = 1;
constexpr double kMostNanoseconds = 5e9;

std::int64_t repeatable_frames(const Outcome& outcome) {
  const OutcomeTotals sums = totals(outcome);
  const double nanoseconds = kCycle * static_cast<double>(outcome.cycles) +
                             kHop * static_cast<double>(sums.flit_hops) +
                             kSynapse * static_cast<double>(sums.synaptic_ops);
  const double share = std::min(1.0, kMostNanoseconds / std::max(nanoseconds, 1.0));
  return static_cast<std::int64_t>(share * static_cast<double>(outcome.outputs.rows));
}

std::vector<WatchedFrameReport> choose(std::vector<std::uint64_t> latency, const Stimulus& stimulus,
                                       int depth_steps) {
  const auto frame = [&](const char* name, std::uint64_t cycles) {
    const auto at = std::find(latency.begin(), latency.end(), cycles) - latency.begin();
    return WatchedFrameReport{name, at, static_cast<std::int64_t>(cycles), at * stimulus.interval_steps,
                              stimulus.frame_steps + depth_steps};
  };
  std::vector<std::uint64_t> sorted = latency;
  std::sort(sorted.begin(), sorted.end());
  return {frame("median", sorted[(sorted.size() - 1) / 2]), frame("slowest", sorted.back())};
}

// Lets the events of the frames' steps through.
class StepFilter : public EventSink {
 public:
  StepFilter(const std::vector<WatchedFrameReport>& frames, EventSink& to) : frames_(frames), to_(to) {}
  void event(const Event& event) override {
    if (event.kind == EventKind::StepBegin) open_ = is_wanted(event.subject);
    if (open_) to_.event(event);
    if (event.kind == EventKind::StepEnd) open_ = false;
  }

 private:
  bool is_wanted(std::int64_t step) const {
    return std::any_of(frames_.begin(), frames_.end(), [step](const WatchedFrameReport& frame) {
      return step >= frame.first_step && step < frame.first_step + frame.steps;
    });
  }

  const std::vector<WatchedFrameReport>& frames_;
  EventSink& to_;
  bool open_ = false;
};

}  // namespace

Stimulus front(Stimulus stimulus, std::int64_t frames) {
  if (frames >= stimulus.frames.rows) return stimulus;
  stimulus.frames.rows = frames;
  const auto rows = static_cast<std::size_t>(frames);
  if (stimulus.has_events()) {
    stimulus.event_begin.resize(rows * static_cast<std::size_t>(stimulus.frame_steps) + 1);
    stimulus.events.resize(stimulus.event_begin.back());
  } else {
    stimulus.frames.values.resize(rows * static_cast<std::size_t>(stimulus.frames.columns));
  }
  return stimulus;
}

std::optional<CloserLookReport> look_closer(const Fabric& fabric, const Image& image,
                                            const Stimulus& stimulus, const Outcome& outcome,
                                            const std::filesystem::path& file) {
  CloserLookReport report;
  report.events = file.filename().string();
  report.of_frames = repeatable_frames(outcome);
  if (report.of_frames == 0) return std::nullopt;
  std::vector<std::uint64_t> latency = outcome.latency_cycles;
  latency.resize(static_cast<std::size_t>(report.of_frames));
  report.frames = choose(latency, stimulus, image.depth_steps);

  std::int64_t last_step = 0;
  for (const WatchedFrameReport& frame : report.frames)
    last_step = std::max(last_step, frame.first_step + frame.steps - 1);
  const std::int64_t frames = std::min(stimulus.frames.rows, last_step / stimulus.interval_steps + 1);
  traces::EventLogWriter log(fabric, {file});
  StepFilter filter(report.frames, log);
  const Outcome again = sim::run_image(fabric, image, front(stimulus, frames), {}, &filter);
  log.finish();
  for (const WatchedFrameReport& frame : report.frames) {
    const std::uint64_t cycles = again.latency_cycles[static_cast<std::size_t>(frame.frame)];
    if (static_cast<std::int64_t>(cycles) != frame.cycles)
      internal_error(fmt::format("frame {} took {} cycles, and {} when it was run again", frame.frame,
                                 frame.cycles, cycles));
  }
  return report;
}

}  // namespace weft::app
