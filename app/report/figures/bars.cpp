// Figures as lengths: the histogram of latencies, and bars with their figures beside them.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/report/figures/figures.hpp"
#include "app/report/figures/svg.hpp"
#include "app/report/html.hpp"

namespace weft::app::figures {

using html::escape;
using html::grouped;

std::string latency_histogram(const LatencyReport& latency) {
  const HistogramReport& bins = latency.histogram;
  if (bins.counts.empty()) return "";
  constexpr double kWidth = 640, kHeight = 200, kLeft = 10, kBase = 165;
  const auto most = static_cast<double>(*std::max_element(bins.counts.begin(), bins.counts.end()));
  const double step = (kWidth - 2 * kLeft) / static_cast<double>(bins.counts.size());
  std::string out = open_svg(kWidth, kHeight, "frames over latency");
  for (std::size_t i = 0; i < bins.counts.size(); ++i) {
    const double height = 140 * static_cast<double>(bins.counts[i]) / std::max(most, 1.0);
    const double from = bins.first + bins.width * static_cast<double>(i);
    out += fmt::format(
        "<rect class=\"bar\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\"><title>{} to {} "
        "cycles: {} "
        "frames</title></rect>\n",
        kLeft + step * static_cast<double>(i), kBase - height, std::max(step - 1, 0.5), height,
        grouped(std::llround(from)), grouped(std::llround(from + bins.width) - 1), grouped(bins.counts[i]));
  }
  const double span = bins.width * static_cast<double>(bins.counts.size());
  const auto mark = [&](double cycles, const char* name, double y) {
    const double x = kLeft + (kWidth - 2 * kLeft) * (cycles - bins.first + 0.5) / span;
    out += fmt::format(
        "<line class=\"mark\" x1=\"{0:.1f}\" y1=\"{3:.0f}\" x2=\"{0:.1f}\" y2=\"{1:.0f}\"/>"
        "<text x=\"{0:.1f}\" y=\"{2:.0f}\">{4}</text>\n",
        x, kBase, y - 3, y, name);
  };
  mark(latency.cycles_p50, "median", 22);
  mark(latency.cycles_p99, "p99", 14);
  out += fmt::format("<text x=\"{:.0f}\" y=\"{:.0f}\" class=\"start\">{} cycles</text>", kLeft, kBase + 18,
                     grouped(std::llround(bins.first)));
  out += fmt::format("<text x=\"{:.0f}\" y=\"{:.0f}\" class=\"end\">{} cycles</text>\n</svg>\n",
                     kWidth - kLeft, kBase + 18, grouped(std::llround(bins.first + span) - 1));
  return out;
}

std::string bars(std::vector<std::pair<std::string, double>> items, const std::string& unit) {
  std::stable_sort(items.begin(), items.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  double sum = 0;
  for (const auto& item : items) sum += item.second;
  std::string out = "<table class=\"bars\"><tbody>\n";
  for (const auto& [name, value] : items) {
    const double share = sum > 0 ? value / sum : 0;
    out += fmt::format(
        "<tr><th scope=\"row\">{}</th><td class=\"track\"><span "
        "style=\"width:{:.2f}%\"></span></td><td>{}</td><td>{}</td></tr>\n",
        escape(name), 100 * share, html::si(value, unit), html::percent(share, 1));
  }
  return out + "</tbody></table>\n";
}

}  // namespace weft::app::figures
