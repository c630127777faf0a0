// All sources in order of their ids, those to be read directly set apart, the rest given to the partitioner.
#include "mapping/split/split_groups.hpp"

#include <algorithm>
#include <numeric>

#include "mapping/split/partition.hpp"

namespace weft::mapping {
namespace {

// Marks the `count` sources with fewest readers.
std::vector<char> set_apart(const std::vector<std::size_t>& readers, std::uint32_t count) {
  std::vector<std::uint32_t> order(readers.size());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return readers[a] < readers[b]; });
  std::vector<char> apart(readers.size(), 0);
  for (std::uint32_t i = 0; i < count; ++i) apart[order[i]] = 1;
  return apart;
}

std::vector<std::uint32_t> partition(const NeuronGraph& graph, const std::vector<NodeId>& neurons,
                                     const SourceGroups& groups, const std::vector<char>& apart,
                                     const PartitionParams& params) {
  std::vector<std::uint32_t> item(apart.size(), 0);  // numbers those not set apart
  std::uint32_t items = 0;
  for (std::size_t i = 0; i < item.size(); ++i) item[i] = apart[i] ? 0 : items++;
  Csr<ReaderId, ItemId> reads;
  for (NodeId node : neurons) {
    for (const Synapse& synapse : graph.synapses[node]) {
      const std::size_t position = groups.position(synapse.source);
      if (!apart[position]) reads.add(ItemId(item[position]));
    }
    reads.close();
  }
  const std::vector<std::uint32_t> group = partition_items(reads, items, params);
  std::vector<std::uint32_t> result(item.size(), groups.direct);
  for (std::size_t i = 0; i < item.size(); ++i) {
    if (!apart[i]) result[i] = group[item[i]];
  }
  return result;
}

}  // namespace

std::size_t SourceGroups::position(NodeId source) const {
  return static_cast<std::size_t>(std::lower_bound(sources.begin(), sources.end(), source) - sources.begin());
}

std::vector<std::vector<Synapse>> SourceGroups::sorted_out(Range<Synapse> synapses) const {
  std::vector<std::vector<Synapse>> by_group(count);
  for (const Synapse& synapse : synapses) by_group[group_of[position(synapse.source)]].push_back(synapse);
  return by_group;
}

SourceGroups make_groups(const NeuronGraph& graph, const std::vector<NodeId>& neurons, std::uint32_t axons,
                         Grouping grouping, bool native_sums) {
  std::vector<NodeId> reads;
  for (NodeId node : neurons) {
    for (const Synapse& synapse : graph.synapses[node]) reads.push_back(synapse.source);
  }
  std::sort(reads.begin(), reads.end());
  SourceGroups groups;
  std::vector<std::size_t> readers;
  for (std::size_t i = 0; i < reads.size(); ++i) {
    if (i == 0 || reads[i - 1] < reads[i]) {
      groups.sources.push_back(reads[i]);
      readers.push_back(0);
    }
    ++readers.back();
  }
  const auto sources = static_cast<std::uint32_t>(groups.sources.size());
  groups.count = (sources + axons - 1) / axons;
  PartitionParams params;
  params.capacity = axons;
  params.groups = groups.count;
  params.balanced = grouping == Grouping::Balanced;
  std::uint32_t rest = 0;
  if (grouping == Grouping::FullDirect && groups.count > 1 &&
      (native_sums || sources % axons + groups.count - 1 <= axons))
    rest = sources % axons;
  if (rest > 0) groups.direct = --params.groups;
  groups.group_of = partition(graph, neurons, groups, set_apart(readers, rest), params);
  return groups;
}

}  // namespace weft::mapping
