// Convolutions cut into rectangles, in closed form: what an edge spares is used.
#include "mapping/pack/tiles.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "mapping/graph/expand.hpp"
#include "mapping/map.hpp"
#include "tests/mapping/nets_for_tests.hpp"

namespace weft::mapping {
namespace {

std::optional<Clusters> tiles(const FixedNetwork& network, const CoreSpec& core, std::size_t most = 1000) {
  const NeuronGraph graph = expand(network, 8);
  return pack_tiles(graph, find_lines(graph), core_limits(core), most);
}

CoreSpec core_of(int axons, int neurons) {
  return small_fabric(1, 1, axons, neurons).core;
}

TEST(Tiles, AreLargerAtTheEdges) {
  // 16 axons are 4 x 4 inputs: 2 x 2 neurons inside, 3 x 3 in a corner.
  const auto clusters = tiles(convolution(8, 1, 1), core_of(16, 9));
  ASSERT_TRUE(clusters.has_value());
  EXPECT_EQ(clusters->cores, 3u * 3) << "rows and columns in 3, 2 and 3";
  EXPECT_EQ(clusters->axons, 9 * 16);
  const auto corner = clusters->core_of[NodeId(64)];
  for (std::uint32_t n = 0; n < 64; ++n) {
    const bool in_corner = n % 8 < 3 && n / 8 < 3;
    EXPECT_EQ(clusters->core_of[NodeId(64 + n)] == corner, in_corner) << n;
  }
}

TEST(Tiles, HoldAllChannelsOfTheirPlace) {
  const auto clusters = tiles(convolution(8, 2, 2), core_of(32, 18));
  ASSERT_TRUE(clusters.has_value());
  EXPECT_EQ(clusters->cores, 9u);
  EXPECT_EQ(clusters->core_of[NodeId(128)], clusters->core_of[NodeId(128 + 64)]);
}

TEST(Tiles, KeepTheBoundOnNeurons) {
  const auto clusters = tiles(convolution(8, 1, 1), core_of(64, 16));
  ASSERT_TRUE(clusters.has_value());
  std::vector<int> neurons(clusters->cores, 0);
  for (std::uint32_t n = 64; n < 128; ++n) ++neurons[clusters->core_of[NodeId(n)].index()];
  for (const int count : neurons) EXPECT_LE(count, 16);
  EXPECT_EQ(clusters->cores, 4u);
}

TEST(Tiles, AreNotMadeWhereThereIsNothingToCutOrTooMuch) {
  EXPECT_FALSE(tiles(layered_network({{16, 8, 4}}, Random(1)), core_of(16, 16)).has_value());
  EXPECT_FALSE(tiles(convolution(8, 1, 1), core_of(16, 9), 8).has_value()) << "nine tiles";
  EXPECT_FALSE(tiles(convolution(8, 1, 1), core_of(8, 9)).has_value()) << "a neuron reads nine";
  CoreSpec memory = core_of(16, 9);
  memory.kind = CoreKind::Memory;
  EXPECT_FALSE(tiles(convolution(8, 1, 1), memory).has_value());
}

TEST(Tiles, LetMappingUseNoMoreCoresThanTheyAre) {
  const FixedNetwork network = convolution(12, 4, 4);
  const Fabric fabric = small_fabric(6, 6, 64, 64);
  const Mapped mapped = map_network(network, fabric, {});
  EXPECT_LE(mapped.utilization.cores.used, 5 * 5) << "rows and columns in 3, 2, 2, 2 and 3";
  EXPECT_EQ(describe(verify_mapping(network, fabric, mapped.image)), "");
}

}  // namespace
}  // namespace weft::mapping
