// The page of a sweep: what it found on top, then the pictures in the order of the questions: what is best,
// what do good points share, what does each axis do; last every point, and those that came to nothing.
#include "app/sweep/page.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/report/html.hpp"
#include "app/report/html_report.hpp"
#include "sweep/answers.hpp"

namespace weft::app {
namespace {

constexpr std::size_t kMostReasons = 200;

std::string tile(const std::string& value, const std::string& what, bool bad = false) {
  return fmt::format("<div{}><b>{}</b><span>{}</span></div>", bad ? " class=\"bad\"" : "", value, what);
}

// A dotted name that may go on in the next line behind each dot.
std::string breakable(const std::string& name) {
  std::string text;
  for (const char c : html::escape(name)) text += c == '.' ? ".<wbr>" : std::string(1, c);
  return text;
}

std::string headline(const sweep::StateCounts& counts, std::size_t meets, std::size_t front,
                     const sweep::SweepFile& file) {
  std::string tiles = tile(html::grouped(counts.done), "points done");
  if (!file.subject_to.empty())
    tiles += tile(html::grouped(static_cast<std::int64_t>(meets)), "of them meet the conditions");
  if (!file.objectives.empty())
    tiles += tile(html::grouped(static_cast<std::int64_t>(front)), "on the Pareto front");
  if (counts.infeasible > 0) tiles += tile(html::grouped(counts.infeasible), "infeasible");
  if (counts.failed > 0) tiles += tile(html::grouped(counts.failed), "failed", true);
  const std::int64_t open = counts.pending + counts.running;
  if (open > 0) tiles += tile(html::grouped(open), "not run yet", true);
  return "<div class=\"tiles\">" + tiles + "</div>\n";
}

std::string what_is_wanted(const sweep::SweepFile& file) {
  std::vector<std::string> parts;
  for (const sweep::Objective& objective : file.objectives)
    parts.push_back(fmt::format("<code>{}</code> {}", html::escape(objective.name),
                                objective.maximize ? "large" : "small"));
  for (const sweep::Comparison& condition : file.subject_to)
    parts.push_back(fmt::format("<code>{}</code>", html::escape(condition.text())));
  return parts.empty() ? "" : fmt::format("<p class=\"note\">Wanted: {}.</p>\n", fmt::join(parts, ", "));
}

std::string pictures(const sweep::SweepFile& file) {
  const std::string marks =
      file.objectives.empty()
          ? ""
          : "<ul class=\"marks\"><li><i class=\"front\"></i>nobody is better in all objectives</li><li><i "
            "class=\"good\"></i>meets the conditions</li><li><i class=\"poor\"></i>does not</li></ul>";
  return html::section(
             "front", "Any two figures",
             "Orange points are on the front of all objectives; the line is the front of the two that are "
             "shown. A click "
             "shows all of a point.",
             "<div class=\"controls\"><label>across <select id=\"scatter-x\"></select></label><label>upwards "
             "<select "
             "id=\"scatter-y\"></select></label></div>" +
                 marks +
                 "<div class=\"picture\"><canvas id=\"scatter\" role=\"img\" aria-label=\"all points by two "
                 "figures\"></canvas></div>\n<div id=\"detail\" class=\"detail\" hidden></div>") +
         html::section(
             "all", "All axes and objectives",
             "A line is a point. Drag along an upright to keep the points that cross it there, here and in "
             "every "
             "other picture; click on it to keep all again.",
             "<div class=\"controls\"><button id=\"keep-all\">keep all</button><label "
             "id=\"kept\"></label></div><div class=\"picture\"><canvas id=\"parallel\" role=\"img\" "
             "aria-label=\"all points over all axes\"></canvas></div>") +
         html::section("effects", "What each axis does",
                       "The mean over all points with a value of the axis, and from the least to the most of "
                       "them; the axis "
                       "with the largest effect first.",
                       "<div class=\"controls\"><label>on <select id=\"effect\"></select></label></div><div "
                       "id=\"effect-charts\" class=\"effects\"></div>");
}

std::string reasons(const sweep::Store& store, const sweep::SweepFile& file) {
  std::vector<std::string> columns = {"point", "state"};
  for (const sweep::Axis& axis : file.axes)
    if (axis.values.size() > 1) columns.push_back(axis.key);
  columns.emplace_back("error");
  html::Table table;
  std::size_t all = 0;
  for (const std::string& column : columns) table.head.push_back(breakable(column));
  table.head.back() = "why";
  for (const char* state : {"failed", "infeasible"})
    for (const auto& row : store.read(columns, state).rows) {
      if (++all > kMostReasons) continue;
      std::vector<std::string>& cells = table.rows.emplace_back();
      for (const sweep::Value& value : row) {
        if (const auto* text = std::get_if<std::string>(&value))
          cells.push_back(html::escape(*text));
        else if (const auto* whole = std::get_if<std::int64_t>(&value))
          cells.push_back(std::to_string(*whole));
        else if (const auto* number = std::get_if<double>(&value))
          cells.push_back(fmt::format("{}", *number));
        else
          cells.emplace_back();
      }
    }
  if (all == 0) return "";
  const std::string note =
      all > kMostReasons ? fmt::format("The first {} of {}; \"weft sweep show\" has all.", kMostReasons, all)
                         : "";
  return html::section("reasons", "Points without a result", note,
                       "<div class=\"scroll\">" + html::table(table) + "</div>");
}

}  // namespace

std::string format_sweep_page(const sweep::Store& store, const sweep::SweepFile& file,
                              const PageReports& reports) {
  const sweep::Candidates candidates = sweep::find_candidates(store, file);
  std::vector<bool> maximize;
  for (const sweep::Objective& objective : file.objectives) maximize.push_back(objective.maximize);
  const std::size_t front = maximize.empty() ? 0 : sweep::find_front(candidates.values, maximize).size();
  const std::string data = format_page_data(store, file, reports);
  std::string page = headline(store.counts(), candidates.points.size(), front, file) + what_is_wanted(file);
  if (store.counts().done > 0) {
    page += pictures(file);
    if (data.find("\"hypervolume\":[[") != std::string::npos)
      page += html::section("volume", "Covered volume over the points",
                            "The hypervolume that the points so far cover, as a share of the box from the "
                            "front's best values to "
                            "its worst and a tenth.",
                            "<div id=\"volume-chart\" style=\"max-width:620px\"></div>");
    page +=
        html::section("rows", "Points",
                      "A click on a head sorts by it, a click on a point shows all of it and "
                      "leads to its own report.",
                      "<div class=\"controls\"><label><input type=\"checkbox\" id=\"only-front\"> only the "
                      "front</label></div><div class=\"scroll\" id=\"row-table\"></div>");
  }
  page += reasons(store, file);
  page += html::json_element("sweep-data", data);
  if (store.counts().done > 0)
    for (const char* name : {"sweep.js", "scatter.js", "parallel.js", "effects.js", "rows.js"})
      page += "<script>\n" + page_file(name) + "</script>\n";
  return html::page(file.title, page_file("style.css") + page_file("sweep.css"), page);
}

}  // namespace weft::app
