// Critical paths as bars on one axis. Parts of one kind that follow one another within a pixel are drawn as
// one, so that a frame of hundreds of steps stays a small picture; the table beside it counts every cycle.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "app/report/figures/figures.hpp"
#include "app/report/figures/svg.hpp"
#include "app/report/html.hpp"

namespace weft::app::figures {
namespace {

using html::escape;
using html::grouped;

constexpr double kWidth = 960, kLeft = 4, kBar = 30, kRow = 62, kTop = 22;

struct Kind {
  std::string_view name, words;
  std::size_t color;
};
// What a part's `what` belongs to; the last one takes all the rest.
constexpr std::array<Kind, 8> kKinds = {{{"rows", "rows of synapses", 0},
                                         {"updates", "updates of neurons", 2},
                                         {"travel", "routers, links and ports", 4},
                                         {"wait: queue", "waiting behind others", 1},
                                         {"wait: arbitration", "waiting for a grant", 5},
                                         {"wait: link", "waiting for a narrow link", 6},
                                         {"wait: credits", "waiting for credits", 3},
                                         {"rest", "settling, barrier, idle", 7}}};

std::size_t kind_of(const std::string& what) {
  if (what == "settling" || what == "barrier" || what == "idle") return kKinds.size() - 1;
  for (std::size_t i = 0; i < kKinds.size(); ++i)
    if (kKinds[i].name == what) return i;
  return 2;
}

std::string describe(const traces::PathPart& part, std::uint64_t begin, int width) {
  const auto tile = static_cast<int>(part.tile.value());
  std::string text =
      fmt::format("cycle {}, {} long: {}", grouped(static_cast<std::int64_t>(part.from - begin)),
                  grouped(static_cast<std::int64_t>(part.to - part.from)), part.what);
  if (part.what == "barrier") return text;
  text += fmt::format(" in tile_{}_{}", tile % width, tile / width);
  return part.detail.empty() ? text : text + ", " + part.detail;
}

std::string bar(const FrameTimeline& timeline, double top, double scale, int width) {
  const auto at = [&](std::uint64_t cycle) {
    return kLeft + scale * static_cast<double>(cycle - timeline.begin);
  };
  std::string out;
  for (std::size_t i = 0; i < timeline.parts.size();) {
    const traces::PathPart& part = timeline.parts[i];
    const std::size_t kind = kind_of(part.what);
    std::size_t end = i + 1;
    while (end < timeline.parts.size() && kind_of(timeline.parts[end].what) == kind &&
           at(timeline.parts[end].to) - at(part.from) < 2)
      ++end;
    const double x = at(part.from), right = at(timeline.parts[end - 1].to);
    out += fmt::format(
        "<rect x=\"{:.2f}\" y=\"{:.0f}\" width=\"{:.2f}\" height=\"{}\" "
        "fill=\"{}\"><title>{}</title></rect>\n",
        x, top, std::max(right - x, 0.2), kBar, color(kKinds[kind].color),
        escape(describe(part, timeline.begin, width)));
    i = end;
  }
  for (const std::uint64_t begin : timeline.step_begins)
    out += fmt::format("<path class=\"step\" d=\"M{:.1f} {:.0f}v{}\"/>", at(begin), top - 3, kBar + 6);
  return out + "\n";
}

std::string table(const std::vector<FrameTimeline>& frames) {
  std::string out = "<table class=\"kinds\"><thead><tr><th scope=\"col\">cycles of the critical path</th>";
  for (const FrameTimeline& timeline : frames)
    out += fmt::format("<th scope=\"col\">{} frame</th><th></th>", escape(timeline.frame.name));
  out += "</tr></thead><tbody>\n";
  for (std::size_t kind = 0; kind < kKinds.size(); ++kind) {
    out += fmt::format("<tr><th scope=\"row\"><span class=\"key\" style=\"background:{}\"></span>{}</th>",
                       color(kKinds[kind].color), kKinds[kind].words);
    for (const FrameTimeline& timeline : frames) {
      std::int64_t cycles = 0;
      for (const traces::PathPart& part : timeline.parts)
        if (kind_of(part.what) == kind) cycles += static_cast<std::int64_t>(part.to - part.from);
      out +=
          fmt::format("<td>{}</td><td>{}</td>", grouped(cycles),
                      html::percent(static_cast<double>(cycles) /
                                        static_cast<double>(std::max<std::int64_t>(1, timeline.frame.cycles)),
                                    1));
    }
    out += "</tr>\n";
  }
  return out + "</tbody></table>\n";
}

}  // namespace

std::string timelines(const std::vector<FrameTimeline>& frames, int width) {
  std::int64_t longest = 1;
  for (const FrameTimeline& timeline : frames) longest = std::max(longest, timeline.frame.cycles);
  const double scale = (kWidth - 2 * kLeft) / static_cast<double>(longest);
  std::string out = open_svg(kWidth, kTop + kRow * static_cast<double>(frames.size()), "critical paths");
  double top = kTop;
  for (const FrameTimeline& timeline : frames) {
    out += fmt::format(
        "<text x=\"{}\" y=\"{:.0f}\" class=\"start\">{} frame: number {}, {} cycles, {} steps from step "
        "{}</text>\n",
        kLeft, top - 7, escape(timeline.frame.name), grouped(timeline.frame.frame),
        grouped(timeline.frame.cycles), grouped(timeline.frame.steps), grouped(timeline.frame.first_step));
    out += bar(timeline, top, scale, width);
    top += kRow;
  }
  return out + "</svg>\n" + table(frames);
}

}  // namespace weft::app::figures
