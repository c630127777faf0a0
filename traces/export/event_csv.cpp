// An event log as a table. One block is in memory at a time.
#include <string>

#include "traces/export/exports.hpp"
#include "traces/log/event_log.hpp"

namespace weft::traces {
namespace {

std::string detail(const Event& event) {
  if (event.kind == EventKind::Hop && event.detail < kDirections) {
    return to_string(static_cast<Direction>(event.detail));
  }
  return std::to_string(event.detail);
}

}  // namespace

ExportSummary export_csv(const std::filesystem::path& log, const std::filesystem::path& csv) {
  EventLogReader reader(log);
  OutputStream out(csv);
  out.write("cycle,tile_x,tile_y,core,kind,detail,subject,value\n");
  std::vector<Event> events;
  std::string line;
  while (reader.next(events)) {
    for (const Event& event : events) {
      const std::uint32_t tile = event.tile.value();
      line = std::to_string(event.cycle) + ',' + std::to_string(tile % reader.header().width) + ',' +
             std::to_string(tile / reader.header().width) + ',' + std::to_string(event.core) + ',' +
             to_string(event.kind) + ',' + detail(event) + ',' + std::to_string(event.subject) + ',' +
             std::to_string(event.value) + '\n';
      out.write(line);
    }
  }
  out.commit();
  return {reader.events(), reader.events(), reader.truncated()};
}

}  // namespace weft::traces
