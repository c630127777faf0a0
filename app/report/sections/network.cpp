// What became of the network: accuracy through the stages, answers, compression.
#include <fmt/format.h>

#include "app/report/figures/figures.hpp"
#include "app/report/html.hpp"
#include "app/report/sections/sections.hpp"

namespace weft::app::sections {

using html::escape;
using html::grouped;
using html::percent;

namespace {

std::string wrong(const AnswersReport& answers) {
  if (answers.wrong_frames == 0) return "<p class=\"note\">Every frame was answered with its label.</p>\n";
  const auto shown = static_cast<std::int64_t>(answers.wrong.size());
  return fmt::format(
             "<h3>Frames that the fabric gets wrong</h3><p class=\"note\">{} of {}; the answer, then "
             "the label.</p>\n",
             shown == answers.wrong_frames ? "All" : fmt::format("The first {}", grouped(shown)),
             grouped(answers.wrong_frames)) +
         figures::wrong_frames(answers);
}

}  // namespace

std::string accuracy(const AccuracyReport& accuracy) {
  html::Table table{{"network", "accuracy", "against float"}, {}};
  const auto row = [&](const char* name, const std::optional<double>& value) {
    if (!value) return;
    const std::string change =
        accuracy.dense ? fmt::format("{:+.2f} points", 100 * (*value - *accuracy.dense)) : "";
    table.rows.push_back({name, percent(*value, 2), change});
  };
  row("float", accuracy.dense);
  row("compressed", accuracy.compressed);
  row("fixed point", accuracy.fixed);
  row("fabric", accuracy.fabric);
  const std::string note =
      fmt::format("{} test samples; outputs of {} frames differ from the integer reference.",
                  grouped(accuracy.samples), grouped(accuracy.mismatches));
  std::string body = html::table(table);
  if (accuracy.answers && !accuracy.answers->classes.empty()) {
    body += "<h3>Labels and answers of the fabric</h3>" + figures::confusion(*accuracy.answers);
    body += wrong(*accuracy.answers);
  }
  return html::section("accuracy", "Accuracy through the stages", note, body);
}

std::string compression(const CompressionReport& compression) {
  html::Table table{{"layer", "method", "rank", "synapses before", "after", "ratio", "density",
                     "weight error", "fitted by", "damping"},
                    {}};
  for (const LayerReport& layer : compression.layers) {
    const double ratio = layer.synapses_after > 0 ? static_cast<double>(layer.synapses_before) /
                                                        static_cast<double>(layer.synapses_after)
                                                  : 0;
    table.rows.push_back(
        {escape(layer.name), escape(layer.method), layer.rank > 0 ? std::to_string(layer.rank) : "",
         grouped(layer.synapses_before), grouped(layer.synapses_after), fmt::format("{:.1f}x", ratio),
         percent(layer.density, 2), percent(layer.output_error, 1), escape(layer.algebra.value_or("")),
         layer.damping ? fmt::format("{:g}", *layer.damping) : ""});
  }
  const std::string note = fmt::format(
      "{} synapses became {}, {} neurons became {}. The weight error is the relative Frobenius norm of the "
      "change; a fitted layer's least squares were solved with the covariance of its inputs or with the "
      "samples "
      "themselves, damped by a fraction of their mean variance.",
      grouped(compression.synapses_before), grouped(compression.synapses_after),
      grouped(compression.neurons_before), grouped(compression.neurons_after));
  return html::section("compression", "Compression by layer", note, html::table(table));
}

}  // namespace weft::app::sections
