// From the values that stages return to the sections of the report.
#pragma once

#include <string>
#include <vector>

#include "compress/compress.hpp"
#include "model/fabric/fabric.hpp"
#include "model/fabric/image.hpp"
#include "model/fabric/outcome.hpp"
#include "model/report/report.hpp"

namespace weft::app {

CompressionReport compression_figures(const Network& before, const compress::CompressResult& result);

// Latency, throughput, energy and the simulator's own work. `image` gives the steps of a frame.
void add_run_figures(Report& report, const Outcome& outcome, const Fabric& fabric, const Image& image);

// What was late for its tick; `sufficient_cycles` is left to the caller.
TickReport tick_figures(const Outcome& outcome, const Fabric& fabric);
// In one line: what was late, where first, and the tick that would have sufficed.
std::string late_words(const TickReport& tick);

// What an image uses of a fabric, without lower bounds.
UtilizationReport utilization_figures(const Image& image, const Fabric& fabric);

// Tile by tile; `population_names` by population of the FixedNetwork (numbers stand in for missing names).
FabricReport fabric_figures(const Image& image, const Fabric& fabric, const Outcome* outcome,
                            const std::vector<std::string>& population_names);

Digest digest(const Outcome& outcome);  // of what the fabric did; not of the time it took us

// Frames of `outputs` that differ in any value from the same row of `reference`.
std::int64_t count_mismatches(const IntMatrix& outputs, const IntMatrix& reference);

// The largest resident set of this process since reset_peak_memory(), in bytes.
void reset_peak_memory();
std::int64_t peak_memory_bytes();

}  // namespace weft::app
