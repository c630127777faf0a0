// Which port each input enters and each output leaves at, for cores that have their places.
#pragma once

#include <cstdint>
#include <vector>

#include "mapping/graph/traffic.hpp"
#include "model/fabric/fabric.hpp"

namespace weft::mapping {

// Of each net, at each port: the senders that use it.
using PortShares = std::vector<std::vector<std::vector<NodeId>>>;

// `inward`: the flits come from the ports. Few hops, weighed by what the nets send, while no port serves more
// than twice its equal share of the senders (at least 16; more than 64 only if all do). Where a net uses
// several ports, those with the fewest hops get the senders that send most; with more than 64 senders at a
// port, each gets its part of them.
PortShares choose_ports(const Fabric& fabric, const std::vector<Net>& nets, const std::vector<TileId>& ports,
                        bool inward, const IdVector<CoreId, TileId>& tile_of, const Traffic& traffic);

}  // namespace weft::mapping
