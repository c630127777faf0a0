// A sweep with all that its flow reads.
#pragma once

#include <filesystem>

#include "sweep/sweep_file.hpp"

namespace weft::app {

// read_sweep_file(), with the contents of the files that the flow or an axis names (fabric.file,
// network.from) as part of what decides on its results: a store of a sweep whose fabric was edited since is
// that of another sweep. A file that is missing is left to the flow's own reading.
sweep::SweepFile read_sweep(const std::filesystem::path& path);

}  // namespace weft::app
