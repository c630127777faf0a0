// The fabric: geometry, costs of rows, rules, YAML there and back, presets.
#include "model/fabric/fabric.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <tuple>

#include "model/base/files.hpp"
#include "model/fabric/link.hpp"
#include "model/fabric/presets.hpp"
#include "tests/model/expect_error.hpp"
#include "tests/model/temporary_directory.hpp"

namespace weft {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

Fabric grid(int width, int height) {
  Fabric fabric;
  fabric.name = "grid";
  fabric.width = width;
  fabric.height = height;
  return fabric;
}

std::vector<std::uint32_t> port_numbers(const Fabric& fabric) {
  std::vector<std::uint32_t> numbers;
  for (const TileId tile : port_tiles(fabric)) numbers.push_back(tile.value());
  return numbers;
}

TEST(FabricGeometry, NumbersTilesRowByRowFromTheNorthWest) {
  const Fabric fabric = grid(3, 2);
  EXPECT_EQ(fabric.tiles(), 6);
  EXPECT_EQ(fabric.tile(2, 1).value(), 5u);
  EXPECT_EQ(tile_name(fabric, fabric.tile(2, 1)), "tile_2_1");
  EXPECT_EQ(neighbor(fabric, fabric.tile(1, 0), Direction::East), fabric.tile(2, 0));
  EXPECT_EQ(neighbor(fabric, fabric.tile(1, 0), Direction::South), fabric.tile(1, 1));
  EXPECT_EQ(neighbor(fabric, fabric.tile(1, 1), Direction::North), fabric.tile(1, 0));
  EXPECT_EQ(neighbor(fabric, fabric.tile(1, 1), Direction::West), fabric.tile(0, 1));
}

TEST(FabricGeometry, NeighborsAreMutual) {
  const Fabric fabric = grid(4, 3);
  int links = 0;
  for (std::uint32_t t = 0; t < 12; ++t) {
    for (const Direction d : {Direction::North, Direction::East, Direction::South, Direction::West}) {
      if (!has_neighbor(fabric, TileId(t), d)) {
        EXPECT_THROW(neighbor(fabric, TileId(t), d), Error);
        continue;
      }
      ++links;
      EXPECT_EQ(neighbor(fabric, neighbor(fabric, TileId(t), d), opposite(d)), TileId(t));
    }
    EXPECT_EQ(neighbor(fabric, TileId(t), Direction::Local), TileId(t));
  }
  EXPECT_EQ(links, 2 * (3 * 3 + 4 * 2)) << "two directions of each pair";
}

TEST(FabricGeometry, PutsOnePortAtEachTileOfTheChosenSides) {
  Fabric fabric = grid(3, 3);  // ports in the east and west
  EXPECT_THAT(port_numbers(fabric), ElementsAre(0, 2, 3, 5, 6, 8));
  fabric.ports.east = false;
  EXPECT_THAT(port_numbers(fabric), ElementsAre(0, 3, 6));
  fabric.ports.north = true;
  EXPECT_THAT(port_numbers(fabric), ElementsAre(0, 1, 2, 3, 6)) << "the corner has one port, not two";
  fabric.ports.south = true;
  EXPECT_THAT(port_numbers(fabric), ElementsAre(0, 1, 2, 3, 6, 7, 8));
  for (std::uint32_t t = 0; t < 9; ++t) {
    const std::vector<std::uint32_t> numbers = port_numbers(fabric);
    EXPECT_EQ(has_neighbor(fabric, TileId(t), Direction::Edge),
              std::count(numbers.begin(), numbers.end(), t) == 1);
  }
  EXPECT_THAT(port_numbers(grid(1, 1)), ElementsAre(0));
}

TEST(FabricCosts, ACrossbarTakesTheSameForEachRow) {
  CoreSpec core;
  core.row_cycles = 3;
  EXPECT_EQ(row_cycles(core, 1), 3);
  EXPECT_EQ(row_cycles(core, 256), 3);
  EXPECT_EQ(row_memory_bits(core, 100), 0);
}

TEST(FabricCosts, AMemoryCoreTakesAsMuchAsTheRowHolds) {
  CoreSpec core;
  core.kind = CoreKind::Memory;
  core.synapse_lanes = 4;
  EXPECT_EQ(row_cycles(core, 0), 1);
  EXPECT_EQ(row_cycles(core, 1), 1);
  EXPECT_EQ(row_cycles(core, 4), 1);
  EXPECT_EQ(row_cycles(core, 5), 2);
  core.weight_bits = 8;
  core.index_bits = 10;
  core.row_overhead_bits = 10;
  EXPECT_EQ(row_memory_bits(core, 0), 0);
  EXPECT_EQ(row_memory_bits(core, 3), 10 + 3 * 18);
  core.memory_word_bits = 64;
  EXPECT_EQ(row_memory_bits(core, 3), 64);
  EXPECT_EQ(row_memory_bits(core, 4), 128);
}

TEST(FabricCosts, AUnitsCoreTakesAllAxonsAndNeuronsAtOnce) {
  CoreSpec core;
  core.kind = CoreKind::Units;
  core.row_cycles = 2;
  core.axons = 100;
  core.neurons = 30;
  EXPECT_EQ(row_cycles(core, 1), 2);
  EXPECT_EQ(row_cycles(core, 30), 2);
  EXPECT_EQ(rows_at_once(core), 100);
  EXPECT_EQ(updates_at_once(core), 30);
  EXPECT_EQ(row_memory_bits(core, 30), 0);
  core.kind = CoreKind::Crossbar;
  EXPECT_EQ(rows_at_once(core), 1);
  EXPECT_EQ(updates_at_once(core), 1);
}

TEST(FabricCosts, AUnitHasSynapsesOfItsOwn) {
  CoreSpec core;
  EXPECT_EQ(most_fan_in(core), 256) << "a crosspoint with each axon";
  core.kind = CoreKind::Units;
  EXPECT_EQ(most_fan_in(core), 64);
  core.axons = 40;
  EXPECT_EQ(most_fan_in(core), 40) << "two synapses of one axon would be one";
}

TEST(FabricCosts, ANarrowLinkTakesTheCyclesOfAWholeFlit) {
  RouterSpec router;
  router.flit_bits = 48;
  router.link_cycles = 2;
  for (const auto& [bits, cycles] : {std::pair(0, 1), {64, 1}, {48, 1}, {47, 2}, {24, 2}, {16, 3}, {1, 48}}) {
    router.link_bits = bits;
    EXPECT_EQ(flit_cycles(router), cycles) << bits;
    EXPECT_EQ(hop_cycles(router), 2 + cycles - 1) << bits;
  }
}

TEST(FabricRules, AcceptTheDefaults) {
  EXPECT_EQ(describe(validate(Fabric{})), "");
}

std::string broken(Fabric fabric, void (*change)(Fabric&)) {
  change(fabric);
  return describe(validate(fabric));
}

TEST(FabricRules, NameTheValueThatIsOff) {
  EXPECT_EQ(broken({}, [](Fabric& f) { f.width = 0; }), "range at width: 0, it must be 1 to 256\n");
  EXPECT_EQ(broken({}, [](Fabric& f) { f.core.axons = -5; }),
            "range at core.axons: -5, it must be 1 to 4096\n");
  EXPECT_EQ(broken({}, [](Fabric& f) { f.clock_hz = std::numeric_limits<double>::quiet_NaN(); }),
            "range at clock_hz: nan, it must be 1 to 1000000000000\n");
  EXPECT_THAT(broken({}, [](Fabric& f) { f.router.buffer_depth = 0, f.energy.hop_joule = -1; }),
              HasSubstr("router.buffer_depth: 0, it must be 1 to 4096\nrange at energy.hop_joule: -1"));
}

TEST(FabricRules, HoldBetweenValues) {
  EXPECT_EQ(broken({}, [](Fabric& f) { f.core.kind = CoreKind::Memory, f.core.row_lanes = 2; }),
            "lanes-of-crossbar at core.row_lanes: 2, but only a crossbar processes several rows at once\n");
  EXPECT_EQ(
      broken({}, [](Fabric& f) { f.router.flit_bits = 43; }),
      "flit-holds-message at router.flit_bits: 43, but router.key_bits 20 and core.value_bits 24 need 44\n");
  EXPECT_EQ(broken({}, [](Fabric& f) { f.ports.east = f.ports.west = false; }),
            "some-port at ports: no side has ports, at least one must\n");
  EXPECT_EQ(broken({}, [](Fabric& f) { f.core.kind = CoreKind::Memory, f.core.synapse_memory_bits = 27; }),
            "memory-holds-row at core.synapse_memory_bits: 27, but a row of one synapse takes 28\n");
  EXPECT_EQ(broken({}, [](Fabric& f) { f.core.kind = CoreKind::Memory, f.core.index_bits = 7; }),
            "index-reaches-neurons at core.index_bits: 7, too few to tell 256 neurons apart\n");
  EXPECT_THAT(
      broken({}, [](Fabric& f) { f.router.routing = Routing::Circuit, f.router.link_bits = 8; }),
      HasSubstr("track-holds-value at router.link_bits: 8, but a circuit's track holds a whole value\n"));
  EXPECT_THAT(broken({},
                     [](Fabric& f) {
                       f.router.routing = Routing::Circuit, f.step.synchronization = Synchronization::Tick;
                     }),
              HasSubstr("circuits-arrive at step.synchronization: tick, but a step of circuits ends when its "
                        "last value has arrived\n"));
  EXPECT_THAT(
      broken({}, [](Fabric& f) { f.cores_per_tile = 8, f.core.axons = f.core.neurons = 4096; }),
      HasSubstr("numbers-in-tile at cores_per_tile: 8 cores of 4096 axons and 4096 neurons, but a tile "
                "has 65535 of both at most\n"));
  EXPECT_THAT(broken({}, [](Fabric& f) { f.core.kind = CoreKind::Units, f.core.native_sums = true; }),
              HasSubstr("units-add-up at core.native_sums: true, but a neuron of a units core adds up its "
                        "synapses alone\n"));
}

// A fabric in which each field differs from its default.
Fabric unusual() {
  return parse_fabric(R"(
name: "un: usual"
width: 3
height: 5
topology: torus
clock_hz: 123456789.25
core: {kind: memory, axons: 100, neurons: 90, weight_bits: 7, value_bits: 20, max_delay: 3, row_cycles: 2, axon_types: 3, fan_out: 7,
       unit_synapses: 32, synapse_lanes: 5, synapse_memory_bits: 99999999999, index_bits: 9, row_overhead_bits: 11, memory_word_bits: 32,
       neuron_lanes: 2, output_queue: 9, native_sums: true}
router: {routing: unicast, arbitration: fixed_priority, link_bits: 16, tracks: 40, deadlock_rule: bubble, buffer_depth: 3, pipeline_cycles: 2, link_cycles: 3, credit_cycles: 4, flit_bits: 64, key_bits: 21,
         table_entries: 77}
ports: {north: true, east: false, south: true, west: false, cycles_per_flit: 2}
step: {synchronization: tick, barrier_cycles: 0, barrier_level_cycles: 4, tick_cycles: 5000}
energy: {row_joule: 1e-12, synapse_joule: 2e-12, neuron_update_joule: 3e-12, message_joule: 4e-12, hop_joule: 2.3e-12,
         port_joule: 6e-12, static_watt_per_tile: 1e-3}
area: {core_mm2: 0.1, router_mm2: 0.2, port_mm2: 0.3}
)",
                      "f.yaml");
}

TEST(FabricYaml, ReadsEveryKey) {
  const Fabric f = unusual();
  EXPECT_EQ(f.name, "un: usual");
  EXPECT_EQ(f.clock_hz, 123456789.25);
  EXPECT_EQ(f.core.kind, CoreKind::Memory);
  EXPECT_EQ(f.core.synapse_memory_bits, 99999999999);
  EXPECT_EQ(f.core.memory_word_bits, 32);
  EXPECT_EQ(f.router.table_entries, 77);
  EXPECT_EQ(f.topology, Topology::Torus);
  EXPECT_EQ(f.router.deadlock_rule, DeadlockRule::Bubble);
  EXPECT_EQ(f.router.arbitration, Arbitration::FixedPriority);
  EXPECT_EQ(f.router.link_bits, 16);
  EXPECT_EQ(f.router.routing, Routing::Unicast);
  EXPECT_TRUE(f.ports.south);
  EXPECT_FALSE(f.ports.west);
  EXPECT_EQ(f.step.synchronization, Synchronization::Tick);
  EXPECT_EQ(f.step.barrier_cycles, 0);
  EXPECT_EQ(f.step.barrier_level_cycles, 4);
  EXPECT_EQ(f.step.tick_cycles, 5000);
  EXPECT_EQ(f.energy.static_watt_per_tile, 1e-3);
  EXPECT_EQ(f.area.port_mm2, 0.3);
}

TEST(FabricYaml, WritesWhatItReads) {
  for (const Fabric& fabric : {Fabric{}, unusual()}) {
    const std::string text = format_fabric(fabric);
    const Fabric again = parse_fabric(text, "again.yaml");
    EXPECT_EQ(again.name, fabric.name);
    EXPECT_EQ(digest(again), digest(fabric));
    EXPECT_EQ(format_fabric(again), text);
  }
}

TEST(FabricYaml, SaysWhereItsConstantsAreFrom) {
  Fabric fabric = unusual();
  fabric.constants = "a paper: and a page";
  const Fabric again = parse_fabric(format_fabric(fabric), "again.yaml");
  EXPECT_EQ(again.constants, fabric.constants);
  EXPECT_EQ(digest(again), digest(unusual())) << "words";
}

TEST(FabricPresets, SayWhereTheirConstantsAreFromAndHaveAnArea) {
  for (const std::string& name : fabric_preset_names()) {
    const Fabric fabric = load_fabric(name);
    EXPECT_FALSE(fabric.constants.empty()) << name;
    EXPECT_GT(fabric.area.core_mm2, 0) << name;
  }
}

// Published for whole chips: 60 mm2 of Loihi, 4096 cores of 240 x 390 um of TrueNorth; and the same core with
// 8 bits per crosspoint.
TEST(FabricPresets, HaveTheAreasOfTheirSources) {
  const auto cores_mm2 = [](const Fabric& f) { return f.tiles() * f.cores_per_tile * f.area.core_mm2; };
  for (const char* name : {"loihi1-davies2018", "loihi1-measured", "memory"})
    EXPECT_DOUBLE_EQ(cores_mm2(load_fabric(name)), 60) << name;
  EXPECT_NEAR(cores_mm2(load_fabric("truenorth")), 4096 * 0.240 * 0.390, 1e-9);
  for (const char* name : {"default", "large", "small"}) {
    const Fabric fabric = load_fabric(name);
    EXPECT_NEAR(
        fabric.area.core_mm2,
        0.240 * 0.390 * fabric.core.axons * fabric.core.neurons * fabric.core.weight_bits / (256 * 256), 1e-9)
        << name;
  }
  const Fabric units = load_fabric("fpga-units");
  EXPECT_NEAR(units.area.core_mm2, units.core.neurons * units.core.unit_synapses * (282 + 137) * 1e-6 * 35,
              1e-3);
  EXPECT_DOUBLE_EQ(units.energy.synapse_joule, (0.2e-12 + 0.1e-12) * 14);
}

TEST(FabricYaml, WritesAndHashesEveryField) {
  // Each line of unusual() that is put into the default fabric changes its digest.
  const std::string text = format_fabric(unusual());
  const Fabric standard;
  const std::string usual = format_fabric(standard);
  int lines = 0, changed = 0;
  std::string section;
  std::size_t begin = text.find('\n') + 1;  // behind the name
  while (begin < text.size()) {
    const std::size_t end = text.find('\n', begin);
    std::string line = text.substr(begin, end - begin);
    begin = end + 1;
    line = line.substr(0, line.find("  #"));
    line.erase(line.find_last_not_of(' ') + 1);
    if (line.back() == ':') {
      section = line.substr(0, line.size() - 1) + ".";
      continue;
    }
    const std::size_t first = line.find_first_not_of(' ');
    if (first == 0) section.clear();
    ++lines;
    if (usual.find("\n" + line) != std::string::npos) continue;
    const std::size_t colon = line.find(": ");
    std::string override = section + line.substr(first, colon - first) + "=" + line.substr(colon + 2);
    std::vector<std::string> overrides = {override};
    // These two go together only.
    if (override == "topology=torus") overrides.push_back("router.deadlock_rule=bubble");
    if (override == "router.deadlock_rule=bubble") overrides.push_back("topology=torus");
    EXPECT_NE(digest(parse_fabric("", "default.yaml", overrides)), digest(standard)) << override;
    ++changed;
  }
  EXPECT_EQ(lines, 5 + 19 + 12 + 5 + 4 + 7 + 3);
  Fabric torus, bubble;
  torus.topology = Topology::Torus;
  bubble.router.deadlock_rule = DeadlockRule::Bubble;
  EXPECT_NE(digest(torus), digest(standard));
  EXPECT_NE(digest(bubble), digest(standard));
  EXPECT_EQ(changed, 4 + 18 + 12 + 5 + 4 + 7 + 3);  // the others have no other value that is supported
}

TEST(FabricYaml, TakesTheFilesNameWhereItHasNone) {
  EXPECT_EQ(parse_fabric("", "some/where.yaml").name, "where");
  Fabric named = grid(8, 8);
  EXPECT_EQ(digest(named), digest(Fabric{})) << "a name is no property of a chip";
}

std::string refusal(const std::string& yaml, const std::vector<std::string>& overrides = {}) {
  return input_error_of([&] { parse_fabric(yaml, "f.yaml", overrides); });
}

TEST(FabricYaml, RefusesWithThePositionAndTheKey) {
  EXPECT_EQ(refusal("core:\n  axons: 0\n"),
            "f.yaml:2:10: found \"0\" for core.axons, expected an integer from 1 to 4096");
  EXPECT_EQ(refusal("width: -8"), "f.yaml:1:8: found \"-8\" for width, expected an integer from 1 to 256");
  EXPECT_EQ(refusal("clock_hz: fast"),
            "f.yaml:1:11: found \"fast\" for clock_hz, expected a number from 1 to 1000000000000");
  EXPECT_EQ(refusal("core: {kind: crosbar}"),
            "f.yaml:1:14: found \"crosbar\" for core.kind, expected crossbar, memory or units (did you mean "
            "'crossbar'?)");
  EXPECT_THAT(refusal("core: {axon: 3}"),
              StartsWith("f.yaml:1:8: found the unknown key \"axon\" in core, expected"));
  EXPECT_THAT(refusal("core: {axon: 3}"), EndsWith("(did you mean 'axons'?)"));
  EXPECT_THAT(refusal("rooter: {}"), EndsWith("(did you mean 'router'?)"));
  EXPECT_THAT(refusal("width: 3\nwidth: 4\n"), StartsWith("f.yaml:2:1: found the key \"width\" again"));
  EXPECT_EQ(refusal("ports: {east: 1}"), "f.yaml:1:15: found \"1\" for ports.east, expected true or false");
}

TEST(FabricYaml, RefusesWhatDoesNotFitTogether) {
  EXPECT_EQ(refusal("router:\n  flit_bits: 30\n"),
            "f.yaml:2:14: router.flit_bits: 30, but router.key_bits 20 and core.value_bits 24 need 44"
            " (rule flit-holds-message)");
  EXPECT_EQ(refusal("core:\n  value_bits: 31\n"),
            "f.yaml:1:1: router.flit_bits: 48, but router.key_bits 20 and core.value_bits 31 need 51"
            " (rule flit-holds-message)");
  EXPECT_EQ(refusal("ports:\n  east: false\n  west: false\n"),
            "f.yaml:2:3: ports: no side has ports, at least one must (rule some-port)");
}

TEST(FabricYaml, RefusesATorusThatCouldJam) {
  const std::string torus = "topology: torus\nrouter: {deadlock_rule: bubble";
  EXPECT_EQ(
      refusal("topology: torus\n"),
      "f.yaml:1:1: router.deadlock_rule: none, but the flits in a ring of a torus can wait for each other: "
      "it needs bubble (rule torus-needs-bubble)");
  EXPECT_EQ(
      refusal("router: {deadlock_rule: bubble}\n"),
      "f.yaml:1:25: router.deadlock_rule: bubble, but a mesh has no rings to enter (rule bubble-of-torus)");
  EXPECT_EQ(refusal(torus + ", buffer_depth: 1}\n"),
            "f.yaml:2:47: router.buffer_depth: 1, but the bubble rule needs at least 2 (rule bubble-fits)");
  EXPECT_EQ(refusal(torus + "}\nwidth: 2\n"),
            "f.yaml:3:8: width: 2, but a ring of a torus has at least 3 tiles: two would be linked twice "
            "(1 makes no ring) (rule ring-of-tiles)");
  EXPECT_THAT(refusal(torus + "}\nheight: 2\n"), StartsWith("f.yaml:3:9: height: 2, but"));
  EXPECT_EQ(
      refusal(torus + ", routing: circuit}\n"),
      "f.yaml:1:11: topology: torus, but circuits are simulated on a mesh alone (rule circuits-on-mesh)");
  EXPECT_EQ(parse_fabric(torus + ", buffer_depth: 2}\nwidth: 3\nheight: 1\n", "f.yaml").tiles(), 3);
}

TEST(FabricGeometry, LinksTheEndsOfATorusAndOfNothingElse) {
  Fabric fabric = grid(4, 3);
  EXPECT_FALSE(has_neighbor(fabric, fabric.tile(0, 1), Direction::West));
  fabric.topology = Topology::Torus;
  EXPECT_EQ(neighbor(fabric, fabric.tile(0, 1), Direction::West), fabric.tile(3, 1));
  EXPECT_EQ(neighbor(fabric, fabric.tile(3, 1), Direction::East), fabric.tile(0, 1));
  EXPECT_EQ(neighbor(fabric, fabric.tile(2, 0), Direction::North), fabric.tile(2, 2));
  EXPECT_EQ(neighbor(fabric, fabric.tile(2, 2), Direction::South), fabric.tile(2, 0));
  for (std::uint32_t t = 0; t < 12; ++t) {
    for (const Direction side : {Direction::North, Direction::East, Direction::South, Direction::West}) {
      EXPECT_EQ(neighbor(fabric, neighbor(fabric, TileId(t), side), opposite(side)), TileId(t));
    }
  }
  fabric.height = 1;
  EXPECT_FALSE(has_neighbor(fabric, TileId(0), Direction::North)) << "a ring of one tile is none";
  EXPECT_FALSE(has_neighbor(fabric, TileId(0), Direction::South));
}

TEST(FabricYaml, TakesOverrides) {
  const Fabric fabric = parse_fabric("core: {axons: 64}", "f.yaml", {"core.axons=128", "height=2"});
  EXPECT_EQ(fabric.core.axons, 128);
  EXPECT_EQ(fabric.height, 2);
  EXPECT_EQ(refusal("", {"core.axons=0"}),
            "override \"core.axons=0\": found \"0\" for core.axons, expected an integer from 1 to 4096");
  EXPECT_THAT(refusal("", {"router.flit_bits=30"}),
              StartsWith("override \"router.flit_bits=30\": router.flit_bits: 30, but"));
}

TEST(FabricPresets, AreValidAndNamedAsTheirFiles) {
  EXPECT_THAT(fabric_preset_names(), ElementsAre("default", "fpga-units", "large", "loihi1-davies2018",
                                                 "loihi1-measured", "memory", "small", "truenorth"));
  std::set<std::string> digests;
  for (const std::string& name : fabric_preset_names()) {
    const Fabric fabric = load_fabric(name);
    EXPECT_EQ(fabric.name, name);
    EXPECT_EQ(describe(validate(fabric)), "");
    digests.insert(digest(fabric).hex());
  }
  EXPECT_EQ(digests.size(), 8u) << "they differ";
}

// Published times of Loihi's barrier, in seconds, by tiles.
TEST(FabricPresets, OfLoihiHaveItsTilesAndItsBarrier) {
  const auto barrier = [](const Fabric& fabric, int tiles) {
    int levels = 0;
    for (int reached = 1; reached < tiles; reached *= 2) ++levels;
    return (fabric.step.barrier_cycles + levels * fabric.step.barrier_level_cycles) / fabric.clock_hz;
  };
  const Fabric davies = load_fabric("loihi1-davies2018"), measured = load_fabric("loihi1-measured");
  for (const Fabric* fabric : {&davies, &measured}) {
    EXPECT_EQ(fabric->tiles(), 32);
    EXPECT_EQ(fabric->cores_per_tile, 4);
  }
  for (const auto& [tiles, seconds] : {std::pair(1, 113e-9), std::pair(32, 465e-9)})
    EXPECT_NEAR(barrier(davies, tiles) / seconds, 1, 0.01) << tiles << " tiles";
  for (const auto& [tiles, seconds] :
       {std::pair(1, 0.6e-6), std::pair(2, 1.0e-6), std::pair(4, 1.4e-6), std::pair(29, 1.8e-6)})
    EXPECT_NEAR(barrier(measured, tiles) / seconds, 1, 0.14) << tiles << " tiles";
  EXPECT_NEAR(davies.energy.static_watt_per_tile, 4 * 0.815e-3, 1e-9);
}

TEST(FabricPresets, AreWhatTheyClaim) {
  const Fabric standard = load_fabric("default");
  EXPECT_EQ(standard.tiles(), 64);
  EXPECT_EQ(standard.core.axons, 256);
  EXPECT_EQ(standard.core.neurons, 256);
  EXPECT_EQ(standard.clock_hz, 1e8);
  const Fabric memory = load_fabric("memory");
  EXPECT_EQ(memory.core.kind, CoreKind::Memory);
  EXPECT_EQ(memory.core.synapse_memory_bits, 128 * 1024 * 8);
  EXPECT_EQ(memory.core.axons, 4096);
  EXPECT_EQ(memory.core.neurons, 1024);
  const Fabric units = load_fabric("fpga-units");
  EXPECT_EQ(units.core.kind, CoreKind::Units);
  EXPECT_EQ(units.core.unit_synapses, 64);
  EXPECT_EQ(units.core.weight_bits, 8);
  EXPECT_EQ(units.router.routing, Routing::Circuit);
}

TEST(FabricPresets, GiveWayToFilesAndOverrides) {
  const TemporaryDirectory directory;
  write_file(directory / "mine.yaml", "width: 2\n");
  EXPECT_EQ(load_fabric((directory / "mine.yaml").string()).width, 2);
  EXPECT_EQ(load_fabric("small", {"width=5"}).width, 5);
  EXPECT_THAT(input_error_of([] { load_fabric("small", {"width=0"}); }),
              StartsWith("override \"width=0\": "));
}

TEST(FabricPresets, AreSuggestedForAnUnknownName) {
  EXPECT_EQ(input_error_of([] { load_fabric("defualt"); }),
            "found the fabric \"defualt\", expected a file or the name of a preset (default, "
            "fpga-units, large, loihi1-davies2018, loihi1-measured, memory, small, truenorth)"
            " (did you mean 'default'?)");
  EXPECT_THAT(input_error_of([] { fabric_preset_text("tiny"); }),
              HasSubstr("expected the name of a preset (default"));
}

}  // namespace
}  // namespace weft
