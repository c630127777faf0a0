// The page of two runs: first what differs, then each picture of one beside that of the other, last how the
// configurations differ, line by line.
#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "app/report/compare/words.hpp"
#include "app/report/figures/figures.hpp"
#include "app/report/html.hpp"
#include "app/report/html_report.hpp"
#include "app/report/sections/sections.hpp"

namespace weft::app {
namespace {

using html::escape;

std::string pair(const ComparedRuns& runs, const std::string& left, const std::string& right) {
  return fmt::format("<div class=\"pair\"><div><h3>{}</h3>{}</div><div><h3>{}</h3>{}</div></div>\n",
                     escape(runs.left_name), left.empty() ? "none" : left, escape(runs.right_name),
                     right.empty() ? "none" : right);
}

// A picture of each, where at least one of them has it.
template <class Part, class Draw>
std::string pictures(const ComparedRuns& runs, const char* id, const char* heading,
                     const std::optional<Part>& left, const std::optional<Part>& right, Draw draw) {
  if (!left && !right) return "";
  return html::section(id, heading, "",
                       pair(runs, left ? draw(*left, runs.left) : "", right ? draw(*right, runs.right) : ""));
}

std::string figures_table(const ComparedRuns& runs, const std::vector<FigureDifference>& figures) {
  html::Table table{{"figure", escape(runs.left_name), escape(runs.right_name), "difference"}, {}};
  for (const FigureDifference& figure : figures)
    table.rows.push_back({escape(figure.name), escape(words(figure.left)), escape(words(figure.right)),
                          words_of_change(figure)});
  return "<div class=\"scroll\">" + html::table(table) + "</div>";
}

std::string figures_section(const ComparedRuns& runs) {
  std::vector<FigureDifference> differ, machine, same;
  for (const FigureDifference& figure : compare_reports(runs.left, runs.right))
    (figure.same() ? same : is_of_the_machine(figure.name) ? machine : differ).push_back(figure);
  std::string body = differ.empty() ? "<p>None of the results.</p>" : figures_table(runs, differ);
  const auto fold = [&](const char* what, const std::vector<FigureDifference>& some) {
    if (some.empty()) return std::string();
    return fmt::format("<details><summary>{} {}</summary>{}</details>\n", some.size(), what,
                       figures_table(runs, some));
  };
  body += fold("figures of the simulator itself", machine) + fold("figures are equal", same);
  return html::section("differences", "What differs",
                       fmt::format("{} of {} results.", differ.size(), differ.size() + same.size()), body);
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// The lines of both in one list, by a longest common subsequence: what only one has is marked.
std::string configuration_section(const ComparedRuns& runs) {
  const auto left = lines_of(runs.left.provenance.effective_config);
  const auto right = lines_of(runs.right.provenance.effective_config);
  if (left == right || left.size() * right.size() > 4'000'000) return "";
  const std::size_t width = right.size() + 1;
  std::vector<std::uint32_t> common((left.size() + 1) * width, 0);
  for (std::size_t i = left.size(); i-- > 0;)
    for (std::size_t j = right.size(); j-- > 0;)
      common[i * width + j] = left[i] == right[j]
                                  ? common[(i + 1) * width + j + 1] + 1
                                  : std::max(common[(i + 1) * width + j], common[i * width + j + 1]);
  std::string body = "<pre>";
  std::size_t i = 0, j = 0;
  while (i < left.size() || j < right.size()) {
    if (i < left.size() && j < right.size() && left[i] == right[j]) {
      body += "  " + escape(left[i++]) + "\n";
      ++j;
    } else if (j == right.size() ||
               (i < left.size() && common[(i + 1) * width + j] >= common[i * width + j + 1])) {
      body += "<del>- " + escape(left[i++]) + "</del>\n";
    } else {
      body += "<ins>+ " + escape(right[j++]) + "</ins>\n";
    }
  }
  return html::section("configuration", "The configurations", "Minus: left alone; plus: right alone.",
                       body + "</pre>\n");
}

}  // namespace

std::string format_comparison_html(const ComparedRuns& runs) {
  const Report& left = runs.left;
  const Report& right = runs.right;
  std::string page = html::section("figures", "Both at a glance", "",
                                   pair(runs, sections::headline(left), sections::headline(right)));
  page += figures_section(runs);
  page += pictures(runs, "fabric", "Placed cores", left.fabric, right.fabric,
                   [](const FabricReport& part, const Report&) { return figures::placed_grid(part); });
  page += pictures(runs, "busy", "Busy cores, share of cycles", left.fabric, right.fabric,
                   [](const FabricReport& part, const Report& of) {
                     return figures::busy_map(part, of.simulation ? of.simulation->cycles : 0);
                   });
  page += pictures(runs, "links", "Load of the links", left.fabric, right.fabric,
                   [](const FabricReport& part, const Report& of) {
                     return figures::link_map(part, of.simulation ? of.simulation->cycles : 0);
                   });
  page += pictures(runs, "latency", "Latency of a frame", left.latency, right.latency,
                   [](const LatencyReport& part, const Report&) { return figures::latency_histogram(part); });
  page += pictures(runs, "energy", "Energy by part", left.energy, right.energy,
                   [](const EnergyReport& part, const Report&) {
                     return figures::bars({part.parts.begin(), part.parts.end()}, "J");
                   });
  page += configuration_section(runs);
  return html::page(fmt::format("{} against {}", runs.left_name, runs.right_name), page_file("style.css"),
                    page);
}

}  // namespace weft::app
