// The integer reference for frames of many steps: step by step, in each the populations in order, every
// neuron the sum of what it hears, then its update rule. Most values of such frames are zero, so synapses are
// listed by their source and only those of sources that are not zero are added: the order of a sum does not
// matter.
#include <algorithm>

#include "model/base/worker_pool.hpp"
#include "model/network/evaluate.hpp"
#include "model/network/neurons/neuron_model.hpp"

namespace weft {
namespace {

struct FanOut {
  std::uint32_t target = 0;
  std::int16_t weight = 0;
};

// Source neuron n has the synapses [begin[n], begin[n + 1]).
struct FanOutList {
  PopulationId source;
  PopulationId target;
  std::vector<std::size_t> begin;
  std::vector<FanOut> synapses;
};

FanOutList list_synapses(const FixedNetwork& network, const FixedProjection& projection) {
  FanOutList list;
  list.source = projection.source;
  list.target = projection.target;
  list.begin.assign(static_cast<std::size_t>(network.populations[projection.source].shape.size()) + 1, 0);
  const auto targets = static_cast<std::uint32_t>(network.populations[projection.target].shape.size());
  std::vector<FanIn> fan;
  for (std::uint32_t t = 0; t < targets; ++t) {
    fan_in(network, projection, t, fan);
    for (const FanIn& synapse : fan) ++list.begin[synapse.source + std::size_t{1}];
  }
  for (std::size_t n = 1; n < list.begin.size(); ++n) list.begin[n] += list.begin[n - 1];
  list.synapses.resize(list.begin.back());
  std::vector<std::size_t> next(list.begin);
  for (std::uint32_t t = 0; t < targets; ++t) {
    fan_in(network, projection, t, fan);
    for (const FanIn& synapse : fan) list.synapses[next[synapse.source]++] = {t, synapse.weight};
  }
  return list;
}

class FrameRunner {
 public:
  FrameRunner(const FixedNetwork& network, const std::vector<FanOutList>& lists)
      : network_(network),
        lists_(lists),
        values_(network.populations.size()),
        states_(network.populations.size()) {
    for (std::size_t p = 0; p < values_.size(); ++p) {
      values_[p].resize(static_cast<std::size_t>(network.populations[id(p)].shape.size()));
    }
  }

  // Adds the outputs of the frame to `outputs`, which begin as zero.
  void run(const Stimulus& stimulus, std::int64_t frame, std::int32_t* outputs) {
    for (std::size_t p = 1; p < values_.size(); ++p) {
      const bool remembers = is_spiking(network_.populations[id(p)].model);
      states_[p].assign(remembers ? values_[p].size() : 0, {});
    }
    for (int step = 0; step < stimulus.frame_steps; ++step) {
      stimulus.read_step(frame, step, values_[0].data());
      for (std::size_t p = 1; p < values_.size(); ++p) update(p);
      for (std::size_t o = 0; o < values_.back().size(); ++o) {
        outputs[o] = saturate(std::int64_t{outputs[o]} + values_.back()[o]);
      }
    }
  }

 private:
  static PopulationId id(std::size_t p) { return PopulationId(static_cast<std::uint32_t>(p)); }

  void update(std::size_t p) {
    std::vector<std::int32_t>& values = values_[p];
    std::fill(values.begin(), values.end(), 0);
    for (const FanOutList& list : lists_) {
      if (list.target != id(p)) continue;
      const std::vector<std::int32_t>& sources = values_[list.source.index()];
      for (std::size_t n = 0; n < sources.size(); ++n) {
        if (sources[n] == 0) continue;
        for (std::size_t s = list.begin[n]; s < list.begin[n + 1]; ++s) {
          values[list.synapses[s].target] += list.synapses[s].weight * sources[n];
        }
      }
    }
    const FixedPopulation& population = network_.populations[id(p)];
    for (std::size_t n = 0; n < values.size(); ++n) {
      values[n] = is_spiking(population.model)
                      ? update_spiking_neuron(population.model, population.spike, values[n],
                                              population.bias[n], population.shift[n], states_[p][n])
                      : update_value_neuron(population.model, values[n], population.bias[n],
                                            population.shift[n], population.format.minimum(),
                                            population.format.maximum(), population.table.data());
    }
  }

  const FixedNetwork& network_;
  const std::vector<FanOutList>& lists_;
  std::vector<std::vector<std::int32_t>> values_;
  std::vector<std::vector<SpikeState>> states_;
};

}  // namespace

IntMatrix evaluate_frames(const FixedNetwork& network, const Stimulus& stimulus, int threads) {
  const FixedPopulation& first = network.populations[network.input()];
  check_stimulus(stimulus, first.shape.size(), first.format);
  std::vector<FanOutList> lists;
  for (const FixedProjection& projection : network.projections)
    lists.push_back(list_synapses(network, projection));
  IntMatrix outputs;
  outputs.rows = stimulus.frames.rows;
  outputs.columns = network.populations[network.output()].shape.size();
  outputs.values.resize(static_cast<std::size_t>(outputs.rows * outputs.columns));
  WorkerPool pool(threads);
  pool.run(static_cast<int>(outputs.rows), [&](int frame) {
    FrameRunner(network, lists).run(stimulus, frame, outputs.values.data() + frame * outputs.columns);
  });
  return outputs;
}

}  // namespace weft
