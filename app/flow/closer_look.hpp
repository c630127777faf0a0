// The median and the slowest frame of a run, run once more with their events on record: what the report's
// timelines and its replay are drawn from.
#pragma once

#include <filesystem>
#include <optional>

#include "model/fabric/fabric.hpp"
#include "model/fabric/image.hpp"
#include "model/fabric/outcome.hpp"
#include "model/network/stimulus.hpp"
#include "model/report/report.hpp"

namespace weft::app {

// Repeats the front of the run that `outcome` came from, up to the later of the two frames, and writes the
// events of their steps to the event log `file`. Of equally slow frames the first is taken. A long run is
// repeated for about five seconds at most: the frames then are those of its front. Empty, with no file, where
// not even one frame fits into that time, or none was done.
std::optional<CloserLookReport> look_closer(const Fabric& fabric, const Image& image,
                                            const Stimulus& stimulus, const Outcome& outcome,
                                            const std::filesystem::path& file);

// The first `frames` frames alone.
Stimulus front(Stimulus stimulus, std::int64_t frames);

}  // namespace weft::app
