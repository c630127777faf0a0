// What a run refuses to go on from: checkpoints of other runs, and numbers that this run cannot have. Going
// on by itself is held against uninterrupted runs in tests/reference/checkpoint_test.cpp.
#include "model/fabric/checkpoint.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/model/temporary_directory.hpp"
#include "tests/sim/hand_made.hpp"

namespace weft::sim {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// Two tiles: an input that goes round for two steps, a spiking neuron, an output at the east.
HandMade small() {
  HandMade made(hand_made_fabric(2, 1));
  made.input(0, 1);
  made.output(1, 2);
  made.route(0, 1, kEast);
  made.route(1, 1, kLocal, {{0, 2}});
  made.axon(1, {{0, 1}});
  made.neuron(1, 1, MessageKey(2));
  made.route(1, 2, kEdge);
  made.neuron(1, 0);
  NeuronConfig& spiking = made.image.tiles[TileId(1)].core.neurons[1];
  spiking.model = NeuronModel::If;
  spiking.minimum = 0;
  spiking.maximum = 1;
  made.image.spike_rules.push_back({{}, 1});
  made.image.depth_steps = 2;
  made.image.fabric = digest(made.fabric);
  return made;
}

struct Kept {
  HandMade made;
  Stimulus stimulus = made.stimulus(5, {1, 2, 3, 4, 5});
  Checkpoint checkpoint;

  explicit Kept(std::uint64_t every_steps = 3, HandMade run = small()) : made(std::move(run)) {
    const TemporaryDirectory directory;
    RunParams params;
    params.checkpoint = {directory / "c", every_steps};
    made.run(stimulus, params);
    checkpoint = read_checkpoint(directory / "c");
  }
  // The message with which the run refuses to go on, empty if it goes on.
  std::string resume() {
    RunParams params;
    params.resume = &checkpoint;
    params.resume_name = "the.checkpoint";
    try {
      made.run(stimulus, params);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::BadInput);
      return error.what();
    }
    return {};
  }
};

TEST(Checkpoint, HasWhatIsUnderWayBetweenTwoSteps) {
  const Kept kept;
  const Checkpoint& checkpoint = kept.checkpoint;
  EXPECT_EQ(checkpoint.steps(), 6u);
  EXPECT_EQ(checkpoint.latency_cycles.size(), 4u);
  EXPECT_EQ(checkpoint.outputs.rows, 5);
  ASSERT_EQ(checkpoint.spike_states.size(), 1u);
  // The last frame entered in step 4 and was delivered for step 6.
  ASSERT_EQ(checkpoint.pending.size(), 1u);
  EXPECT_EQ(checkpoint.pending[0].step, 6u);
  EXPECT_EQ(checkpoint.pending[0].value, 5);
}

TEST(Checkpoint, KeepsValuesForLaterSteps) {
  const Kept kept(4);
  ASSERT_EQ(kept.checkpoint.steps(), 4u);
  ASSERT_EQ(kept.checkpoint.pending.size(), 2u);
  EXPECT_EQ(kept.checkpoint.pending[0].step, 4u);
  EXPECT_EQ(kept.checkpoint.pending[0].value, 3);
  EXPECT_EQ(kept.checkpoint.pending[1].step, 5u);
  EXPECT_EQ(kept.checkpoint.pending[1].value, 4);
}

// In ticks that are just long enough, credits that take 9 cycles are on their way at a step's end.
HandMade small_with_ticks() {
  HandMade made = small();
  made.fabric.router.credit_cycles = 9;
  made.image.fabric = digest(made.fabric);
  const auto enough = sufficient_tick(made.fabric, made.image, made.stimulus(5, {1, 2, 3, 4, 5}));
  made.fabric.step.synchronization = Synchronization::Tick;
  made.fabric.step.tick_cycles = static_cast<std::int64_t>(enough) - 2;
  made.image.fabric = digest(made.fabric);
  return made;
}

TEST(Checkpoint, HasTheCreditsThatAreOnTheirWayWhenATickEnds) {
  Kept kept(4, small_with_ticks());
  const Checkpoint& checkpoint = kept.checkpoint;
  ASSERT_EQ(checkpoint.credits.size(), 1u);
  EXPECT_EQ(checkpoint.credits[0].tile, TileId(1));
  EXPECT_EQ(checkpoint.credits[0].side, Direction::West);
  const Outcome whole = kept.made.run(kept.stimulus);
  ASSERT_TRUE(whole.first_late.empty());
  RunParams rest;
  rest.resume = &checkpoint;
  const Outcome resumed = kept.made.run(kept.stimulus, rest);
  EXPECT_EQ(resumed.outputs.values, whole.outputs.values);
  EXPECT_EQ(resumed.cycles, whole.cycles);
  EXPECT_TRUE(resumed.tiles == whole.tiles);
}

TEST(Checkpoint, IsReadBackAsItWas) {
  for (const Kept& kept : {Kept(), Kept(4, small_with_ticks())}) {
    const Checkpoint again = checkpoint_from_npz(to_npz(kept.checkpoint), "again");
    EXPECT_EQ(digest(again), digest(kept.checkpoint));
    EXPECT_EQ(again.credits.size(), kept.checkpoint.credits.size());
  }
}

TEST(Resume, RefusesACheckpointOfAnotherRun) {
  Kept kept;
  EXPECT_EQ(kept.resume(), "");
  kept.stimulus.frames.values[0] = 7;
  EXPECT_THAT(kept.resume(),
              AllOf(HasSubstr("the.checkpoint"), HasSubstr("a run with another stimulus, digest "),
                    HasSubstr(digest(kept.stimulus).hex())));
  kept = Kept();
  kept.made.image.tiles[TileId(1)].core.neurons[0].bias = 2;
  EXPECT_THAT(kept.resume(), HasSubstr("a run with another image"));
  kept = Kept();
  kept.made.fabric.step.barrier_cycles = 3;
  EXPECT_THAT(kept.resume(), HasSubstr("a run with another fabric"));
  kept = Kept();
  kept.checkpoint.stalls.low ^= 1;
  EXPECT_THAT(kept.resume(), HasSubstr("a run with another choice of random stalls"));
}

TEST(Resume, RefusesNumbersThatTheRunCannotHave) {
  const auto refused = [](auto change) {
    Kept kept(4);
    change(kept.checkpoint);
    return kept.resume();
  };
  EXPECT_THAT(refused([](Checkpoint& c) { c.tiles.resize(1); }), HasSubstr("found 1 tiles, expected 2"));
  EXPECT_THAT(refused([](Checkpoint& c) { c.pointers.pop_back(); }), HasSubstr("found 11 round-robin"));
  EXPECT_THAT(refused([](Checkpoint& c) { c.pointers[3] = 6; }), HasSubstr("a round-robin pointer of 6"));
  EXPECT_THAT(refused([](Checkpoint& c) { c.input_free.clear(); }), HasSubstr("found 0 ports"));
  EXPECT_THAT(refused([](Checkpoint& c) { c.output_free.clear(); }), HasSubstr("found 0 ports' outputs"));
  EXPECT_THAT(refused([](Checkpoint& c) { c.output_free[1] = 1000000; }),
              HasSubstr("a port that is busy until cycle 1000000"));
  EXPECT_THAT(refused([](Checkpoint& c) { c.spike_states.clear(); }), HasSubstr("found 0 spiking neurons"));
  EXPECT_THAT(refused([](Checkpoint& c) { c.spike_states[0].rest = -1; }),
              HasSubstr("-1 refractory steps left"));
  EXPECT_THAT(refused([](Checkpoint& c) { c.step_begins.clear(); }),
              HasSubstr("found 0 steps done, expected at least 1 and fewer than 7"));
  EXPECT_THAT(refused([](Checkpoint& c) { c.step_begins.resize(7); }), HasSubstr("found 7 steps done"));
  EXPECT_THAT(refused([](Checkpoint& c) { c.next_cycle = c.step_begins[3]; }),
              HasSubstr("steps that do not begin one after the other"));
  EXPECT_THAT(refused([](Checkpoint& c) { c.latency_cycles.clear(); }), HasSubstr("found 0 frames done"));
  EXPECT_THAT(refused([](Checkpoint& c) { c.outputs.rows = 1; }), HasSubstr("found 1 frames with outputs"));
  EXPECT_THAT(refused([](Checkpoint& c) { c.outputs.columns = 2; }), HasSubstr("found 2 outputs"));
  EXPECT_THAT(refused([](Checkpoint& c) { c.pending[0].tile = TileId(0); }),
              HasSubstr("a value for axon 0 of tile 0"));
  EXPECT_THAT(refused([](Checkpoint& c) { c.pending[0].axon = 1; }),
              HasSubstr("a value for axon 1 of tile 1"));
  EXPECT_THAT(refused([](Checkpoint& c) { c.pending[0].step = 3; }),
              HasSubstr("a value for step 3, expected one of the 2 steps from 4 on"));
  EXPECT_THAT(refused([](Checkpoint& c) { c.pending[1].step = 6; }), HasSubstr("a value for step 6"));
  EXPECT_THAT(refused([](Checkpoint& c) { c.pending[1] = c.pending[0]; }), HasSubstr("values in disorder"));
}

TEST(Resume, RefusesCreditsThatCannotBeOnTheirWay) {
  const auto refused = [](auto change) {
    Kept kept(4, small_with_ticks());
    change(kept.checkpoint);
    return kept.resume();
  };
  EXPECT_EQ(refused([](Checkpoint&) {}), "");
  EXPECT_THAT(refused([](Checkpoint& c) { c.credits[0].tile = TileId(2); }),
              HasSubstr("a credit of side 4 of tile 2, expected a side with a neighbor"));
  EXPECT_THAT(refused([](Checkpoint& c) { c.credits[0].side = Direction::Local; }), HasSubstr("side 0"));
  EXPECT_THAT(refused([](Checkpoint& c) { c.credits[0].side = Direction::East; }), HasSubstr("side 2"));
  EXPECT_THAT(refused([](Checkpoint& c) { c.credits[0].cycle = c.next_cycle - 1; }),
              HasSubstr("expected one of the 9 cycles from"));
  EXPECT_THAT(refused([](Checkpoint& c) { c.credits[0].cycle = c.next_cycle + 9; }),
              HasSubstr("expected one of the 9 cycles from"));
  EXPECT_THAT(refused([](Checkpoint& c) { c.credits.push_back(c.credits[0]); }),
              HasSubstr("credits in disorder"));
  EXPECT_THAT(refused([](Checkpoint& c) {
                c.credits.clear();
                for (std::uint64_t i = 0; i < 5; ++i)
                  c.credits.push_back({TileId(1), Direction::West, c.next_cycle + i});
              }),
              HasSubstr("5 credits of one buffer, expected at most 4"));
  Kept waits;  // with a barrier
  waits.checkpoint.credits.push_back({TileId(1), Direction::West, waits.checkpoint.next_cycle});
  EXPECT_THAT(waits.resume(), HasSubstr("expected none but at the end of a tick"));
}

TEST(CheckpointFile, SaysWhatIsWrongWithIt) {
  const Kept kept(4);
  const auto refused = [&](auto change) -> std::string {
    NpzArchive archive = to_npz(kept.checkpoint);
    change(archive);
    try {
      checkpoint_from_npz(archive, "the.checkpoint");
    } catch (const InputError& error) {
      return error.what();
    }
    return {};
  };
  const auto replace = [](std::string& text, const std::string& from, const std::string& to) {
    text.replace(text.find(from), from.size(), to);
  };
  EXPECT_EQ(refused([](NpzArchive&) {}), "");
  EXPECT_THAT(refused([&](NpzArchive& a) { replace(a.header, "\"version\": 3", "\"version\": 2"); }),
              HasSubstr("version: found 2, expected 3"));
  EXPECT_THAT(refused([&](NpzArchive& a) { replace(a.header, "weft-checkpoint", "weft-image"); }),
              HasSubstr("weft-image"));
  EXPECT_THAT(refused([](NpzArchive& a) { a.arrays.erase("pointers"); }), HasSubstr("pointers"));
  EXPECT_THAT(refused([](NpzArchive& a) { a.arrays["more"] = a.arrays["pointers"]; }),
              HasSubstr("found 17 arrays, expected 16"));
  EXPECT_THAT(
      refused([](NpzArchive& a) { a.arrays["outputs"] = NpyArray::from(std::vector<std::int32_t>{1}); }),
      HasSubstr("found 1 entries of outputs, expected 3"));
  EXPECT_THAT(
      refused([](NpzArchive& a) { a.arrays["counters"] = NpyArray::from(std::vector<std::uint64_t>{1}); }),
      HasSubstr("found 1 entries of counters, expected a multiple of 15"));
  EXPECT_THAT(refused([](NpzArchive& a) {
                a.arrays["pending_axon"] = NpyArray::from(std::vector<std::uint32_t>{1});
              }),
              HasSubstr("found 1 entries of pending_axon, expected 2"));
  EXPECT_THAT(refused([](NpzArchive& a) { a.arrays["latency_cycles"].data[0] ^= 1; }),
              HasSubstr("as its header says: the file is damaged"));
}

TEST(CheckpointFile, LeavesTheLastOneWhereAnotherCannotBeWritten) {
  Kept kept;
  RunParams params;
  params.checkpoint = {"/no/such/directory/c", 2};
  EXPECT_THROW(kept.made.run(kept.stimulus, params), InputError);
}

}  // namespace
}  // namespace weft::sim
