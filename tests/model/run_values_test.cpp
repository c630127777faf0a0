// What goes into a run and what its counters add up to.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "model/fabric/event.hpp"
#include "model/fabric/outcome.hpp"

namespace weft {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Dataset three_samples() {
  Dataset dataset;
  dataset.name = "three";
  dataset.shape = {1, 1, 2};
  dataset.classes = 2;
  dataset.samples = {1, 2, 3, 4, 255, 0};
  dataset.labels = {0, 1, 0};
  return dataset;
}

TEST(Stimulus, TakesSamplesAsTheyAre) {
  const Stimulus stimulus = make_stimulus(three_samples(), 1, 2, 5);
  EXPECT_EQ(stimulus.interval_steps, 5);
  EXPECT_EQ(stimulus.frames.rows, 2);
  EXPECT_EQ(stimulus.frames.columns, 2);
  EXPECT_THAT(stimulus.frames.values, ElementsAre(3, 4, 255, 0));
}

TEST(Stimulus, IsClippedToWhatThereIs) {
  EXPECT_EQ(make_stimulus(three_samples(), 2, 100).frames.rows, 1);
  EXPECT_EQ(make_stimulus(three_samples(), 7, 1).frames.rows, 0);
  EXPECT_EQ(make_stimulus(three_samples(), -3, 1).frames.rows, 1);
}

TEST(Stimulus, RefusesFramesWithoutAStepBetween) {
  try {
    make_stimulus(three_samples(), 0, 1, 0);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::Usage);
    EXPECT_STREQ(error.what(), "a new frame needs at least 1 step, found 0");
  }
}

Outcome two_tiles() {
  Outcome outcome;
  outcome.cycles = 1000;
  outcome.tiles.resize(2);
  std::uint64_t next = 1;
  for (TileCounters& tile : outcome.tiles) {
    for (std::uint64_t* counter : {&tile.rows, &tile.synaptic_ops, &tile.neuron_updates, &tile.messages,
                                   &tile.deliveries, &tile.busy_cycles, &tile.stall_cycles, &tile.injected}) {
      *counter = next++;
    }
    for (std::uint64_t& flits : tile.flits) flits = next++;
    tile.sums = 50;
  }
  return outcome;  // but for sums, the first tile counts 1 to 14, the second 15 to 28
}

TEST(Totals, AddUpTheTiles) {
  const OutcomeTotals sum = totals(two_tiles());
  EXPECT_EQ(sum.rows, 1u + 15);
  EXPECT_EQ(sum.synaptic_ops, 2u + 16);
  EXPECT_EQ(sum.neuron_updates, 3u + 17);
  EXPECT_EQ(sum.messages, 4u + 18);
  EXPECT_EQ(sum.deliveries, 5u + 19);
  EXPECT_EQ(sum.sums, 100u);
  EXPECT_EQ(sum.busy_cycles, 6u + 20);
  EXPECT_EQ(sum.stall_cycles, 7u + 21);
  EXPECT_EQ(sum.injected, 8u + 22);
  EXPECT_EQ(sum.flit_hops, 10u + 11 + 12 + 13 + 24 + 25 + 26 + 27) << "neither local nor edge";
  EXPECT_EQ(sum.emitted, 14u + 28);
}

TEST(Energy, IsCountersTimesJouleAndLeakageTimesSeconds) {
  Fabric fabric;
  fabric.width = 2;
  fabric.height = 1;
  fabric.clock_hz = 500;
  fabric.energy = {1, 10, 100, 1000, 1e4, 1e5, 0.25};
  const EnergyParts parts = energy(two_tiles(), fabric);
  EXPECT_DOUBLE_EQ(parts.rows, 16);
  EXPECT_DOUBLE_EQ(parts.synapses, 1180) << "an addition to a sum counts as a synapse's";
  EXPECT_DOUBLE_EQ(parts.neurons, 2000);
  EXPECT_DOUBLE_EQ(parts.messages, 22000);
  EXPECT_DOUBLE_EQ(parts.hops, 148e4);
  EXPECT_DOUBLE_EQ(parts.ports, (30 + 42) * 1e5);
  EXPECT_DOUBLE_EQ(parts.leakage, 0.25 * 2 * 2);
  EXPECT_DOUBLE_EQ(parts.total(), 16 + 1180 + 2000 + 22000 + 148e4 + 72e5 + 1);
}

TEST(EventKind, HasANameOfItsOwnEach) {
  std::set<std::string> names;
  for (int kind = 0; kind < kEventKinds; ++kind) names.insert(to_string(static_cast<EventKind>(kind)));
  EXPECT_EQ(names.size(), static_cast<std::size_t>(kEventKinds));
  EXPECT_EQ(names.count("unknown"), 0u);
  EXPECT_STREQ(to_string(EventKind::Hop), "hop");
}

}  // namespace
}  // namespace weft
