// Second pass: neurons that read more than a core has axons for, or a unit has synapses, become sums of
// partial sums.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mapping/graph/neuron_graph.hpp"
#include "mapping/split/split_groups.hpp"
#include "model/fabric/fabric.hpp"

namespace weft::mapping {

// What happens to one population. Neurons that read more sources than most_fan_in(core) are split in any
// case.
struct PopulationSplit {
  bool all =
      false;  // split every neuron that reads at least twice as many sources as it would get partial sums
  Grouping grouping = Grouping::Balanced;
  // The partial sums are handed on to the readers (hand_on.hpp); only where can_hand_on().
  bool handed_on = false;
  int room = 0;  // eighths of a core's axons that groups leave free, for neurons of other populations

  friend bool operator==(const PopulationSplit& a, const PopulationSplit& b) {
    return a.all == b.all && a.grouping == b.grouping && a.room == b.room && a.handed_on == b.handed_on;
  }
};

struct SplitParams {
  std::vector<PopulationSplit> populations;  // by population; missing ones: the default
};

struct SplitResult {
  NeuronGraph graph;
  std::int64_t partial_sums = 0;
  int added_steps = 0;
  // What stands against this graph: values too wide for core.value_bits, delays beyond core.max_delay. Empty:
  // none.
  std::vector<std::string> problems;
};

// A partial sum is a Linear neuron (shift 0, bias 0) over a group of at most core.axons inputs; the groups
// are common to a population, so that partial sums of one group share their axons. The sum of them has
// weights of 1, or takes them natively, and the neuron's own bias, shift and model; it updates one step later
// (two, where the partial sums themselves are more than core.axons). The range of each partial sum is proved
// from the ranges of its sources. Populations that are handed on have no sums at all. On units, where nothing
// is gained by groups, each neuron's tree is as small as a tree can be, and `params` are not looked at.
SplitResult split(const NeuronGraph& graph, const CoreSpec& core, const SplitParams& params);

// The split neurons and partial sums that `all` would make in a population, without making them.
struct SplitForecast {
  std::int64_t groups = 0;
  std::int64_t neurons = 0;  // that would be split
};
SplitForecast forecast_split(const NeuronGraph& graph, const CoreSpec& core, std::uint32_t population);

}  // namespace weft::mapping
