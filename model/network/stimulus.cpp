// Stimuli from samples and from recordings, and the rules that every user of one relies on.
#include "model/network/stimulus.hpp"

#include <algorithm>
#include <limits>

namespace weft {
namespace {

struct Range {
  std::int64_t begin = 0;
  std::int64_t count = 0;
};

Range clip(std::int64_t first, std::int64_t count, std::int64_t size) {
  const std::int64_t begin = std::clamp<std::int64_t>(first, 0, size);
  return {begin, std::clamp<std::int64_t>(count, 0, size - begin)};
}

[[noreturn]] void refuse(const std::string& found, const std::string& expected) {
  throw InputError({"stimulus"}, found, expected);
}

void check_value(std::int64_t frame, std::uint64_t input, std::int32_t value, const ValueFormat& format) {
  if (value >= format.minimum() && value <= format.maximum()) return;
  refuse("frame " + std::to_string(frame) + ", input " + std::to_string(input) + ": " + std::to_string(value),
         std::to_string(format.minimum()) + " to " + std::to_string(format.maximum()));
}

void check_events(const Stimulus& stimulus, std::int64_t inputs, const ValueFormat& format) {
  const auto steps =
      static_cast<std::size_t>(stimulus.frames.rows) * static_cast<std::size_t>(stimulus.frame_steps);
  const auto& begin = stimulus.event_begin;
  if (begin.size() != steps + 1 || begin.front() != 0 || begin.back() != stimulus.events.size() ||
      !std::is_sorted(begin.begin(), begin.end())) {
    refuse("lists that do not share out its " + std::to_string(stimulus.events.size()) + " events",
           std::to_string(steps) + " of them");
  }
  for (std::size_t i = 0; i < steps; ++i) {
    const std::int64_t frame = static_cast<std::int64_t>(i) / stimulus.frame_steps;
    for (std::uint64_t e = begin[i]; e < begin[i + 1]; ++e) {
      const InputEvent& event = stimulus.events[e];
      if (event.input >= inputs || (e > begin[i] && event.input <= stimulus.events[e - 1].input)) {
        refuse("frame " + std::to_string(frame) + ", input " + std::to_string(event.input),
               "ascending inputs below " + std::to_string(inputs));
      }
      check_value(frame, event.input, event.value, format);
    }
  }
}

}  // namespace

void Stimulus::read_step(std::int64_t frame, int step, std::int32_t* values) const {
  if (!has_events()) {
    std::copy(frames.row(frame), frames.row(frame) + frames.columns, values);
    return;
  }
  std::fill(values, values + frames.columns, 0);
  const auto list = static_cast<std::size_t>(frame * frame_steps + step);
  for (std::uint64_t e = event_begin[list]; e < event_begin[list + 1]; ++e)
    values[events[e].input] = events[e].value;
}

Stimulus make_stimulus(const Dataset& dataset, std::int64_t first, std::int64_t count, int interval_steps) {
  if (interval_steps < 1)
    throw Error(ErrorKind::Usage,
                "a new frame needs at least 1 step, found " + std::to_string(interval_steps));
  const Range rows = clip(first, count, dataset.size());
  Stimulus stimulus;
  stimulus.interval_steps = interval_steps;
  stimulus.frames.rows = rows.count;
  stimulus.frames.columns = dataset.shape.size();
  stimulus.frames.values.assign(dataset.sample(rows.begin), dataset.sample(rows.begin + rows.count));
  return stimulus;
}

Stimulus make_stimulus(const Recordings& recordings, std::int64_t first, std::int64_t count, int frame_steps,
                       int step_microseconds) {
  if (frame_steps < 1 || step_microseconds < 1) {
    throw Error(ErrorKind::Usage, "a frame needs at least 1 step of at least 1 microsecond, found " +
                                      std::to_string(frame_steps) + " of " +
                                      std::to_string(step_microseconds));
  }
  const Range range = clip(first, count, recordings.size());
  Stimulus stimulus;
  stimulus.frame_steps = frame_steps;
  stimulus.interval_steps = frame_steps;
  stimulus.frames.rows = range.count;
  stimulus.frames.columns = recordings.shape.size();
  stimulus.event_begin.push_back(0);
  std::vector<std::uint32_t> inputs;
  for (std::int64_t r = range.begin; r < range.begin + range.count; ++r) {
    const auto index = static_cast<std::size_t>(r);
    std::uint64_t e = recordings.begin[index];
    for (int step = 0; step < frame_steps; ++step) {
      const std::uint64_t end = (std::uint64_t(step) + 1) * static_cast<std::uint64_t>(step_microseconds);
      inputs.clear();
      for (; e < recordings.begin[index + 1] && recordings.events[e].microseconds < end; ++e) {
        inputs.push_back(recordings.events[e].input);
      }
      std::sort(inputs.begin(), inputs.end());
      inputs.erase(std::unique(inputs.begin(), inputs.end()), inputs.end());
      for (const std::uint32_t input : inputs) stimulus.events.push_back({input, 1});
      stimulus.event_begin.push_back(stimulus.events.size());
    }
  }
  return stimulus;
}

void check_stimulus(const Stimulus& stimulus, std::int64_t inputs, const ValueFormat& format) {
  const IntMatrix& frames = stimulus.frames;
  if (stimulus.interval_steps < 1)
    refuse("an interval of " + std::to_string(stimulus.interval_steps) + " steps", "at least 1");
  if (stimulus.frame_steps < 1)
    refuse("frames of " + std::to_string(stimulus.frame_steps) + " steps", "at least 1");
  if (stimulus.interval_steps < stimulus.frame_steps) {
    refuse("an interval of " + std::to_string(stimulus.interval_steps) + " steps",
           "at least the " + std::to_string(stimulus.frame_steps) + " steps of a frame");
  }
  const std::int64_t values = stimulus.has_events() ? 0 : frames.rows * frames.columns;
  if (frames.columns != inputs || static_cast<std::int64_t>(frames.values.size()) != values) {
    refuse(std::to_string(frames.columns) + " inputs per frame",
           std::to_string(inputs) + " as the image has");
  }
  if (stimulus.has_events()) return check_events(stimulus, inputs, format);
  for (std::size_t i = 0; i < frames.values.size(); ++i) {
    const auto columns = static_cast<std::size_t>(frames.columns);
    check_value(static_cast<std::int64_t>(i / columns), i % columns, frames.values[i], format);
  }
}

}  // namespace weft
