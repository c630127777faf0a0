// Inline SVG with a table below, so that no figure can only be seen by pointing at it. Invariant: every point
// of the report is drawn, inside the frame.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include "app/report/figures/svg.hpp"
#include "app/report/html.hpp"
#include "app/report/sections/sections.hpp"

namespace weft::app::sections {
namespace {

using html::escape;
using html::grouped;
using html::percent;

constexpr double kWidth = 760, kHeight = 340, kLeft = 60, kRight = 20, kTop = 15, kBottom = 40;

struct Frame {
  double low_cost, high_cost, low, high;
  double x(double cost) const {
    return kLeft + (kWidth - kLeft - kRight) * (std::log(cost) - std::log(low_cost)) /
                       (std::log(high_cost) - std::log(low_cost));
  }
  double y(double accuracy) const {
    return kTop + (kHeight - kTop - kBottom) * (high - accuracy) / (high - low);
  }
};

Frame frame_of(const TradeoffReport& tradeoff) {
  Frame frame{std::max(tradeoff.dense_cost, 1.0), std::max(tradeoff.dense_cost, 1.0), tradeoff.dense_accuracy,
              tradeoff.dense_accuracy};
  const auto take = [&](double cost, double accuracy) {
    cost = std::max(cost, 1.0);
    frame.low_cost = std::min(frame.low_cost, cost);
    frame.high_cost = std::max(frame.high_cost, cost);
    frame.low = std::min(frame.low, accuracy);
    frame.high = std::max(frame.high, accuracy);
  };
  for (const TradeoffPointReport& point : tradeoff.points) take(point.cost, point.accuracy);
  if (tradeoff.least_accuracy) take(frame.high_cost, *tradeoff.least_accuracy);
  if (tradeoff.most_cost) take(*tradeoff.most_cost, frame.high);
  const double margin = std::max(0.002, 0.05 * (frame.high - frame.low));
  frame.low -= margin;
  frame.high += margin;
  frame.low_cost /= 1.15;
  frame.high_cost *= 1.15;
  return frame;
}

std::string line(double x1, double y1, double x2, double y2, std::string_view attributes) {
  return fmt::format("<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" {}/>\n", x1, y1, x2, y2,
                     attributes);
}

std::vector<std::string> series_of(const TradeoffReport& tradeoff) {
  std::vector<std::string> names;
  for (const TradeoffPointReport& point : tradeoff.points) {
    if (std::find(names.begin(), names.end(), point.series) == names.end()) names.push_back(point.series);
  }
  return names;
}

std::string axes(const Frame& frame, const TradeoffReport& tradeoff) {
  std::string out;
  for (int i = 0; i <= 4; ++i) {
    const double accuracy = frame.low + (frame.high - frame.low) * i / 4;
    out += line(kLeft, frame.y(accuracy), kWidth - kRight, frame.y(accuracy), "stroke=\"var(--line)\"");
    out += fmt::format("<text class=\"end\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n", kLeft - 6,
                       frame.y(accuracy) + 4, percent(accuracy, 1));
    const double cost = frame.low_cost * std::pow(frame.high_cost / frame.low_cost, i / 4.0);
    out += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n",
                       std::clamp(frame.x(cost), kLeft + 10, kWidth - kRight - 25), kHeight - kBottom + 16,
                       grouped(std::llround(cost)));
  }
  out += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n", (kLeft + kWidth - kRight) / 2,
                     kHeight - 6, escape(tradeoff.cost));
  if (tradeoff.least_accuracy)
    out += line(kLeft, frame.y(*tradeoff.least_accuracy), kWidth - kRight, frame.y(*tradeoff.least_accuracy),
                "class=\"mark\" stroke-dasharray=\"5 4\"");
  if (tradeoff.most_cost)
    out +=
        line(frame.x(std::max(*tradeoff.most_cost, 1.0)), kTop, frame.x(std::max(*tradeoff.most_cost, 1.0)),
             kHeight - kBottom, "class=\"mark\" stroke-dasharray=\"5 4\"");
  return out;
}

std::string plot(const TradeoffReport& tradeoff) {
  const Frame frame = frame_of(tradeoff);
  std::string out = figures::open_svg(kWidth, kHeight, "accuracy over " + tradeoff.cost);
  out += axes(frame, tradeoff);
  std::string legend = "<ul class=\"legend\">";
  const std::vector<std::string> names = series_of(tradeoff);
  for (std::size_t s = 0; s < names.size(); ++s) {
    const std::string_view color = figures::color(s);
    std::string path, marks;
    for (const TradeoffPointReport& point : tradeoff.points) {
      if (point.series != names[s]) continue;
      const double x = frame.x(std::max(point.cost, 1.0)), y = frame.y(point.accuracy);
      path += fmt::format("{}{:.1f},{:.1f}", path.empty() ? "" : " ", x, y);
      marks += fmt::format(
          "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{}\" fill=\"{}\"{}><title>{}: {} {}, "
          "{}</title></circle>\n",
          x, y, point.chosen ? 7 : 4, color, point.chosen ? " stroke=\"var(--ink)\" stroke-width=\"2\"" : "",
          escape(point.series), grouped(std::llround(point.cost)), escape(tradeoff.cost),
          percent(point.accuracy, 2));
    }
    out += fmt::format("<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"1.5\"/>\n{}", path,
                       color, marks);
    legend += fmt::format("<li><span style=\"background:{}\"></span>{}</li>", color, escape(names[s]));
  }
  return out + "</svg>\n" + legend + "</ul>\n";
}

}  // namespace

std::string tradeoff(const TradeoffReport& report) {
  html::Table table{{"series", escape(report.cost), "synapses", "neurons", "accuracy", "against dense", ""},
                    {}};
  for (const TradeoffPointReport& point : report.points) {
    table.rows.push_back({escape(point.series), grouped(std::llround(point.cost)), grouped(point.synapses),
                          grouped(point.neurons), percent(point.accuracy, 2),
                          fmt::format("{:+.2f} points", 100 * (point.accuracy - report.dense_accuracy)),
                          point.chosen ? "chosen" : ""});
  }
  std::string budget =
      report.least_accuracy
          ? fmt::format("at least {} of {} held-out samples", percent(*report.least_accuracy, 2),
                        grouped(report.validation_samples))
      : report.most_cost
          ? fmt::format("at most {} {}", grouped(std::llround(*report.most_cost)), escape(report.cost))
          : "none";
  const std::string note = fmt::format(
      "Accuracy on held-out training samples over {}. Budget: {}; {}. The dense network: {} at {}.",
      escape(report.cost), budget, report.met ? "met" : "not met", percent(report.dense_accuracy, 2),
      grouped(std::llround(report.dense_cost)));
  return html::section("tradeoff", "Accuracy against cost", note,
                       (report.points.empty() ? std::string() : plot(report)) + html::table(table));
}

}  // namespace weft::app::sections
