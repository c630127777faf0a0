// Fifth pass: a multicast tree for every sender, in dimension order.
#pragma once

#include <cstdint>
#include <vector>

#include "mapping/graph/nets.hpp"
#include "mapping/graph/neuron_graph.hpp"
#include "mapping/place/place.hpp"
#include "mapping/route/tree.hpp"

namespace weft::mapping {

// Some senders with one tree.
struct Route {
  std::vector<NodeId> senders;
  std::vector<TreeBranch> tree;  // ascending tiles; directions without Local, with Edge at an output's port
};

struct Routes {
  std::vector<Route> routes;
  std::int64_t hops = 0;           // links of all trees, one tree per sender
  std::int64_t max_link_load = 0;  // trees over the busiest link
  std::int64_t entries = 0;        // table entries of all routers
  std::int64_t max_entries = 0;    // of the fullest router
};

// Throws Unacceptable where a router needs more than router.table_entries entries.
Routes route(const Fabric& fabric, const NeuronGraph& graph, const Nets& nets, const Placement& placement);

}  // namespace weft::mapping
