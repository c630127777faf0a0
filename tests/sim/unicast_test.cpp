// Unicast routing: a value leaves its neuron as one message for each listener.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/hand_made.hpp"

namespace weft::sim {
namespace {

using testing::ElementsAre;

// Three tiles in a row; the neuron of tile 0 is heard by the cores of tiles 1 and 2 and by its own: keys 5
// to 7.
HandMade three_listeners() {
  Fabric fabric = hand_made_fabric(3, 1);
  fabric.router.routing = Routing::Unicast;
  HandMade made(fabric);
  made.neuron(0, 3, MessageKey(5));
  made.image.tiles[TileId(0)].core.neurons[0].messages = 3;
  made.axon(0);
  made.route(0, 5, kLocal, {{0, 1}});
  made.route(0, 6, kEast);
  made.route(0, 7, kEast);
  for (std::uint32_t tile : {1u, 2u}) {
    made.axon(tile);
    made.neuron(tile, 0);
  }
  made.route(1, 6, kLocal, {{0, 1}});
  made.route(1, 7, kEast);
  made.route(2, 7, kLocal, {{0, 1}});
  return made;
}

TEST(Unicast, SendsAMessageToEachListenerOneAfterTheOther) {
  HandMade made = three_listeners();
  EventLog log;
  const Outcome outcome = made.run(made.stimulus(1), {}, &log);
  // Two steps. Cycle 0: all three go into the queue; they leave it in 1, 2, 3 and may leave the router in 3,
  // 4, 5.
  const auto sends = log.cycles(EventKind::Send, 0);
  EXPECT_THAT(std::vector<std::uint64_t>(sends.begin(), sends.begin() + 3), ElementsAre(1, 2, 3));
  EXPECT_EQ(log.cycles(EventKind::Deliver, 0).front(), 3u);
  EXPECT_EQ(log.cycles(EventKind::Deliver, 1).front(), 4u + 2);
  EXPECT_EQ(log.cycles(EventKind::Deliver, 2).front(), 5u + 2 * 2);
  EXPECT_EQ(outcome.tiles[TileId(0)].messages, 2u * 3);
  EXPECT_EQ(outcome.tiles[TileId(0)].flits[static_cast<std::size_t>(Direction::East)], 2u * 2);
  EXPECT_EQ(outcome.tiles[TileId(0)].neuron_updates, 2u);
}

TEST(Unicast, TellsOneUpdateAndMarksTheFurtherMessages) {
  HandMade made = three_listeners();
  EventLog log;
  made.run(made.stimulus(1), {}, &log);
  EXPECT_EQ(log.cycles(EventKind::Update, 0).size(), 2u);
  std::vector<int> details;
  for (const Event& event : log.events)
    if (event.kind == EventKind::Send) details.push_back(event.detail);
  EXPECT_THAT(details, ElementsAre(0, 1, 1, 0, 1, 1));
}

TEST(Unicast, StallsTheCoreWhileItsMessagesWaitForTheQueue) {
  HandMade made = three_listeners();
  made.fabric.core.output_queue = 1;
  const Outcome outcome = made.run(made.stimulus(1));
  // One slot: a message goes in every other cycle, the cycles until the last one is in are stall cycles.
  EXPECT_EQ(outcome.tiles[TileId(0)].stall_cycles, 2u * 4);
}

TEST(Unicast, LetsAnInputEnterOnceForEachListener) {
  Fabric fabric = hand_made_fabric(2, 1);
  fabric.router.routing = Routing::Unicast;
  HandMade made(fabric);
  made.input(0, 1);
  made.image.inputs.push_back({0, PortId(0), MessageKey(2)});
  for (std::uint32_t tile : {0u, 1u}) {
    made.axon(tile);
    made.neuron(tile, 0);
  }
  made.route(0, 1, kLocal, {{0, 1}});
  made.route(0, 2, kEast);
  made.route(1, 2, kLocal, {{0, 1}});
  EventLog log;
  made.run(made.stimulus(1, {4}), {}, &log);
  EXPECT_THAT(log.cycles(EventKind::Inject, 0), ElementsAre(0, 1));
  EXPECT_THAT(log.cycles(EventKind::Deliver, 0), ElementsAre(2));
  EXPECT_THAT(log.cycles(EventKind::Deliver, 1), ElementsAre(3 + 2));
}

}  // namespace
}  // namespace weft::sim
