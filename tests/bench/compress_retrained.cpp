// Rows with retraining: one density for all layers (the threshold of LAMP) falls along a cubic ramp, an epoch
// of retraining after each round, on images moved by a pixel and half towards the dense network's outputs;
// the long end with the last masks. Only what is in use is trained. Rounds, epochs and rates were
// chosen by the held-out samples.
#include <cstdio>

#include "compress/remove_unused.hpp"
#include "model/network/forward.hpp"
#include "tests/bench/compress_rows.hpp"

namespace weft::bench {
namespace {

using compress::CompressParams;

struct Recipe {
  double share = 1;  // of the dense synapses
  int rounds = 12, final_epochs = 8;
  double learning_rate = 0.002;
};

CompressParams params_of(const Network& dense, const Recipe& recipe, int seed) {
  CompressParams params;
  for (const Projection& projection : dense.projections) {
    if (projection.weights.empty()) continue;
    params.layers.emplace_back();
    params.layers.back().projection = projection.name;
  }
  params.shared_density = recipe.share;
  params.prune_rounds = recipe.rounds;
  params.final_epochs = recipe.final_epochs;
  params.retrain.epochs = 1;
  params.retrain.learning_rate = recipe.learning_rate;
  params.retrain.weight_decay = 0.05;
  params.retrain.distill = 0.5;
  params.retrain.seed = static_cast<std::uint64_t>(seed);
  return params;
}

Outcome run(const Network& dense, const Splits& data, const Dataset& moved, const Recipe& recipe, int seed) {
  const CompressParams params = params_of(dense, recipe, seed);
  const compress::CompressResult result = compress::compress_network(dense, moved, params);
  const auto violations = compress::verify_compression(dense, result, params);
  if (!violations.empty()) throw Error(ErrorKind::Internal, describe(violations));
  return outcome_of(dense, result.network, data.held_out, data.test);
}

void rows(const char* name, const Network& dense, const Splits& data, const Recipe& recipe,
          const Target& target, int seeds) {
  std::printf("%s: %lld synapses, %.2f %% on held-out, %.2f %% on test samples\n", name,
              static_cast<long long>(count_synapses(dense)), 100 * accuracy(dense, data.held_out),
              100 * accuracy(dense, data.test));
  const Dataset moved = with_shifts(data.train, 1);
  const Clock clock;
  std::vector<Outcome> outcomes;
  for (int seed = 1; seed <= seeds; ++seed) outcomes.push_back(run(dense, data, moved, recipe, seed));
  print_row(name, "retrained: pruned, shared density", outcomes, target, clock.seconds());
}

}  // namespace

void retrained_lenet300_rows(bool quick) {
  const auto dense = load_lenet300();
  if (!dense) return void(std::printf("no published LeNet-300-100: not measured\n"));
  rows("LeNet-300-100", *dense, load_splits("mnist"), {1 / 60.5, 12, 20, 0.003}, {60, 0.0}, quick ? 1 : 3);
}

void retrained_lenet5_rows(bool quick) {
  const auto dense = load_lenet5();
  if (!dense) return void(std::printf("no published LeNet-5: not measured\n"));
  // The pools that stay hold a quarter of what the target leaves: more has to go from the layers.
  rows("LeNet-5", *dense, load_splits("mnist"), {1 / 160.0, 12, 8, 0.002}, {120, 0.1}, quick ? 1 : 3);
}

void retrained_fashion_rows(bool quick) {
  const Splits data = load_splits("fashion-mnist");
  Network dense = make_mlp("lenet-300-100", {1, 28, 28}, {784, 300, 100, 10}, Activation::Relu);
  initialize(dense, 1);
  TrainParams params;
  params.epochs = 10;
  params.weight_decay = 0.02;
  dense = train(dense, data.train, params).network;
  rows("LeNet-300-100 Fashion", dense, data, {1 / 30.8, 10, 6, 0.002}, {30, 1.0}, quick ? 1 : 3);
}

}  // namespace weft::bench
