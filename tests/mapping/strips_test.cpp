// Flat nets whose ids say nothing: where their neurons lie is found from who reads whom.
#include "mapping/pack/strips.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <set>

#include "mapping/graph/plane.hpp"
#include "mapping/place/plane_start.hpp"
#include "tests/mapping/nets_for_tests.hpp"

namespace weft::mapping {
namespace {

// A grid of neurons with shuffled ids; each reads itself and its neighbors up to `reach` away.
struct Grid {
  Lines lines;
  std::vector<std::uint32_t> at;  // by id: x + width * y
};
Grid make_grid(int width, int height, int reach) {
  const auto neurons = static_cast<std::uint32_t>(width * height);
  std::vector<std::uint32_t> id(neurons);
  std::iota(id.begin(), id.end(), 0u);
  Random(4).shuffle(id);
  Grid grid;
  grid.at.resize(neurons);
  std::vector<std::vector<LineId>> reads(neurons);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const std::uint32_t reader = id[static_cast<std::size_t>(x + width * y)];
      grid.at[reader] = static_cast<std::uint32_t>(x + width * y);
      for (int v = std::max(0, y - reach); v <= std::min(height - 1, y + reach); ++v) {
        for (int u = std::max(0, x - reach); u <= std::min(width - 1, x + reach); ++u)
          reads[reader].push_back(LineId(id[static_cast<std::size_t>(u + width * v)]));
      }
    }
  }
  for (std::uint32_t n = 0; n < neurons; ++n) {
    grid.lines.lines.push_back({NodeId(n), 1});
    std::sort(reads[n].begin(), reads[n].end());
    for (LineId line : reads[n]) grid.lines.of_node.add(line);
    grid.lines.of_node.close();
  }
  grid.lines.readers = inverted(grid.lines.of_node, neurons);
  return grid;
}

CoreLimits limits_of(int axons, int neurons) {
  return core_limits(small_fabric(1, 1, axons, neurons).core);
}

TEST(Plane, PutsNeighborsBesideEachOther) {
  const Grid grid = make_grid(24, 24, 2);
  const Plane plane = find_plane(grid.lines);
  IdVector<NodeId, NodeId> id(24 * 24);  // by place in the grid
  for (std::uint32_t n = 0; n < 24 * 24; ++n) id[NodeId(grid.at[n])] = NodeId(n);
  const auto distance = [&](std::uint32_t m, std::uint32_t n) {
    const NodeId a = id[NodeId(m)], b = id[NodeId(n)];
    return std::abs(plane.x[a] - plane.x[b]) + std::abs(plane.y[a] - plane.y[b]);
  };
  std::int64_t near = 0, far = 0;
  for (std::uint32_t n = 0; n + 1 < 24 * 24; ++n) {
    if (n % 24 == 23) continue;
    near += distance(n, n + 1);
    far += distance(n, (n + 12 * 24) % (24 * 24));  // half a grid away
  }
  EXPECT_GT(far, 6 * near) << "12 columns are 12 times as far as one, but for the edges";
}

TEST(Strips, PackAShuffledGridIntoAlmostSquares) {
  const Grid grid = make_grid(32, 32, 1);
  const auto strips = pack_in_strips(grid.lines, limits_of(64, 16), NodeId(0), 64);
  ASSERT_TRUE(strips.has_value());
  EXPECT_EQ(strips->cores, 64u);
  // 4 x 4 neurons read 6 x 6, less at the edges: 34 * 34 in all, if each were perfect.
  const Clusters grown = pack_by_growth(grid.lines, limits_of(64, 16), NodeId(0), {});
  EXPECT_LT(strips->axons, 64 * 36 * 5 / 4);
  EXPECT_LT(strips->axons, grown.axons);
}

TEST(Strips, HalveACellThatReadsTooMuch) {
  const Grid grid = make_grid(32, 32, 1);
  const auto strips = pack_in_strips(grid.lines, limits_of(30, 16), NodeId(0), 200);
  ASSERT_TRUE(strips.has_value());
  EXPECT_GT(strips->cores, 64u);
  std::vector<std::set<LineId>> axons(strips->cores);
  std::vector<int> neurons(strips->cores, 0);
  for (std::uint32_t n = 0; n < 32 * 32; ++n) {
    const CoreId core = strips->core_of[NodeId(n)];
    ASSERT_NE(core, kNoCore);
    ++neurons[core.index()];
    for (LineId line : grid.lines.of_node[NodeId(n)]) axons[core.index()].insert(line);
  }
  for (std::size_t c = 0; c < axons.size(); ++c) {
    EXPECT_LE(axons[c].size(), 30u);
    EXPECT_LE(neurons[c], 16);
  }
}

TEST(Strips, AreForManyCoresAndNoMoreThanAsked) {
  const Grid grid = make_grid(16, 16, 1);
  EXPECT_FALSE(pack_in_strips(grid.lines, limits_of(64, 32), NodeId(0), 100)) << "8 cores";
  EXPECT_FALSE(pack_in_strips(grid.lines, limits_of(64, 16), NodeId(0), 15)) << "16 cores, 15 allowed";
}

TEST(Strips, LayPartsThatHaveNothingToDoWithEachOtherSideBySide) {
  // Two grids of their own.
  const Grid one = make_grid(12, 12, 1);
  Lines both;
  for (std::uint32_t copy = 0; copy < 2; ++copy) {
    for (std::uint32_t n = 0; n < 144; ++n) {
      both.lines.push_back({NodeId(144 * copy + n), 1});
      for (LineId line : one.lines.of_node[NodeId(n)]) both.of_node.add(LineId(144 * copy + line.value()));
      both.of_node.close();
    }
  }
  both.readers = inverted(both.of_node, 288);
  const auto strips = pack_in_strips(both, limits_of(64, 16), NodeId(0), 18);
  ASSERT_TRUE(strips.has_value());
  EXPECT_EQ(strips->cores, 18u);
}

TEST(PlaneStart, LaysAGridOfCoresAsAGrid) {
  const Fabric fabric = small_fabric(8, 8, 1, 1);
  std::vector<std::uint32_t> id(64);
  std::iota(id.begin(), id.end(), 0u);
  Random(9).shuffle(id);
  std::vector<PlacedTree> trees;
  for (std::uint32_t c = 0; c < 64; ++c) {
    if (c % 8 < 7) trees.push_back({CoreId(id[c]), {CoreId(id[c + 1])}, TileId(), 5});
    if (c < 56) trees.push_back({CoreId(id[c]), {CoreId(id[c + 8])}, TileId(), 5});
  }
  EXPECT_EQ(total_hops(fabric, trees, plane_start(fabric, trees, 64, 50)), 5 * 112);
}

TEST(PlaneStart, HasRoomForAllCoresWhateverTheFabric) {
  for (int cores = 1; cores <= 15; ++cores) {
    const Fabric fabric = small_fabric(3, 5, 1, 1);
    std::vector<PlacedTree> trees;
    for (std::uint32_t c = 1; c < static_cast<std::uint32_t>(cores); ++c)
      trees.push_back({CoreId(c - 1), {CoreId(c)}, TileId(), 1});
    const auto tile_of = plane_start(fabric, trees, static_cast<std::uint32_t>(cores), 50);
    EXPECT_EQ(std::set<TileId>(tile_of.begin(), tile_of.end()).size(), static_cast<std::size_t>(cores));
  }
}

}  // namespace
}  // namespace weft::mapping
