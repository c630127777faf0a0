// What an image computes, without any notion of cycles.
#pragma once

#include <cstdint>
#include <vector>

#include "model/fabric/fabric.hpp"
#include "model/fabric/image.hpp"

namespace weft::test {

// frames x values
using Frames = std::vector<std::vector<std::int32_t>>;

// The outputs of the frames (frames x outputs): sums over their steps. Frame f enters with the same values in
// each of the steps f * frame_steps to (f + 1) * frame_steps - 1; in a step each message walks through the
// tables at once. The image must be sound: no loops, no missing entries.
Frames run_steps(const Fabric& fabric, const Image& image, const Frames& frames, int frame_steps = 1);

}  // namespace weft::test
