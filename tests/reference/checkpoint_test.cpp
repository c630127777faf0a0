// A run that was put aside and taken up again, once or many times, is the run that was never interrupted: on
// random images with all that a step leaves behind (pending values, spiking neurons, pointers, busy ports).
#include "model/fabric/checkpoint.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "sim/run.hpp"
#include "tests/model/temporary_directory.hpp"
#include "tests/reference/differences.hpp"
#include "tests/reference/random_cases.hpp"

namespace weft::test {
namespace {

class StopAfterSteps : public Progress {
 public:
  explicit StopAfterSteps(std::int64_t steps) : steps_(steps) {}
  void update(std::int64_t done, std::int64_t) override { done_ = done; }
  bool stop_requested() const override { return done_ >= steps_; }

 private:
  std::int64_t steps_;
  std::int64_t done_ = 0;
};

void expect_equal(const Outcome& found, const Outcome& expected) {
  EXPECT_EQ(found.outputs.values, expected.outputs.values);
  EXPECT_EQ(found.step_cycles, expected.step_cycles);
  EXPECT_EQ(found.latency_cycles, expected.latency_cycles);
  EXPECT_EQ(found.cycles, expected.cycles);
  EXPECT_EQ(found.steps, expected.steps);
  EXPECT_TRUE(found.tiles == expected.tiles);
  EXPECT_FALSE(found.interrupted);
}

struct Case {
  Fabric fabric;
  Image image;
  Stimulus stimulus;
  sim::RunParams params;
};

Case random_run(std::uint64_t seed) {
  Random random(seed);
  Case made;
  made.fabric = random_fabric(random);
  made.image = random_image(random, made.fabric, static_cast<Traffic>(random.below(kTraffics)));
  made.stimulus = random_stimulus(random, made.image.input_count, made.image.input_format);
  if (made.fabric.router.routing != Routing::Circuit && random.below(3) == 0) {
    // Ticks in which nothing is late: a run with late work cannot be put aside. In short ones credits are
    // still on their way when they end.
    const auto enough =
        static_cast<std::int64_t>(sim::sufficient_tick(made.fabric, made.image, made.stimulus));
    const auto credit_cycles = static_cast<std::uint64_t>(made.fabric.router.credit_cycles);
    made.fabric.step.synchronization = Synchronization::Tick;
    made.fabric.step.tick_cycles =
        std::max<std::int64_t>(1, enough - static_cast<std::int64_t>(random.below(credit_cycles)));
    made.image.fabric = digest(made.fabric);
    if (!sim::run_image(made.fabric, made.image, made.stimulus).first_late.empty())
      made.fabric.step.tick_cycles = enough + static_cast<std::int64_t>(random.below(20));
    made.image.fabric = digest(made.fabric);
    return made;
  }
  made.params.stall_share = random_stall_share(random);
  made.params.stall_seed = random.bits();
  return made;
}

// Interrupts the run after random numbers of steps until it is through; returns the last part's outcome.
Outcome run_in_parts(const Case& made, Random& random, const std::filesystem::path& file,
                     EventRecorder& events, SignalRecorder& signals, int& parts) {
  sim::RunParams params = made.params;
  params.checkpoint.file = file;
  Checkpoint checkpoint;
  for (parts = 1;; ++parts) {
    StopAfterSteps stop(static_cast<std::int64_t>(checkpoint.steps() + 1 + random.below(6)));
    const Outcome outcome =
        sim::run_image(made.fabric, made.image, made.stimulus, params, &events, &signals, &stop);
    signals.fill(outcome.cycles);
    if (!outcome.interrupted) return outcome;
    checkpoint = read_checkpoint(file);
    EXPECT_EQ(checkpoint.steps(), outcome.steps);
    EXPECT_EQ(checkpoint.next_cycle, outcome.cycles);
    params.resume = &checkpoint;
  }
}

void check_interrupted_runs(std::uint64_t first_seed, int cases) {
  const TemporaryDirectory directory;
  int parts = 0, pending = 0, credits = 0;
  for (int i = 0; i < cases; ++i) {
    const std::uint64_t seed = first_seed + static_cast<std::uint64_t>(i);
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Case made = random_run(seed);
    EventRecorder events, events_in_parts;
    SignalRecorder signals, signals_in_parts;
    const Outcome whole =
        sim::run_image(made.fabric, made.image, made.stimulus, made.params, &events, &signals);
    signals.fill(whole.cycles);
    Random random(seed + 1);
    int parts_here = 0;
    const Outcome in_parts = run_in_parts(made, random, directory / "run.checkpoint", events_in_parts,
                                          signals_in_parts, parts_here);
    expect_equal(in_parts, whole);
    ASSERT_EQ(first_difference(events_in_parts.events, events.events), "");
    ASSERT_EQ(first_difference(signals_in_parts.trace, signals.trace), "");
    if (testing::Test::HasFailure()) return;
    parts += parts_here;
    if (parts_here == 1) continue;
    const Checkpoint last = read_checkpoint(directory / "run.checkpoint");
    pending += last.pending.empty() ? 0 : 1;
    credits += last.credits.empty() ? 0 : 1;
  }
  // The cases are worth something: many parts, and values under way between them.
  EXPECT_GT(parts, 3 * cases / 2);
  EXPECT_GT(pending, cases / 4);
  EXPECT_GT(credits, cases / 100);
}

TEST(InterruptedRuns, GoOnAsIfTheyHadNeverBeenInterrupted) {
  check_interrupted_runs(100401, 60);
}
TEST(InterruptedRunsFull, GoOnAsIfTheyHadNeverBeenInterrupted) {
  check_interrupted_runs(100000, 3000);
}

// Without anybody watching the engine takes other paths.
TEST(InterruptedRuns, GoOnUnobserved) {
  const TemporaryDirectory directory;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Case made = random_run(seed);
    const Outcome whole = sim::run_image(made.fabric, made.image, made.stimulus, made.params);
    for (std::int64_t steps = 1; steps < static_cast<std::int64_t>(whole.steps); steps += 3) {
      sim::RunParams params = made.params;
      params.checkpoint.file = directory / "run.checkpoint";
      StopAfterSteps stop(steps);
      sim::run_image(made.fabric, made.image, made.stimulus, params, nullptr, nullptr, &stop);
      const Checkpoint checkpoint = read_checkpoint(params.checkpoint.file);
      sim::RunParams rest = made.params;
      rest.resume = &checkpoint;
      expect_equal(sim::run_image(made.fabric, made.image, made.stimulus, rest), whole);
    }
    if (testing::Test::HasFailure()) return;
  }
}

TEST(InterruptedRuns, AreNotPutAsideWithLateWork) {
  const TemporaryDirectory directory;
  int late = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Case made = random_run(seed);
    if (made.fabric.step.synchronization != Synchronization::Tick) continue;
    made.fabric.step.tick_cycles = std::max<std::int64_t>(1, made.fabric.step.tick_cycles / 8);
    made.image.fabric = digest(made.fabric);
    made.params.checkpoint = {directory / std::to_string(seed), 1};
    const Outcome outcome = sim::run_image(made.fabric, made.image, made.stimulus, made.params);
    const auto first_late = outcome.first_late;
    if (outcome.first_late.empty()) continue;
    ++late;
    if (!std::filesystem::exists(made.params.checkpoint.file)) continue;
    EXPECT_LE(read_checkpoint(made.params.checkpoint.file).steps(), outcome.first_late.front().step);
  }
  EXPECT_GT(late, 2);
}

TEST(InterruptedRuns, WriteACheckpointEachSoManySteps) {
  const TemporaryDirectory directory;
  Case made = random_run(7);
  const Outcome whole = sim::run_image(made.fabric, made.image, made.stimulus, made.params);
  for (const std::uint64_t every : {std::uint64_t{1}, std::uint64_t{2}, whole.steps, whole.steps + 1}) {
    made.params.checkpoint = {directory / ("every_" + std::to_string(every)), every};
    sim::run_image(made.fabric, made.image, made.stimulus, made.params);
    const bool written = every < whole.steps;
    ASSERT_EQ(std::filesystem::exists(made.params.checkpoint.file), written);
    if (!written) continue;
    EXPECT_EQ(read_checkpoint(made.params.checkpoint.file).steps(), (whole.steps - 1) / every * every);
  }
}

}  // namespace
}  // namespace weft::test
