// The wings do not know each other: what a network costs in cores is counted here, by really quantizing and
// mapping it, and handed to the search as a function.
#include "app/flow/budget_search.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "app/cli/command.hpp"
#include "app/flow/names.hpp"
#include "app/flow/search_identity.hpp"
#include "app/flow/search_journal.hpp"
#include "app/report/html.hpp"
#include "compress/remove_unused.hpp"
#include "mapping/map.hpp"
#include "model/base/error.hpp"
#include "model/network/quantize.hpp"

namespace weft::app {
namespace {

using compress::SearchSeries;

double mapped_cost(const Network& network, const Dataset& calibration, const Fabric& fabric, CostKind kind,
                   int threads) {
  QuantizeParams params;
  params.threads = threads;
  try {
    const mapping::Mapped mapped = mapping::map_network(quantize(network, calibration, params), fabric, {});
    return static_cast<double>(
        (kind == CostKind::Cores ? mapped.utilization.cores : mapped.utilization.axons).used);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::Unacceptable) throw;
    return std::numeric_limits<double>::infinity();  // it does not fit
  }
}

compress::CostFunction cost_function(const BudgetConfig& budget, const Dataset& calibration, int threads) {
  switch (budget.cost) {
    case CostKind::Synapses:
      return [](const Network& n) { return static_cast<double>(count_synapses(n)); };
    case CostKind::Neurons:
      return [](const Network& n) { return static_cast<double>(count_neurons(n)); };
    default:
      return [&budget, &calibration, threads](const Network& n) {
        return mapped_cost(n, calibration, *budget.fabric, budget.cost, threads);
      };
  }
}

TradeoffReport tradeoff_figures(const compress::SearchResult& result, const BudgetConfig& budget,
                                std::int64_t validation_samples) {
  TradeoffReport report;
  report.cost = name_of(budget.cost);
  report.dense_accuracy = result.dense_accuracy;
  report.dense_cost = std::isfinite(result.dense_cost) ? result.dense_cost : 0;
  report.validation_samples = validation_samples;
  if (budget.most_loss) report.least_accuracy = result.dense_accuracy - *budget.most_loss;
  report.most_cost = budget.most_cost;
  report.met = result.met;
  for (std::size_t i = 0; i < result.curve.size(); ++i) {
    const compress::SearchPoint& point = result.curve[i];
    if (!std::isfinite(point.measured.cost)) continue;  // does not fit the fabric
    const std::string key = point.key(), series = name_of(point.series);
    report.points.push_back({series, point.measured.accuracy, point.measured.cost, point.measured.synapses,
                             point.measured.neurons, key.substr(std::min(key.size(), series.size() + 1)),
                             result.best == i});
  }
  return report;
}

std::string summary_of(const compress::SearchResult& result, const BudgetConfig& budget) {
  const compress::Measured& best = result.curve[*result.best].measured;
  return fmt::format("{}: {} {} of {}, {} synapses, accuracy on held-out samples {} (dense {}), {} points",
                     name_of(result.curve[*result.best].series),
                     html::grouped(static_cast<std::int64_t>(best.cost)), name_of(budget.cost),
                     html::grouped(static_cast<std::int64_t>(result.dense_cost)),
                     html::grouped(best.synapses), html::percent(best.accuracy, 2),
                     html::percent(result.dense_accuracy, 2), result.curve.size());
}

}  // namespace

BudgetResult search_stage(StageContext& context, const Network& network, const DataSplits& data,
                          const compress::CompressParams& params, const BudgetConfig& budget,
                          const std::filesystem::path& journal_path) {
  Stage stage(context.console, "search");
  stage.count_in("points");
  const std::int64_t kept =
      data.validation ? data.train.size() : data.train.size() - budget.validation_samples;
  if (kept < 1) {
    throw InputError({data.train.name},
                     fmt::format("{} training samples, {} of them to validate with", data.train.size(),
                                 budget.validation_samples),
                     "some left to fit to: --validation-samples is smaller");
  }
  const Dataset fit = with_shifts(slice(data.train, 0, kept), budget.shift_pixels),
                validation = data.validation ? slice(*data.validation, 0, budget.validation_samples)
                                             : slice(data.train, kept, budget.validation_samples);
  compress::SearchParams search;
  search.most_loss = budget.most_loss;
  search.most_cost = budget.most_cost;
  search.series = budget.series;
  if (search.series.empty()) {
    search.series = {SearchSeries::Factorization, SearchSeries::Pruning, SearchSeries::Both};
    if (budget.cost != CostKind::Synapses) search.series.push_back(SearchSeries::Structured);
  }
  search.points = budget.points;
  search.refinements = budget.refinements;
  search.compress = params;
  SearchJournal journal(journal_path, search_identity(network, fit, validation, params, budget));
  if (journal.recalled() > 0)
    context.console.say(fmt::format("{} points are known from an earlier search", journal.recalled()));
  compress::SearchMemory memory;
  memory.recall = [&](const std::string& key) { return journal.recall(key); };
  memory.store = [&](const compress::SearchPoint& point) { journal.store(point.key(), point.measured); };

  compress::SearchResult result = compress::search_compression(
      network, fit, validation, search, cost_function(budget, fit, context.threads), memory, &stage);
  BudgetResult outcome;
  outcome.interrupted = result.interrupted;
  context.report.tradeoff = tradeoff_figures(result, budget, validation.size());
  if (!result.best) return outcome;
  compress::CompressParams carried = params;
  carried.layers = result.curve[*result.best].plan;
  require_none("the check of the compressed network", validate(result.network));
  require_none("the verifier of the compression",
               compress::verify_compression(network, result.compressed, carried));
  require_none("the verifier of the removal",
               compress::verify_removal(result.compressed.network, result.network));
  outcome.met = result.met;
  if (!result.interrupted) journal.remove();
  result.compressed.network = result.network;
  record_compressed(context, network, result.compressed, data.test);
  context.report.stage_seconds[stage.name()] = stage.seconds();
  stage.done(summary_of(result, budget));
  outcome.network = std::move(result.network);
  return outcome;
}

std::string tradeoff_csv(const TradeoffReport& tradeoff) {
  std::string text = "series,cost,synapses,neurons,validation_accuracy,chosen,plan\n";
  for (const TradeoffPointReport& point : tradeoff.points) {
    text += fmt::format("{},{},{},{},{},{},\"{}\"\n", point.series, point.cost, point.synapses, point.neurons,
                        point.accuracy, point.chosen ? 1 : 0, point.plan);
  }
  return text;
}

}  // namespace weft::app
