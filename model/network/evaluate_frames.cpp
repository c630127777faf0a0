// The integer reference for frames of many steps: step by step, in each the populations in order, every
// neuron the sum of what it hears, then its update rule. Most values of such frames are zero, so synapses are
// listed by their source and only those of sources that are not zero are added: the order of a sum does not
// matter.
#include <algorithm>

#include "model/base/worker_pool.hpp"
#include "model/network/evaluate.hpp"
#include "model/network/message_counts.hpp"
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
    run(stimulus, frame, [&] {
      for (std::size_t o = 0; o < values_.back().size(); ++o)
        outputs[o] = saturate(std::int64_t{outputs[o]} + values_.back()[o]);
    });
  }

  // Adds to each neuron's count the steps in which its value is not zero.
  void count(const Stimulus& stimulus, std::int64_t frame, std::vector<std::vector<std::int64_t>>& counts) {
    run(stimulus, frame, [&] {
      for (std::size_t p = 0; p < values_.size(); ++p) {
        for (std::size_t n = 0; n < values_[p].size(); ++n) counts[p][n] += values_[p][n] != 0 ? 1 : 0;
      }
    });
  }

 private:
  static PopulationId id(std::size_t p) { return PopulationId(static_cast<std::uint32_t>(p)); }

  // Calls look() after each step.
  template <class Look>
  void run(const Stimulus& stimulus, std::int64_t frame, Look&& look) {
    for (std::size_t p = 1; p < values_.size(); ++p) {
      const bool remembers = is_spiking(network_.populations[id(p)].model);
      states_[p].assign(remembers ? values_[p].size() : 0, {});
    }
    for (int step = 0; step < stimulus.frame_steps; ++step) {
      stimulus.read_step(frame, step, values_[0].data());
      for (std::size_t p = 1; p < values_.size(); ++p) update(p);
      look();
    }
  }

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

std::vector<FanOutList> list_synapses(const FixedNetwork& network) {
  std::vector<FanOutList> lists;
  for (const FixedProjection& projection : network.projections)
    lists.push_back(list_synapses(network, projection));
  return lists;
}

}  // namespace

IntMatrix evaluate_frames(const FixedNetwork& network, const Stimulus& stimulus, int threads) {
  const FixedPopulation& first = network.populations[network.input()];
  check_stimulus(stimulus, first.shape.size(), first.format);
  const std::vector<FanOutList> lists = list_synapses(network);
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

// Each task counts for itself; sums of integers do not depend on the order in which tasks end.
MessageCounts count_messages(const FixedNetwork& network, const Stimulus& stimulus, int threads) {
  const FixedPopulation& first = network.populations[network.input()];
  check_stimulus(stimulus, first.shape.size(), first.format);
  const std::vector<FanOutList> lists = list_synapses(network);
  MessageCounts counts;
  counts.frames = stimulus.frames.rows;
  counts.steps = counts.frames * stimulus.frame_steps;
  for (const FixedPopulation& population : network.populations)
    counts.of_neuron.emplace_back(static_cast<std::size_t>(population.shape.size()), 0);
  constexpr std::int64_t kTasks = 16;
  std::vector<std::vector<std::vector<std::int64_t>>> of_task(kTasks, counts.of_neuron);
  WorkerPool pool(threads);
  pool.run(static_cast<int>(kTasks), [&](int task) {
    FrameRunner runner(network, lists);
    const std::int64_t end = counts.frames * (task + 1) / kTasks;
    for (std::int64_t frame = counts.frames * task / kTasks; frame < end; ++frame)
      runner.count(stimulus, frame, of_task[static_cast<std::size_t>(task)]);
  });
  for (const auto& part : of_task) {
    for (std::size_t p = 0; p < part.size(); ++p) {
      for (std::size_t n = 0; n < part[p].size(); ++n) counts.of_neuron[p][n] += part[p][n];
    }
  }
  return counts;
}

}  // namespace weft
