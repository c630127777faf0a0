// Packings of convolutions by rectangles of their rows and columns.
#pragma once

#include <optional>

#include "mapping/graph/neuron_graph.hpp"
#include "mapping/pack/pack.hpp"

namespace weft::mapping {

// Each population with rows and columns in equal rectangles with all channels, larger ones at the edges, a
// core each, as few as fit and at most `most`; all other neurons grown. None where no population has such a
// packing, and on memory cores.
std::optional<Clusters> pack_tiles(const NeuronGraph& graph, const Lines& lines, const CoreLimits& limits,
                                   std::size_t most);

}  // namespace weft::mapping
