// What must be carried between cores and ports.
#pragma once

#include <vector>

#include "mapping/pack/pack.hpp"

namespace weft::mapping {

// All senders of one core (or all inputs, source kNoCore) that the same cores listen to. A core that listens
// to itself is among its own targets.
struct Net {
  CoreId source = kNoCore;
  std::vector<CoreId> targets;  // ascending, no core twice
  std::vector<NodeId> senders;  // ascending; one flit per step each
};

struct Nets {
  std::vector<Net> between_cores;  // ordered by source, then targets
  std::vector<Net> from_inputs;    // ordered by targets
  std::vector<Net> to_outputs;     // ordered by source, no targets; the senders are output neurons
};

Nets find_nets(const NeuronGraph& graph, const Lines& lines, const Clusters& clusters);

}  // namespace weft::mapping
