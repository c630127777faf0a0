// What compression reaches on the networks that the literature compares itself on, against the targets of the
// project. Ranks and densities per layer are what the search for a budget finds, a share of the dense
// synapses per row: it judges on the last 10,000 training samples, which nothing is fitted to ("held out" in
// the table). The test set gives the last figure only. Three seeds per row; a seed shifts the calibration
// samples and drives the retraining. Synapses are physical ones, as everywhere.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <string>
#include <vector>

#include "compress/remove_unused.hpp"
#include "compress/search/search.hpp"
#include "model/network/forward.hpp"
#include "model/network/network_npy.hpp"

namespace {

using namespace weft;
using compress::CompressParams;
using compress::Factorization;
using compress::PruneCriterion;

constexpr int kSeeds = 3;
constexpr std::int64_t kHeldOut = 10000;
constexpr double kOneShotShare = 0.05;  // of the dense synapses: 20 times fewer

struct Row {
  const char* method;
  CompressParams params;
  double target_ratio = 0, target_loss = 0;  // a ratio of 0: for comparison only
};

struct Data {
  Dataset train, held_out, test;
};

Data load(const std::string& name) {
  DataSplits splits = load_data(name);
  const std::int64_t kept = splits.train.size() - kHeldOut;
  return {slice(splits.train, 0, kept), slice(splits.train, kept, kHeldOut), std::move(splits.test)};
}

CompressParams one_shot(std::vector<compress::LayerPlan> layers, PruneCriterion criterion,
                        Factorization factorization) {
  CompressParams params;
  params.layers = std::move(layers);
  params.criterion = criterion;
  params.factorization = factorization;
  params.calibration_samples = 6000;
  params.damping = 0.01;
  params.prune_rounds = 1;
  params.retrain.epochs = params.final_epochs = 0;
  return params;
}

// The plan of that series which is best on the held-out samples at `share` of the dense synapses.
std::vector<compress::LayerPlan> choose(const Network& dense, const Data& data, const CompressParams& rules,
                                        compress::SearchSeries series, double share) {
  compress::SearchParams params;
  params.series = {series};
  params.most_cost = share * static_cast<double>(count_synapses(dense));
  params.points = 1;
  params.refinements = 5;
  params.compress = rules;
  const compress::CostFunction cost = [](const Network& n) { return static_cast<double>(count_synapses(n)); };
  const compress::SearchResult result =
      compress::search_compression(dense, data.train, data.held_out, params, cost);
  if (!result.met) throw Error(ErrorKind::Internal, "no plan of so few synapses");
  return result.curve[*result.best].plan;
}

CompressParams retrained(std::vector<compress::LayerPlan> layers, int rounds, int final_epochs) {
  CompressParams params;
  params.layers = std::move(layers);
  params.prune_rounds = rounds;
  params.final_epochs = final_epochs;
  params.retrain.epochs = 1;
  params.retrain.learning_rate = 0.004;
  params.retrain.weight_decay = 0.15;
  params.retrain.distill = 0.5;
  return params;
}

// The samples from `shift` on, then those before it.
Dataset turned(const Dataset& data, std::int64_t shift) {
  Dataset result = slice(data, shift, data.size());
  const Dataset front = slice(data, 0, shift);
  result.samples.insert(result.samples.end(), front.samples.begin(), front.samples.end());
  result.labels.insert(result.labels.end(), front.labels.begin(), front.labels.end());
  return result;
}

std::string mean_and_spread(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  char text[64];
  std::snprintf(text, sizeof text, "%6.2f (%.2f to %.2f)", sum / static_cast<double>(values.size()), *low,
                *high);
  return text;
}

void measure(const Network& dense, const Data& data, Row row) {
  const auto start = std::chrono::steady_clock::now();
  const double held_out_dense = accuracy(dense, data.held_out), test_dense = accuracy(dense, data.test);
  std::vector<double> ratios, held_out, losses;
  for (int seed = 1; seed <= kSeeds; ++seed) {
    row.params.retrain.seed = static_cast<std::uint64_t>(seed);
    const Dataset train = turned(data.train, (seed - 1) * 10000);
    const compress::CompressResult result = compress::compress_network(dense, train, row.params);
    const auto violations = compress::verify_compression(dense, result, row.params);
    if (!violations.empty()) throw Error(ErrorKind::Internal, describe(violations));
    ratios.push_back(static_cast<double>(count_synapses(dense)) /
                     static_cast<double>(count_synapses(compress::remove_unused(result.network))));
    held_out.push_back(100 * (held_out_dense - accuracy(result.network, data.held_out)));
    losses.push_back(100 * (test_dense - accuracy(result.network, data.test)));
  }
  double mean_loss = 0;
  for (const double loss : losses) mean_loss += loss / kSeeds;
  const double ratio = *std::min_element(ratios.begin(), ratios.end());
  std::printf("%-44s %7.1f %24s %24s", row.method, ratio, mean_and_spread(held_out).c_str(),
              mean_and_spread(losses).c_str());
  if (row.target_ratio > 0) {
    const bool reached = ratio >= row.target_ratio && mean_loss <= row.target_loss;
    std::printf("   >= %.0fx at <= %.1f: %s", row.target_ratio, row.target_loss,
                reached ? "reached" : "missed");
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  std::printf("   %.0f s\n", seconds.count());
  std::fflush(stdout);
}

NpyLayer dense_layer(const char* name, Activation activation) {
  NpyLayer layer;
  layer.name = name;
  layer.activation = activation;
  return layer;
}

void bench() {
  const char* directory = std::getenv("WEFT_DATA");
  const std::filesystem::path root = directory ? directory : "../shared/data";
  const std::filesystem::path source = root / "lenet-dense" / "lenet300100";
  if (!std::filesystem::exists(source)) {
    std::printf("no networks under %s: nothing measured\n", root.string().c_str());
    return;
  }
  NpyNetworkParams npy;
  npy.layers = {dense_layer("ip1", Activation::Relu), dense_layer("ip2", Activation::Relu),
                dense_layer("ip3", Activation::Linear)};
  const Network dense = network_from_npy(source, npy);
  const Data data = load("mnist");
  std::printf("LeNet-300-100 on MNIST, dense: %lld synapses, test accuracy %.2f%%; %d seeds\n",
              static_cast<long long>(count_synapses(dense)), 100 * accuracy(dense, data.test), kSeeds);
  std::printf("%-44s %7s %24s %24s\n", "", "ratio", "loss held out, points", "loss on test, points");

  const auto magnitude = PruneCriterion::Magnitude, activation = PruneCriterion::Activation,
             obs = PruneCriterion::ObsOneShot;
  const auto svd = Factorization::Svd, aware = Factorization::DataAwareSvd;
  const auto pruning = compress::SearchSeries::Pruning, factors = compress::SearchSeries::Factorization,
             both = compress::SearchSeries::Both;
  const auto row = [&](const char* method, PruneCriterion criterion, Factorization factorization,
                       compress::SearchSeries series, double target) {
    CompressParams params = one_shot({}, criterion, factorization);
    params.layers = choose(dense, data, params, series, kOneShotShare);
    measure(dense, data, {method, params, target, 1.0});
  };
  row("one-shot: pruned by magnitude", magnitude, svd, pruning, 0);
  row("one-shot: pruned by activation", activation, svd, pruning, 0);
  row("one-shot: pruned by brain surgeon", obs, svd, pruning, 12);
  row("one-shot: factorized, plain", magnitude, svd, factors, 0);
  row("one-shot: factorized, data-aware", obs, aware, factors, 0);
  row("one-shot: either, factors pruned", obs, aware, both, 12);
  const auto tiny = choose(dense, data, one_shot({}, activation, svd), pruning, 1.0 / 60);
  measure(dense, data, {"retrained: pruned by magnitude, distilled", retrained(tiny, 25, 20), 60, 0.0});
}

}  // namespace

int main() {
  try {
    bench();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
