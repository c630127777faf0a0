// Fifth pass for fabrics of circuits: tracks for every sender by negotiated congestion.
//
// PathFinder (McMurchie and Ebeling, "PathFinder: A Negotiation-Based Performance-Driven Router for FPGAs",
// FPGA 1995): nets are routed one after the other and may share what they must not; what is used too often
// gets dearer, now (present cost) and for good (history cost), and the nets on it are taken up and laid
// again, until nobody shares. A switch joins every track of a link with every track of the next, so that a
// channel is a number of tracks and a net takes any of them.
#pragma once

#include <cstdint>
#include <vector>

#include "mapping/route/tree.hpp"
#include "model/base/progress.hpp"
#include "model/fabric/fabric.hpp"

namespace weft::mapping {

// One sender: the tile where it begins and the other tiles that it has to reach.
struct CircuitNet {
  TileId source;
  std::vector<TileId> sinks;  // ascending, none twice, not the source
};

struct CircuitParams {
  int iterations = 150;       // at most
  int patience = 40;          // iterations without fewer overused tracks before it is given up
  int present_percent = 50;   // what a track too many costs in the first iteration, of its base cost
  int growth_percent = 30;    // by which that grows in each iteration
  int history_percent = 100;  // what a track too many adds to the base cost for good, in each iteration
};

// What an FPGA engineer reads while the router works.
struct CircuitIteration {
  int iteration = 0;
  std::int64_t overused = 0;    // tracks too many, over all links
  std::int64_t ripped = 0;      // nets that were laid again
  std::int64_t wirelength = 0;  // links of all trees
};

struct CircuitRouting {
  std::vector<std::vector<TreeBranch>> trees;  // by net: ascending tiles; sides to which it goes on
  std::vector<CircuitIteration> log;
  bool legal = false;  // no link has more nets than tracks
};

CircuitRouting route_circuits(const Fabric& fabric, const std::vector<CircuitNet>& nets, int tracks,
                              const CircuitParams& params, Progress* progress);

// The smallest number of tracks with which the router finds its way, at least `bound`: tried first, then
// halving what lies between it and what a routing without limits takes.
struct ChannelWidth {
  int tracks = 0;
  CircuitRouting routing;
};
ChannelWidth smallest_channel_width(const Fabric& fabric, const std::vector<CircuitNet>& nets, int bound,
                                    const CircuitParams& params, Progress* progress);

// Nets on each link: by tile * 4 + side - 1, sides North to West.
std::vector<std::int64_t> channel_loads(const Fabric& fabric, const CircuitRouting& routing);

}  // namespace weft::mapping
