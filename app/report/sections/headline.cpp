// The figures that one wants first.
#include <fmt/format.h>

#include "app/report/html.hpp"
#include "app/report/sections/sections.hpp"

namespace weft::app::sections {
namespace {

using html::grouped;
using html::percent;
using html::si;

std::string tile(const std::string& figure, const std::string& label, bool bad = false) {
  return fmt::format("<div{}><b>{}</b><span>{}</span></div>\n", bad ? " class=\"bad\"" : "", figure, label);
}

}  // namespace

std::string headline(const Report& report) {
  std::string out = "<div class=\"tiles\">\n";
  if (report.accuracy && report.accuracy->fabric) {
    out += tile(percent(*report.accuracy->fabric, 2), "accuracy on the fabric");
    out += tile(grouped(report.accuracy->mismatches), "mismatches with the integer reference",
                report.accuracy->mismatches != 0);
  }
  if (report.tick && report.tick->is_late()) {
    out += tile(grouped(report.tick->late_messages + report.tick->late_steps), "late for their tick", true);
  }
  if (report.compression) out += tile(fmt::format("{:.1f}x", report.compression->ratio), "fewer synapses");
  if (report.utilization) {
    const UseReport& cores = report.utilization->cores;
    out += tile(fmt::format("{} of {}", cores.used, cores.available), "cores");
  }
  if (report.latency) out += tile(si(report.latency->seconds, "s"), "mean latency of a frame");
  if (report.frames_per_second) out += tile(si(*report.frames_per_second, "/s"), "throughput in frames");
  if (report.energy) out += tile(si(report.energy->per_frame_joule, "J"), "energy of a frame");
  return out + "</div>\n";
}

}  // namespace weft::app::sections
