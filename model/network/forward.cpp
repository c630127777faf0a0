// The floating-point network at work, batch by batch.
//
// Batches are independent and each is computed by one thread, so the values do not depend on the number of
// threads.
#include "model/network/forward.hpp"

#include <algorithm>
#include <atomic>
#include <string>

#include "model/base/worker_pool.hpp"
#include "model/network/engine/batch.hpp"

namespace weft {
namespace {

void require_fit(const Network& network, const Dataset& dataset, const ForwardParams& params) {
  const Shape want = network.populations[network.input()].shape;
  if (dataset.shape != want) {
    const auto text = [](const Shape& shape) {
      return std::to_string(shape.channels) + "x" + std::to_string(shape.height) + "x" +
             std::to_string(shape.width);
    };
    throw InputError({dataset.name}, "samples of " + text(dataset.shape),
                     text(want) + ", the input of network " + network.name);
  }
  if (params.batch_size < 1) {
    throw InputError({}, "a batch size of " + std::to_string(params.batch_size), "1 or more");
  }
}

}  // namespace

FloatMatrix population_values(const Network& network, const Dataset& dataset, PopulationId population,
                              const ForwardParams& params) {
  require_fit(network, dataset, params);
  if (!network.populations.contains(population)) {
    internal_error("values of population " + std::to_string(population.value()) + ", which does not exist");
  }
  FloatMatrix result;
  result.rows = dataset.size();
  result.columns = network.populations[population].shape.size();
  result.values.resize(static_cast<std::size_t>(result.rows * result.columns));
  const std::int64_t batches = (dataset.size() + params.batch_size - 1) / params.batch_size;
  WorkerPool pool(params.threads);
  const int workers = static_cast<int>(std::min<std::int64_t>(batches, pool.threads()));
  std::atomic<std::int64_t> next{0};
  pool.run(workers, [&](int) {
    const int capacity = static_cast<int>(std::min<std::int64_t>(params.batch_size, dataset.size()));
    Batch batch = make_batch(network, capacity, 1, population);
    for (std::int64_t number = next++; number < batches; number = next++) {
      const std::int64_t first = number * params.batch_size;
      const Shard shard{0, 0,
                        static_cast<int>(std::min<std::int64_t>(params.batch_size, dataset.size() - first))};
      for (int row = 0; row < shard.count; ++row)
        load_sample(network, dataset.sample(first + row), row, batch);
      forward(network, shard, batch);
      const float* values = batch.values[population.index()].data();
      std::copy(values, values + shard.count * result.columns, result.values.data() + first * result.columns);
    }
  });
  return result;
}

FloatMatrix outputs(const Network& network, const Dataset& dataset, const ForwardParams& params) {
  return population_values(network, dataset, network.output(), params);
}

double accuracy(const Network& network, const Dataset& dataset, const ForwardParams& params) {
  const FloatMatrix values = outputs(network, dataset, params);
  std::int64_t hits = 0;
  for (std::int64_t row = 0; row < values.rows; ++row) {
    const float* first = values.values.data() + row * values.columns;
    const std::int64_t best = std::max_element(first, first + values.columns) - first;
    hits += best == dataset.labels[static_cast<std::size_t>(row)] ? 1 : 0;
  }
  return values.rows == 0 ? 0 : static_cast<double>(hits) / static_cast<double>(values.rows);
}

}  // namespace weft
