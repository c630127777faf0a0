// Rows without retraining: a LeNet-300-100 from 6,000 calibration samples alone, each technique by itself and
// both together at a twentieth of the synapses. Ranks and densities per layer are what the search for a
// budget finds on the held-out samples. A seed shifts the calibration samples.
#include <cstdio>

#include "compress/search/search.hpp"
#include "model/network/forward.hpp"
#include "tests/bench/compress_rows.hpp"

namespace weft::bench {
namespace {

using compress::CompressParams;
using compress::Factorization;
using compress::PruneCriterion;
using compress::SearchSeries;

constexpr double kShare = 0.05;  // of the dense synapses: 20 times fewer

CompressParams one_shot(PruneCriterion criterion, Factorization factorization) {
  CompressParams params;
  params.criterion = criterion;
  params.factorization = factorization;
  params.calibration_samples = 6000;
  params.damping = 0.01;
  params.prune_rounds = 1;
  params.retrain.epochs = params.final_epochs = 0;
  return params;
}

// The plan of that series which is best on the held-out samples at that share of the dense synapses.
std::vector<compress::LayerPlan> choose(const Network& dense, const Splits& data, const CompressParams& rules,
                                        SearchSeries series) {
  compress::SearchParams params;
  params.series = {series};
  params.most_cost = kShare * static_cast<double>(count_synapses(dense));
  params.points = 1;
  params.refinements = 5;
  params.compress = rules;
  const compress::CostFunction cost = [](const Network& n) { return static_cast<double>(count_synapses(n)); };
  const compress::SearchResult result =
      compress::search_compression(dense, data.train, data.held_out, params, cost);
  if (!result.met) throw Error(ErrorKind::Internal, "no plan of so few synapses");
  return result.curve[*result.best].plan;
}

// The samples from `shift` on, then those before it.
Dataset turned(const Dataset& data, std::int64_t shift) {
  Dataset result = slice(data, shift, data.size());
  const Dataset front = slice(data, 0, shift);
  result.samples.insert(result.samples.end(), front.samples.begin(), front.samples.end());
  result.labels.insert(result.labels.end(), front.labels.begin(), front.labels.end());
  return result;
}

}  // namespace

void one_shot_rows(bool quick) {
  const auto dense = load_lenet300();
  if (!dense) return void(std::printf("no published LeNet-300-100: not measured\n"));
  const Splits data = load_splits("mnist");
  const auto row = [&](const char* method, PruneCriterion criterion, Factorization factorization,
                       SearchSeries series, std::optional<Target> target) {
    const Clock clock;
    CompressParams params = one_shot(criterion, factorization);
    params.layers = choose(*dense, data, params, series);
    std::vector<Outcome> outcomes;
    for (int seed = 1; seed <= (quick ? 1 : 3); ++seed) {
      const compress::CompressResult result =
          compress::compress_network(*dense, turned(data.train, (seed - 1) * 10000), params);
      const auto violations = compress::verify_compression(*dense, result, params);
      if (!violations.empty()) throw Error(ErrorKind::Internal, describe(violations));
      outcomes.push_back(outcome_of(*dense, result.network, data.held_out, data.test));
    }
    print_row("LeNet-300-100", method, outcomes, target, clock.seconds());
  };
  const auto magnitude = PruneCriterion::Magnitude, activation = PruneCriterion::Activation,
             obs = PruneCriterion::ObsOneShot;
  const auto svd = Factorization::Svd, aware = Factorization::DataAwareSvd;
  const Target target{12, 1.0};
  row("one-shot: pruned by magnitude", magnitude, svd, SearchSeries::Pruning, {});
  row("one-shot: pruned by activation", activation, svd, SearchSeries::Pruning, {});
  row("one-shot: pruned by brain surgeon", obs, svd, SearchSeries::Pruning, target);
  row("one-shot: factorized, plain", magnitude, svd, SearchSeries::Factorization, {});
  row("one-shot: factorized, data-aware", obs, aware, SearchSeries::Factorization, {});
  row("one-shot: either, factors pruned", obs, aware, SearchSeries::Both, target);
}

}  // namespace weft::bench
