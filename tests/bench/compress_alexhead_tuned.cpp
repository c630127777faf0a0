// Rows with retraining on the 16,000 features: fc6 in pruned factors with fc7 and fc8 as they are, then all
// three layers in pruned factors, which are small enough to train whole. The factors start from the one-shot
// ones and are trained towards the dense network's outputs alone, on means of two samples: the dense network
// has learned its training samples by heart, what it says between them is what it says of new ones. Then the
// three layers are quantized and mapped onto cores of 256 x 256.
#include <cstdio>

#include "compress/calibration/match_means.hpp"
#include "compress/remove_unused.hpp"
#include "mapping/map.hpp"
#include "model/fabric/presets.hpp"
#include "model/network/evaluate.hpp"
#include "model/network/forward.hpp"
#include "model/network/quantize.hpp"
#include "model/network/train.hpp"
#include "tests/bench/alexhead.hpp"
#include "tests/bench/compress_rows.hpp"

namespace weft::bench {
namespace {

struct Part {
  const char* layer;
  int rank;
  std::int64_t kept;     // weights of both factors
  std::int64_t samples;  // to calibrate with
};

struct Recipe {
  std::vector<Part> parts;
  std::vector<std::string> frozen;
  std::int64_t mixes = 0;
  int epochs = 0;
  double learning_rate = 0;
};

constexpr std::int64_t kMatched = 4000;  // samples that the biases are matched on

Network one_shot(const AlexHead& head, const Recipe& recipe, std::uint64_t seed, WorkerPool& pool) {
  Network network = head.network;
  for (const Part& part : recipe.parts) {
    const Dataset calibration = calibration_of(head.train, part.samples, seed);
    compress::WideViewParams view_params;
    view_params.sensitivity.seed = seed;
    const compress::WideView view =
        compress::view_layer(network, head.network, part.layer, calibration, view_params, pool);
    compress::WidePruneParams prune;
    prune.kept = part.kept;
    const compress::WideFactors start = compress::wide_factors(view.problem, part.rank, pool);
    network = with_factors(network, head.network, part.layer,
                           compress::prune_wide_factors(start, view.problem, prune, pool), view);
  }
  return compress::remove_unused(
      compress::match_means(network, head.network, calibration_of(head.train, kMatched, seed)));
}

Network tuned(const Network& start, const AlexHead& head, const Recipe& recipe, std::uint64_t seed) {
  const Dataset fit = mixes(head.train, recipe.mixes, seed);
  const FloatMatrix lesson = outputs(head.network, fit);
  TrainParams params;
  params.epochs = recipe.epochs;
  params.learning_rate = recipe.learning_rate;
  params.distill = 1;
  params.temperature = 3;
  params.frozen = recipe.frozen;
  params.seed = seed;
  return train(start, fit, params, nullptr, &lesson).network;
}

void print_cores(const Network& network, const AlexHead& head) {
  const FixedNetwork fixed = quantize(network, slice(head.train, 0, 1000), {});
  const double exact = accuracy(evaluate(fixed, head.test), head.test);
  const Fabric fabric = load_fabric("default", {"core.axons=256", "core.neurons=256"});
  const std::int64_t dense = 36 * 16 + 16 * 16 + 16;  // tiles of 256 x 256 of the three matrices
  try {
    const mapping::Mapped mapped = mapping::map_network(fixed, fabric, {});
    const auto wrong = mapping::verify_mapping(fixed, mapped.fabric, mapped.image);
    if (!wrong.empty()) throw Error(ErrorKind::Internal, describe(wrong));
    std::printf(
        "mapped at 8 bits (%.2f %% on test samples): %lld cores of 256 x 256; dense, without room for "
        "partial sums: %lld\n",
        100 * exact, static_cast<long long>(mapped.utilization.cores.used), static_cast<long long>(dense));
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::Unacceptable) throw;
    std::printf("not mapped onto cores of 256 x 256 (dense: %lld): %s\n", static_cast<long long>(dense),
                error.what());
  }
}

}  // namespace

void alexhead_tuned_rows(bool quick) {
  const auto head = load_alexhead();
  if (!head) return void(std::printf("no alexhead: not measured\n"));
  WorkerPool pool(0);
  const auto rows = [&](const char* name, const Recipe& recipe, const Target& target, double dense) {
    std::vector<Outcome> before, after;
    Network last;
    const Clock clock;
    for (std::uint64_t seed = 1; seed <= (quick ? 1u : 3u); ++seed) {
      const auto note = [&](const Network& network, std::vector<Outcome>& outcomes) {
        outcomes.push_back(outcome_of(head->network, network, head->held_out, head->test));
        std::int64_t kept = 0;  // of the parts alone
        for (const Projection& projection : network.projections) {
          for (const Part& part : recipe.parts) {
            if (projection.name == std::string(part.layer) + "_a" ||
                projection.name == std::string(part.layer) + "_b")
              kept += nonzeros(projection.weights);
          }
        }
        outcomes.back().ratio = dense / static_cast<double>(kept);
      };
      const Network start = one_shot(*head, recipe, seed, pool);
      note(start, before);
      last = tuned(start, *head, recipe, seed);
      note(last, after);
    }
    print_row(name, "one-shot: factors pruned", before, {}, clock.seconds());
    print_row(name, "retrained: factors pruned, distilled", after, target, clock.seconds());
    return last;
  };
  rows("fc6 9216 x 4096", {{{"fc6", 64, 187000, 12000}}, {"fc7", "fc8"}, 16000, 3, 1e-4}, {200, 1.0, true},
       9216.0 * 4096);
  const Network all = rows(
      "fc6, fc7, fc8",
      {{{"fc6", 80, 310000, 12000}, {"fc7", 96, 260000, 4000}, {"fc8", 64, 90000, 4000}}, {}, 64000, 4, 1e-4},
      {80, 1.0, true}, 9216.0 * 4096 + 4096.0 * 4096 + 4096.0 * 100);
  print_cores(all, *head);
}

}  // namespace weft::bench
