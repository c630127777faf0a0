// Files that several commands write alike.
#pragma once

#include <cstdint>

#include "app/flow/result_directory.hpp"
#include "model/base/digest.hpp"
#include "model/base/npz.hpp"
#include "model/fabric/outcome.hpp"
#include "model/report/report.hpp"

namespace weft::app {

// Version and seed.
void begin_provenance(Report& report, std::uint64_t seed);

// report.json and report.html.
void write_report(ResultDirectory& directory, const Report& report);

// What came out of the fabric, for Python: outputs (frames x outputs), latency_cycles, step_cycles; with the
// digests of the fabric and the image that it came from.
NpzArchive to_npz(const Outcome& outcome, const Digest& fabric, const Digest& image);

}  // namespace weft::app
