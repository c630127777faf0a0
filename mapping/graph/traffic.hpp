// How much each sender sends.
#pragma once

#include <cstdint>

#include "mapping/graph/nets.hpp"
#include "model/network/message_counts.hpp"

namespace weft::mapping {

struct Traffic {
  IdVector<NodeId, std::int64_t> messages;  // of each node; empty: each sends one in each step

  bool is_uniform() const { return messages.empty(); }
  std::int64_t of(NodeId node) const { return messages.empty() ? 1 : messages[node]; }
  std::int64_t of(const Net& net) const;
};

// From what the network's neurons sent. A partial sum, which the network does not have, is taken to send as
// often as all that it hears together, and not more than once in each step: what is summed is rarely zero.
// Counts must be of the graph's network; none: uniform.
Traffic find_traffic(const NeuronGraph& graph, const MessageCounts& counts);

}  // namespace weft::mapping
