// Rows on fc6, 9216 x 4096, without retraining: from 4,000 calibration samples, each technique by itself and
// both together, each at the largest ratio of its ladder that loses at most one point on the held-out
// samples; then the target's ratio. Seeds take other calibration samples. And the row of time and memory: the
// data-aware decomposition and one-shot pruning of the layer with 2,000 samples.
#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>

#include "compress/calibration/match_means.hpp"
#include "compress/rules/criteria.hpp"
#include "model/network/forward.hpp"
#include "tests/bench/alexhead.hpp"
#include "tests/bench/compress_rows.hpp"

namespace weft::bench {
namespace {

using compress::WideFactors;
using compress::WideView;

constexpr std::int64_t kSamples = 4000;
constexpr double kWeights = 9216.0 * 4096;
constexpr const char* kLayer = "fc6";

struct Losses {
  double held_out, test;
};

class Layer {
 public:
  Layer() : pool_(0) {
    auto head = load_alexhead();
    if (!head) return;
    head_ = std::move(*head);
    there_ = true;
    held_out_ = accuracy(head_.network, head_.held_out);
    test_ = accuracy(head_.network, head_.test);
    std::printf("fc6, fc7, fc8 of alexhead: %lld synapses, %.2f %% on held-out, %.2f %% on test samples\n",
                static_cast<long long>(count_synapses(head_.network)), 100 * held_out_, 100 * test_);
  }
  bool there() const { return there_; }
  WorkerPool& pool() { return pool_; }
  const FloatMatrix weights() const {
    return {4096, 9216, head_.network.projections[ProjectionId(0)].weights};
  }

  void look(std::uint64_t seed, double damping, bool weighed, std::int64_t samples = kSamples) {
    calibration_ = calibration_of(head_.train, samples, seed);
    compress::WideViewParams params;
    params.damping = damping;
    params.weighed = weighed;
    params.sensitivity.seed = seed;
    view_ = compress::view_layer(head_.network, head_.network, kLayer, calibration_, params, pool_);
  }
  const WideView& view() const { return view_; }

  Outcome judge(const Network& network, double kept) const {
    return {kWeights / kept, 100 * (held_out_ - accuracy(network, head_.held_out)),
            100 * (test_ - accuracy(network, head_.test))};
  }
  Outcome of_factors(const WideFactors& factors) const {
    const Network network = with_factors(head_.network, head_.network, kLayer, factors, view_);
    const auto kept = static_cast<double>(nonzeros(factors.left.values) + nonzeros(factors.right.values));
    return judge(compress::match_means(network, head_.network, calibration_), kept);
  }
  Outcome of_weights(const FloatMatrix& weights) const {
    const Network network = with_weights(head_.network, head_.network, kLayer, weights, view_);
    return judge(compress::match_means(network, head_.network, calibration_),
                 static_cast<double>(nonzeros(weights.values)));
  }

 private:
  WorkerPool pool_;
  AlexHead head_;
  Dataset calibration_;
  WideView view_;
  bool there_ = false;
  double held_out_ = 0, test_ = 0;
};

// The first of the ratios, from large to small, that loses at most a point on the held-out samples; the last
// one where none does.
Outcome largest(const std::vector<double>& ratios, const std::function<Outcome(double)>& at) {
  Outcome outcome;
  for (const double ratio : ratios) {
    outcome = at(ratio);
    if (outcome.held_out_loss <= 1.0) break;
  }
  return outcome;
}

WideFactors cut(const WideFactors& factors, std::int64_t rank) {
  WideFactors result{compress::zeros(factors.left.rows, rank), compress::zeros(rank, factors.right.columns)};
  for (std::int64_t i = 0; i < factors.left.rows; ++i)
    std::copy_n(factors.left.values.begin() + i * factors.left.columns, rank,
                result.left.values.begin() + i * rank);
  std::copy_n(factors.right.values.begin(), result.right.values.size(), result.right.values.begin());
  return result;
}

FloatMatrix largest_weights(const FloatMatrix& weights, double ratio) {
  FloatMatrix result = weights;
  std::vector<float> sizes;
  for (const float weight : weights.values) sizes.push_back(std::fabs(weight));
  const auto kept = static_cast<std::ptrdiff_t>(kWeights / ratio);
  std::nth_element(sizes.begin(), sizes.begin() + kept - 1, sizes.end(), std::greater<>());
  const float least = sizes[static_cast<std::size_t>(kept - 1)];
  for (float& weight : result.values) weight = std::fabs(weight) >= least ? weight : 0.0f;
  return result;
}

WideFactors pruned(Layer& layer, const WideFactors& factors, double ratio) {
  compress::WidePruneParams params;
  params.kept = static_cast<std::int64_t>(kWeights / ratio);
  return compress::prune_wide_factors(factors, layer.view().problem, params, layer.pool());
}

double by_rank(double rank) {
  return kWeights / (rank * (9216 + 4096));
}
int rank_of(double ratio) {
  return static_cast<int>(std::lround(kWeights / ratio / (9216 + 4096)));
}

constexpr int kRank = 96;  // of the factors that are pruned

}  // namespace

void alexhead_one_shot_rows(bool quick) {
  Layer layer;
  if (!layer.there()) return void(std::printf("no alexhead: not measured\n"));
  const auto print = [](const char* method, const std::vector<Outcome>& outcomes, const Clock& clock,
                        std::optional<Target> target = {}) {
    print_row("fc6 9216 x 4096", method, outcomes, target, clock.seconds());
  };
  {
    const Clock clock;
    layer.look(1, 1, false);
    const Outcome outcome = largest({8, 5, 4, 3}, [&](double ratio) {
      return layer.of_weights(largest_weights(layer.weights(), ratio));
    });
    print("one-shot: pruned by magnitude", {outcome}, clock);
  }
  const std::vector<double> ladder = {by_rank(48), by_rank(64),  by_rank(80),
                                      by_rank(96), by_rank(112), by_rank(128)};
  for (const bool weighed : {false, true}) {
    const Clock clock;
    layer.look(1, weighed ? 1 : 10, weighed);
    const WideFactors factors = compress::wide_factors(layer.view().problem, 128, layer.pool());
    const Outcome outcome =
        largest(ladder, [&](double ratio) { return layer.of_factors(cut(factors, rank_of(ratio))); });
    print(weighed ? "one-shot: factorized, weighed outputs" : "one-shot: factorized, data-aware", {outcome},
          clock);
  }
  {
    const Clock clock;
    const WideFactors factors = compress::wide_factors(layer.view().problem, kRank, layer.pool());
    const Outcome outcome = largest(
        {100, 80, 70, 60, 50}, [&](double ratio) { return layer.of_factors(pruned(layer, factors, ratio)); });
    print("one-shot: factors pruned", {outcome}, clock);
  }
  const Clock clock;
  std::vector<Outcome> outcomes;
  for (std::uint64_t seed = 1; seed <= (quick ? 1u : 3u); ++seed) {
    layer.look(seed, 1, true);
    const WideFactors factors = compress::wide_factors(layer.view().problem, kRank, layer.pool());
    outcomes.push_back(layer.of_factors(pruned(layer, factors, 80)));
  }
  print("one-shot: factors pruned", outcomes, clock, Target{80, 1.0, true});
}

void alexhead_speed_row(bool) {
  Layer layer;
  if (!layer.there()) return void(std::printf("no alexhead: not measured\n"));
  const Clock clock;
  layer.look(1, 1, false, 2000);
  const WideFactors factors = compress::wide_factors(layer.view().problem, 128, layer.pool());
  const double factorized = clock.seconds();
  const FloatMatrix weights = compress::prune_wide_layer(
      layer.view().problem, static_cast<std::int64_t>(kWeights / 8), 8, layer.pool());
  const double both = clock.seconds();
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const double cpu = static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec);
  const double gigabytes = static_cast<double>(usage.ru_maxrss) / (1 << 20);
  print_row("fc6 9216 x 4096", "one-shot: factorized, 2,000 samples", {layer.of_factors(factors)}, {},
            factorized);
  print_row("fc6 9216 x 4096", "one-shot: brain surgeon, 2,000 samples", {layer.of_weights(weights)}, {},
            both - factorized);
  std::printf(
      "both in %.0f s (to reach: 600), %.1f GB with network and data (to reach: 6): %s; %.0f s of "
      "processor time since the start\n",
      both, gigabytes, both <= 600 && gigabytes <= 6 ? "reached" : "missed", cpu);
}

}  // namespace weft::bench
