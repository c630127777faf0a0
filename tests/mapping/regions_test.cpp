// Constraints: honoured where they can be, explained where they cannot.
#include "mapping/place/regions.hpp"

#include <gtest/gtest.h>

#include <set>

#include "mapping/files/text_files.hpp"
#include "mapping/map.hpp"
#include "tests/mapping/nets_for_tests.hpp"

namespace weft::mapping {
namespace {

FixedRegion layer(const std::string& name, Region region) {
  return {name, -1, region, {"flow.yaml", 7, 5}};
}
FixedRegion core(std::int64_t number, Region region) {
  return {"", number, region, {"my.place", 3, 0}};
}

struct Given {
  FixedNetwork network = layered_network({{30, 24, 10}, 60, 8}, Random(3));
  Fabric fabric = small_fabric(5, 4, 32, 8);

  Mapped map(const std::vector<FixedRegion>& fix) const {
    MapParams params;
    params.pack_rounds = 20;
    params.place_moves = 3000;
    params.fix = fix;
    return map_network(network, fabric, params);
  }
  std::string failure(const std::vector<FixedRegion>& fix) const {
    try {
      map(fix);
    } catch (const Error& error) {
      return std::to_string(static_cast<int>(error.kind())) + " " + error.what();
    }
    return "";
  }
  // Tiles with neurons of the population.
  std::set<TileId> tiles(const Image& image, std::uint32_t population) const {
    std::set<TileId> found;
    for (std::uint32_t t = 0; t < image.tiles.size(); ++t) {
      for (const NeuronConfig& neuron : image.tiles[TileId(t)].core.neurons) {
        if (neuron.origin.population == population) found.insert(TileId(t));
      }
    }
    return found;
  }
};

TEST(Regions, KeepLayersWhereTheyAreFixed) {
  const Given given;
  const Region left{0, 1, 0, 3}, corner{4, 4, 2, 3};
  const Image image = given.map({layer("fc1", left), layer("fc2", corner)}).image;
  EXPECT_EQ(describe(verify_mapping(given.network, given.fabric, image)), "");
  EXPECT_GE(given.tiles(image, 1).size(), 3u);
  for (TileId tile : given.tiles(image, 1))
    EXPECT_TRUE(left.contains(given.fabric.x(tile), given.fabric.y(tile)));
  for (TileId tile : given.tiles(image, 2))
    EXPECT_TRUE(corner.contains(given.fabric.x(tile), given.fabric.y(tile)));
}

TEST(Regions, MayBeFilledToTheLastTile) {
  const Given given;
  const std::size_t cores = given.tiles(given.map({layer("fc1", {0, 4, 0, 3})}).image, 1).size();
  const int last = static_cast<int>(cores) - 1;
  const Region row{0, last, 2, 2};
  ASSERT_LT(last, 5);
  EXPECT_EQ(given.tiles(given.map({layer("fc1", row)}).image, 1).size(), cores);
  EXPECT_EQ(given.failure({layer("fc1", {0, last - 1, 2, 2})}),
            "1 at least " + std::to_string(cores) + " cores are fixed within [0.." +
                std::to_string(last - 1) + ", 2..2], which has " + std::to_string(last) + " tiles");
}

TEST(Regions, LeaveRoomForThoseWithLessChoice) {
  // The first two cores may stand anywhere in the row, the third on one tile alone, which the first would
  // take.
  const Fabric fabric = small_fabric(3, 1, 1, 1);
  IdVector<CoreId, Region> regions;
  for (const Region& region : {Region{0, 2, 0, 0}, Region{1, 2, 0, 0}, Region{1, 1, 0, 0}}) {
    regions.push_back(region);
  }
  const IdVector<CoreId, TileId> tiles = start_in_regions(fabric, regions);
  EXPECT_EQ(tiles[CoreId(2)], TileId(1));
  EXPECT_EQ(tiles[CoreId(1)], TileId(2));
  EXPECT_EQ(tiles[CoreId(0)], TileId(0));
}

TEST(Regions, PutACoreOnItsTile) {
  const Given given;
  const Image image = given.map({core(0, {4, 4, 3, 3}), core(1, {0, 0, 0, 0})}).image;
  const TextFiles files = format_text_files(image, given.fabric, {}, "a");
  EXPECT_NE(files.place.find("\ncore_0\t4\t3\t"), std::string::npos) << files.place;
  EXPECT_NE(files.place.find("\ncore_1\t0\t0\t"), std::string::npos) << files.place;
}

TEST(Regions, RepeatAPlacementFromItsFile) {
  const Given given;
  const TextFiles before = format_text_files(given.map({}).image, given.fabric, {}, "a");
  const HandPlacement placement = read_hand_placement({"a.place", before.place});
  EXPECT_EQ(placement.netlist, text_digest(before.net));
  MapParams params;
  params.seed = 1;
  const TextFiles after = format_text_files(given.map(placement.fix).image, given.fabric, {}, "a");
  EXPECT_EQ(before.net, after.net);
  EXPECT_EQ(before.place.substr(0, before.place.find("in_0")),
            after.place.substr(0, after.place.find("in_0")));
}

TEST(Regions, AreRefusedWhereTheyNameWhatDoesNotExist) {
  const Given given;
  EXPECT_EQ(given.failure({layer("fc11", {0, 1, 0, 1})}),
            "3 flow.yaml:7:5: found the layer \"fc11\", expected a layer with neurons of this network (did "
            "you mean "
            "'fc1'?)");
  EXPECT_EQ(given.failure({layer("input", {0, 1, 0, 1})}),
            "3 flow.yaml:7:5: found the layer \"input\", expected a layer with neurons of this network");
  EXPECT_EQ(
      given.failure({layer("fc1", {0, 5, 0, 1})}),
      "3 flow.yaml:7:5: found the tiles [0..5, 0..1], expected first..last of columns and rows within [0..4, "
      "0..3]");
  EXPECT_EQ(given.failure({layer("fc1", {2, 1, 0, 1})}).substr(0, 49),
            "3 flow.yaml:7:5: found the tiles [2..1, 0..1], ex");
  EXPECT_EQ(given.failure({core(99, {0, 0, 0, 0})}).substr(0, 60),
            "3 my.place:3: found core 99, expected a core from 0 to " +
                given.failure({core(99, {0, 0, 0, 0})}).substr(55, 5));
}

TEST(Regions, AreRefusedWhereTheyContradictEachOther) {
  const Given given;
  EXPECT_EQ(
      given.failure({layer("fc1", {0, 1, 0, 3}), layer("fc1", {2, 4, 0, 3})}),
      "3 flow.yaml:7:5: found layer fc1 within [2..4, 0..3], expected tiles that it may have besides: it is "
      "fixed within [0..1, 0..3] already");
  EXPECT_EQ(
      given.failure({layer("fc1", {0, 1, 0, 3}), core(0, {3, 3, 0, 0})}),
      "3 my.place:3: found core 0 within [3..3, 0..0], expected tiles that it may have besides: it is fixed "
      "within [0..1, 0..3] already");
  EXPECT_EQ(given.failure({core(0, {3, 3, 0, 0}), core(1, {3, 3, 0, 0})}),
            "1 at least 2 cores are fixed within [3..3, 0..0], which has 1 tiles");
}

std::string refusal(const std::string& place) {
  try {
    read_hand_placement({"my.place", place});
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST(HandPlacement, SaysWhichLineItCannotRead) {
  const std::string head =
      "Netlist_File: a.net Netlist_ID: 00000000000000000000000000000000\nArray size: 3 x 2 tiles\n";
  EXPECT_EQ(refusal(head + "core_0 1 1 0 #0\nin_0 0 0 0 #1\n"), "");
  EXPECT_EQ(refusal(head + "core_0 1 x 0 #0\n"), "my.place:3: syntax: x and y are whole numbers of tiles");
  EXPECT_EQ(refusal(head + "kern_0 1 1 0 #0\n"),
            "my.place:3: block-unknown: kern_0, expected core_K, in_I or out_O");
  EXPECT_EQ(refusal(head + "core_0 1 1\n"),
            "my.place:3: syntax: found \"core_0 1 1\", expected \"<block> <x> <y> <subblk> <#number>\"");
  EXPECT_EQ(refusal("Netlist_File: a.net Netlist_ID: 12\nArray size: 3 x 2 tiles\n"),
            "my.place:1: netlist-id: a digest that is not 32 hexadecimal digits");
}

}  // namespace
}  // namespace weft::mapping
