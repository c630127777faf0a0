// What must hold for every run, on random small cases: watching changes nothing, stalls change cycles only,
// arbitration is fair, a run can be stopped.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/engine/calendar.hpp"
#include "sim/engine/engine.hpp"
#include "tests/sim/random_case.hpp"

namespace weft::sim {
namespace {

using testing::ElementsAre;

// Chooses all signals.
class WatchAll : public SignalSink {
 public:
  std::vector<bool> choose(const std::vector<SignalInfo>& signals) override {
    return std::vector<bool>(signals.size(), true);
  }
  void change(std::uint64_t, std::uint32_t, std::uint64_t) override { ++changes; }
  std::uint64_t from() const override { return 0; }
  std::uint64_t to() const override { return ~std::uint64_t{0}; }
  std::uint64_t changes = 0;
};

void expect_equal(const Outcome& a, const Outcome& b) {
  EXPECT_EQ(a.outputs.values, b.outputs.values);
  EXPECT_EQ(a.step_cycles, b.step_cycles);
  EXPECT_EQ(a.latency_cycles, b.latency_cycles);
  EXPECT_TRUE(a.tiles == b.tiles);
}

TEST(Engine, JumpingOverIdleCyclesChangesNothing) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    RandomCase one = random_case(seed);
    WatchAll signals;
    EventLog events;
    const Outcome jumping = one.made.run(one.stimulus);
    expect_equal(jumping, one.made.run(one.stimulus, {}, nullptr, &signals));
    expect_equal(jumping, one.made.run(one.stimulus, {}, &events));
    Engine engine(one.made.fabric, one.made.image, one.stimulus, {}, nullptr, nullptr, nullptr);
    for (std::uint64_t cycle = 0; !engine.finished(); ++cycle) engine.run_cycle(cycle);
    expect_equal(jumping, engine.outcome());
    EXPECT_GT(signals.changes, 0u);
    if (testing::Test::HasFailure()) FAIL() << "seed " << seed;
  }
}

TEST(Engine, RandomStallsChangeCyclesButNoValues) {
  bool longer = false;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    RandomCase one = random_case(seed);
    RunParams stalls;
    stalls.stall_share = 0.5;
    stalls.stall_seed = seed;
    const Outcome plain = one.made.run(one.stimulus);
    const Outcome stalled = one.made.run(one.stimulus, stalls);
    EXPECT_EQ(plain.outputs.values, stalled.outputs.values);
    EXPECT_EQ(totals(plain).deliveries, totals(stalled).deliveries);
    EXPECT_EQ(totals(plain).flit_hops, totals(stalled).flit_hops);
    longer = longer || stalled.cycles > plain.cycles;
  }
  EXPECT_TRUE(longer);
}

TEST(Engine, EventsAndCountersTellTheSame) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    RandomCase one = random_case(seed);
    EventLog log;
    const OutcomeTotals sum = totals(one.made.run(one.stimulus, {}, &log));
    auto count = [&log](EventKind kind) {
      return static_cast<std::uint64_t>(std::count_if(log.events.begin(), log.events.end(),
                                                      [kind](const Event& e) { return e.kind == kind; }));
    };
    EXPECT_EQ(count(EventKind::Row), sum.rows);
    EXPECT_EQ(count(EventKind::Send), sum.messages);
    EXPECT_EQ(count(EventKind::Deliver), sum.deliveries);
    EXPECT_EQ(count(EventKind::Hop), sum.flit_hops);
    EXPECT_EQ(count(EventKind::Inject), sum.injected);
    EXPECT_EQ(count(EventKind::Output), sum.emitted);
    EXPECT_EQ(count(EventKind::Stall), sum.stall_cycles);
  }
}

// Five streams for one output: every input of the middle router has a flit in each cycle.
TEST(Router, ServesAllInputsInTurn) {
  constexpr std::uint32_t kEach = 40;
  Fabric fabric = hand_made_fabric(3, 3);
  fabric.ports = {true, true, true, true, 1};
  HandMade made(fabric);
  const auto ports = port_tiles(fabric);
  auto port_at = [&ports](std::uint32_t tile) {
    return static_cast<std::uint32_t>(std::find(ports.begin(), ports.end(), TileId(tile)) - ports.begin());
  };
  const std::pair<std::uint32_t, std::uint8_t> sources[] = {{1, kSouth}, {5, kWest}, {7, kNorth}, {3, kEast}};
  made.neuron(4, 0);
  std::vector<std::vector<std::pair<std::uint32_t, std::uint8_t>>> keys(4);
  for (std::uint32_t k = 0; k < kEach * 4; ++k) {
    const auto& [tile, side] = sources[k % 4];
    made.input(port_at(tile), k);
    made.route(tile, k, side);
    made.axon(4);
    made.route(4, k, kLocal, {{static_cast<std::uint16_t>(k), 1}});
  }
  EventLog log;
  made.run(made.stimulus(1, std::vector<std::int32_t>(kEach * 4, 1)), {}, &log);
  std::vector<std::uint32_t> order;
  for (const Event& event : log.events) {
    if (event.kind == EventKind::Deliver) order.push_back(event.subject % 4);
  }
  ASSERT_EQ(order.size(), kEach * 4u);
  for (std::size_t i = 0; i < order.size(); ++i) EXPECT_EQ(order[i], i % 4) << "delivery " << i;
}

TEST(Engine, AWriteTwoStepsLaterArrivesTwoStepsLater) {
  for (int delay : {1, 2, 3}) {
    HandMade made(hand_made_fabric(2, 1));
    made.input(0, 1);
    made.axon(1, {{0, 1}});
    made.neuron(1, 0, MessageKey(2));
    made.output(1, 2);
    made.route(0, 1, kEast);
    made.route(1, 1, kLocal, {{0, static_cast<std::uint8_t>(delay)}});
    made.route(1, 2, kEdge);
    made.image.depth_steps = delay;
    const Outcome outcome = made.run(made.stimulus(4, {3, 0, 4, 5}));
    EXPECT_THAT(outcome.outputs.values, ElementsAre(3, 0, 4, 5));
  }
}

class StopAfter : public Progress {
 public:
  explicit StopAfter(std::int64_t steps) : steps_(steps) {}
  void update(std::int64_t done, std::int64_t total) override {
    done_ = done;
    total_ = total;
  }
  bool stop_requested() const override { return done_ >= steps_; }
  std::int64_t done_ = 0, total_ = 0;

 private:
  std::int64_t steps_;
};

TEST(Engine, AStopRequestEndsTheRunBehindAStep) {
  HandMade made(hand_made_fabric(2, 1));
  made.input(0, 1);
  made.output(1, 1);
  made.route(0, 1, kEast);
  made.route(1, 1, kEdge);
  made.axon(0, {{0, 1}});
  made.neuron(0, 0);
  const Stimulus stimulus = made.stimulus(5, {1, 2, 3, 4, 5});
  StopAfter all(100), four(4);
  const Outcome whole = made.run(stimulus, {}, nullptr, nullptr, &all);
  EXPECT_FALSE(whole.interrupted);
  EXPECT_EQ(all.done_, 6);
  EXPECT_EQ(all.total_, 6);
  const Outcome part = made.run(stimulus, {}, nullptr, nullptr, &four);
  EXPECT_TRUE(part.interrupted);
  EXPECT_EQ(part.outputs.rows, 3);
  EXPECT_EQ(part.steps, 4u);
  EXPECT_EQ(part.latency_cycles.size(), 3u);
  EXPECT_EQ(part.cycles,
            whole.step_cycles[0] + whole.step_cycles[1] + whole.step_cycles[2] + whole.step_cycles[3]);
}

TEST(Calendar, FindsTheNextCycleNearAndFar) {
  Calendar calendar;
  std::vector<std::pair<std::uint64_t, std::uint32_t>> taken;
  calendar.add(3, 1);
  calendar.add(1023, 2);
  calendar.add(1024, 3);
  calendar.add(50000, 4);
  std::uint64_t now = 0;
  while (calendar.next(now) != kNever) {
    now = calendar.next(now);
    calendar.take(now, [&](std::uint32_t tile) { taken.emplace_back(now, tile); });
    if (now == 1023) calendar.add(1023 + 1023, 5);
    if (now == 3) calendar.add(1026, 6);
  }
  using Entry = std::pair<std::uint64_t, std::uint32_t>;
  EXPECT_THAT(taken, ElementsAre(Entry{3, 1}, Entry{1023, 2}, Entry{1024, 3}, Entry{1026, 6}, Entry{2046, 5},
                                 Entry{50000, 4}));
}

}  // namespace
}  // namespace weft::sim
