// One budget at a time: points of accuracy, or a number of one thing.
#include "app/cli/budget_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "app/flow/names.hpp"
#include "model/base/error.hpp"
#include "model/base/nearest.hpp"
#include "model/fabric/presets.hpp"

namespace weft::app {

void BudgetOptions::declare(OptionTable& table) {
  constexpr std::int64_t kMany = std::numeric_limits<std::int64_t>::max();
  table.real("budget", budget, 0, 100,
             "searches for the cheapest network that loses at most so many points of accuracy on held-out "
             "training samples; writes the whole curve to tradeoff.csv and the report");
  table.choice(
      "cost", cost, names_of(CostKind()),
      "what is to be cheap (default synapses); axons and cores are counted by mapping onto --fabric");
  table.integer("synapses", most[0], 1, kMany, "searches for the best network of at most so many synapses");
  table.integer("neurons", most[1], 1, kMany, "likewise, neurons");
  table.integer("axons", most[2], 1, kMany, "likewise, axons of --fabric");
  table.integer("cores", most[3], 1, kMany, "likewise, cores of --fabric");
  table.texts(
      "series", series, "NAME",
      "what to search: factorization, pruning, both, structured; repeatable (default: the first three, "
      "and structured for other costs than synapses)");
  table.integer("points", points, 1, 1000, "of the curve, per series (default 5)");
  table.integer("refinements", refinements, 0, 1000, "further points at the budget's edge (default 4)");
  table.integer(
      "validation-samples", validation_samples, 1, kMany,
      "held out from the end of the training samples to judge by, where the data set brings none of its "
      "own (default 10000)");
}

bool BudgetOptions::asked() const {
  return budget != kNotGiven ||
         std::any_of(std::begin(most), std::end(most), [](auto n) { return n != kNone; });
}

BudgetConfig BudgetOptions::resolve(const std::string& fabric) const {
  BudgetConfig config;
  config.cost = value_of<CostKind>(cost);
  if (budget != kNotGiven) config.most_loss = budget / 100;
  for (std::size_t kind = 0; kind < std::size(most); ++kind) {
    if (most[kind] == kNone) continue;
    if (config.most_loss || config.most_cost)
      throw Error(ErrorKind::Usage,
                  "found two budgets, expected one of --budget, --synapses, --neurons, --axons and --cores");
    if (cost != "synapses" && cost != names_of(CostKind())[kind])
      throw Error(ErrorKind::Usage,
                  fmt::format("--cost {} and --{} contradict each other", cost, names_of(CostKind())[kind]));
    config.cost = static_cast<CostKind>(kind);
    config.most_cost = static_cast<double>(most[kind]);
  }
  for (const std::string& name : series) {
    const auto& names = names_of(compress::SearchSeries());
    if (std::find(names.begin(), names.end(), name) == names.end())
      throw Error(ErrorKind::Usage,
                  fmt::format("--series: found \"{}\"{}, expected factorization, pruning, both or structured",
                              name, did_you_mean(name, names)));
    config.series.push_back(value_of<compress::SearchSeries>(name));
  }
  config.points = points;
  config.refinements = refinements;
  config.validation_samples = validation_samples;
  if (!fabric.empty()) config.fabric = load_fabric(fabric);
  if ((config.cost == CostKind::Axons || config.cost == CostKind::Cores) && !config.fabric)
    throw Error(ErrorKind::Usage,
                fmt::format("{} are those of a fabric: give --fabric", name_of(config.cost)));
  return config;
}

}  // namespace weft::app
