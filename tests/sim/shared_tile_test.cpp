// Several cores in a tile (TIMING.md section 16): the page's example, turns, one arrival for several cores,
// in the engine and in the signal model.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/base/error.hpp"
#include "sim/fabric_module.hpp"
#include "tests/sim/hand_made.hpp"

namespace weft::sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class SharedTile : public testing::TestWithParam<Model> {
 protected:
  // The values of a field, of each event of a kind in a tile.
  template <class Field>
  static std::vector<std::uint64_t> list(const EventLog& log, EventKind kind, std::uint32_t tile,
                                         Field&& field) {
    std::vector<std::uint64_t> values;
    for (const Event& event : log.of(kind, tile)) values.push_back(static_cast<std::uint64_t>(field(event)));
    return values;
  }
  static std::vector<std::uint64_t> keys(const EventLog& log, EventKind kind, std::uint32_t tile) {
    return list(log, kind, tile, [](const Event& event) { return event.subject; });
  }
  static std::vector<std::uint64_t> cores(const EventLog& log, EventKind kind, std::uint32_t tile) {
    return list(log, kind, tile, [](const Event& event) { return event.core; });
  }
  static RunParams params() {
    RunParams params;
    params.model = GetParam();
    return params;
  }
};

Fabric concentrated(int width, int height, int cores) {
  Fabric fabric = hand_made_fabric(width, height);
  fabric.cores_per_tile = cores;
  return fabric;
}

// Two cores with two neurons each in tile 0, all of which send to tile 1.
HandMade four_senders(const Fabric& fabric) {
  HandMade made(fabric);
  for (std::uint32_t key = 0; key < 4; ++key) {
    made.neuron(0, 5, MessageKey(key));
    if (key % 2 == 1) made.end_core(0);
    made.axon(1);
    made.route(0, key, kEast);
    made.route(1, key, kLocal, {{static_cast<std::uint16_t>(key), 1}});
  }
  made.neuron(1, 0);
  return made;
}

TEST_P(SharedTile, SendsForItsCoresInTurn) {
  HandMade made = four_senders(concentrated(2, 1, 2));
  EventLog log;
  const Outcome outcome = made.run(made.stimulus(1), params(), &log);
  std::vector<Event> sends = log.of(EventKind::Send, 0);
  ASSERT_GE(sends.size(), 4u);
  EXPECT_THAT(keys(log, EventKind::Send, 0), testing::Contains(3).Times(2)) << "once in each step";
  const auto first = [](std::vector<std::uint64_t> all) {
    all.resize(4);
    return all;
  };
  EXPECT_THAT(first(keys(log, EventKind::Send, 0)), ElementsAre(0, 2, 1, 3));
  EXPECT_THAT(first(cores(log, EventKind::Send, 0)), ElementsAre(0, 1, 0, 1));
  EXPECT_THAT(first(log.cycles(EventKind::Send, 0)), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(first(log.cycles(EventKind::Hop, 0)), ElementsAre(3, 4, 5, 6));
  EXPECT_THAT(first(log.cycles(EventKind::Deliver, 1)), ElementsAre(5, 6, 7, 8));
  EXPECT_EQ(outcome.tiles[TileId(0)].messages, 8u);
  EXPECT_EQ(outcome.tiles[TileId(0)].busy_cycles, 8u) << "two steps of two cores, two cycles each";
}

TEST_P(SharedTile, LetsTheLowestCoreGoFirstUnderFixedPriority) {
  Fabric fabric = concentrated(2, 1, 2);
  fabric.router.arbitration = Arbitration::FixedPriority;
  HandMade made = four_senders(fabric);
  EventLog log;
  made.run(made.stimulus(1), params(), &log);
  std::vector<std::uint64_t> sent = keys(log, EventKind::Send, 0);
  sent.resize(4);
  EXPECT_THAT(sent, ElementsAre(0, 1, 2, 3));
}

// Three cores and messages in two of them: the turn goes past the idle one, and stays where it was when the
// step ended.
TEST_P(SharedTile, KeepsItsTurnFromStepToStep) {
  HandMade made(concentrated(1, 1, 3));
  made.neuron(0, 5, MessageKey(0));
  made.end_core(0);
  made.neuron(0, 0);
  made.end_core(0);
  made.neuron(0, 5, MessageKey(1));
  made.neuron(0, 5, MessageKey(2));
  made.axon(0);
  made.axon(0);
  made.axon(0);
  made.end_core(0);
  for (std::uint32_t key = 0; key < 3; ++key)
    made.route(0, key, kLocal, {{static_cast<std::uint16_t>(key), 1}});
  EventLog log;
  made.run(made.stimulus(1), params(), &log);
  // After key 2 of core 2 the turn is core 0's again.
  EXPECT_THAT(keys(log, EventKind::Send, 0), ElementsAre(0, 1, 2, 0, 1, 2));
  EXPECT_THAT(cores(log, EventKind::Send, 0), ElementsAre(0, 2, 2, 0, 2, 2));
}

TEST_P(SharedTile, DeliversOneArrivalToSeveralCores) {
  HandMade made(concentrated(1, 1, 2));
  made.input(0, 0);
  made.axon(0, {{0, 1}});
  made.neuron(0, 0, MessageKey(1));
  made.end_core(0);
  made.axon(0, {{1, 2}});
  made.axon(0, {{1, 3}});
  made.neuron(0, 0, MessageKey(2));
  made.end_core(0);
  made.route(0, 0, kLocal, {{0, 1}, {1, 1}, {2, 1}});
  made.route(0, 1, kEdge);
  made.route(0, 2, kEdge);
  made.output(0, 1);
  made.output(0, 2);
  EventLog log;
  const Outcome outcome = made.run(made.stimulus(1, {7}), params(), &log);
  EXPECT_THAT(outcome.outputs.values, ElementsAre(7, 35));
  EXPECT_EQ(log.of(EventKind::Arrive, 0).size(), 1u);
  EXPECT_THAT(cores(log, EventKind::Deliver, 0), ElementsAre(0, 1, 1));
  EXPECT_THAT(keys(log, EventKind::Deliver, 0), ElementsAre(0, 0, 1)) << "axons are the core's own";
  const std::vector<std::uint64_t> cycles = log.cycles(EventKind::Deliver, 0);
  EXPECT_EQ(cycles.front(), cycles.back());
}

TEST_P(SharedTile, TakesOnePlaceInTheBarriersTree) {
  Fabric fabric = concentrated(1, 1, 4);
  fabric.step.barrier_level_cycles = 5;
  HandMade made(fabric);
  for (int core = 0; core < 4; ++core) {
    made.neuron(0, 0);
    made.end_core(0);
  }
  made.input(0, 0);
  made.axon(0);
  made.image.tiles[TileId(0)].core.ends.back().axons = 1;
  made.route(0, 0, kLocal, {{0, 1}});
  EXPECT_THAT(made.run(made.stimulus(1), params()).step_cycles, ElementsAre(9, 9)) << "1 + B, no level";
}

// A step of both cores needs six cycles, a tick has two: each late core counts.
TEST_P(SharedTile, CountsEachLateCore) {
  Fabric fabric = concentrated(2, 1, 2);
  fabric.step.synchronization = Synchronization::Tick;
  fabric.step.tick_cycles = 1;
  HandMade made = four_senders(fabric);
  const Outcome outcome = made.run(made.stimulus(1), params());
  EXPECT_EQ(outcome.tiles[TileId(0)].late_steps, 2u);
  ASSERT_FALSE(outcome.first_late.empty());
  EXPECT_TRUE(outcome.first_late.front().core);
}

std::string model_name(const testing::TestParamInfo<Model>& info) {
  return to_string(info.param);
}
INSTANTIATE_TEST_SUITE_P(Models, SharedTile, testing::Values(Model::Engine, Model::Signals), model_name);

TEST(SharedTileModule, HasAModuleForEachCore) {
  HandMade made = four_senders(concentrated(2, 1, 2));
  const Stimulus stimulus = made.stimulus(1);
  Engine engine(made.fabric, made.image, stimulus, {}, nullptr, nullptr, nullptr);
  Session session;
  FabricModule fabric("fabric", engine, sc_core::sc_time(10, sc_core::SC_NS));
  TileModule& tile = fabric.tile(TileId(0));
  EXPECT_STREQ(tile.core.name(), "fabric.tile_0_0.core_0");
  ASSERT_EQ(std::distance(tile.more_cores.begin(), tile.more_cores.end()), 1);
  EXPECT_STREQ(tile.more_cores.front().name(), "fabric.tile_0_0.core_1");
  EXPECT_TRUE(tile.more_cores.front().used());
  EXPECT_FALSE(fabric.tile(TileId(1)).more_cores.front().used());
}

TEST(SharedTileSignals, NameTheCore) {
  HandMade made = four_senders(concentrated(2, 1, 2));
  made.image.fabric = digest(made.fabric);
  std::vector<std::string> names;
  for (const SignalInfo& signal : traceable_signals(made.fabric, made.image, 1, 1))
    names.push_back(signal.name);
  EXPECT_THAT(names, testing::Contains("fabric.tile_0_0.core_1.queue"));
  EXPECT_THAT(names, testing::Contains("fabric.tile_1_0.core_0.state"));
  EXPECT_THAT(names, testing::Not(testing::Contains("fabric.tile_1_0.core_1.state")));
}

}  // namespace
}  // namespace weft::sim
