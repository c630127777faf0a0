// The options of weft compress that ask for a budget instead of a plan.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/cli/options.hpp"
#include "app/flow/budget_search.hpp"

namespace weft::app {

struct BudgetOptions {
  double budget = kNotGiven;
  std::int64_t most[4] = {kNone, kNone, kNone, kNone};  // in the order of CostKind
  std::string cost = "synapses";
  std::vector<std::string> series;
  int points = BudgetConfig().points, refinements = BudgetConfig().refinements;
  std::int64_t validation_samples = BudgetConfig().validation_samples;

  void declare(OptionTable& table);
  bool asked() const;  // for any budget
  // `fabric` is a preset or a file, or empty. Throws a Usage error on two budgets, on a cost that needs a
  // fabric without one.
  BudgetConfig resolve(const std::string& fabric) const;

  static constexpr double kNotGiven = -1;
  static constexpr std::int64_t kNone = -1;
};

}  // namespace weft::app
