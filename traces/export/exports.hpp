// An event log in other programs' formats.
#pragma once

#include <cstdint>
#include <filesystem>

namespace weft::traces {

struct ExportSummary {
  std::uint64_t events = 0;   // read from the log
  std::uint64_t written = 0;  // lines, trace events or spikes and messages in the new file
  bool truncated = false;     // the log ended early; its whole blocks are exported
};

// One line per event under the heading "cycle,tile_x,tile_y,kind,detail,subject,value", in the log's order.
// The detail of a Hop is its direction by name. All exports throw InputError on a damaged log or a file that
// cannot be written.
ExportSummary export_csv(const std::filesystem::path& log, const std::filesystem::path& csv);

// Chrome's trace event format (JSON object form), which ui.perfetto.dev opens. A process per tile with a
// thread per unit: core, queue (a message leaves the core's output queue), router.SIDE (a grant of that
// output), port (an injection). Slices (B, E): a step, a core's step in which its rows, updates and stalls
// lie, a flit. Counters (C): flits per input buffer. Flow arrows (s, f): from where a flit was put into a
// buffer to where it was taken on. Times are the fabric's, in microseconds. Memory is that of the longest
// step.
ExportSummary export_perfetto(const std::filesystem::path& log, const std::filesystem::path& json);

// What was sent, as NumPy arrays of equal length. Spikes, one per neuron update that is not zero: step,
// cycle, tile, neuron, value. Messages, one per Send and per Inject: message_step, message_cycle,
// message_tile, message_key, message_value. Tiles are x + width * y; the header has width and height. Memory:
// 24 bytes per entry.
ExportSummary export_raster(const std::filesystem::path& log, const std::filesystem::path& npz);

}  // namespace weft::traces
