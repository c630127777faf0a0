// Fifth pass: a tree for every sender, or a path to each of its listeners, in dimension order and shared at
// run time; or circuits of its own.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "mapping/graph/nets.hpp"
#include "mapping/graph/neuron_graph.hpp"
#include "mapping/place/place.hpp"
#include "mapping/route/tree.hpp"
#include "model/base/progress.hpp"
#include "model/report/report.hpp"

namespace weft::mapping {

// Some senders with one tree, or with one of their paths.
struct Route {
  std::vector<NodeId> senders;
  std::vector<TreeBranch> tree;  // ascending tiles; directions without Local, with Edge at an output's port
  CoreId end = kNoCore;          // unicast: the one core that takes the flit
};

struct RouteParams {
  bool min_tracks =
      false;  // Circuit: as few tracks as the router finds its way with, whatever the fabric has
};

struct Routes {
  std::vector<Route> routes;  // those of the same senders follow each other
  std::int64_t hops = 0;      // links of all trees, one tree per sender; unicast: of all paths
  std::int64_t multicast_hops = 0, unicast_hops = 0;  // in dimension order on this placement
  std::int64_t max_link_load = 0;                     // trees over the busiest link
  std::int64_t entries = 0;                           // pairs of a sender and a router that its flits come to
  std::optional<CircuitReport> circuits;              // without the bounds that do not depend on places
};

// Throws Unacceptable where circuits need more than router.tracks tracks: says with how many they would do.
Routes route(const Fabric& fabric, const NeuronGraph& graph, const Nets& nets, const Placement& placement,
             const RouteParams& params = {}, Progress* progress = nullptr);

}  // namespace weft::mapping
