// Fourth pass: cores to tiles, each of which takes Fabric::cores_per_tile, inputs and outputs to ports.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mapping/graph/traffic.hpp"
#include "mapping/place/regions.hpp"
#include "model/base/progress.hpp"
#include "model/base/random.hpp"
#include "model/fabric/fabric.hpp"

namespace weft::mapping {

// One annealing.
struct PlaceRound {
  int number = 0;
  std::string start;  // where it began
  std::int64_t moves = 0, accepted = 0;
  std::int64_t cost = 0;           // hops times flits, with ports chosen for what it found
  std::int64_t max_link_load = 0;  // flits over the busiest link
};

struct Placement {
  IdVector<CoreId, TileId> tile_of;
  IdVector<NodeId, PortId> input_port;  // by input; meaningful where the input is read
  std::vector<PortId> output_port;      // by output
  std::int64_t hops = 0;                // links of all trees, each times the flits of its senders
  std::vector<PlaceRound> log;
};

struct PlaceParams {
  std::int64_t moves = 200000;  // tried by annealing in any three rounds, at most
  int rounds = 4;               // of annealing and choosing ports in turn, after the best of some starts
  bool congestion = true;       // a price on links that carry more flits than a step has time for
};

// `regions`: where each core may stand; empty: anywhere. Throws Unacceptable where they are too small.
// Few hops: from several compact starts, annealing over swaps of two cores on the exact length of all
// multicast trees, ports chosen in between so that none carries more than twice its equal share of the inputs
// (at least 16; more than 64 only if all do), and outputs likewise. Links that carry more flits than the
// busiest core or port hands over are relieved, if their relief is worth its hops. The cores must not be more
// than the fabric's.
Placement place(const Fabric& fabric, const Nets& nets, std::uint32_t cores, std::uint32_t inputs,
                const std::vector<NodeId>& outputs, const IdVector<CoreId, Region>& regions, Random random,
                const PlaceParams& params, const Traffic& traffic, Progress* progress);

// Hops that no placement of these cores goes below, with dimension-order trees or any others.
std::int64_t hops_lower_bound(const Nets& nets, const Fabric& fabric, std::uint32_t cores);

}  // namespace weft::mapping
