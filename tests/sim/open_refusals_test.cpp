// What is refused of users' modules, each with its message: where they cannot be, and what they may not say.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/open_lab.hpp"

namespace weft::sim {
namespace {

using testing::HasSubstr;

template <class Act>
std::string refusal(Act act) {
  try {
    act();
  } catch (const InputError& error) {
    return error.what();
  }
  ADD_FAILURE() << "no error";
  return {};
}

TEST(OpenRefusals, OfferedFlitsMustBeTheFabrics) {
  const auto offer = [](std::uint32_t key, std::int32_t value, bool twice) {
    Lab lab(through());
    return lab.failure(20, [&](int edge) {
      lab.open.write(true);
      lab.key.write(key);
      lab.value.write(value);
      lab.valid.write(edge < 2 || twice);
    });
  };
  EXPECT_THAT(
      offer(8, 1, false),
      HasSubstr("tile_0_0.port: found a flit with key 8 in cycle 2, expected the key of an input that "
                "enters here"));
  EXPECT_THAT(
      offer(7, 0, false),
      HasSubstr("tile_0_0.port: found the value 0 under key 7 in cycle 2, expected a value other than "
                "0 of at most 128"));
  EXPECT_THAT(offer(7, 300, false), HasSubstr("found the value 300 under key 7 in cycle 2"));
  EXPECT_THAT(
      offer(7, 1, true),
      HasSubstr("found key 7 for the second time in step 0 in cycle 3, expected each key once at most"));
}

TEST(OpenRefusals, TilesAndPortsMustExist) {
  const HandMade made(hand_made_fabric(3, 1));
  Session session;
  OpenFabric fabric("fabric", made.fabric);
  EXPECT_EQ(refusal([&] { fabric.port(3, 0); }),
            "fabric: found tile 3, 0, expected x of 0 to 2 and y of 0 to 0");
  EXPECT_EQ(
      refusal([&] { fabric.port(1, 0); }),
      "fabric.tile_1_0: found a tile without a port, expected a tile at a side of the grid where ports are");
  EXPECT_EQ(refusal([&] { CoreAdapter("adapter", fabric, TileId(9)); }),
            "fabric: found tile 9, expected a number of 0 to 2");
  RouterAdapter adapter("adapter", fabric, TileId(0));
  EXPECT_EQ(refusal([&] { adapter.link(Direction::North); }),
            "fabric.tile_0_0: a link to the north, where nothing is");
}

TEST(OpenRefusals, ATileTakesOneModule) {
  const HandMade made(hand_made_fabric(3, 1));
  Session session;
  OpenFabric fabric("fabric", made.fabric);
  CoreAdapter core("core", fabric, TileId(0));
  RouterAdapter router("router", fabric, TileId(1));
  EXPECT_EQ(refusal([&] { CoreAdapter("again", fabric, TileId(0)); }),
            "fabric.tile_0_0: found a second module for its core, expected one module in a tile");
  EXPECT_EQ(refusal([&] { RouterAdapter("again", fabric, TileId(1)); }),
            "fabric.tile_1_0: found a second module for its router, expected one module in a tile");
  EXPECT_THAT(refusal([&] { CoreAdapter("also", fabric, TileId(1)); }),
              HasSubstr("a module for the core of a tile whose router is replaced as well"));
  EXPECT_THAT(refusal([&] { RouterAdapter("also", fabric, TileId(0)); }),
              HasSubstr("a module for the router of a tile whose core is replaced as well"));
}

TEST(OpenRefusals, NothingIsPutInPlaceAfterTheStart) {
  const HandMade made = through();
  Session session;
  OpenFabric fabric("fabric", made.fabric);
  fabric.load(made.image, made.stimulus(1));
  sc_core::sc_start();
  EXPECT_EQ(refusal([&] { CoreAdapter("late", fabric, TileId(0)); }),
            "fabric.tile_0_0: found a module put in place after the simulation has started, expected one put "
            "there before");
  EXPECT_EQ(refusal([&] { fabric.run_steps(1); }),
            "fabric: found steps asked for by a call, expected a run loaded after the start; this one goes "
            "by itself");
  fabric.load(made.image, made.stimulus(1));
  // Two steps of a cycle and a barrier of eight each.
  EXPECT_EQ(fabric.run_steps(0), 18 * kPeriod);
}

TEST(OpenRefusals, PinsAreBoundWholeAndWithAClock) {
  const HandMade made = through();
  Session session;
  sc_core::sc_clock clock("clock", kPeriod);
  sc_core::sc_signal<bool> valid, open;
  OpenFabric half("half", made.fabric);
  half.port(0, 0).in_valid(valid);
  EXPECT_EQ(refusal([&] { sc_core::sc_start(kPeriod); }),
            "half.tile_0_0.port: found 1 of the 4 pins in_* are bound, expected all of them or none");
}

TEST(OpenRefusals, PinsWantAClock) {
  const HandMade made = through();
  Session session;
  sc_core::sc_signal<bool> open;
  OpenFabric fabric("fabric", made.fabric);
  fabric.step_open(open);
  EXPECT_EQ(refusal([&] { sc_core::sc_start(kPeriod); }),
            "fabric.clk: found no clock, expected one, for pins, modules in tiles and runs without an end");
}

// Of a run with a user's router in tile 0.
std::string refusal_of_a_router_in_place(HandMade& made) {
  made.image.fabric = digest(made.fabric);
  Session session;
  sc_core::sc_clock clock("clock", kPeriod);
  OpenFabric fabric("fabric", made.fabric);
  fabric.load(made.image, made.stimulus(1));
  fabric.clk(clock);
  RouterAdapter adapter("adapter", fabric, TileId(0));
  return refusal([] { sc_core::sc_start(kPeriod); });
}

TEST(OpenRefusals, ABarrierOfACycleIsNeeded) {
  HandMade made = through();
  made.fabric.step.barrier_cycles = 0;
  EXPECT_EQ(
      refusal_of_a_router_in_place(made),
      "step.barrier_cycles: found 0, expected at least 1 where modules of the user's take part in a step");
}

TEST(OpenRefusals, CircuitsHaveNoGuests) {
  HandMade made = through();
  made.fabric.router.routing = Routing::Circuit;
  EXPECT_EQ(
      refusal_of_a_router_in_place(made),
      "router.routing: found circuit, expected routing by routers where modules of the user's take part in a "
      "step");
}

TEST(OpenRefusals, FabricsThatGuestsDoNotKnowAreNamed) {
  const auto refused = [](const std::function<void(Fabric&)>& change, bool in_routers,
                          bool in_cores = false) {
    Program program;
    program.fabric = hand_made_fabric(2, 2);
    change(program.fabric);
    Guests guests;
    guests.endless = true;
    if (in_cores) guests.cores.resize(1);
    if (in_routers) {
      guests.routers.resize(2);
      guests.routers[0].tile = TileId(1);
      guests.routers[1].tile = TileId(3);
    }
    return refusal([&] { guests.attach(program, Image()); });
  };
  const std::string end = " where modules of the user's take part in a step";
  EXPECT_EQ(refused([](Fabric& fabric) { fabric.router.routing = Routing::Circuit; }, false),
            "router.routing: found circuit, expected routing by routers" + end);
  EXPECT_EQ(refused([](Fabric& fabric) { fabric.step.synchronization = Synchronization::Tick; }, false),
            "step.synchronization: found tick, expected a barrier" + end);
  EXPECT_EQ(refused([](Fabric& fabric) { fabric.cores_per_tile = 2; }, false, true),
            "cores_per_tile: found 2, expected 1, for modules in cores' places," + end);
  EXPECT_EQ(refused([](Fabric& fabric) { fabric.router.routing = Routing::Unicast; }, false, true),
            "router.routing: found unicast, expected multicast, for modules in cores' places," + end);
  EXPECT_EQ(refused([](Fabric& fabric) { fabric.topology = Topology::Torus; }, true),
            "topology: found torus, expected a mesh, for modules in routers' places," + end);
  EXPECT_EQ(
      refused([](Fabric& fabric) { fabric.router.credit_cycles = 2; }, true),
      "tile_1_0 and tile_1_1: found modules in the places of both routers, expected a tile between them, "
      "or a fabric with hops of two cycles or more and router.credit_cycles of at least 2");
}

TEST(OpenRefusals, ACoreInTheImageIsNeededWhereOneIsReplaced) {
  const HandMade made = through();
  Session session;
  sc_core::sc_clock clock("clock", kPeriod);
  OpenFabric fabric("fabric", made.fabric);
  fabric.load(made.image, made.stimulus(1));
  fabric.clk(clock);
  CoreAdapter adapter("adapter", fabric, TileId(0));
  EXPECT_THAT(refusal([&] { sc_core::sc_start(kPeriod); }),
              HasSubstr("tile_0_0: a core that the image does not use"));
}

// A router's breaches of the protocol, by signals set at the edges 3 to 3 + edges - 1.
std::string breach(const HandMade& made, int edges, const std::function<void(RouterAdapter&, bool)>& act) {
  Lab lab(made, false, false);  // a flit enters in cycle 0
  RouterAdapter adapter("adapter", lab.fabric, TileId(0));
  return lab.failure(40, [&](int edge) {
    if (edge == 3) act(adapter, true);
    if (edge == 3 + edges) act(adapter, false);
  });
}
void send(RouterAdapter& router, Direction side, bool valid) {
  router.link(side).out_key.write(7);
  router.link(side).out_value.write(1);
  router.link(side).out_valid.write(valid);
}

TEST(OpenRefusals, ARouterInPlaceReturnsCreditsOfFlitsItHolds) {
  EXPECT_THAT(
      breach(through(), 1,
             [](RouterAdapter& router, bool on) { router.link(Direction::East).in_credit.write(on); }),
      HasSubstr("tile_0_0.router.east: in cycle 3 the router in its place returned a credit, but holds no "
                "flit of this side"));
}

TEST(OpenRefusals, ARouterInPlaceKeepsToItsTable) {
  EXPECT_THAT(
      breach(through(), 1, [](RouterAdapter& router, bool on) { send(router, Direction::Local, on); }),
      HasSubstr("tile_0_0.router.local: in cycle 3 the router in its place sent key 7, which the tile's "
                "table does not send there"));
}

TEST(OpenRefusals, ARouterInPlaceHasCredits) {
  // Nobody takes what leaves in the east, so the credits of the link come to an end.
  EXPECT_THAT(
      breach(through(), 20, [](RouterAdapter& router, bool on) { send(router, Direction::East, on); }),
      HasSubstr("the router in its place sent a flit without a credit"));
}

TEST(OpenRefusals, ARouterInPlaceWaitsForItsLink) {
  HandMade made = through();
  made.fabric.router.link_bits = made.fabric.router.flit_bits / 2;
  made.image.fabric = digest(made.fabric);
  EXPECT_THAT(breach(made, 2, [](RouterAdapter& router, bool on) { send(router, Direction::East, on); }),
              HasSubstr("tile_0_0.router.east: in cycle 4 the router in its place sent a flit while the link "
                        "carries another"));
}

TEST(OpenRefusals, ARouterInPlaceWaitsForItsPort) {
  HandMade made(hand_made_fabric(2, 1));
  made.fabric.ports.cycles_per_flit = 2;
  made.route(0, 7, kEdge);
  made.input(0, 7);
  made.output(0, 7);
  made.image.input_format = {8, true};
  made.image.fabric = digest(made.fabric);
  EXPECT_THAT(
      breach(made, 2, [](RouterAdapter& router, bool on) { send(router, Direction::Edge, on); }),
      HasSubstr("tile_0_0.router.edge: in cycle 4 the router in its place sent a flit before the port was "
                "free"));
}

TEST(OpenRefusals, ARouterInPlaceLosesAndDoublesNoFlit) {
  // Held since cycle 1: gone without a copy, or copied twice.
  EXPECT_THAT(
      breach(through(), 1,
             [](RouterAdapter& router, bool on) { router.link(Direction::Edge).in_credit.write(on); }),
      HasSubstr("conservation broken in step 0"));
  EXPECT_THAT(
      breach(through(), 2,
             [](RouterAdapter& router, bool on) {
               send(router, Direction::East, on);
               router.link(Direction::Edge).in_credit.write(on && !router.link(Direction::Edge).in_credit);
             }),
      testing::AnyOf(HasSubstr("conservation broken in step 0"), HasSubstr("holds no flit of this side")));
}

TEST(OpenRefusals, AFlitThatNobodyTakesEndsAtTheWatchdog) {
  const auto stuck = [](bool in_router) {
    OpenFabricParams params = Lab::endless();
    params.watchdog_cycles = 100;
    Lab lab(through(), false, !in_router, params);
    std::unique_ptr<RouterAdapter> adapter;
    if (in_router) adapter = std::make_unique<RouterAdapter>("adapter", lab.fabric, TileId(0));
    // A flit in each of two steps.
    int entered = 0;
    return lab.failure(1000, [&](int) {
      const bool enters = lab.valid.read() && lab.ready.read();
      if (enters) ++entered;
      lab.key.write(7);
      lab.value.write(1);
      lab.valid.write(entered < 2 && !enters && (lab.valid.read() || !lab.active.read()));
    });
  };
  EXPECT_THAT(stuck(true), HasSubstr("stuck in step 0: no progress"));
  EXPECT_THAT(stuck(true),
              HasSubstr("tile_0_0: the module in the router's place holds 1 flits of its edge input"));
  EXPECT_THAT(stuck(false), HasSubstr("tile_1_0: a flit (key 7) waits at the port's pins for out_ready"));
}

TEST(OpenRefusals, PinsAndARouterInPlaceExcludeEachOther) {
  const HandMade made = through();
  Lab lab(made);
  RouterAdapter adapter("adapter", lab.fabric, TileId(1));
  EXPECT_EQ(refusal([&] { sc_core::sc_start(kPeriod); }),
            "fabric.tile_1_0.port: found pins bound in a tile whose router is replaced, expected none: that "
            "router's own edge link is there");
}

}  // namespace
}  // namespace weft::sim
