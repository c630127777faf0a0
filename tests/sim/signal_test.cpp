// Signals, cycle by cycle, against TIMING.md's worked examples and against the event log.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tests/sim/random_case.hpp"

namespace weft::sim {
namespace {

using testing::ElementsAre;

// Keeps the value of every signal in every cycle of its window.
class Recorder : public SignalSink {
 public:
  explicit Recorder(std::uint64_t from = 0, std::uint64_t to = ~std::uint64_t{0}) : from_(from), to_(to) {}
  bool wants_potentials() const override { return true; }
  std::vector<bool> choose(const std::vector<SignalInfo>& signals) override {
    infos = signals;
    return std::vector<bool>(signals.size(), true);
  }
  void change(std::uint64_t cycle, std::uint32_t signal, std::uint64_t value) override {
    EXPECT_GE(cycle, last_);
    last_ = cycle;
    const bool fresh = changes[signal].empty() || changes[signal].rbegin()->second != value;
    EXPECT_TRUE(fresh) << infos[signal].name << " was told a change that is none";
    EXPECT_EQ(value >> infos[signal].width, 0u) << infos[signal].name;
    changes[signal][cycle] = value;
  }
  std::uint64_t from() const override { return from_; }
  std::uint64_t to() const override { return to_; }

  std::uint32_t number(const std::string& name) const {
    for (std::uint32_t i = 0; i < infos.size(); ++i) {
      if (infos[i].name == name) return i;
    }
    ADD_FAILURE() << "no signal " << name;
    return 0;
  }
  std::uint64_t at(const std::string& name, std::uint64_t cycle) const {
    const auto& own = changes.at(number(name));
    return std::prev(own.upper_bound(cycle))->second;
  }
  // The values of cycles 0 to `cycles` - 1.
  std::vector<std::uint64_t> values(const std::string& name, std::uint64_t cycles) const {
    std::vector<std::uint64_t> found;
    for (std::uint64_t c = 0; c < cycles; ++c) found.push_back(at(name, c));
    return found;
  }

  std::vector<SignalInfo> infos;
  std::map<std::uint32_t, std::map<std::uint64_t, std::uint64_t>> changes;

 private:
  std::uint64_t from_, to_, last_ = 0;
};

TEST(Signals, FollowOneMessageOverOneHop) {
  HandMade made = one_hop(hand_made_fabric(2, 1));
  Recorder wave;
  made.run(made.stimulus(1), {}, nullptr, &wave);
  const std::string sender = "fabric.tile_0_0.", receiver = "fabric.tile_1_0.";
  EXPECT_THAT(wave.values(sender + "core.state", 4), ElementsAre(2, 0, 0, 0));
  EXPECT_THAT(wave.values(sender + "core.queue", 4), ElementsAre(0, 1, 0, 0));
  EXPECT_THAT(wave.values(sender + "router.local.occupancy", 5), ElementsAre(0, 0, 1, 1, 0));
  EXPECT_THAT(wave.values(sender + "router.east.valid", 5), ElementsAre(0, 0, 0, 1, 0));
  EXPECT_THAT(wave.values(sender + "router.east.credits", 8), ElementsAre(4, 4, 4, 4, 3, 3, 4, 4));
  EXPECT_THAT(wave.values(receiver + "router.west.occupancy", 7), ElementsAre(0, 0, 0, 0, 1, 1, 0));
  EXPECT_THAT(wave.values(receiver + "router.local.valid", 7), ElementsAre(0, 0, 0, 0, 0, 1, 0));
  EXPECT_EQ(wave.at(receiver + "core.state", 14), 1u);
  EXPECT_EQ(wave.at(receiver + "core.state", 15), 2u);
  EXPECT_EQ(wave.at(receiver + "core.state", 16), 0u);
  EXPECT_EQ(wave.at("fabric.step", 13), 0u);
  EXPECT_EQ(wave.at("fabric.step", 14), 1u);
}

// The neuron of tile 1 adds up 5 in step 1, which begins in cycle 14: its row takes that cycle, its update
// the next.
TEST(Signals, ShowASumFromItsUpdateToTheEndOfItsStep) {
  for (const Model model : {Model::Engine, Model::Signals}) {
    HandMade made = one_hop(hand_made_fabric(2, 1));
    RunParams params;
    params.model = model;
    Recorder wave;
    made.run(made.stimulus(2), params, nullptr, &wave);
    const std::string name = "fabric.tile_1_0.core.potential[0]";
    EXPECT_TRUE(wave.infos[wave.number(name)].is_signed);
    EXPECT_EQ(wave.infos[wave.number(name)].width, 32);
    EXPECT_EQ(wave.changes.at(wave.number(name)),
              (std::map<std::uint64_t, std::uint64_t>{{0, 0}, {16, 5}, {28, 0}, {30, 5}}));
    EXPECT_EQ(wave.changes.at(wave.number("fabric.tile_0_0.core.potential[0]")).size(),
              1u);  // a bias is no sum
  }
}

// A group that stalls has been updated all the same: in cycle 0 neurons 0 to 3, in cycle 4 the last two.
TEST(Signals, ShowTheSumsOfAGroupThatStalls) {
  Fabric fabric = hand_made_fabric(2, 1);
  fabric.core.neuron_lanes = 4;
  fabric.core.output_queue = 2;
  HandMade made(fabric);
  for (std::uint32_t n = 0; n < 6; ++n) made.neuron(0, 1, MessageKey(n));
  for (std::uint32_t n = 0; n < 6; ++n) {
    made.axon(0, {{0, -2}, {5, 3}});
    made.route(0, n, kLocal, {{static_cast<std::uint16_t>(n), 1}});
  }
  Recorder wave;
  const Outcome outcome = made.run(made.stimulus(1), {}, nullptr, &wave);
  const std::uint64_t update = outcome.step_cycles[0] + 6;  // in step 1, behind six rows of the value 1
  const std::string core = "fabric.tile_0_0.core.";
  EXPECT_EQ(wave.at(core + "state", update), 3u);
  const auto minus_twelve = static_cast<std::uint32_t>(-12);
  EXPECT_EQ(wave.changes.at(wave.number(core + "potential[0]")),
            (std::map<std::uint64_t, std::uint64_t>{{0, 0}, {update + 1, minus_twelve}}));
  std::uint64_t second = update + 1;
  while (wave.at(core + "neuron", second) != 4) ++second;
  EXPECT_EQ(wave.changes.at(wave.number(core + "potential[5]")),
            (std::map<std::uint64_t, std::uint64_t>{{0, 0}, {second + 1, 18}}));
}

TEST(Signals, TellRowsStallsAndGroups) {
  Fabric fabric = hand_made_fabric(2, 1);
  fabric.core.neuron_lanes = 4;
  fabric.core.output_queue = 2;
  fabric.core.row_cycles = 2;
  HandMade made(fabric);
  for (std::uint32_t n = 0; n < 6; ++n) made.neuron(0, n < 5 ? 1 : 0, MessageKey(n));
  for (std::uint32_t n = 0; n < 6; ++n) {
    made.axon(0);
    made.route(0, n, kLocal, {{static_cast<std::uint16_t>(n), 1}});
  }
  Recorder wave;
  const Outcome outcome = made.run(made.stimulus(1), {}, nullptr, &wave);
  const std::string core = "fabric.tile_0_0.core.";
  // Group 0 stalls for three cycles as in the worked example, then group 1 finds a slot.
  EXPECT_THAT(wave.values(core + "state", 6), ElementsAre(3, 3, 3, 2, 2, 0));
  EXPECT_THAT(wave.values(core + "neuron", 6), ElementsAre(0, 0, 0, 0, 4, 0));
  EXPECT_THAT(wave.values(core + "queue", 6), ElementsAre(0, 2, 1, 1, 1, 1));
  const std::uint64_t second = outcome.step_cycles[0];
  for (std::uint64_t axon = 0; axon < 5; ++axon) {
    EXPECT_EQ(wave.at(core + "axon", second + 2 * axon), axon);
    EXPECT_EQ(wave.at(core + "axon", second + 2 * axon + 1), axon);
    EXPECT_EQ(wave.at(core + "state", second + 2 * axon + 1), 1u);
  }
  EXPECT_EQ(wave.at(core + "axon", second + 10), 0u);
}

TEST(Signals, ABlockedOutputIsStalledUntilItsCreditIsHome) {
  Fabric fabric = hand_made_fabric(2, 1);
  fabric.router.buffer_depth = 1;
  fabric.router.credit_cycles = 4;
  HandMade made(fabric);
  made.neuron(1, 0);
  for (std::uint32_t key : {0u, 1u}) {
    made.neuron(0, 1, MessageKey(key));
    made.axon(1);
    made.route(0, key, kEast);
    made.route(1, key, kLocal, {{static_cast<std::uint16_t>(key), 1}});
  }
  Recorder wave;
  made.run(made.stimulus(1), {}, nullptr, &wave);
  // The first leaves in 3, its slot is freed in 5, the credit is home at 9; the second could leave from 6 on.
  const std::string east = "fabric.tile_0_0.router.east.";
  EXPECT_THAT(wave.values(east + "valid", 11), ElementsAre(0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0));
  EXPECT_THAT(wave.values(east + "stalled", 11), ElementsAre(0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0));
}

TEST(Signals, AgreeWithTheEventsOnRandomCases) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    RandomCase one = random_case(seed);
    Recorder wave;
    EventLog log;
    const Outcome outcome = one.made.run(one.stimulus, {}, &log, &wave);
    std::set<std::tuple<std::uint32_t, int, std::uint64_t>> grants;  // tile, side, cycle
    std::set<std::pair<std::uint32_t, std::uint64_t>> stalls;
    for (const Event& event : log.events) {
      if (event.kind == EventKind::Hop) grants.insert({event.tile.value(), event.detail, event.cycle});
      if (event.kind == EventKind::Arrive) grants.insert({event.tile.value(), 0, event.cycle});
      if (event.kind == EventKind::Output) grants.insert({event.tile.value(), 5, event.cycle});
      if (event.kind == EventKind::Stall) stalls.insert({event.tile.value(), event.cycle});
    }
    for (std::uint32_t tile = 0; tile < outcome.tiles.size(); ++tile) {
      const std::string base = "fabric." + tile_name(one.made.fabric, TileId(tile));
      for (int side = 0; side < kDirections; ++side) {
        const auto direction = static_cast<Direction>(side);
        if (!has_neighbor(one.made.fabric, TileId(tile), direction)) continue;
        const auto valid = wave.values(base + ".router." + to_string(direction) + ".valid", outcome.cycles);
        for (std::uint64_t c = 0; c < outcome.cycles; ++c) {
          ASSERT_EQ(valid[c] == 1, grants.count({tile, side, c}) == 1)
              << base << " side " << side << " cycle " << c;
        }
      }
      const auto state = wave.values(base + ".core.state", outcome.cycles);
      std::uint64_t busy = 0;
      for (std::uint64_t c = 0; c < outcome.cycles; ++c) {
        ASSERT_EQ(state[c] == 3, stalls.count({tile, c}) == 1) << base << " cycle " << c;
        busy += state[c] != 0 ? 1 : 0;
      }
      EXPECT_EQ(busy, outcome.tiles[TileId(tile)].busy_cycles);
    }
  }
}

TEST(Signals, AWindowSeesWhatTheWholeRunSees) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    RandomCase one = random_case(seed);
    Recorder whole, window(20, 60);
    const Outcome outcome = one.made.run(one.stimulus, {}, nullptr, &whole);
    one.made.run(one.stimulus, {}, nullptr, &window);
    const std::uint64_t end = std::min<std::uint64_t>(60, outcome.cycles);
    for (const auto& [signal, changes] : window.changes) {
      EXPECT_EQ(changes.begin()->first, 20u);
      EXPECT_LT(changes.rbegin()->first, 60u);
      for (std::uint64_t c = 20; c < end; ++c) {
        ASSERT_EQ(window.at(window.infos[signal].name, c), whole.at(window.infos[signal].name, c));
      }
    }
    EXPECT_EQ(window.changes.size(), window.infos.size());
  }
}

TEST(Signals, AreListedWithoutARunAsARunOffersThem) {
  HandMade made(hand_made_fabric(2, 1));
  made.neuron(0, 5);
  Recorder log;
  made.run(made.stimulus(5), {}, nullptr, &log);
  const std::vector<SignalInfo> listed = traceable_signals(made.fabric, made.image, 5, 1, true);
  ASSERT_EQ(listed.size(), log.infos.size());
  for (std::size_t i = 0; i < listed.size(); ++i) {
    EXPECT_EQ(listed[i].name, log.infos[i].name);
    EXPECT_EQ(listed[i].width, log.infos[i].width) << listed[i].name;
  }
}

}  // namespace
}  // namespace weft::sim
