// Last pass: everything decided so far, written down as an image.
#pragma once

#include "mapping/graph/neuron_graph.hpp"
#include "mapping/place/place.hpp"
#include "mapping/route/route.hpp"
#include "model/fabric/image.hpp"

namespace weft::mapping {

struct EmitParams {
  std::string name;
  Digest fabric;
  Digest network;
};

// Keys are dense: inputs in use first, by port and tree, then neurons by tile, core and tree. In a core,
// neurons are in the order of their ids and axons in the order of (source, delay). Throws Unacceptable where
// the keys do not fit into router.key_bits.
Image emit(const Fabric& fabric, const NeuronGraph& graph, const Lines& lines, const Clusters& clusters,
           const Placement& placement, const Routes& routes, const EmitParams& params);

}  // namespace weft::mapping
