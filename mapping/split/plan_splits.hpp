// Which populations are worth splitting although they need not be: partial sums of one group share their
// axons, so that many neurons with different, sparse inputs fit into one core.
#pragma once

#include "mapping/pack/pack.hpp"
#include "mapping/split/split.hpp"

namespace weft::mapping {

struct SplitPlan {
  SplitParams params;
  SplitResult split;
  Lines lines;
  Clusters clusters;  // a quick packing of it
};

constexpr int kPlanTrials = 2;  // of growing each core, in a quick packing

// The best of sequential order and a few growths, one of them with so many trials for each core.
Clusters pack_quickly(const Lines& lines, const CoreLimits& limits, NodeId first_neuron, int trials);

// `regions` numbers the populations' regions: neurons of different ones must not share a core. Empty: all
// may. Starts from what must be split and splits more populations, one at a time, as long as a quick packing
// needs fewer cores, or as many and fewer axons. Throws Unacceptable with the problems of the start where
// there are any.
SplitPlan plan_splits(const NeuronGraph& graph, const CoreSpec& core, const CoreLimits& limits,
                      const std::vector<std::uint16_t>& regions, Progress* progress);

// The plan without those splits that add a step and save no core in a quick packing, partial sums handed on
// where that takes as few; itself where there are none.
SplitPlan with_fewer_steps(const NeuronGraph& graph, const CoreSpec& core, const CoreLimits& limits,
                           const std::vector<std::uint16_t>& regions, const SplitPlan& plan);

}  // namespace weft::mapping
