// Pins edge by edge, steps that begin and end as another module says, and every refusal with its message.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "sim/open_fabric.hpp"
#include "tests/sim/hand_made.hpp"

namespace weft::sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const sc_core::sc_time kPeriod(10, sc_core::SC_NS);

// Calls a function at each rising edge, with the number of the edge.
class Script : public sc_core::sc_module {
 public:
  Script(const sc_core::sc_module_name& name, std::function<void(int edge)> act)
      : sc_module(name), act_(std::move(act)) {
    SC_METHOD(run);
    sensitive << clk.pos();
    dont_initialize();
  }
  sc_core::sc_in<bool> clk{"clk"};

 private:
  SC_HAS_PROCESS(Script);
  void run() { act_(edge_++); }
  std::function<void(int edge)> act_;
  int edge_ = 0;
};

// Two tiles, P = K = R = C = 1, B = 8: what enters in the west with key 7 leaves in the east four cycles
// later.
HandMade through() {
  HandMade made(hand_made_fabric(2, 1));
  made.route(0, 7, kEast);
  made.route(1, 7, kEdge);
  made.input(0, 7);
  made.output(1, 7);
  made.image.input_format = {8, true};
  made.image.fabric = digest(made.fabric);
  return made;
}

// A fabric with all its pins on signals, a run without an end, steps begun and ended by `open`.
struct Lab {
  explicit Lab(const HandMade& made, bool gated = true, bool west_pins = true,
               const OpenFabricParams& params = endless())
      : clock("clock", kPeriod), fabric("fabric", made.fabric, params) {
    fabric.load(made.image, west_pins ? made.stimulus(0) : made.stimulus(1, {1}));
    fabric.clk(clock);
    if (west_pins) {
      EdgePins& west = fabric.port(0, 0);
      west.in_valid(valid);
      west.in_key(key);
      west.in_value(value);
      west.in_ready(ready);
    }
    EdgePins& east = fabric.port(1, 0);
    east.out_valid(out_valid);
    east.out_key(out_key);
    east.out_value(out_value);
    east.out_ready(out_ready);
    if (gated) fabric.step_open(open);
    fabric.step_begin(begin);
    fabric.step_active(active);
    fabric.step_number(number);
  }
  static OpenFabricParams endless() {
    OpenFabricParams params;
    params.endless = true;
    return params;
  }
  // What `act` does at each of the edges 0 to edges - 1 is seen at the next.
  void run(int edges, std::function<void(int edge)> act) {
    Script script("script", std::move(act));
    script.clk(clock);
    sc_core::sc_start(edges * kPeriod);
  }
  std::string failure(int edges, std::function<void(int edge)> act) {
    try {
      run(edges, std::move(act));
    } catch (const std::exception& error) {
      return error.what();
    }
    ADD_FAILURE() << "no error";
    return {};
  }

  Session session;
  sc_core::sc_clock clock;
  template <class T>
  using Wire = sc_core::sc_signal<T>;
  Wire<bool> valid{"valid"}, ready{"ready"}, out_valid{"out_valid"}, out_ready{"out_ready"};
  Wire<std::uint32_t> key{"key"}, out_key{"out_key"};
  Wire<std::int32_t> value{"value"}, out_value{"out_value"};
  Wire<bool> open{"open"}, begin{"begin"}, active{"active"};
  Wire<std::uint64_t> number{"number"};
  OpenFabric fabric;
};

// The worked example of TIMING.md: offered from edge 0 on, in a step that is opened at edge 0 and closed at
// edge 3.
TEST(OpenSteps, AFlitTakesTheCyclesOfTheWorkedExample) {
  Lab lab(through());
  std::vector<int> begins, actives, readies, waits;
  std::vector<std::int32_t> values;
  lab.run(30, [&](int edge) {
    if (lab.begin.read()) begins.push_back(edge);
    if (lab.active.read()) actives.push_back(edge);
    if (lab.ready.read()) readies.push_back(edge);
    if (lab.out_valid.read()) waits.push_back(edge);
    if (lab.out_valid.read() && lab.out_ready.read()) values.push_back(lab.out_value.read());
    lab.open.write(edge < 3 || edge >= 20);
    lab.key.write(7);
    lab.value.write(-5);
    lab.valid.write(edge < 2);
    lab.out_ready.write(edge == 8);
  });
  // Open is seen at edge 1, so the first step begins in cycle 2: the flit enters there, leaves in cycle 6.
  EXPECT_THAT(begins, ElementsAre(2, 22));
  EXPECT_THAT(waits, ElementsAre(7, 8, 9));
  EXPECT_THAT(values, ElementsAre(-5));
  // L(0) = 6: quiet is seen in cycle 7. The next step would begin in cycle 15, but is opened at edge 20.
  EXPECT_THAT(actives, ElementsAre(2, 3, 4, 5, 6, 7, 22, 23, 24, 25, 26, 27, 28, 29));
  EXPECT_EQ(readies, actives);
}

TEST(OpenSteps, AStepIsNotOverWhileItIsHeldOpen) {
  Lab lab(through());
  std::vector<int> actives;
  lab.run(60, [&](int edge) {
    if (lab.active.read()) actives.push_back(edge);
    lab.open.write(edge < 40);
    lab.key.write(7);
    lab.value.write(1);
    lab.valid.write(edge == 30);
    lab.out_ready.write(true);
  });
  EXPECT_EQ(actives.front(), 2);
  // Open is seen for the last time at edge 40: L(0) = 40.
  EXPECT_EQ(actives.back(), 41);
  EXPECT_EQ(lab.fabric.outcome().steps, 1u);
  EXPECT_EQ(lab.fabric.outcome().tiles[TileId(0)].injected, 1u);
}

TEST(OpenSteps, WithoutAnEndGoOnByThemselvesAndSumUpTheirFrames) {
  Lab lab(through(), false);
  std::vector<int> begins;
  std::uint64_t sent = 0;
  lab.run(60, [&](int edge) {
    if (lab.begin.read()) begins.push_back(edge);
    const bool entered = lab.valid.read() && lab.ready.read();
    if (entered) sent = lab.number.read();
    // The next step's flit is offered in the barrier before it, so that it enters in the step's first cycle.
    lab.valid.write(
        !entered && !lab.active.read() && lab.number.read() > sent ? true : lab.valid.read() && !entered);
    lab.key.write(7);
    lab.value.write(static_cast<std::int32_t>(lab.number.read()) + 10);
    lab.out_ready.write(true);
  });
  // A step without work has one cycle, one with a flit five, and the barrier has eight.
  EXPECT_THAT(begins, ElementsAre(0, 9, 22, 35, 48));
  EXPECT_THAT(lab.fabric.outcome().outputs.values, ElementsAre(11, 12, 13, 14));
}

TEST(OpenSteps, AWaitingFlitHoldsBackTheNextOne) {
  Lab lab(through());
  std::vector<std::pair<int, std::int32_t>> taken;
  HandMade made = through();
  lab.run(80, [&](int edge) {
    if (lab.out_valid.read() && lab.out_ready.read()) taken.emplace_back(edge, lab.out_value.read());
    lab.open.write(edge < 1 || (edge >= 30 && edge < 32));
    lab.key.write(7);
    lab.value.write(edge < 20 ? 1 : 2);
    lab.valid.write(edge < 2 || (edge >= 30 && edge < 32));
    lab.out_ready.write(edge >= 60);
  });
  // The second flit could leave in cycle 36, but the first one waits in its place until edge 61.
  EXPECT_THAT(taken, ElementsAre(std::pair(61, 1), std::pair(62, 2)));
  EXPECT_EQ(lab.fabric.outcome().steps, 2u);
  EXPECT_GT(lab.fabric.outcome().step_cycles[1], 25u);
}

// Every refusal.

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

TEST(OpenRefusals, ABarrierOfACycleIsNeeded) {
  HandMade made = through();
  made.fabric.step.barrier_cycles = 0;
  made.image.fabric = digest(made.fabric);
  Session session;
  sc_core::sc_clock clock("clock", kPeriod);
  OpenFabric fabric("fabric", made.fabric);
  fabric.load(made.image, made.stimulus(1));
  fabric.clk(clock);
  RouterAdapter adapter("adapter", fabric, TileId(0));
  EXPECT_EQ(
      refusal([&] { sc_core::sc_start(kPeriod); }),
      "step.barrier_cycles: found 0, expected at least 1 where modules of the user's take part in a step");
}

TEST(OpenRefusals, CircuitsHaveNoGuests) {
  HandMade made = through();
  made.fabric.router.routing = Routing::Circuit;
  made.image.fabric = digest(made.fabric);
  Session session;
  sc_core::sc_clock clock("clock", kPeriod);
  OpenFabric fabric("fabric", made.fabric);
  fabric.load(made.image, made.stimulus(1));
  fabric.clk(clock);
  RouterAdapter adapter("adapter", fabric, TileId(0));
  EXPECT_EQ(
      refusal([&] { sc_core::sc_start(kPeriod); }),
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
  EXPECT_EQ(refused([](Fabric& fabric) { fabric.cores_per_tile = 2; }, false),
            "cores_per_tile: found 2, expected one core in a tile" + end);
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
