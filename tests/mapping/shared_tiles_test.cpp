// Mapping onto tiles that several cores share: places, routes, text files, bounds and the verifier.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "mapping/bounds/bounds.hpp"
#include "mapping/files/text_files.hpp"
#include "mapping/graph/expand.hpp"
#include "mapping/map.hpp"
#include "model/base/error.hpp"
#include "model/network/evaluate.hpp"
#include "tests/mapping/nets_for_tests.hpp"
#include "tests/mapping/step_interpreter.hpp"

namespace weft::mapping {
namespace {

using testing::HasSubstr;

Fabric shared(int width, int height, int cores, int axons, int neurons) {
  Fabric fabric = small_fabric(width, height, axons, neurons);
  fabric.cores_per_tile = cores;
  return fabric;
}

Mapped map_quickly(const FixedNetwork& network, const Fabric& fabric,
                   const std::vector<FixedRegion>& fix = {}) {
  MapParams params;
  params.pack_rounds = 20;
  params.place_moves = 2000;
  params.fix = fix;
  return map_network(network, fabric, params);
}

std::string failure(const FixedNetwork& network, const Fabric& fabric,
                    const std::vector<FixedRegion>& fix = {}) {
  try {
    map_quickly(network, fabric, fix);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

void expect_right(const FixedNetwork& network, const Fabric& fabric, const Image& image) {
  EXPECT_EQ(describe(validate(image, fabric)), "");
  EXPECT_EQ(describe(verify_mapping(network, fabric, image)), "");
  Random random(3);
  std::vector<std::vector<std::int32_t>> inputs;
  for (int frame = 0; frame < 4; ++frame) inputs.push_back(random_frame(network, random));
  const auto outputs = interpret(fabric, image, inputs);
  for (std::size_t f = 0; f < inputs.size(); ++f)
    EXPECT_EQ(outputs[f], evaluate(network, inputs[f]).back()) << "frame " << f;
}

// Eight cores' worth of neurons.
FixedNetwork eight_cores() {
  return single_layer(6, 32, 1);
}

TEST(MapSharedTiles, FillsEachTileWithItsCores) {
  const Fabric fabric = shared(2, 1, 4, 6, 4);
  const Mapped mapped = map_quickly(eight_cores(), fabric);
  EXPECT_EQ(mapped.utilization.cores.used, 8);
  EXPECT_EQ(mapped.utilization.cores.available, 8);
  EXPECT_EQ(mapped.image.tiles[TileId(0)].core.cores(), 4u);
  EXPECT_EQ(mapped.image.tiles[TileId(1)].core.cores(), 4u);
  expect_right(eight_cores(), fabric, mapped.image);
}

TEST(MapSharedTiles, WorksForEveryRoutingAndCore) {
  const FixedNetwork network = layered_network({{12, 20, 6}}, Random(5));
  for (const Routing routing : {Routing::Multicast, Routing::Unicast, Routing::Circuit}) {
    for (const CoreKind kind : {CoreKind::Crossbar, CoreKind::Memory, CoreKind::Units}) {
      SCOPED_TRACE(std::string(to_string(routing)) + " " + to_string(kind));
      Fabric fabric = shared(4, 4, 3, 8, 8);
      fabric.core.kind = kind;
      fabric.core.max_delay = 15;
      fabric.core.unit_synapses = 8;
      fabric.core.native_sums = kind != CoreKind::Units;
      fabric.router.routing = routing;
      fabric.router.tracks = 100;
      const Mapped mapped = map_quickly(network, fabric);
      expect_right(network, fabric, mapped.image);
    }
  }
}

TEST(MapSharedTiles, SaysHowManyCoresThereAre) {
  EXPECT_THAT(
      failure(eight_cores(), shared(1, 1, 4, 6, 4)),
      HasSubstr("needs at least 8 cores, the fabric has 4: 4 short, 2 x 1 tiles of this kind at least"));
}

TEST(MapSharedTiles, NeedsFewerLinksThanTilesOfTheirOwn) {
  const FixedNetwork network = layered_network({{24, 40, 30, 10}}, Random(8));
  const Mapped apart = map_quickly(network, shared(8, 8, 1, 24, 8));
  const Mapped together = map_quickly(network, shared(4, 4, 4, 24, 8));
  EXPECT_EQ(together.utilization.cores.used, apart.utilization.cores.used);
  EXPECT_LT(together.mapping.hops, apart.mapping.hops);
  EXPECT_LE(together.mapping.hops_lower_bound, together.mapping.hops);
}

TEST(MapSharedTiles, CountUnicastMessagesByCore) {
  // Each of six inputs goes to all four cores of the one tile: a message for each.
  Fabric fabric = shared(1, 1, 4, 6, 8);
  fabric.router.routing = Routing::Unicast;
  const Mapped mapped = map_quickly(eight_cores(), fabric);
  EXPECT_EQ(mapped.image.inputs.size(), 6u * 4u);
  EXPECT_EQ(mapped.mapping.hops, 0);
  fabric.router.routing = Routing::Multicast;
  EXPECT_EQ(map_quickly(eight_cores(), fabric).image.inputs.size(), 6u);
}

TEST(MapSharedTiles, BoundLinksByTheTilesThatCoresFill) {
  const NeuronGraph graph = expand(eight_cores(), 8);
  const CoreSpec core = small_fabric(1, 1, 6, 4).core;
  EXPECT_EQ(lower_bounds(graph, core).cores, 8);
  EXPECT_EQ(lower_bounds(graph, core).links, 7);
  EXPECT_EQ(lower_bounds(graph, core, 4).cores, 8);
  EXPECT_EQ(lower_bounds(graph, core, 4).links, 1);
  EXPECT_EQ(lower_bounds(graph, core).tree_links, 6 * 7);
  EXPECT_EQ(lower_bounds(graph, core, 4).tree_links, 6);
}

FixedRegion fixed(std::int64_t core, const Region& region) {
  return {"", core, region, {}};
}

TEST(MapSharedTiles, PutTwoCoresOnATileWhereTheyAreFixed) {
  const FixedNetwork network = single_layer(4, 8, 1);
  const Region corner{2, 2, 1, 1};
  const Fabric fabric = shared(3, 2, 2, 4, 4);
  const Mapped mapped = map_quickly(network, fabric, {fixed(0, corner), fixed(1, corner)});
  EXPECT_EQ(mapped.image.tiles[fabric.tile(2, 1)].core.cores(), 2u);
  const FixedNetwork larger = single_layer(4, 12, 1);
  EXPECT_THAT(failure(larger, fabric, {fixed(0, corner), fixed(1, corner), fixed(2, corner)}),
              HasSubstr("at least 3 cores are fixed within [2..2, 1..1], which has 1 tiles of 2"));
}

struct Files {
  Fabric fabric = shared(2, 1, 2, 2, 1);
  Image image = map_quickly(single_layer(2, 4, 1), fabric).image;
  TextFiles text = format_text_files(image, fabric, {"input", "fc1"}, "a");

  std::string findings() const {
    return describe(check_text_files({"a.net", text.net}, {"a.place", text.place}, {"a.route", text.route},
                                     image, fabric));
  }
};

TEST(MapSharedTiles, AreSubblocksInThePlaceFile) {
  Files files;
  EXPECT_EQ(files.findings(), "");
  std::map<std::string, int> at;  // by tile and subblock
  for (int x = 0; x < 2; ++x) {
    for (int slot = 0; slot < 2; ++slot) {
      const std::string place = "\t" + std::to_string(x) + "\t0\t" + std::to_string(slot) + "\t#";
      EXPECT_THAT(files.text.place, testing::ContainsRegex("core_[0-3]" + place));
    }
  }
  // What a hand-made file says of the cores' tiles is taken.
  const HandPlacement hand = read_hand_placement({"a.place", files.text.place});
  EXPECT_EQ(hand.fix.size(), 4u);
  EXPECT_EQ(digest(map_quickly(single_layer(2, 4, 1), files.fabric, hand.fix).image).hex(),
            digest(files.image).hex());
}

TEST(MapSharedTiles, AreFoundWhereThePlaceFileHasThemTwiceOrNowhere) {
  const auto changed = [](const std::string& from, const std::string& to) {
    Files files;
    const std::size_t line = files.text.place.find("core_0\t");
    const std::size_t at = files.text.place.find(from, line);
    files.text.place.replace(at, from.size(), to);
    return files.findings();
  };
  EXPECT_THAT(changed("\t0\t#0", "\t2\t#0"),
              HasSubstr("cores-per-tile: subblk 2 of a tile that has subblk 0 to 1"));
  EXPECT_THAT(changed("\t0\t#0", "\t1\t#0"),
              HasSubstr("image-place: core_0 on (0,0) subblk 1, in the image on"));
  EXPECT_THAT(changed("\t0\t#0", "\t1\t#0"), HasSubstr("tile-taken: core_"));
}

// The verifier on damaged images.
std::string broken(void (*change)(Image&, Fabric&), Routing routing = Routing::Multicast) {
  Fabric fabric = shared(1, 1, 2, 6, 16);
  fabric.router.routing = routing;
  Image image = map_quickly(eight_cores(), fabric).image;
  change(image, fabric);
  image.fabric = digest(fabric);
  return describe(verify_mapping(eight_cores(), fabric, image));
}

CoreImage& cores(Image& image) {
  return image.tiles[TileId(0)].core;
}

TEST(VerifySharedTiles, FindsCoresThatDoNotDivideTheTile) {
  EXPECT_EQ(broken([](Image&, Fabric&) {}), "");
  EXPECT_THAT(broken([](Image& i, Fabric&) { cores(i).ends[0].neurons = 0; }),
              HasSubstr("core-ends at tile_0_0: core 0 ends before it begins"));
  EXPECT_THAT(broken([](Image& i, Fabric&) { cores(i).ends[1].axons = 11; }),
              HasSubstr("core-ends at tile_0_0: 2 cores have 11 axons and 32 neurons of 12 and 32"));
  EXPECT_THAT(broken([](Image&, Fabric& f) { f.cores_per_tile = 1; }),
              HasSubstr("cores-per-tile at tile_0_0: 2 cores, the tile has 1"));
}

TEST(VerifySharedTiles, HoldsEachCoreToItsSize) {
  EXPECT_THAT(broken([](Image&, Fabric& f) { f.core.axons = 5; }),
              HasSubstr("axons-per-core at tile_0_0 core 1: 6 axons, the core has 5"));
  EXPECT_THAT(broken([](Image&, Fabric& f) { f.core.neurons = 15; }),
              HasSubstr("neurons-per-core at tile_0_0 core 0: 16 neurons, the core has 15"));
  EXPECT_THAT(broken([](Image&, Fabric& f) {
                f.core.kind = CoreKind::Memory;
                f.core.synapse_memory_bits = 100;
              }),
              HasSubstr("synapse-memory at tile_0_0 core 1: "));
}

TEST(VerifySharedTiles, FindsSynapsesAndMessagesAcrossCores) {
  EXPECT_THAT(broken([](Image& i, Fabric&) { cores(i).neuron[15] = 16; }),
              HasSubstr("synapse-core at tile_0_0: axon 0 leads to neuron 16 of another core"));
  EXPECT_THAT(broken(
                  [](Image& i, Fabric&) {
                    TileImage& tile = i.tiles[TileId(0)];
                    for (RouteEntry& route : tile.routes) {
                      if (route.delivery_end == route.delivery_begin) continue;
                      ++route.delivery_end;
                      return;
                    }
                  },
                  Routing::Unicast),
              HasSubstr("is delivered to several cores"));
}

}  // namespace
}  // namespace weft::mapping
