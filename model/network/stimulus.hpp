// What goes into a network: frames, each of one step or many.
#pragma once

#include <cstdint>
#include <vector>

#include "model/base/error.hpp"
#include "model/data/dataset.hpp"
#include "model/data/recordings.hpp"
#include "model/network/fixed_network.hpp"
#include "model/network/int_matrix.hpp"

namespace weft {

struct InputEvent {
  std::uint32_t input = 0;
  std::int32_t value = 0;
};

// Frame f enters in the steps f * interval_steps to f * interval_steps + frame_steps - 1. A frame is either
// a row of values, the same in each of its steps, or a list of events for each step, so that long and sparse
// recordings stay small.
struct Stimulus {
  IntMatrix frames;  // frames x inputs; the values only where there are no events
  int interval_steps =
      1;  // at least frame_steps; 1: a new frame each step, layers work on consecutive frames at once
  int frame_steps = 1;
  // With events: those of step s of frame f are [event_begin[i], event_begin[i + 1]) with i = f * frame_steps
  // + s, in ascending order of their inputs, each input once at most.
  std::vector<std::uint64_t> event_begin;  // empty: no events
  std::vector<InputEvent> events;

  bool has_events() const { return !event_begin.empty(); }
  // Writes the input values of a step of a frame to `values`, frames.columns of them.
  void read_step(std::int64_t frame, int step, std::int32_t* values) const;
};

Stimulus make_stimulus(const Dataset& dataset, std::int64_t first, std::int64_t count,
                       int interval_steps = 1);

// Recordings [first, first + count), clipped: an event is the value 1 of its input in the step of its time;
// events of one input in one step are one. Those after the last step are left out.
Stimulus make_stimulus(const Recordings& recordings, std::int64_t first, std::int64_t count,
                       int frame_steps = 300, int step_microseconds = 1000);

// Throws InputError, naming the frame and the input, unless sizes, steps and orders are as above, there are
// `inputs` inputs and every value is within `format`.
void check_stimulus(const Stimulus& stimulus, std::int64_t inputs, const ValueFormat& format);

}  // namespace weft
