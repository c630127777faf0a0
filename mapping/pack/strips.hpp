// Packings of nets whose neurons hear their neighbors, whatever the order of their ids.
#pragma once

#include <optional>

#include "mapping/pack/pack.hpp"

namespace weft::mapping {

// Finds places in a plane for all nodes from their distances to four nodes far apart, cuts the plane into
// strips and the strips into cells of as many neurons as a core takes; a cell that needs more than one core
// has is halved. None for nets of fewer than nine cores, and where it takes more than `most` cores.
std::optional<Clusters> pack_in_strips(const Lines& lines, const CoreLimits& limits, NodeId first_neuron,
                                       std::size_t most);

}  // namespace weft::mapping
