// The signal model where a run does not go to its end, and its hierarchy. That it gives what the engine gives
// is tested on random cases in tests/reference/.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <systemc>

#include "model/base/error.hpp"
#include "sim/traffic.hpp"
#include "tests/sim/random_case.hpp"

namespace weft::sim {
namespace {

using testing::AllOf;
using testing::HasSubstr;

RunParams on(Model model) {
  RunParams params;
  params.model = model;
  return params;
}

// What a run says when it fails with an Internal error.
template <class Run>
std::string fault_of(Run&& run) {
  try {
    run();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::Internal) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "no error";
  return "";
}

class StopAfter : public Progress {
 public:
  explicit StopAfter(std::int64_t steps) : steps_(steps) {}
  void update(std::int64_t done, std::int64_t) override { done_ = done; }
  bool stop_requested() const override { return done_ >= steps_; }

 private:
  std::int64_t steps_, done_ = 0;
};

TEST(SignalModel, StopsBehindTheSameStepAsTheEngine) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    RandomCase one = random_case(seed);
    StopAfter two(2), too(2);
    const Outcome engine = one.made.run(one.stimulus, on(Model::Engine), nullptr, nullptr, &two);
    const Outcome signals = one.made.run(one.stimulus, on(Model::Signals), nullptr, nullptr, &too);
    EXPECT_EQ(signals.interrupted, engine.interrupted);
    EXPECT_EQ(signals.steps, engine.steps);
    EXPECT_EQ(signals.cycles, engine.cycles);
    EXPECT_EQ(signals.step_cycles, engine.step_cycles);
    EXPECT_EQ(signals.outputs.values, engine.outputs.values);
    EXPECT_EQ(signals.latency_cycles, engine.latency_cycles);
    EXPECT_TRUE(signals.tiles == engine.tiles);
  }
}

TEST(SignalModel, StopsTrafficWhenAskedTo) {
  Fabric fabric = hand_made_fabric(4, 4);
  TrafficParams params;
  params.model = Model::Signals;
  params.measure_cycles = 1000000;
  StopAfter at_once(0);
  const TrafficResult result = run_traffic(fabric, params, nullptr, nullptr, &at_once);
  EXPECT_TRUE(result.interrupted);
  EXPECT_LT(result.cycles, 10000u);
}

// Errors of whoever watches keep their kind on the way through SystemC.
TEST(SignalModel, PassesOnWhatASinkThrows) {
  class FullDisk : public EventSink {
   public:
    void event(const Event&) override { throw InputError({"log", 0, 0}, "no space left"); }
  } full;
  RandomCase one = random_case(3);
  EXPECT_THROW(one.made.run(one.stimulus, on(Model::Signals), &full), InputError);
  EXPECT_GT(one.made.run(one.stimulus, on(Model::Signals)).cycles, 0u);  // and nothing is left behind
}

TEST(SignalModel, ManySimulationsRunOneAfterAnotherInAProcess) {
  RandomCase one = random_case(3);
  const Outcome first = one.made.run(one.stimulus, on(Model::Signals));
  for (int i = 0; i < 20; ++i)
    EXPECT_TRUE(one.made.run(one.stimulus, on(Model::Signals)).tiles == first.tiles);
}

// Section 10's names are those of SystemC's own objects.
TEST(SignalModel, NamesItsWiresLikeTheHardware) {
  class Finder : public EventSink {
   public:
    void event(const Event&) override {
      for (const char* name :
           {"fabric.step", "fabric.tile_0_0.router.east.valid", "fabric.tile_1_0.router.west.occupancy",
            "fabric.tile_0_0.core.state", "fabric.tile_1_0.router.local.stalled"})
        if (dynamic_cast<sc_core::sc_prim_channel*>(sc_core::sc_find_object(name)) != nullptr)
          found.insert(name);
      for (const char* name : {"fabric.tile_1_0", "fabric.tile_1_0.router", "fabric.tile_1_0.core",
                               "fabric.tile_1_0.port", "fabric.control"})
        if (dynamic_cast<sc_core::sc_module*>(sc_core::sc_find_object(name)) != nullptr) found.insert(name);
    }
    std::set<std::string> found;
  } finder;
  HandMade made = sender_to(hand_made_fabric(2, 1), 1);
  made.run(made.stimulus(1), on(Model::Signals), &finder);
  EXPECT_EQ(finder.found.size(), 10u);
}

TEST(SignalModel, RunsAtClocksAsFastAsSystemCsSmallestTime) {
  Fabric fabric = hand_made_fabric(2, 1);
  fabric.clock_hz = 1e12;
  HandMade made(fabric);
  made.neuron(0, 5);
  EXPECT_EQ(made.run(made.stimulus(2), on(Model::Signals)).cycles, made.run(made.stimulus(2)).cycles);
}

// Two routers that send each other's flits back fill their buffers of one flit and wait for each other.
TEST(SignalModel, NamesTheTilesWhenNothingMoves) {
  HandMade made = ring_that_jams();
  RunParams params = on(Model::Signals);
  params.watchdog_cycles = 200;
  const Stimulus stimulus = made.stimulus(1, std::vector<std::int32_t>(16, 1));
  EXPECT_THAT(fault_of([&] { made.run(stimulus, params); }),
              AllOf(HasSubstr("stuck: no progress from cycle"), HasSubstr("tile_0_0; "),
                    HasSubstr("tile_1_1; "), HasSubstr("edge input: 1 flits")));
}

TEST(SignalModel, TakesNoLongWorkForStuck) {
  Fabric fabric = hand_made_fabric(2, 1);
  fabric.core.row_cycles = 500;
  fabric.ports.cycles_per_flit = 300;
  fabric.router.link_bits = 1;
  fabric.router.link_cycles = 100;
  fabric.router.credit_cycles = 200;
  fabric.router.pipeline_cycles = 150;
  fabric.router.buffer_depth = 1;
  fabric.step.barrier_cycles = 400;
  HandMade made(fabric);
  made.neuron(0, 1, MessageKey(9));
  made.neuron(1, 0);
  made.axon(1);
  made.axon(1);
  made.axon(1);
  for (std::uint32_t key = 0; key < 2; ++key) {
    made.input(0, key);
    made.route(0, key, kEast);
    made.route(1, key, kLocal, {{static_cast<std::uint16_t>(key), 1}});
  }
  made.route(0, 9, kEast);
  made.route(1, 9, static_cast<std::uint8_t>(kLocal | kEdge), {{2, 1}});
  made.output(1, 9);
  RunParams params = on(Model::Signals);
  params.watchdog_cycles = 10;
  const Stimulus stimulus = made.stimulus(2, {1, 1, 1, 1});
  EXPECT_EQ(made.run(stimulus, params).cycles, made.run(stimulus).cycles);
}

TEST(SignalModel, KeepsNoCheckpoints) {
  RandomCase one = random_case(1);
  RunParams params = on(Model::Signals);
  params.checkpoint.file = testing::TempDir() + "/none.checkpoint";
  try {
    one.made.run(one.stimulus, params);
    ADD_FAILURE() << "no error";
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("--model engine, which alone keeps checkpoints"));
  }
}

}  // namespace
}  // namespace weft::sim
