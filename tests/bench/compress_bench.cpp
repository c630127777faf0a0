// What compression reaches on the networks that the literature compares itself on, against the targets of the
// project. Fixed settings, three seeds per row; a seed shifts the calibration samples and drives the
// retraining. The last 10,000 training samples are held out: settings are for choosing on them ("held out" in
// the table), the test set gives the last figure only. Synapses are physical ones, as everywhere.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <string>
#include <vector>

#include "compress/compress.hpp"
#include "model/network/forward.hpp"
#include "model/network/network_npy.hpp"

namespace {

using namespace weft;
using compress::CompressParams;
using compress::Factorization;
using compress::PruneCriterion;

constexpr int kSeeds = 3;
constexpr std::int64_t kHeldOut = 10000;

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

CompressParams retrained(std::vector<compress::LayerPlan> layers, int rounds, int final_epochs) {
  CompressParams params;
  params.layers = std::move(layers);
  params.prune_rounds = rounds;
  params.final_epochs = final_epochs;
  params.retrain.epochs = 1;
  params.retrain.learning_rate = 0.004;
  params.retrain.weight_decay = 0.15;
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
                     static_cast<double>(count_synapses(result.network)));
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

  const std::vector<compress::LayerPlan> sparse = {{"ip1", 0, 0.04}, {"ip2", 0, 0.1}, {"ip3", 0, 0.5}};
  const std::vector<compress::LayerPlan> low_rank = {{"ip1", 9, 1}, {"ip2", 7, 1}, {"ip3", 0, 0.5}};
  const std::vector<compress::LayerPlan> both = {{"ip1", 36, 0.24}, {"ip2", 15, 0.5}, {"ip3", 0, 0.5}};
  const auto magnitude = PruneCriterion::Magnitude, activation = PruneCriterion::Activation,
             obs = PruneCriterion::ObsOneShot;
  const auto svd = Factorization::Svd, aware = Factorization::DataAwareSvd;
  measure(dense, data, {"one-shot: pruned by magnitude", one_shot(sparse, magnitude, svd)});
  measure(dense, data, {"one-shot: pruned by activation", one_shot(sparse, activation, svd)});
  measure(dense, data, {"one-shot: pruned by brain surgeon", one_shot(sparse, obs, svd), 12, 1.0});
  measure(dense, data, {"one-shot: factorized, plain", one_shot(low_rank, magnitude, svd)});
  measure(dense, data, {"one-shot: factorized, data-aware", one_shot(low_rank, obs, aware)});
  measure(dense, data, {"one-shot: factorized, factors pruned", one_shot(both, obs, aware), 12, 1.0});
  const std::vector<compress::LayerPlan> tiny = {{"ip1", 0, 0.0125}, {"ip2", 0, 0.035}, {"ip3", 0, 0.4}};
  measure(dense, data, {"retrained: pruned by magnitude", retrained(tiny, 25, 20), 60, 0.0});
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
