// The exact packer against a search of all packings, and what it says where it proves nothing.
#include "mapping/pack/exact.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "mapping/graph/expand.hpp"
#include "mapping/map.hpp"
#include "tests/mapping/exact_packing.hpp"
#include "tests/mapping/nets_for_tests.hpp"

namespace weft::mapping {
namespace {

CoreLimits limits_of(int axons, int neurons) {
  return core_limits(small_fabric(1, 1, axons, neurons).core);
}

TEST(PackExactly, FindsAsFewCoresAsTheSearchOfAllPackings) {
  if (!has_exact_packing()) GTEST_SKIP() << "built without CBC";
  Random random(7);
  int lost = 0;
  for (int i = 0; i < 10; ++i) {
    const NeuronGraph graph = expand(layered_network({{8, 8, 4}, 35, 8}, random.fork("net")), 8);
    const Lines lines = find_lines(graph);
    std::size_t widest = 1;
    for (std::uint32_t n = graph.inputs; n < graph.nodes(); ++n)
      widest = std::max(widest, lines.of_node[NodeId(n)].size());
    const int axons = static_cast<int>(widest) + 1;
    const CoreLimits limits = limits_of(axons, 4);
    const std::optional<int> optimum = fewest_cores(lines, graph.first_neuron(), axons, 4);
    ASSERT_TRUE(optimum);
    const Clusters start = pack_sequential(lines, limits, graph.first_neuron());
    const ExactPacking exact = pack_exactly(start, lines, limits, graph.first_neuron(), 1);
    EXPECT_TRUE(exact.optimal) << i;
    EXPECT_EQ(static_cast<int>(exact.clusters.cores), *optimum) << i;
    lost += start.cores > exact.clusters.cores ? 1 : 0;
  }
  EXPECT_GT(lost, 2) << "the starts were as good: nothing was tried";
}

TEST(PackExactly, NeedsNoSearchWhereTheBoundIsReached) {
  const NeuronGraph graph = expand(single_layer(4, 6, 1), 8);
  const Lines lines = find_lines(graph);
  const CoreLimits limits = limits_of(4, 3);
  const Clusters start = pack_sequential(lines, limits, graph.first_neuron());
  EXPECT_EQ(start.cores, 2u);
  EXPECT_TRUE(pack_exactly(start, lines, limits, graph.first_neuron(), 2, {0, 0}).optimal);
}

TEST(PackExactly, ProvesNothingOfWhatIsTooLarge) {
  const NeuronGraph graph = expand(layered_network({{8, 8, 4}, 35, 8}, Random(1)), 8);
  const Lines lines = find_lines(graph);
  const CoreLimits limits = limits_of(8, 4);
  const Clusters start = pack_sequential(lines, limits, graph.first_neuron());
  const ExactPacking exact = pack_exactly(start, lines, limits, graph.first_neuron(), 1, {0, 100});
  EXPECT_FALSE(exact.optimal);
  EXPECT_EQ(exact.clusters.cores, start.cores);
}

TEST(MapExactly, SaysThatThePackingIsOptimal) {
  if (!has_exact_packing()) GTEST_SKIP() << "built without CBC";
  const FixedNetwork network = layered_network({{8, 8, 4}, 35, 8}, Random(2));
  MapParams params;
  params.exact = true;
  const Mapped mapped = map_network(network, small_fabric(4, 4, 8, 5), params);
  EXPECT_EQ(mapped.mapping.packing_optimal, true);
  EXPECT_EQ(mapped.mapping.core_bounds.back().counts, "exact search");
  EXPECT_EQ(mapped.mapping.core_bounds.back().cores, mapped.utilization.cores.used);
  EXPECT_TRUE(verify_mapping(network, mapped.fabric, mapped.image).empty());
  EXPECT_FALSE(map_network(network, small_fabric(4, 4, 8, 5), {}).mapping.packing_optimal.has_value())
      << "nobody asked";
}

}  // namespace
}  // namespace weft::mapping
