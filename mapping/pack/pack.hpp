// Third pass: neurons into cores.
#pragma once

#include <cstdint>
#include <vector>

#include "mapping/graph/lines.hpp"
#include "mapping/pack/core_loads.hpp"
#include "model/base/progress.hpp"
#include "model/base/random.hpp"

namespace weft::mapping {

struct Clusters {
  IdVector<NodeId, CoreId> core_of;  // kNoCore for inputs
  std::uint32_t cores = 0;
  std::int64_t axons = 0;  // in use, all cores together
};
// What `loads` holds now, cores numbered by their first neuron.
Clusters clusters_of(const CoreLoads& loads, const Lines& lines);
// Fewer cores first, then fewer axons.
bool better(const Clusters& a, const Clusters& b);

// Neurons in the order of their ids, each core filled until the next one does not fit.
Clusters pack_sequential(const Lines& lines, const CoreLimits& limits, NodeId first_neuron);

// Grows one core after the other: takes the neuron with the best value of shared * lines it finds there
// already minus added * lines it brings along; where none shares any, the next one in order that fits. Each
// core is grown `trials` times with equals in another order, and the trial that holds most synapses stands.
struct GrowParams {
  int shared = 1;
  int added = 1;
  int trials = 1;
};
Clusters pack_by_growth(const Lines& lines, const CoreLimits& limits, NodeId first_neuron,
                        const GrowParams& params);

// The same for some of the neurons, into new cores of `loads`; `neurons` in the order that breaks ties.
void grow_cores(CoreLoads& loads, const Lines& lines, const CoreLimits& limits,
                const std::vector<NodeId>& neurons, const GrowParams& params);

// Takes the neurons of a few cores out, puts them back another way, and keeps what is not worse.
struct RepackParams {
  int rounds = 200;
  std::int64_t work = 100'000'000;  // an upper bound of elementary operations, for large nets
};
Clusters repack(const Clusters& start, const Lines& lines, const CoreLimits& limits, Random random,
                const RepackParams& params, Progress* progress);

// Levels the cores' work without more cores: a step takes as long as the busiest core needs. Keeps a round
// that does not raise the sum of squared step_cycles().
Clusters balance(const Clusters& start, const Lines& lines, const CoreLimits& limits, Random random,
                 const RepackParams& params, Progress* progress);

// Neurons that do not fit into an empty core: their own fan-in needs more memory than a core has.
std::vector<NodeId> oversized(const Lines& lines, const CoreLimits& limits, NodeId first_neuron);

}  // namespace weft::mapping
