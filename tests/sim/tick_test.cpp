// How long steps take: ticks and what is late for them, the barrier's tree, rows processed several at once.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/sim/hand_made.hpp"
#include "tests/sim/random_case.hpp"

namespace weft::sim {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Fabric with_ticks(Fabric fabric, std::int64_t cycles) {
  fabric.step.synchronization = Synchronization::Tick;
  fabric.step.tick_cycles = cycles;
  return fabric;
}

TEST(Tick, EndsEachStepWhateverItsWork) {
  HandMade made = one_hop(with_ticks(hand_made_fabric(2, 1), 20));
  EventLog log;
  const Outcome outcome = made.run(made.stimulus(1), {}, &log);
  EXPECT_THAT(outcome.step_cycles, ElementsAre(20, 20));
  EXPECT_EQ(outcome.cycles, 40u);
  EXPECT_THAT(log.cycles(EventKind::StepBegin, 0), ElementsAre(0, 20));
  EXPECT_THAT(log.cycles(EventKind::StepEnd, 0), ElementsAre(5, 25));
  EXPECT_THAT(log.cycles(EventKind::Deliver, 1), ElementsAre(5, 25));
  EXPECT_THAT(outcome.first_late, IsEmpty());
}

TEST(Tick, IsLongEnoughIfItsLastCycleIsTheWorksLast) {
  const HandMade made = one_hop(hand_made_fabric(2, 1));
  EXPECT_EQ(sufficient_tick(made.fabric, made.image, made.stimulus(1)), 6u);
  HandMade ticking = one_hop(with_ticks(made.fabric, 6));
  const Outcome outcome = ticking.run(ticking.stimulus(1));
  EXPECT_EQ(totals(outcome).late_messages, 0u);
  EXPECT_EQ(totals(outcome).late_steps, 0u);
}

TEST(Tick, CountsAMessageThatIsOnItsWayAtTheEndWhereItIs) {
  HandMade made = one_hop(with_ticks(hand_made_fabric(2, 1), 5));
  EventLog log;
  const Outcome outcome = made.run(made.stimulus(1), {}, &log);
  EXPECT_EQ(outcome.tiles[TileId(0)].late_messages, 0u);
  EXPECT_EQ(outcome.tiles[TileId(1)].late_messages, 2u);
  EXPECT_THAT(outcome.first_late,
              ElementsAre(LateWork{0, TileId(1), 1, false}, LateWork{1, TileId(1), 1, false}));
  EXPECT_THAT(log.cycles(EventKind::Deliver, 1), ElementsAre(5))
      << "in step 1; the second would be after the end";
  EXPECT_THAT(log.cycles(EventKind::StepEnd, 0), ElementsAre(4, 9));
}

// Four neurons take cycles 0 to 3 of ticks of 3.
TEST(Tick, MakesACoreThatIsNotDoneDoWithoutTheNextStep) {
  HandMade made(with_ticks(hand_made_fabric(1, 1), 3));
  for (int n = 0; n < 4; ++n) made.neuron(0, 1);
  made.image.depth_steps = 3;
  EventLog log;
  const Outcome outcome = made.run(made.stimulus(1), {}, &log);
  EXPECT_EQ(outcome.steps, 4u);
  EXPECT_THAT(log.cycles(EventKind::Update, 0), ElementsAre(0, 1, 2, 3, 6, 7, 8, 9));
  EXPECT_EQ(outcome.tiles[TileId(0)].late_steps, 2u);
  EXPECT_EQ(outcome.tiles[TileId(0)].neuron_updates, 8u);
  EXPECT_THAT(outcome.first_late,
              ElementsAre(LateWork{0, TileId(0), 0, true}, LateWork{2, TileId(0), 0, true}));
}

// A port that injects a flit each 10 cycles: of two inputs the second is late for a tick of 12.
HandMade slow_port() {
  Fabric fabric = with_ticks(hand_made_fabric(1, 1), 12);
  fabric.ports.cycles_per_flit = 10;
  HandMade made(fabric);
  made.input(0, 0);
  made.input(0, 1);
  made.axon(0, {{0, 1}});
  made.axon(0, {{0, 1}});
  made.neuron(0, 0);
  made.route(0, 0, kLocal, {{0, 1}});
  made.route(0, 1, kLocal, {{1, 1}});
  made.image.depth_steps = 3;
  return made;
}

TEST(Tick, LetsAPortGoOnWithWhatItHasLeft) {
  HandMade made = slow_port();
  EventLog log;
  const Outcome outcome = made.run(made.stimulus(2, {3, 4, 5, 6}), {}, &log);
  EXPECT_THAT(log.cycles(EventKind::Inject, 0), ElementsAre(0, 10, 20, 30));
  std::vector<std::int32_t> values;
  for (const Event& event : log.events) {
    if (event.kind == EventKind::Inject) values.push_back(event.value);
  }
  EXPECT_THAT(values, ElementsAre(3, 4, 5, 6));
  EXPECT_THAT(outcome.first_late,
              ElementsAre(LateWork{0, TileId(0), 1, false}, LateWork{1, TileId(0), 1, false}));
}

TEST(Tick, LetsALaterValueTakeTheLateOnesPlace) {
  HandMade made = slow_port();
  EventLog log;
  made.run(made.stimulus(2, {3, 4, 0, 6}), {}, &log);  // 4 arrives in step 1, and so does 6, in time
  std::vector<std::pair<std::uint64_t, std::int32_t>> rows;
  for (const Event& event : log.events) {
    if (event.kind == EventKind::Row) rows.emplace_back(event.cycle, event.value);
  }
  EXPECT_THAT(rows, ElementsAre(std::pair(12, 3), std::pair(24, 6)));
}

TEST(Tick, GivesTheOutputsOfABarrierIfItIsLongEnough) {
  int exact = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    RandomCase one = random_case(seed);
    const Outcome barrier = one.made.run(one.stimulus);
    const std::uint64_t enough = sufficient_tick(one.made.fabric, one.made.image, one.stimulus);
    one.made.fabric = with_ticks(one.made.fabric, static_cast<std::int64_t>(enough));
    const Outcome ticking = one.made.run(one.stimulus);
    EXPECT_THAT(ticking.first_late, IsEmpty());
    EXPECT_EQ(ticking.outputs.values, barrier.outputs.values);
    EXPECT_EQ(totals(ticking).flit_hops, totals(barrier).flit_hops);
    const Fabric& fabric = one.made.fabric;
    if (enough == 1 || fabric.ports.cycles_per_flit > 1 || fabric.router.credit_cycles > 1) continue;
    ++exact;
    one.made.fabric.step.tick_cycles -= 1;
    EXPECT_EQ(one.made.run(one.stimulus).first_late.empty(), false);
  }
  EXPECT_GT(exact, 2);
}

// Chooses all signals.
class WatchAll : public SignalSink {
 public:
  std::vector<bool> choose(const std::vector<SignalInfo>& signals) override {
    return std::vector<bool>(signals.size(), true);
  }
  void change(std::uint64_t, std::uint32_t, std::uint64_t) override {}
  std::uint64_t from() const override { return 0; }
  std::uint64_t to() const override { return ~std::uint64_t{0}; }
};

TEST(Tick, JumpsOverIdleCyclesAlsoWithLateWork) {
  std::uint64_t late = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    RandomCase one = random_case(seed);
    one.made.fabric = with_ticks(one.made.fabric, 1 + static_cast<std::int64_t>(seed) % 40);
    WatchAll signals;
    const Outcome jumping = one.made.run(one.stimulus);
    const Outcome watched = one.made.run(one.stimulus, {}, nullptr, &signals);
    EXPECT_TRUE(jumping.tiles == watched.tiles);
    EXPECT_EQ(jumping.outputs.values, watched.outputs.values);
    EXPECT_EQ(jumping.latency_cycles, watched.latency_cycles);
    EXPECT_TRUE(jumping.first_late == watched.first_late);
    EXPECT_LE(jumping.first_late.size(), kLateNamed);
    late += totals(jumping).late_messages;
  }
  EXPECT_GT(late, 1000u);
}

TEST(Tick, IsNotPutAsideWithLateWork) {
  const auto file = std::filesystem::temp_directory_path() / "weft_tick_test.npz";
  for (const int cycles : {5, 6}) {
    std::filesystem::remove(file);
    HandMade made = one_hop(with_ticks(hand_made_fabric(2, 1), cycles));
    RunParams params;
    params.checkpoint = {file, 1};
    made.run(made.stimulus(1), params);
    EXPECT_EQ(std::filesystem::exists(file), cycles == 6);
  }
  std::filesystem::remove(file);
}

TEST(Barrier, TakesLongerForEachLevelOfItsTree) {
  const int levels[] = {0, 1, 2, 2, 3};  // of 1 to 5 tiles
  for (int tiles = 1; tiles <= 5; ++tiles) {
    Fabric fabric = hand_made_fabric(8, 1);
    fabric.step.barrier_cycles = 10;
    fabric.step.barrier_level_cycles = 7;
    HandMade made(fabric);
    for (int t = 0; t < tiles; ++t) made.neuron(static_cast<std::uint32_t>(t), 0);
    const auto expected = static_cast<std::uint64_t>(1 + 10 + 7 * levels[tiles - 1]);
    EXPECT_THAT(made.run(made.stimulus(1)).step_cycles, ElementsAre(expected, expected)) << tiles;
  }
}

// Five inputs reach a core in step 0; its neuron updates in step 1 after ceil(5 / lanes) groups.
TEST(Crossbar, ProcessesAsManyRowsAtOnceAsItHasLanes) {
  for (const int lanes : {1, 2, 3, 5, 256}) {
    Fabric fabric = hand_made_fabric(1, 1);
    fabric.core.row_lanes = lanes;
    fabric.core.row_cycles = 3;
    HandMade made(fabric);
    made.neuron(0, 1);
    for (std::uint32_t i = 0; i < 5; ++i) {
      made.input(0, i);
      made.axon(0, {{0, 1}});
      made.route(0, i, kLocal, {{static_cast<std::uint16_t>(i), 1}});
    }
    EventLog log;
    const Outcome outcome = made.run(made.stimulus(1, {1, 1, 1, 1, 1}), {}, &log);
    const std::uint64_t begin = log.cycles(EventKind::StepBegin, 0).at(1);
    const auto groups = static_cast<std::uint64_t>((5 + lanes - 1) / lanes);
    EXPECT_EQ(log.cycles(EventKind::Update, 0).at(1), begin + 3 * groups) << lanes;
    std::vector<std::uint64_t> rows;
    for (std::uint64_t i = 0; i < 5; ++i) rows.push_back(begin + 3 * (i / static_cast<std::uint64_t>(lanes)));
    EXPECT_EQ(log.cycles(EventKind::Row, 0), rows) << lanes;
    EXPECT_EQ(outcome.tiles[TileId(0)].rows, 5u);
    EXPECT_EQ(outcome.tiles[TileId(0)].synaptic_ops, 5u);
    EXPECT_EQ(outcome.tiles[TileId(0)].busy_cycles, 1 + 3 * groups + 1);
  }
}

}  // namespace
}  // namespace weft::sim
