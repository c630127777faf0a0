// Which inputs of a population go to which group of partial sums.
#pragma once

#include <cstdint>
#include <vector>

#include "mapping/graph/csr.hpp"
#include "mapping/graph/neuron_graph.hpp"

namespace weft::mapping {

using ReaderId = StrongId<struct ReaderTag>;  // a neuron that reads some of the items
using ItemId = StrongId<struct ItemTag>;      // a source that is read

struct PartitionParams {
  std::uint32_t groups = 1;    // groups * capacity >= number of items
  std::uint32_t capacity = 1;  // items per group at most
  bool balanced = true;        // equal groups to start with, else full ones and a small last one
  int passes = 4;              // of local improvement
};

// The group of each item. Starts from consecutive items and moves or swaps single items while that lowers the
// number of (reader, group) pairs, which is the number of partial sums.
std::vector<std::uint32_t> partition_items(const Csr<ReaderId, ItemId>& reads, std::size_t items,
                                           const PartitionParams& params);

}  // namespace weft::mapping
