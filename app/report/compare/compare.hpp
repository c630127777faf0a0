// Two reports side by side: which figures differ, and by how much.
#pragma once

#include <string>
#include <vector>

#include "model/report/report.hpp"
#include "sweep/ledger.hpp"

namespace weft::app {

// A figure that both or one of them has, by its dotted name (app/sweep/figures.hpp). Where one has none its
// value is empty.
struct FigureDifference {
  std::string name;
  sweep::Value left, right;

  bool same() const { return left == right; }
  bool numbers() const;   // both are
  double change() const;  // right less left, of numbers
};

// All figures, in the order of report.json, those that only the right one has behind the others.
std::vector<FigureDifference> compare_reports(const Report& left, const Report& right);

// Figures that say how fast or how large the simulator was, which differ from run to run.
bool is_of_the_machine(const std::string& figure);

// The names stand for the two on the page and in the table.
struct ComparedRuns {
  Report left, right;
  std::string left_name, right_name;
};

// A line per figure that differs: name, left, right, difference.
std::string format_comparison_table(const ComparedRuns& runs);
// {"left", "right", "figures": [{"name", "left", "right", "change"}]} with the figures that differ.
std::string format_comparison_json(const ComparedRuns& runs);
// One self-contained page: the figures, and the pictures of both beside each other.
std::string format_comparison_html(const ComparedRuns& runs);

}  // namespace weft::app
