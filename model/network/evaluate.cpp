// The integer reference. It is the specification at work: one frame at a time, populations in order, every
// neuron the sum of its synapses and then its update rule. The synapses are listed once, before the first
// frame; nothing else is clever here, and nothing may be.
#include "model/network/evaluate.hpp"

#include <algorithm>
#include <string>

#include "model/base/error.hpp"
#include "model/base/worker_pool.hpp"
#include "model/network/neurons/neuron_model.hpp"

namespace weft {
namespace {

using Values = std::vector<std::vector<std::int32_t>>;

// The fan-ins of all neurons of a projection's target, one after the other: neuron n has [begin[n], begin[n +
// 1]).
struct FanInList {
  PopulationId source;
  PopulationId target;
  std::vector<std::size_t> begin{0};
  std::vector<FanIn> synapses;
};

std::vector<FanInList> list_synapses(const FixedNetwork& network) {
  std::vector<FanInList> lists;
  std::vector<FanIn> synapses;
  for (const FixedProjection& projection : network.projections) {
    FanInList list;
    list.source = projection.source;
    list.target = projection.target;
    const auto neurons = static_cast<std::uint32_t>(network.populations[projection.target].shape.size());
    for (std::uint32_t neuron = 0; neuron < neurons; ++neuron) {
      fan_in(network, projection, neuron, synapses);
      list.synapses.insert(list.synapses.end(), synapses.begin(), synapses.end());
      list.begin.push_back(list.synapses.size());
    }
    lists.push_back(std::move(list));
  }
  return lists;
}

// values[0] is the input; fills the others.
void evaluate_frame(const FixedNetwork& network, const std::vector<FanInList>& lists, Values& values) {
  for (std::size_t p = 1; p < network.populations.size(); ++p) {
    const PopulationId id(static_cast<std::uint32_t>(p));
    const FixedPopulation& population = network.populations[id];
    const std::size_t neurons = population.bias.size();
    std::vector<std::int32_t>& potentials = values[p];
    potentials.assign(neurons, 0);
    for (const FanInList& list : lists) {
      if (list.target != id) continue;
      const std::int32_t* inputs = values[list.source.index()].data();
      for (std::size_t n = 0; n < neurons; ++n) {
        std::int32_t sum = 0;
        for (std::size_t s = list.begin[n]; s < list.begin[n + 1]; ++s) {
          sum += list.synapses[s].weight * inputs[list.synapses[s].source];
        }
        potentials[n] += sum;
      }
    }
    if (is_spiking(population.model)) {
      for (std::size_t n = 0; n < neurons; ++n) {
        SpikeState rest;
        potentials[n] = update_spiking_neuron(population.model, population.spike, potentials[n],
                                              population.bias[n], population.shift[n], rest);
      }
      continue;
    }
    for (std::size_t n = 0; n < neurons; ++n) {
      values[p][n] = update_value_neuron(population.model, potentials[n], population.bias[n],
                                         population.shift[n], population.format.minimum(),
                                         population.format.maximum(), population.table.data());
    }
  }
}

}  // namespace

Values evaluate(const FixedNetwork& network, const std::vector<std::int32_t>& input) {
  const FixedPopulation& first = network.populations[network.input()];
  if (input.size() != static_cast<std::size_t>(first.shape.size())) {
    throw InputError({}, std::to_string(input.size()) + " input values", std::to_string(first.shape.size()));
  }
  for (const std::int32_t value : input) {
    if (value >= first.format.minimum() && value <= first.format.maximum()) continue;
    throw InputError(
        {}, "an input value of " + std::to_string(value),
        std::to_string(first.format.minimum()) + " to " + std::to_string(first.format.maximum()));
  }
  Values values(network.populations.size());
  values[0] = input;
  evaluate_frame(network, list_synapses(network), values);
  return values;
}

IntMatrix evaluate(const FixedNetwork& network, const Dataset& dataset, int threads) {
  const FixedPopulation& first = network.populations[network.input()];
  if (dataset.shape != first.shape) {
    throw InputError({dataset.name}, "samples of " + std::to_string(dataset.shape.size()) + " values",
                     "the network's " + std::to_string(first.shape.size()));
  }
  if (first.format.is_signed || first.format.bits < 8) {
    throw InputError({dataset.name}, "samples of unsigned bytes", "a network whose inputs take them");
  }
  const std::vector<FanInList> lists = list_synapses(network);
  IntMatrix outputs;
  outputs.rows = dataset.size();
  outputs.columns = network.populations[network.output()].shape.size();
  outputs.values.resize(static_cast<std::size_t>(outputs.rows * outputs.columns));
  constexpr std::int64_t kFramesPerTask = 64;
  WorkerPool pool(threads);
  pool.run(static_cast<int>((outputs.rows + kFramesPerTask - 1) / kFramesPerTask), [&](int task) {
    Values values(network.populations.size());
    const std::int64_t end = std::min(outputs.rows, (std::int64_t{task} + 1) * kFramesPerTask);
    for (std::int64_t frame = task * kFramesPerTask; frame < end; ++frame) {
      values[0].assign(dataset.sample(frame), dataset.sample(frame) + dataset.shape.size());
      evaluate_frame(network, lists, values);
      std::copy(values.back().begin(), values.back().end(), outputs.values.begin() + frame * outputs.columns);
    }
  });
  return outputs;
}

double accuracy(const IntMatrix& outputs, const Dataset& dataset) {
  return accuracy(outputs, dataset.labels, dataset.name);
}

double accuracy(const IntMatrix& outputs, const std::vector<std::uint16_t>& labels, const std::string& name) {
  if (outputs.rows > static_cast<std::int64_t>(labels.size())) {
    throw InputError({name}, std::to_string(labels.size()) + " labels", std::to_string(outputs.rows));
  }
  if (outputs.rows == 0) return 0;
  std::int64_t right = 0;
  for (std::int64_t row = 0; row < outputs.rows; ++row) {
    const std::int32_t* values = outputs.row(row);
    const auto winner = std::max_element(values, values + outputs.columns) - values;
    right += winner == labels[static_cast<std::size_t>(row)] ? 1 : 0;
  }
  return static_cast<double>(right) / static_cast<double>(outputs.rows);
}

}  // namespace weft
