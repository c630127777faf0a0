// Files that several commands write alike.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "app/flow/result_directory.hpp"
#include "app/report/replay/replay.hpp"
#include "model/base/digest.hpp"
#include "model/base/npz.hpp"
#include "model/fabric/outcome.hpp"
#include "model/report/report.hpp"

namespace weft::app {

// Version and seed.
void begin_provenance(Report& report, std::uint64_t seed);

// What the page shows of the event logs of a run: the one of its closer look, in `directory`, if the report
// names one, and instead of that one's replay that of `events`, if a file is given. Throws InputError where a
// log is of another fabric than the report.
std::optional<LogView> view_logs(const Report& report, const std::filesystem::path& directory,
                                 const std::filesystem::path& events = {});

// report.json and report.html, with what view_logs() finds among the staged files.
void write_report(ResultDirectory& directory, const Report& report);

// What came out of the fabric, for Python: outputs (frames x outputs), latency_cycles, step_cycles; with the
// digests of the fabric and the image that it came from.
NpzArchive to_npz(const Outcome& outcome, const Digest& fabric, const Digest& image);

}  // namespace weft::app
