// Rows with retraining on the 16,000 features: fc6 in pruned factors, then all three layers in pruned
// factors. They start from the one-shot ones and are trained in two stages. First towards the dense network's
// outputs alone, on means of two samples moved by a step of the map: the dense network has learned its
// training samples by heart, what it says between them is what it says of new ones. Then for a single epoch
// on moved samples, half by their labels. Recipes were chosen by the held-out samples. Last the three layers
// are quantized and mapped onto cores of 256 x 256.
#include <cstdio>

#include "compress/calibration/match_means.hpp"
#include "compress/remove_unused.hpp"
#include "mapping/map.hpp"
#include "model/data/moves.hpp"
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
  std::size_t counted = 0;  // the first so many parts are the layers of the row
};

struct Stage {
  Dataset fit;
  FloatMatrix lesson;  // what the dense network says of it
  int epochs = 0;
  double learning_rate = 0, distill = 0;
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

// The same for all seeds and rows: most of the time goes into the dense network's outputs.
std::vector<Stage> make_stages(const AlexHead& head) {
  std::vector<Stage> stages(2);
  stages[0].fit = mixes(moves(head.train, 64000, 1, 1), 256000, 1);
  stages[0].epochs = 4;
  stages[0].learning_rate = 4e-4;
  stages[0].distill = 1;
  stages[1].fit = moves(head.train, 64000, 1, 2);
  stages[1].epochs = 1;
  stages[1].learning_rate = 1e-4;
  stages[1].distill = 0.5;
  for (Stage& stage : stages) stage.lesson = outputs(head.network, stage.fit);
  return stages;
}

Network tuned(const Network& start, const std::vector<Stage>& stages, std::uint64_t seed) {
  Network network = start;
  for (const Stage& stage : stages) {
    TrainParams params;
    params.epochs = stage.epochs;
    params.learning_rate = stage.learning_rate;
    params.distill = stage.distill;
    params.temperature = 3;
    params.seed = seed;
    network = train(network, stage.fit, params, nullptr, &stage.lesson).network;
  }
  return network;
}

void print_cores(const Network& network, const AlexHead& head) {
  const FixedNetwork fixed = quantize(network, slice(head.train, 0, 1000), {});
  const double exact = accuracy(evaluate(fixed, head.test), head.test);
  const Fabric fabric =
      load_fabric("default", {"core.axons=256", "core.neurons=256", "width=12", "height=12"});
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
  const std::vector<Stage> stages = make_stages(*head);
  const auto rows = [&](const char* name, const Recipe& recipe, const Target& target, double dense) {
    std::vector<Outcome> before, after;
    Network last;
    const Clock clock;
    for (std::uint64_t seed = 1; seed <= (quick ? 1u : 3u); ++seed) {
      const auto note = [&](const Network& network, std::vector<Outcome>& outcomes) {
        outcomes.push_back(outcome_of(head->network, network, head->held_out, head->test));
        std::int64_t kept = 0;  // of the parts alone
        for (const Projection& projection : network.projections) {
          for (std::size_t i = 0; i < recipe.counted; ++i) {
            const Part& part = recipe.parts[i];
            if (projection.name == std::string(part.layer) + "_a" ||
                projection.name == std::string(part.layer) + "_b")
              kept += nonzeros(projection.weights);
          }
        }
        outcomes.back().ratio = dense / static_cast<double>(kept);
      };
      const Network start = one_shot(*head, recipe, seed, pool);
      note(start, before);
      last = tuned(start, stages, seed);
      note(last, after);
    }
    print_row(name, "one-shot: factors pruned", before, {}, clock.seconds());
    print_row(name, "retrained: factors pruned, distilled", after, target, clock.seconds());
    return last;
  };
  // fc7 in whole factors and fc8 train beside it: most of the time would go into fc7 as it is.
  rows("fc6 9216 x 4096", {{{"fc6", 64, 188700, 12000}, {"fc7", 128, 128 * (4096 + 4096), 4000}}, 1},
       {200, 1.0, true}, 9216.0 * 4096);
  const Network all = rows(
      "fc6, fc7, fc8", {{{"fc6", 80, 330000, 12000}, {"fc7", 96, 270000, 4000}, {"fc8", 64, 86000, 4000}}, 3},
      {80, 1.0, true}, 9216.0 * 4096 + 4096.0 * 4096 + 4096.0 * 100);
  print_cores(all, *head);
}

}  // namespace weft::bench
