// A way forward and one back per piece of samples and draw, on the engine that trains. Invariant: the
// direction that a sample's outputs are asked about depends on the seed, its number and the draw alone.
#include "compress/wide/sensitivity.hpp"

#include <algorithm>
#include <cmath>

#include "model/base/random.hpp"
#include "model/network/engine/batch.hpp"
#include "model/network/kernels/kernel_set.hpp"

namespace weft::compress {
namespace {

constexpr int kShard = 32, kPiece = 256;  // samples

// The shares that the classes have: alike, or the softmax of outputs over a temperature.
std::vector<double> shares(const float* outputs, std::size_t classes, double temperature) {
  std::vector<double> result(classes, 1 / static_cast<double>(classes));
  if (temperature <= 0) return result;
  const double largest = *std::max_element(outputs, outputs + classes);
  double sum = 0;
  for (std::size_t i = 0; i < classes; ++i)
    sum += result[i] = std::exp((double{outputs[i]} - largest) / temperature);
  for (double& share : result) share /= sum;
  return result;
}

// A random vector whose second moments are diag(p) - p p', p the shares: of alike ones the outputs' own
// squares but for their common part.
void ask(const Random& random, std::int64_t number, const std::vector<double>& p, float* delta) {
  Random own = random.fork(std::to_string(number));
  std::vector<double> roots;
  double common = 0;
  for (const double share : p) {
    roots.push_back(std::sqrt(share) * own.normal());
    common += roots.back();
  }
  for (std::size_t i = 0; i < p.size(); ++i) delta[i] = static_cast<float>(roots[i] - p[i] * common);
}

}  // namespace

FloatMatrix sensitivities(const Network& network, const Dataset& samples, PopulationId population,
                          const SensitivityParams& params, WorkerPool& pool) {
  const std::int64_t width = network.populations[population].shape.size();
  const PopulationId last = network.output();
  const std::int64_t classes = network.populations[last].shape.size();
  FloatMatrix result = zeros(samples.size() * params.draws, width);
  const float share =
      static_cast<float>(1 / std::sqrt(std::max<double>(1, static_cast<double>(result.rows))));
  Batch batch = make_batch(network, kPiece, kPiece / kShard, last);
  add_gradients(batch, network);
  const Random random = Random(params.seed).fork("sensitivities");
  for (std::int64_t first = 0; first < samples.size(); first += kPiece) {
    const int rows = static_cast<int>(std::min<std::int64_t>(kPiece, samples.size() - first));
    pool.run((rows + kShard - 1) / kShard, [&](int index) {
      const Shard shard{index, index * kShard, std::min(kShard, rows - index * kShard)};
      for (int row = shard.first; row < shard.first + shard.count; ++row)
        load_sample(network, samples.sample(first + row), row, batch);
      forward(network, shard, batch);
      const std::size_t at = static_cast<std::size_t>(shard.first * classes);
      for (int draw = 0; draw < params.draws; ++draw) {
        float* delta = batch.deltas[last.index()].data() + at;
        for (int row = 0; row < shard.count; ++row) {
          const float* values = batch.values[last.index()].data() + (shard.first + row) * classes;
          ask(random, (first + shard.first + row) * params.draws + draw,
              shares(values, static_cast<std::size_t>(classes), params.temperature), delta + row * classes);
        }
        kernels().activation_gradient(batch.values[last.index()].data() + at, delta, shard.count * classes,
                                      static_cast<int>(network.populations[last].activation));
        backward(network, shard, batch);
        for (int row = shard.first; row < shard.first + shard.count; ++row) {
          const float* from = batch.deltas[population.index()].data() + row * width;
          float* to = result.values.data() + ((first + row) * params.draws + draw) * width;
          for (std::int64_t i = 0; i < width; ++i) to[i] = share * from[i];
        }
      }
    });
  }
  return result;
}

}  // namespace weft::compress
