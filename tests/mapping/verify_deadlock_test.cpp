// Routes whose channels wait for each other in a circle, on a mesh and on a torus, whose rings are channels.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "mapping/map.hpp"
#include "tests/mapping/verify_example.hpp"
#include "tests/reference/image_builder.hpp"

namespace weft::test {
namespace {

using mapping::verify_mapping;

// As many inputs as `circle` has tiles pass through a core on each, to an output two tiles further on; the
// senders' routes follow the circle or are in dimension order.
Example make_circle(const Fabric& fabric, const std::vector<TileId>& circle, bool along) {
  Example example;
  const auto size = static_cast<std::uint32_t>(circle.size());
  example.network = pass_through(static_cast<int>(size), {4, true});
  // One more layer, so that neurons talk across.
  example.network.populations.push_back(
      make_population("end", static_cast<int>(size), NeuronModel::Linear, {4, true}));
  example.network.projections.push_back(make_dense(example.network, 1, 2));
  for (std::uint32_t i = 0; i < size; ++i) dense_weight(example.network, 1, i, i) = 1;
  example.fabric = fabric;
  ImageBuilder builder(example.fabric);
  const std::vector<TileId> ports = port_tiles(fabric);
  const auto port = [&](TileId tile) {
    const auto found = std::find(ports.begin(), ports.end(), tile);
    return PortId(static_cast<std::uint32_t>(found - ports.begin()));
  };
  for (std::uint32_t i = 0; i < size; ++i) {
    const TileId first = circle[i], second = circle[(i + 1) % size], third = circle[(i + 2) % size];
    const Source input = builder.input(i, port(first));
    const Source middle = builder.neuron(first, make_config(example.network, 1, i));
    builder.synapse(first, builder.axon(first, input), middle.neuron, 100);
    const Source end = builder.neuron(third, make_config(example.network, 2, i));
    builder.synapse(third,
                    along ? builder.axon_along({first, second, third}, middle) : builder.axon(third, middle),
                    end.neuron, 1);
    builder.output(i, end, port(third));
  }
  example.image = builder.build(2, size, size, {4, true});
  example.sign();
  return example;
}

// The corners of a 2 x 2 mesh.
Example make_ring(bool clockwise) {
  Fabric fabric;
  fabric.width = fabric.height = 2;
  return make_circle(fabric, {TileId(0), TileId(1), TileId(3), TileId(2)}, clockwise);
}

Fabric torus(int width, int height) {
  Fabric fabric;
  fabric.width = width;
  fabric.height = height;
  fabric.topology = Topology::Torus;
  fabric.router.deadlock_rule = DeadlockRule::Bubble;
  fabric.ports.north = true;
  return fabric;
}

TEST(VerifyDeadlock, AcceptsDimensionOrderRoutesAroundARing) {
  EXPECT_EQ(explain(make_ring(false)), "");
}

TEST(VerifyDeadlock, ReportsTheCycleOfChannelsThatWaitForEachOther) {
  const Example example = make_ring(true);
  const auto violations = verify_mapping(example.network, example.fabric, example.image);
  ASSERT_EQ(violations.size(), 1u) << describe(violations);
  EXPECT_EQ(violations[0].rule, "channel-cycle");
  for (const char* channel : {"tile_0_0 east", "tile_1_0 south", "tile_1_1 west", "tile_0_1 north"}) {
    EXPECT_NE(violations[0].detail.find(channel), std::string::npos) << violations[0].detail;
  }
}

TEST(VerifyDeadlock, LeavesARingOfATorusToTheBubbleRule) {
  const std::vector<TileId> row{TileId(0), TileId(1), TileId(2), TileId(3), TileId(4)};
  EXPECT_EQ(explain(make_circle(torus(5, 1), row, true)), "");
}

TEST(VerifyDeadlock, ReportsRoutesThatGoFromRingToRingInACircle) {
  // The corners of a 3 x 3 torus, which are neighbors round its ends.
  const Fabric fabric = torus(3, 3);
  const std::vector<TileId> corners{TileId(0), TileId(2), TileId(8), TileId(6)};
  EXPECT_EQ(explain(make_circle(fabric, corners, false)), "");
  const Example example = make_circle(fabric, corners, true);
  EXPECT_EQ(rules(example), (std::set<std::string>{"channel-cycle", "column-to-row"})) << explain(example);
  EXPECT_THAT(explain(example), testing::HasSubstr("a route comes from the south and turns into the row"));
}

}  // namespace
}  // namespace weft::test
