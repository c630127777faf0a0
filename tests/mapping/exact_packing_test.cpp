// Mapping against the optimum: tiny networks, where the fewest cores can be found by search.
#include "tests/mapping/exact_packing.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>

#include "mapping/graph/expand.hpp"
#include "mapping/map.hpp"
#include "mapping/pack/pack.hpp"
#include "tests/mapping/nets_for_tests.hpp"

namespace weft::mapping {
namespace {

Lines lines_of(const std::vector<std::vector<std::uint32_t>>& reads, std::uint32_t sources) {
  Lines lines;
  for (std::uint32_t s = 0; s < sources; ++s) lines.lines.push_back({NodeId(s), 1});
  for (const auto& list : reads) {
    for (std::uint32_t source : list) lines.of_node.add(LineId(source));
    lines.of_node.close();
  }
  return lines;
}

TEST(ExactPacking, FindsThePairsThatBelongTogether) {
  // Each pair reads the same two sources; neighbors in order do not.
  const Lines lines = lines_of({{0, 1}, {2, 3}, {4, 5}, {0, 1}, {2, 3}, {4, 5}}, 6);
  EXPECT_EQ(fewest_cores(lines, NodeId(0), 2, 2), 3);
  EXPECT_EQ(fewest_cores(lines, NodeId(0), 2, 1), 6) << "one neuron each";
  EXPECT_EQ(fewest_cores(lines, NodeId(0), 6, 6), 1);
}

TEST(ExactPacking, NeedsMoreThanTheBoundWhereNothingIsShared) {
  // A triangle: two of the three neurons read three sources, so that no two share a core of two axons.
  const Lines lines = lines_of({{0, 1}, {1, 2}, {2, 0}}, 3);
  EXPECT_EQ(fewest_cores(lines, NodeId(0), 2, 3), 3) << "the bound on axons is 2";
}

TEST(ExactPacking, SaysWhenItGivesUp) {
  EXPECT_FALSE(fewest_cores(lines_of({{0}, {1}}, 2), NodeId(0), 2, 2, 1).has_value());
}

// At most 24 neurons on cores of a few axons, none of them too few for a neuron.
void check_against_optimum(std::uint64_t seed, int cases) {
  Random random(seed);
  int decided = 0, reached = 0, in_order = 0;
  for (int i = 0; i < cases; ++i) {
    const auto between = [&](int low, int high) {
      return low + static_cast<int>(random.below(static_cast<std::uint64_t>(high - low + 1)));
    };
    const FixedNetwork network = layered_network(
        {{between(4, 16), between(4, 14), between(2, 10)}, between(15, 60), 8}, random.fork("network"));
    const NeuronGraph graph = expand(network, 8);
    const Lines lines = find_lines(graph);
    std::size_t widest = 1;
    for (std::uint32_t n = graph.inputs; n < graph.nodes(); ++n)
      widest = std::max(widest, lines.of_node[NodeId(n)].size());
    ASSERT_LE(graph.neurons(), 24u);
    const int axons = static_cast<int>(widest) + between(0, 3), neurons = between(3, 9);
    const std::optional<int> optimum = fewest_cores(lines, graph.first_neuron(), axons, neurons);
    if (!optimum) continue;
    ++decided;
    const Mapped mapped = map_network(network, small_fabric(5, 5, axons, neurons), {});
    const CoreLimits limits = core_limits(small_fabric(5, 5, axons, neurons).core);
    in_order += static_cast<int>(pack_sequential(lines, limits, graph.first_neuron()).cores) <= *optimum;
    // Fewer it may take where neurons are split.
    reached += mapped.utilization.cores.used <= *optimum ? 1 : 0;
    EXPECT_LE(mapped.utilization.cores.used, *optimum + 1) << "case " << i;
    EXPECT_LE(*mapped.utilization.cores.lower_bound, *optimum) << "case " << i;
  }
  std::printf("%d of %d decided, the optimum reached in %d, by neurons in order in %d\n", decided, cases,
              reached, in_order);
  EXPECT_LT(in_order * 4, decided * 3) << "the cases are too easy to tell anything";
  EXPECT_GE(decided * 100, cases * 95);
  EXPECT_GE(reached * 100, decided * 95);
}

TEST(TinyNetworks, MostlyTakeAsFewCoresAsAnyPacking) {
  check_against_optimum(1, 12);
}
TEST(TinyNetworksFull, MostlyTakeAsFewCoresAsAnyPacking) {
  check_against_optimum(2, 200);
}

}  // namespace
}  // namespace weft::mapping
