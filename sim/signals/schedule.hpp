// Which steps a run has, which frame enters in which of them and whose results leave (TIMING.md sections 2
// and 7), and what has left so far.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "model/fabric/image.hpp"
#include "model/fabric/outcome.hpp"

namespace weft::sim::signals {

struct FrameStep {
  std::uint64_t frame = 0;
  std::uint64_t step = 0;  // of the frame
};

struct Schedule {
  Schedule(const Image& image, const Stimulus& stimulus)
      : frames(static_cast<std::uint64_t>(stimulus.frames.rows)),
        interval(static_cast<std::uint64_t>(stimulus.interval_steps)),
        frame_steps(static_cast<std::uint64_t>(stimulus.frame_steps)),
        depth(static_cast<std::uint64_t>(image.depth_steps)) {}

  const std::uint64_t frames, interval, frame_steps, depth;

  std::uint64_t steps() const { return frames == 0 ? 0 : (frames - 1) * interval + frame_steps + depth; }
  std::optional<FrameStep> entering(std::uint64_t step) const {
    const FrameStep found{step / interval, step % interval};
    if (found.frame >= frames || found.step >= frame_steps) return std::nullopt;
    return found;
  }
  std::optional<FrameStep> leaving(std::uint64_t step) const {
    if (step < depth) return std::nullopt;
    return entering(step - depth);
  }
};

// What the ports have collected: the sums of each frame, and the cycle in which its last flit left in its
// last step.
struct Results {
  Results(std::uint64_t frames, std::uint32_t output_count)
      : outputs(output_count), sums(frames * output_count), last_flit(frames) {}

  std::uint32_t outputs;
  std::vector<std::int32_t> sums;                       // frames x outputs
  std::vector<std::optional<std::uint64_t>> last_flit;  // per frame
};

}  // namespace weft::sim::signals
