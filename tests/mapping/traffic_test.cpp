// Placement by what is really sent, and links that carry too much.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "mapping/critical_path.hpp"
#include "mapping/graph/expand.hpp"
#include "mapping/map.hpp"
#include "mapping/place/anneal.hpp"
#include "mapping/place/link_loads.hpp"
#include "mapping/place/place.hpp"
#include "mapping/place/ports.hpp"
#include "mapping/route/tree.hpp"
#include "model/base/error.hpp"
#include "tests/mapping/nets_for_tests.hpp"

namespace weft::mapping {
namespace {

using testing::HasSubstr;

MapParams quick() {
  MapParams params;
  params.pack_rounds = 5;
  params.place_moves = 3000;
  return params;
}

// ---- counting ----

TEST(MessageCounts, CountValuesThatAreNotZero) {
  const FixedNetwork network = single_layer(3, 2, 1);  // outputs: the sums of the inputs
  Stimulus stimulus;
  stimulus.frames = {3, 3, {0, 5, 0, 0, 0, 0, 1, 1, 0}};
  const MessageCounts counts = count_messages(network, stimulus, 1);
  EXPECT_EQ(counts.frames, 3);
  EXPECT_EQ(counts.steps, 3);
  EXPECT_EQ(counts.of_neuron[0], (std::vector<std::int64_t>{1, 2, 0}));
  EXPECT_EQ(counts.of_neuron[1], (std::vector<std::int64_t>{2, 2}));
}

TEST(MessageCounts, AreTheSameOnAnyNumberOfThreads) {
  const FixedNetwork network = layered_network({{12, 9, 5}, 60}, Random(3));
  Random random(4);
  Stimulus stimulus;
  stimulus.frames = {40, 12, {}};
  for (int f = 0; f < 40; ++f) {
    const auto frame = random_frame(network, random);
    stimulus.frames.values.insert(stimulus.frames.values.end(), frame.begin(), frame.end());
  }
  EXPECT_EQ(count_messages(network, stimulus, 1).of_neuron, count_messages(network, stimulus, 3).of_neuron);
}

TEST(MessageCounts, OfAnotherNetworkAreRefused) {
  MapParams params = quick();
  params.traffic = {1, 1, {{1, 1}, {1}}};
  try {
    map_network(single_layer(3, 2, 1), small_fabric(2, 2, 8, 8), params);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::BadInput);
    EXPECT_THAT(error.what(), HasSubstr("messages counted in another network"));
  }
}

TEST(Traffic, OfAPartialSumIsThatOfAllItHears) {
  NeuronGraph graph = expand(single_layer(3, 2, 1), 8);
  graph.configs[NodeId(3)].origin.part = 1;
  const Traffic traffic = find_traffic(graph, {10, 10, {{1, 2, 3}, {7, 9}}});
  EXPECT_EQ(traffic.of(NodeId(1)), 2);
  EXPECT_EQ(traffic.of(NodeId(3)), 1 + 2 + 3);
  EXPECT_EQ(traffic.of(NodeId(4)), 9);
  EXPECT_TRUE(find_traffic(graph, {}).is_uniform());
}

// ---- weights ----

// Core 0 hears many inputs of which each sends rarely, core 1 few that send always: what is weighed decides
// which of them stands at the port.
TEST(Place, GivesTheShortWayToWhoSendsMost) {
  Fabric fabric = small_fabric(3, 1, 64, 64);
  fabric.ports.east = false;
  NeuronGraph graph;
  Nets nets;
  Net many{kNoCore, {CoreId(0)}, {}}, few{kNoCore, {CoreId(1)}, {}};
  IdVector<NodeId, std::int64_t> messages;
  for (std::uint32_t i = 0; i < 14; ++i) {
    (i < 12 ? many : few).senders.push_back(NodeId(i));
    messages.push_back(i < 12 ? 1 : 100);
  }
  nets.from_inputs = {many, few};
  const auto tile_of = [&](const Traffic& traffic, std::uint32_t core) {
    return place(fabric, nets, 2, 14, {}, {}, Random(1), {}, traffic, nullptr).tile_of[CoreId(core)];
  };
  EXPECT_EQ(tile_of({}, 0), TileId(0)) << "12 inputs against 2";
  EXPECT_EQ(tile_of({messages}, 1), TileId(0)) << "200 messages against 12";
}

TEST(ChoosePorts, GivesTheNearestPortsToSendersThatSendMost) {
  Fabric fabric = small_fabric(1, 4, 64, 64);
  fabric.ports.east = false;
  Net net{kNoCore, {CoreId(0)}, {}};
  Traffic traffic;
  for (std::uint32_t i = 0; i < 128; ++i) {
    net.senders.push_back(NodeId(i));
    traffic.messages.push_back(i >= 100 ? 50 : 1);
  }
  const IdVector<CoreId, TileId> tile_of(1, TileId(0));
  const PortShares shares = choose_ports(fabric, {net}, port_tiles(fabric), true, tile_of, traffic);
  for (std::uint32_t i = 100; i < 128; ++i)
    EXPECT_TRUE(std::count(shares[0][0].begin(), shares[0][0].end(), NodeId(i)))
        << "port 0 is on the core's tile";
}

TEST(ChoosePorts, DealsSendersThatSendMuchToAllPortsOfANetWhereAStepWaitsForThem) {
  Fabric fabric = small_fabric(1, 4, 64, 64);
  fabric.ports.east = false;
  Net net{kNoCore, {CoreId(0)}, {}};
  Traffic traffic;
  for (std::uint32_t i = 0; i < 512; ++i) {
    net.senders.push_back(NodeId(i));
    traffic.messages.push_back(i < 16 ? 50 : 1);
  }
  const IdVector<CoreId, TileId> tile_of(1, TileId(0));
  const PortShares shares = choose_ports(fabric, {net}, port_tiles(fabric), true, tile_of, traffic);
  std::size_t senders = 0;
  std::vector<std::int64_t> sent;
  for (const std::vector<NodeId>& share : shares[0]) {
    senders += share.size();
    std::int64_t sum = 0;
    for (const NodeId sender : share) sum += traffic.of(sender);
    if (!share.empty()) sent.push_back(sum / static_cast<std::int64_t>(share.size()));
  }
  EXPECT_EQ(senders, 512u);
  ASSERT_GT(sent.size(), 1u);
  EXPECT_LE(*std::max_element(sent.begin(), sent.end()) - *std::min_element(sent.begin(), sent.end()), 2);
}

// ---- links ----

TEST(LinkLoads, AreThoseOfTheTrees) {
  Random random(5);
  for (int round = 0; round < 200; ++round) {
    Fabric fabric =
        small_fabric(2 + static_cast<int>(random.below(6)), 2 + static_cast<int>(random.below(6)), 1, 1);
    if (random.below(2) == 0) fabric.topology = Topology::Torus;
    const auto draw = [&] {
      return TileId(static_cast<std::uint32_t>(random.below(static_cast<std::uint64_t>(fabric.tiles()))));
    };
    const TileId source = draw();
    std::vector<TileId> targets(1 + random.below(6));
    for (TileId& target : targets) target = draw();
    std::vector<std::int64_t> expected(static_cast<std::size_t>(fabric.tiles()) * 4, 0);
    for (const TreeBranch& branch : make_tree(fabric, source, targets)) {
      for (std::size_t side = 0; side < 4; ++side)
        expected[branch.tile.index() * 4 + side] += 3 * (branch.directions >> (side + 1) & 1);
    }
    LinkLoads links(fabric, 1000);
    EXPECT_EQ(links.lay(source, targets, 3), RouteLength(fabric)(source, targets));
    EXPECT_EQ(links.loads(), expected);
    links.lay(source, targets, -3);
    EXPECT_EQ(links.busiest(), 0);
  }
}

TEST(LinkLoads, CostTheSquareOfWhatIsTooMany) {
  const Fabric fabric = small_fabric(3, 1, 1, 1);
  LinkLoads links(fabric, 10);
  links.lay(TileId(0), {TileId(1)}, 10);
  EXPECT_EQ(links.cost(), 0);
  links.lay(TileId(0), {TileId(2)}, 10);
  EXPECT_EQ(links.busiest(), 20);
  EXPECT_EQ(links.cost(), 2 * 10 * 10 / 10);
  links.lay(TileId(0), {TileId(1)}, -10);
  EXPECT_EQ(links.cost(), 0);
}

// Six senders in a column, each to a listener of its own at the other side: with all hops equal, rows of
// their own relieve the links.
TEST(Anneal, RelievesLinksThatCarryTooMuch) {
  const Fabric fabric = small_fabric(4, 4, 1, 1);
  std::vector<PlacedTree> trees;
  IdVector<CoreId, TileId> start;
  for (std::uint32_t c = 0; c < 4; ++c) {
    trees.push_back({CoreId(c), {}, TileId(15), 40});
    start.push_back(TileId(c));
  }
  AnnealParams params;
  params.free_flits = 40;
  params.cooling = 4;
  const auto relieved = anneal(fabric, trees, start, {}, Random(1), params, nullptr).tile_of;
  const LinkLoads before = link_loads(fabric, trees, start, 40),
                  after = link_loads(fabric, trees, relieved, 40);
  EXPECT_LT(total_hops(fabric, trees, relieved) + after.cost(),
            total_hops(fabric, trees, start) + before.cost());
  EXPECT_LT(after.busiest(), before.busiest());
}

TEST(Map, ReportsThePlacersRoundsAndTheLinks) {
  const FixedNetwork network = layered_network({{30, 24, 20, 6}}, Random(3));
  const Fabric fabric = small_fabric(4, 4, 32, 8);
  const Mapped mapped = map_network(network, fabric, quick());
  ASSERT_FALSE(mapped.mapping.placer.empty());
  std::int64_t least = mapped.mapping.placer.front().cost;
  for (const PlacerRoundReport& round : mapped.mapping.placer) {
    EXPECT_LE(round.accepted, round.moves);
    EXPECT_FALSE(round.start.empty());
    least = std::min(least, round.cost);
  }
  EXPECT_EQ(mapped.mapping.hops, least) << "each neuron sends in each step";
  std::int64_t links = 0;
  for (const std::int64_t count : mapped.mapping.link_loads->counts) links += count;
  EXPECT_EQ(links, capacity(fabric).links);
  EXPECT_GE(mapped.mapping.link_loads->counts.back(), 1) << "the busiest";
  EXPECT_FALSE(mapped.mapping.traffic);
}

TEST(Map, ReportsTheMeasuredTraffic) {
  const FixedNetwork network = layered_network({{30, 24, 20, 6}}, Random(3));
  const Fabric fabric = small_fabric(4, 4, 32, 8);
  MapParams params = quick();
  params.traffic.frames = params.traffic.steps = 10;
  for (const FixedPopulation& population : network.populations)
    params.traffic.of_neuron.emplace_back(population.shape.size(), 10);
  const Mapped mapped = map_network(network, fabric, params);
  ASSERT_TRUE(mapped.mapping.traffic);
  EXPECT_EQ(mapped.mapping.traffic->frames, 10);
  EXPECT_EQ(mapped.mapping.traffic->flit_hops, 10 * mapped.mapping.hops) << "everybody always sends";
  EXPECT_EQ(mapped.mapping.traffic->max_link_load, 10 * mapped.mapping.max_link_load);
  EXPECT_EQ(describe(verify_mapping(network, fabric, mapped.image)), "");
}

}  // namespace
}  // namespace weft::mapping
