// Rows with retraining: one density for all layers (the threshold of LAMP) falls along a cubic ramp, an epoch
// of retraining after each round, on images moved by a pixel and half towards the dense network's outputs;
// the long end with the last masks. Only what is in use is trained. Rounds, epochs and rates were
// chosen by the held-out samples.
//
// LeNet-5 comes in two stages. A weight of its first layer is 576 synapses, and so is each pool behind one of
// its channels: so first most channels go. Then the convolutions are untied: on a fabric each synapse has a
// weight of its own anyway, so each position may keep its own, and the many that see nothing but margin go.
#include <algorithm>
#include <cstdio>

#include "compress/remove_unused.hpp"
#include "compress/untie.hpp"
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

void print_dense(const char* name, const Network& dense, const Splits& data) {
  std::printf("%s: %lld synapses, %.2f %% on held-out, %.2f %% on test samples\n", name,
              static_cast<long long>(count_synapses(dense)), 100 * accuracy(dense, data.held_out),
              100 * accuracy(dense, data.test));
}

void rows(const char* name, const Network& dense, const Splits& data, const Recipe& recipe,
          const Target& target, int seeds) {
  print_dense(name, dense, data);
  const Dataset moved = with_shifts(data.train, 1);
  const Clock clock;
  std::vector<Outcome> outcomes;
  for (int seed = 1; seed <= seeds; ++seed) outcomes.push_back(run(dense, data, moved, recipe, seed));
  print_row(name, "retrained: pruned, shared density", outcomes, target, clock.seconds());
}

CompressParams lenet5_params(const std::vector<const char*>& layers, int seed) {
  CompressParams params;
  for (const char* layer : layers) {
    params.layers.emplace_back();
    params.layers.back().projection = layer;
  }
  params.retrain.learning_rate = 0.001;
  params.retrain.distill = 0.5;
  params.retrain.seed = static_cast<std::uint64_t>(seed);
  return params;
}

Network checked(const Network& before, const Dataset& moved, const CompressParams& params,
                const Network& dense) {
  const compress::CompressResult result = compress::compress_network(before, moved, params, nullptr, &dense);
  const auto violations = compress::verify_compression(before, result, params);
  if (!violations.empty()) throw Error(ErrorKind::Internal, describe(violations));
  return compress::remove_unused(result.network);
}

Network fewer_channels(const Network& dense, const Dataset& moved, int seed) {
  CompressParams params = lenet5_params({"conv1", "conv2", "ip1"}, seed);
  const double densities[] = {4.0 / 20, 16.0 / 50, 100.0 / 500};
  for (std::size_t i = 0; i < params.layers.size(); ++i) {
    params.layers[i].density = densities[i];
    params.layers[i].granularity = compress::Granularity::Neurons;
  }
  params.prune_rounds = 3;
  params.retrain.epochs = 1;
  params.final_epochs = 3;
  return checked(dense, moved, params, dense);
}

// What is left of `ratio` once the pools, which stay, have had theirs.
Network single_synapses(const Network& network, const Dataset& moved, double ratio, int seed,
                        const Network& dense) {
  CompressParams params = lenet5_params({"conv1", "conv2", "ip1", "ip2"}, seed);
  std::int64_t pools = 0;
  for (std::uint32_t i = 0; i < network.projections.size(); ++i) {
    if (network.projections[ProjectionId(i)].weights.empty())
      pools += count_synapses(network, ProjectionId(i));
  }
  const auto all = static_cast<double>(count_synapses(network)), fixed = static_cast<double>(pools);
  params.shared_density = (static_cast<double>(count_synapses(dense)) / ratio - fixed) / (all - fixed);
  params.criterion = compress::PruneCriterion::Activation;
  params.prune_rounds = 10;
  params.retrain.epochs = 2;
  params.final_epochs = 25;
  return checked(compress::untie(network, {"conv1", "conv2"}), moved, params, dense);
}

void print_weights(const Network& dense, const Network& network) {
  const auto weights = [](const Network& item) {
    std::int64_t count = 0;
    for (const Projection& projection : item.projections)
      count +=
          std::count_if(projection.weights.begin(), projection.weights.end(), [](float w) { return w != 0; });
    return count;
  };
  for (std::uint32_t i = 0; i < network.projections.size(); ++i)
    std::printf("%s%s %lld", i == 0 ? "  synapses of the last seed: " : ", ",
                network.projections[ProjectionId(i)].name.c_str(),
                static_cast<long long>(count_synapses(network, ProjectionId(i))));
  std::printf("; weights, where the dense network's are shared: %lld of %lld\n",
              static_cast<long long>(weights(network)), static_cast<long long>(weights(dense)));
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
  const Splits data = load_splits("mnist");
  print_dense("LeNet-5", *dense, data);
  const Dataset moved = with_shifts(data.train, 1);
  const Clock clock;
  std::vector<Outcome> narrow, outcomes;
  Network last;
  for (int seed = 1; seed <= (quick ? 1 : 3); ++seed) {
    const Network channels = fewer_channels(*dense, moved, seed);
    narrow.push_back(outcome_of(*dense, channels, data.held_out, data.test));
    last = single_synapses(channels, moved, 120.5, seed, *dense);
    outcomes.push_back(outcome_of(*dense, last, data.held_out, data.test));
  }
  print_row("LeNet-5", "retrained: whole channels", narrow, {}, clock.seconds());
  print_row("LeNet-5", "retrained: channels, then untied, pruned", outcomes, Target{120, 0.1},
            clock.seconds());
  print_weights(*dense, last);
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
