// Questions whose answers are known: TIMING.md's worked examples, and on random runs what the log itself adds
// up to.
#include "traces/question/questions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "simulated_log.hpp"
#include "tests/model/expect_error.hpp"

namespace weft::traces {
namespace {

using sim::kEast;
using sim::kLocal;

class Question : public testing::Test {
 protected:
  std::filesystem::path run(sim::HandMade& made, const std::string& name = "log", int frames = 1) const {
    EventLogWriter writer(made.fabric, {directory_ / name});
    made.run(made.stimulus(frames), {}, &writer);
    writer.finish();
    return directory_ / name;
  }
  // TIMING.md, "Contention": in cycle 5 tile 1's Local and West inputs both want Local; Local wins.
  static sim::HandMade contention() {
    sim::HandMade made(sim::hand_made_fabric(2, 1));
    made.neuron(0, 5, MessageKey(7));
    made.route(0, 7, kEast);
    made.axon(1);
    made.axon(1);
    made.neuron(1, 0);
    made.neuron(1, 0);
    made.neuron(1, 3, MessageKey(8));
    made.route(1, 7, kLocal, {{0, 1}});
    made.route(1, 8, kLocal, {{1, 1}});
    return made;
  }
  TemporaryDirectory directory_;
};

TEST_F(Question, WhoSentToATileNamesEachSender) {
  sim::HandMade made = contention();
  const std::vector<Sender> senders = who_sent_to(run(made), TileId(1), 0);
  ASSERT_EQ(senders.size(), 2u);
  EXPECT_EQ(senders[0].key, 8u);
  EXPECT_EQ(senders[0].from, TileId(1));
  EXPECT_EQ(senders[0].hops, 0u);
  EXPECT_EQ(senders[0].arrived, 5u);
  EXPECT_EQ(senders[1].key, 7u);
  EXPECT_EQ(senders[1].value, 5);
  EXPECT_EQ(senders[1].from, TileId(0));
  EXPECT_FALSE(senders[1].from_port);
  EXPECT_EQ(senders[1].hops, 1u);
  EXPECT_EQ(senders[1].sent, 1u);
  EXPECT_EQ(senders[1].arrived, 6u);
  EXPECT_EQ(senders[1].axons, 1u);
}

TEST_F(Question, TellsHowManySumsAMessageWasAddedTo) {
  sim::HandMade made = contention();
  made.fabric.core.native_sums = true;
  made.image.tiles[TileId(1)].deliveries[0] = {0, 1, true};
  const std::filesystem::path log = run(made);
  const std::vector<Sender> senders = who_sent_to(log, TileId(1), 0);
  ASSERT_EQ(senders.size(), 2u);
  EXPECT_EQ(senders[0].sums + senders[1].sums, 1u);
  EXPECT_EQ(senders[0].axons + senders[1].axons, 1u);
  const std::vector<Passage> life = life_of(log, senders[0].sums > 0 ? senders[0].key : senders[1].key, 0);
  ASSERT_FALSE(life.empty());
  EXPECT_EQ(life.back().event.kind, EventKind::Add);
  EXPECT_EQ(life.back().wait.total(), 0u);
  EXPECT_EQ(describe(EventLogReader(log).header(), life.back().event).substr(0, 14), "tile_1_0 add 0");
}

TEST_F(Question, TheLifeOfAMessageTellsThatItLostArbitration) {
  sim::HandMade made = contention();
  const std::vector<Passage> life = life_of(run(made), 7, 0);
  ASSERT_EQ(life.size(), 5u);  // update, send, hop, arrive, deliver
  EXPECT_EQ(life[0].event.kind, EventKind::Update);
  EXPECT_EQ(life[1].event.cycle, 1u);
  EXPECT_EQ(life[1].wait.total(), 0u);
  EXPECT_EQ(life[2].event.cycle, 3u);
  EXPECT_EQ(life[2].wait.total(), 0u);
  EXPECT_EQ(life[3].event.cycle, 6u);
  EXPECT_EQ(life[3].ready, 5u);
  EXPECT_EQ(life[3].wait.arbitration, 1u);
  EXPECT_EQ(life[3].wait.total(), 1u);
  EXPECT_TRUE(life_of(directory_ / "log", 99, 0).empty());
}

TEST_F(Question, TheLifeOfAMessageTellsThatItWaitedForACredit) {
  // Three messages over one link with buffers of one flit: TIMING.md, "Back-pressure", and one more.
  sim::HandMade made(sim::hand_made_fabric(2, 1));
  made.fabric.router.buffer_depth = 1;
  made.fabric.router.credit_cycles = 6;
  for (std::uint32_t key = 1; key <= 2; ++key) {
    made.neuron(0, 5, MessageKey(key));
    made.route(0, key, kEast);
    made.axon(1);
    made.route(1, key, kLocal, {{static_cast<std::uint16_t>(key - 1), 1}});
  }
  made.neuron(1, 0);
  const std::vector<Passage> life = life_of(run(made), 2, 0);
  ASSERT_EQ(life.size(), 5u);
  EXPECT_GT(life[1].wait.credits, 0u);  // the Local buffer was full
  EXPECT_EQ(life[2].event.kind, EventKind::Hop);
  EXPECT_EQ(life[2].event.cycle, 11u);  // granted Local in 5, credit home at 5 + 6
  EXPECT_EQ(life[2].wait.credits, 11u - life[2].ready);
  EXPECT_EQ(life[2].wait.arbitration, 0u);
}

TEST_F(Question, TheLifeOfAMessageTellsThatItsNarrowLinkWasTaken) {
  // Three flits in a row over a link that takes four cycles for each: granted in 2, 6 and 10.
  sim::HandMade made(sim::hand_made_fabric(3, 1));
  made.fabric.router.flit_bits = 48;
  made.fabric.router.link_bits = 12;
  for (std::uint32_t key = 0; key < 3; ++key) {
    made.input(0, key);
    made.output(1, key);
    made.route(0, key, kEast);
    made.route(1, key, kEast);
    made.route(2, key, sim::kEdge);
  }
  EventLogWriter writer(made.fabric, {directory_ / "narrow"});
  made.run(made.stimulus(1, {1, 1, 1}), {}, &writer);
  writer.finish();
  for (std::uint32_t key = 0; key < 3; ++key) {
    const std::vector<Passage> life = life_of(directory_ / "narrow", key, 0);
    ASSERT_EQ(life.size(), 4u);  // inject, two hops, output
    EXPECT_EQ(life[1].event.cycle, 2 + 4 * key);
    EXPECT_EQ(life[1].wait.link, key == 0 ? 0u : 3u);
    EXPECT_EQ(life[1].wait.arbitration, 0u);
    EXPECT_EQ(life[1].wait.credits, 0u);
    EXPECT_EQ(life[2].wait.total(), 0u);  // the second link takes them as they come
  }
}

TEST_F(Question, NothingWaitsOnACircuit) {
  // TIMING.md, "Circuits": sent in the cycle of the update, one hop, delivered three cycles later.
  sim::HandMade made(sim::hand_made_fabric(2, 1));
  made.fabric.router.routing = Routing::Circuit;
  made.neuron(0, 5, MessageKey(7));
  made.route(0, 7, kEast);
  made.axon(1, {{0, 1}});
  made.neuron(1, 0);
  made.route(1, 7, kLocal, {{0, 1}});
  const std::string log = run(made);
  const std::vector<Passage> life = life_of(log, 7, 0);
  ASSERT_EQ(life.size(), 5u);
  const std::vector<std::uint64_t> cycles = {0, 0, 1, 3, 3};  // update, send, hop, arrive, deliver
  for (std::size_t i = 0; i < life.size(); ++i) {
    EXPECT_EQ(life[i].event.cycle, cycles[i]);
    EXPECT_EQ(life[i].ready, cycles[i]);
    EXPECT_EQ(life[i].wait.total(), 0u);
  }
  std::vector<std::string> parts;
  for (const PathPart& part : critical_path(log, 0).parts) parts.push_back(part.what);
  EXPECT_EQ(parts, (std::vector<std::string>{"router", "link", "router", "arrive"}));
}

TEST_F(Question, EveryWaitAddsUpOnRandomRuns) {
  std::uint64_t queued = 0;
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    const SimulatedLog log(seed);
    StepReader reader(log.file);
    StepEvents step;
    std::set<std::uint32_t> keys;
    ASSERT_TRUE(reader.next(step) && reader.next(step));
    for (const Event& event : step.events)
      if (event.kind == EventKind::Send || event.kind == EventKind::Inject) keys.insert(event.subject);
    for (const std::uint32_t key : keys) {
      for (const Passage& passage : life_of(log.file, key, 1)) {
        queued += passage.wait.queue;
        EXPECT_EQ(passage.ready + passage.wait.total(), passage.event.cycle) << seed << " " << key;
        // One by one, since a wait below zero would still add up.
        EXPECT_LE(passage.wait.queue, passage.event.cycle);
        EXPECT_LE(passage.wait.arbitration, passage.event.cycle);
        EXPECT_LE(passage.wait.link, passage.event.cycle);
        EXPECT_LE(passage.wait.credits, passage.event.cycle);
      }
    }
  }
  EXPECT_GT(queued, 0u);
}

TEST_F(Question, TheBusiestLinksHaveTheFlitsThatTheRunCounted) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    const SimulatedLog log(seed);
    const auto& tiles = log.outcome.tiles;
    std::uint64_t all = 0, listed = 0, previous = ~std::uint64_t{0};
    for (std::uint32_t t = 0; t < tiles.size(); ++t)
      for (std::size_t side = 1; side <= 4; ++side) all += tiles[TileId(t)].flits[side];
    for (const LinkLoad& link : busiest_links(log.file, 1000)) {
      EXPECT_EQ(link.flits, tiles[link.tile].flits[static_cast<std::size_t>(link.side)]);
      EXPECT_LE(link.flits, previous);
      EXPECT_LE(link.flits_in_it, link.flits);
      EXPECT_LE(link.flits_in_it, link.last_cycle - link.first_cycle + 1);
      previous = link.flits;
      listed += link.flits;
    }
    EXPECT_EQ(listed, all);
    EXPECT_LE(busiest_links(log.file, 2).size(), 2u);
  }
}

TEST_F(Question, TheCriticalPathOfOneMessageIsItsWay) {
  sim::HandMade made = contention();
  const CriticalPath path = critical_path(run(made), 0);
  std::vector<std::string> parts;
  for (const PathPart& part : path.parts)
    parts.push_back(part.what + " " + std::to_string(part.tile.value()) + " " + std::to_string(part.from));
  // The link's part ends where the flit is in the next buffer.
  EXPECT_THAT(parts, testing::ElementsAre("updates 0 0", "send 0 1", "router 0 2", "link 0 3", "router 1 4",
                                          "wait: arbitration 1 5", "arrive 1 6"));
}

TEST_F(Question, TheCriticalPathCoversTheWholeStepWithoutAGap) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    const SimulatedLog log(seed);
    for (std::uint32_t step = 0; step < log.outcome.steps; ++step) {
      const CriticalPath path = critical_path(log.file, step);
      ASSERT_FALSE(path.parts.empty());
      std::uint64_t at = path.begin;
      for (const PathPart& part : path.parts) {
        EXPECT_EQ(part.from, at);
        EXPECT_GT(part.to, part.from);
        at = part.to;
      }
      EXPECT_EQ(at, path.last + 1) << "seed " << seed << " step " << step;
    }
  }
}

TEST_F(Question, LogsOfEqualRunsDoNotDiffer) {
  EXPECT_FALSE(first_difference(SimulatedLog(3).file, SimulatedLog(3).file).has_value());
}

TEST_F(Question, TheFirstDifferenceHasItsCycleTileAndField) {
  sim::HandMade made = contention();
  const auto left = run(made, "left", 2);
  made.image.tiles[TileId(0)].core.neurons[0].bias = 6;
  const auto found = first_difference(left, run(made, "right", 2));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->step, 0u);
  EXPECT_EQ(found->cycle, 0u);
  EXPECT_EQ(found->tile, TileId(0));
  EXPECT_EQ(found->field, "update.value");
  EXPECT_EQ(found->left, "5");
  EXPECT_EQ(found->right, "6");
}

TEST_F(Question, AnEventThatOneLogHasNotIsADifference) {
  sim::HandMade made = contention();
  const auto left = run(made, "left");
  made.image.tiles[TileId(1)].core.neurons[2].bias = 0;
  const auto found = first_difference(left, run(made, "right"));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->cycle, 2u);
  EXPECT_EQ(found->left, "tile_1_0 update 2 value 3");
  EXPECT_EQ(found->right, "nothing");
  EXPECT_EQ(found->field, "event");
}

TEST_F(Question, AboutAStepThatIsNotThereNamesThoseThatAre) {
  sim::HandMade made = contention();
  run(made);
  EXPECT_THAT(input_error_of([&] { critical_path(directory_ / "log", 9); }),
              testing::HasSubstr("an event log without step 9, expected one of the steps 0 to 1"));
}

}  // namespace
}  // namespace weft::traces
