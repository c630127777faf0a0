// The text files say what the image says; whatever else they say is found, with its line and its rule.
#include "mapping/files/text_files.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <sstream>

#include "mapping/map.hpp"
#include "model/base/error.hpp"
#include "tests/mapping/nets_for_tests.hpp"
#include "tests/model/mutator.hpp"

namespace weft::mapping {
namespace {

struct Made {
  Fabric fabric;
  Image image;
  TextFiles files;

  std::vector<TextFinding> check() const {
    return check_text_files({"a.net", files.net}, {"a.place", files.place}, {"a.route", files.route}, image,
                            fabric);
  }
  // All findings, one a line.
  std::string findings() const { return describe(check()); }
  // The first one.
  std::string first() const { return describe(check(), 1).substr(0, describe(check(), 1).find('\n')); }
};

Made make(const FixedNetwork& network, const Fabric& fabric) {
  MapParams params;
  params.pack_rounds = 20;
  params.place_moves = 2000;
  Made made{fabric, map_network(network, fabric, params).image, {}};
  std::vector<std::string> names;
  for (const FixedPopulation& population : network.populations) names.push_back(population.name);
  made.files = format_text_files(made.image, fabric, names, "a");
  return made;
}

// Two inputs, read by two neurons in a core each, which are the outputs.
Made small() {
  FixedNetwork network = single_layer(2, 2, 1);
  network.name = "two by two";  // blanks are no part of a word
  return make(network, small_fabric(3, 2, 2, 1));
}

// Replaces the first `from`; fails the test where there is none.
void edit(std::string& text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  ASSERT_NE(at, std::string::npos) << from << " in\n" << text;
  text.replace(at, from.size(), to);
}

TEST(TextFiles, NameTheSumThatASinkIs) {
  Made made = small();
  made.fabric.core.native_sums = true;
  made.image.fabric = digest(made.fabric);
  // Input 1 is added to the sum of core 0's neuron instead of going to its axon.
  TileImage& tile = made.image.tiles[TileId(0)];
  ASSERT_TRUE(tile.core.used());
  const RouteEntry& entry = tile.routes.at(1);
  tile.deliveries.at(entry.delivery_begin) = {0, 1, true};
  made.files = format_text_files(made.image, made.fabric, {"input", "fc1"}, "a");
  EXPECT_NE(made.files.net.find(" core_0.+0@1"), std::string::npos) << made.files.net;
  EXPECT_NE(made.files.route.find("Node: SINK (0,0) core_0.+0@1\n"), std::string::npos) << made.files.route;
  EXPECT_EQ(made.findings(), "");
  edit(made.files.net, " core_0.+0@1", " core_0.0@1");
  EXPECT_NE(made.findings().find("net-sink: core_0.+0@1 listens to net"), std::string::npos)
      << made.findings();
}

// The same with circuits: the inputs of both cores come by the same links.
Made small_circuits() {
  Fabric fabric = small_fabric(3, 2, 2, 1);
  fabric.router.routing = Routing::Circuit;
  fabric.router.tracks = 2;
  return make(single_layer(2, 2, 1), fabric);
}

TEST(TextFiles, NumberTheTracksOfCircuits) {
  Made made = small_circuits();
  EXPECT_EQ(made.findings(), "");
  EXPECT_NE(made.files.route.find(" Track: 0\n"), std::string::npos) << made.files.route;
  EXPECT_NE(made.files.route.find(" Track: 1\n"), std::string::npos) << made.files.route;
  EXPECT_EQ(made.files.route.find(" Track: 2\n"), std::string::npos) << made.files.route;
}

TEST(TextFiles, FindTracksThatAreNotTheImages) {
  Made off = small_circuits();
  edit(off.files.route, "Track: 1", "Track: 2");
  EXPECT_NE(off.first().find("route-track: track 2 of 2"), std::string::npos) << off.first();
  Made taken = small_circuits();
  edit(taken.files.route, "Track: 1", "Track: 0");
  EXPECT_NE(taken.first().find("track-taken: track 0 to the "), std::string::npos) << taken.first();
  Made other = small_circuits();
  edit(other.files.route, "Track: 0", "Track: 1");
  EXPECT_NE(other.first().find("in the image, not 1"), std::string::npos) << other.first();
  Made none = small_circuits();
  edit(none.files.route, " Track: 0", "");
  EXPECT_NE(none.first().find("syntax: "), std::string::npos) << none.first();
}

TEST(TextFiles, AgreeWithTheImageTheyWereMadeFrom) {
  Random random(5);
  int agreed = 0;
  for (int round = 0; round < 20; ++round) {
    const FixedNetwork network = random_network(random.fork(std::to_string(round)));
    Fabric fabric = small_fabric(6, 5, 20, 16);
    fabric.core.max_delay = 15;
    fabric.ports.north = true;
    if (round % 3 == 0) fabric.router.routing = Routing::Circuit;
    fabric.router.tracks = 200;
    try {
      EXPECT_EQ(make(network, fabric).findings(), "");
      ++agreed;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::Unacceptable) << error.what();
    }
  }
  EXPECT_GT(agreed, 10);
}

TEST(TextFiles, ReadLikeVprs) {
  const Made made = small();
  EXPECT_EQ(made.files.net,
            "# What each block holds and what each net connects.\n"
            "Network: two_by_two Network_ID: " +
                made.image.network.hex() +
                "\n"
                "Fabric: small Fabric_ID: " +
                made.image.fabric.hex() +
                "\n"
                "Blocks: 6 Nets: 4\n"
                "\n"
                "#block name\tkind\taxons\tneurons\tsynapses\tblock number\n"
                "#----------\t----\t-----\t-------\t--------\t------------\n"
                "core_0\tcore\t2\t1\t2\t#0\n"
                "core_1\tcore\t2\t1\t2\t#1\n"
                "in_0\tinput\t0\t0\t0\t#2\n"
                "in_1\tinput\t0\t0\t0\t#3\n"
                "out_0\toutput\t0\t0\t0\t#4\n"
                "out_1\toutput\t0\t0\t0\t#5\n"
                "\n"
                "#Net number, name, source (core.neuron), sinks (core.axon@delay in steps, or "
                "core.+neuron@delay: its sum)\n"
                "Net 0 fc1[0] core_0.0 out_0\n"
                "Net 1 fc1[1] core_1.0 out_1\n"
                "Net 2 input[0] in_0 core_0.0@1 core_1.0@1\n"
                "Net 3 input[1] in_1 core_0.1@1 core_1.1@1\n");
  EXPECT_EQ(made.files.place.substr(0, 67),
            "Netlist_File: a.net Netlist_ID: " + text_digest(made.files.net).hex() + "\nAr");
  EXPECT_NE(made.files.route.find("\nNet 2 (input[0])\nNode: SOURCE ("), std::string::npos)
      << made.files.route;
}

TEST(TextFiles, NumberBlocksAndNetsApartFromTheirPlaces) {
  const FixedNetwork network = layered_network({{40, 30, 10}, 40, 8}, Random(3));
  const Fabric fabric = small_fabric(5, 5, 24, 12);
  MapParams params;
  params.pack_rounds = 20;
  params.place_moves = 0;
  const TextFiles still = format_text_files(map_network(network, fabric, params).image, fabric, {}, "a");
  params.place_moves = 2000;
  const TextFiles moved = format_text_files(map_network(network, fabric, params).image, fabric, {}, "a");
  EXPECT_EQ(still.net, moved.net);
  EXPECT_NE(still.place, moved.place);
}

TEST(TextFiles, AreReadWithOtherBlanksAndRemarks) {
  Made made = small();
  edit(made.files.route, "Routing:", "# by hand\n  Routing: \r");
  EXPECT_EQ(made.findings(), "");
}

struct Edit {
  const char* file;  // net, place, route
  const char* from;
  const char* to;
  const char* finding;  // the first one, from the line on
};
std::ostream& operator<<(std::ostream& out, const Edit& e) {
  return out << e.finding;
}

// With each digest as <digest>: their values say nothing here.
std::string without_digests(const std::string& text) {
  return std::regex_replace(text, std::regex("[0-9a-f]{32}"), "<digest>");
}

class TextFilesReport : public testing::TestWithParam<Edit> {};

TEST_P(TextFilesReport, ThisEdit) {
  Made made = small();
  const Edit& e = GetParam();
  std::string& text = std::string(e.file) == "net"     ? made.files.net
                      : std::string(e.file) == "place" ? made.files.place
                                                       : made.files.route;
  const std::string change_digest = "<another digest>";
  if (e.to == change_digest) {
    const std::size_t digit = text.find(e.from) + std::string(e.from).size();
    text[digit] = text[digit] == '0' ? '1' : '0';
  } else {
    edit(text, e.from, e.to);
  }
  EXPECT_EQ(without_digests(made.first()), std::string("a.") + e.file + ":" + e.finding);
}

INSTANTIATE_TEST_SUITE_P(
    Net, TextFilesReport,
    testing::Values(
        Edit{"net", "Network_ID:", "Network:",
             "2: syntax: found \"Network: two_by_two Network: <digest>\", expected "
             "\"Network: <name> Network_ID: <digest>\""},
        Edit{"net", "Network_ID: ", "<another digest>",
             "2: network-id: the image is of another network, whose digest is "
             "<digest>, not <digest>"},
        Edit{"net", "Fabric_ID: ", "<another digest>",
             "3: fabric-id: the image is for another fabric, whose digest is "
             "<digest>, not <digest>"},
        Edit{"net", "Blocks: 6", "Blocks: 7", "4: block-count: the image has 6 blocks and 4 nets"},
        Edit{"net", "core_1\tcore", "core_9\tcore", "9: block-unknown: the image has no block core_9"},
        Edit{"net", "core_1\tcore", "core_0\tcore", "9: block-twice: core_0 is on line 8 already"},
        Edit{"net", "in_1\tinput", "in_1\toutput", "11: block-kind: in_1: kind output, the image has input"},
        Edit{"net", "core_1\tcore\t2", "core_1\tcore\t3", "9: block-size: core_1: axons 3, the image has 2"},
        Edit{"net", "\t#1\n", "\t#2\n", "9: block-number: core_1: number #2, the image has #1"},
        Edit{"net", "out_1\toutput\t0\t0\t0\t#5\n", "", "18: block-missing: out_1 is not in the file"},
        Edit{"net", "Net 1 fc1[1] core_1.0 out_1\n", "", "18: net-missing: net 1 is not in the file"},
        Edit{"net", "Net 3", "Net 4", "19: net-unknown: net 4, the image has 4 nets"},
        Edit{"net", "Net 3", "Net 2", "19: net-twice: net 2 is on line 18 already"},
        Edit{"net", "Net 3", "Net -3",
             "19: syntax: found \"Net -3 input[1] in_1 core_0.1@1 core_1.1@1\", expected "
             "\"Net <number> <name> <source> <sinks...>\""},
        Edit{"net", "fc1[1] core_1.0", "fc1[1] core_1.1",
             "17: net-source: net 1 comes from core_1.1, in the image from core_1.0"},
        Edit{"net", "core_1.0@1", "core_1.1@1", "18: net-sink: core_1.1@1 does not listen to net 2"},
        Edit{"net", "core_1.0@1", "core_1.0@999999999999999999999",
             "18: net-sink: core_1.0@999999999999999999999 does not listen to net 2"},
        Edit{"net", " core_1.0@1", "", "18: net-sink: core_1.0@1 listens to net 2 and is not named"},
        Edit{"net", "core_1.0@1", "core_1.0@1 core_1.0@1", "18: net-sink: core_1.0@1 is named twice"}));

INSTANTIATE_TEST_SUITE_P(
    Place, TextFilesReport,
    testing::Values(
        Edit{"place", "Netlist_File: a.net", "Netlist_File:",
             "1: syntax: found \"Netlist_File: Netlist_ID: <digest>\", expected "
             "\"Netlist_File: <file> Netlist_ID: <digest>\""},
        Edit{"place", "Netlist_ID: ", "<another digest>",
             "1: netlist-id: made for another .net file than this one, whose digest is "
             "<digest>, not <digest>"},
        Edit{"place", "size: 3", "size: 2", "2: array-size: 2 x 2 tiles, the fabric has 3 x 2"},
        Edit{"place", "core_1\t0", "core_7\t0", "7: block-unknown: the image has no block core_7"},
        Edit{"place", "core_1\t0", "core_0\t0", "7: block-twice: core_0 is on line 6 already"},
        Edit{"place", "core_1\t0\t1\t0\t#1", "core_1\t0\t1\t0\t#2",
             "7: block-number: core_1 is block #1, not #2"},
        Edit{"place", "core_1\t0\t1\t", "core_1\t0\tone\t", "7: syntax: x, y and subblk are whole numbers"},
        Edit{"place", "core_1\t0\t1\t", "core_1\t0\t2\t", "7: outside-array: core_1 at (0,2) of 3 x 2 tiles"},
        Edit{"place", "core_1\t0\t1\t", "core_1\t0\t0\t",
             "7: tile-taken: core_1 on (0,0), where core_0 is already"},
        Edit{"place", "core_1\t0\t1\t", "core_1\t1\t1\t",
             "7: image-place: core_1 on (1,1) subblk 0, in the image on (0,1) subblk 0"},
        Edit{"place", "core_1\t0\t1\t0", "core_1\t0\t1\t1",
             "7: one-core-per-tile: subblk 1 of a tile that has subblk 0 alone"},
        Edit{"place", "in_1\t0\t0\t1", "in_1\t1\t0\t1", "9: no-port: in_1 on (1,0), which has no port"},
        Edit{"place", "in_1\t0\t0\t1", "in_1\t0\t0\t0",
             "9: tile-taken: in_1 as subblk 0 on (0,0), which in_0 is already"},
        Edit{"place", "in_0\t0\t0\t0", "in_0\t0\t1\t5",
             "8: image-place: in_0 on (0,1) subblk 5, in the image on (0,0) subblk 0"},
        Edit{"place", "out_1\t0\t1\t0\t#5\n", "", "10: block-missing: out_1 is not in the file"}));

INSTANTIATE_TEST_SUITE_P(
    Route, TextFilesReport,
    testing::Values(
        Edit{"route", "Placement_ID: ", "<another digest>",
             "1: placement-id: made for another .place file than this one, whose digest is "
             "<digest>, not <digest>"},
        Edit{"route", "Image_ID: ", "<another digest>",
             "2: image-id: made with another image than this one, whose digest is "
             "<digest>, not <digest>"},
        Edit{"route", "x 2 tiles", "x 9 tiles", "3: array-size: 3 x 9 tiles, the fabric has 3 x 2"},
        Edit{"route", "Routing:\n", "", "6: syntax: found \"Net 0 (fc1[0])\", expected \"Routing:\""},
        Edit{"route", "Net 3 (", "Net 2 (", "21: net-twice: net 2 is on line 15 already"},
        Edit{"route", "Net 3 (", "Net 9 (", "21: net-unknown: net 9, the image has 4 nets"},
        Edit{"route", "Net 3 (input[1])", "Net 3 (input[0])",
             "21: net-name: net 3 is input[1] in the .net file, not (input[0])"},
        Edit{"route", "Net 0 (fc1[0])\n", "", "7: syntax: a node before the first net"},
        Edit{"route", "Node: OPAD (0,0) out_0", "Way: OPAD",
             "9: syntax: a line that begins with neither Net nor Node:"},
        Edit{"route", "OPAD", "PAD", "9: syntax: a node that is not SOURCE, CHANX, CHANY, SINK or OPAD"},
        Edit{"route", "OPAD (0,0)", "OPAD (0;0)", "9: syntax: \"(0;0)\" is no tile, expected (x,y)"},
        Edit{"route", "OPAD (0,0)", "OPAD (4,0)", "9: outside-array: (4,0) of 3 x 2 tiles"},
        Edit{"route", "SOURCE (0,1)", "SOURCE (1,1)",
             "12: route-source: net 1 starts at (1,1) core_1.0, in the image at (0,1) core_1.0"},
        Edit{"route", "Node: SOURCE (0,1) core_1.0\n", "", "12: route-detached: net 1 has not come to (0,1)"},
        Edit{"route", "Node: CHANY (0,0) to (0,1)", "Node: SOURCE (0,0) in_0",
             "18: route-source: net 2 has a SOURCE already"},
        Edit{"route", "CHANY (0,0) to (0,1)", "CHANX (0,0) to (0,1)",
             "18: route-link: no CHANX leads from (0,0) to (0,1)"},
        Edit{"route", "CHANY (0,0) to (0,1)", "CHANX (0,0) to (2,0)",
             "18: route-link: no CHANX leads from (0,0) to (2,0)"},
        Edit{"route", "CHANY (0,0) to (0,1)", "CHANX (0,1) to (1,1)",
             "18: route-detached: net 2 has not come to (0,1)"},
        Edit{"route", "CHANY (0,0) to (0,1)", "CHANX (0,0) to (1,0)",
             "18: image-route: net 2 does not take (0,0) to (1,0) in the image"},
        Edit{"route", "CHANY (0,0) to (0,1)\n", "CHANY (0,0) to (0,1)\nNode: CHANY (0,1) to (0,0)\n",
             "19: route-loop: net 2 comes to (0,0) a second time"},
        Edit{"route", "core_0.0@1", "core_0.00@1", "17: route-sink: core_0.00@1 does not listen to net 2"},
        Edit{"route", "core_0.0@1", "core_0.1@1", "17: route-sink: core_0.1@1 does not listen to net 2"},
        Edit{"route", "SINK (0,0)", "OPAD (0,0)", "17: route-sink: core_0 is no OPAD"},
        Edit{"route", "SINK (0,1)", "SINK (0,0)", "19: route-sink: core_1 stands on (0,1), not on (0,0)"},
        Edit{"route", "Node: CHANY (0,0) to (0,1)\n", "", "18: route-detached: net 2 has not come to (0,1)"},
        Edit{"route", "Node: SINK (0,0) core_0.0@1\n",
             "Node: SINK (0,0) core_0.0@1\nNode: SINK (0,0) core_0.0@1\n",
             "18: route-sink: core_0.0@1 is named twice"},
        Edit{"route", "Node: SINK (0,1) core_1.0@1\n", "",
             "20: route-open: net 2 ends before it has come to core_1.0@1"}));

TEST(TextFiles, NameEachOtherByTheirDigests) {
  Made made = small();
  made.files.net += "# a remark\n";
  EXPECT_EQ(made.check().size(), 1u);
  EXPECT_EQ(made.check()[0].rule, "netlist-id");
  made = small();
  made.files.place += "# a remark\n";
  EXPECT_EQ(made.check().size(), 1u);
  EXPECT_EQ(made.check()[0].rule, "placement-id");
}

TEST(TextFiles, AreMissedLineByLineWhenTheyAreEmpty) {
  Made made = small();
  made.files.route = "";
  const std::string text = made.findings();
  EXPECT_EQ(text.substr(0, text.find('\n')),
            "a.route:1: header-missing: the file ends before the line \"Placement_File: ...\"");
  EXPECT_NE(text.find("a.route:1: net-missing: net 3 is not in the file"), std::string::npos);
}

// The words that count, of a file in which order and blanks do not.
std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    if (!line.empty() && line[0] == '#') continue;
    std::istringstream of_line(line);
    for (std::string word; of_line >> word;) words.push_back(word);
  }
  if (words.size() > 1) words[1] = "";  // the name of the file before
  std::sort(words.begin(), words.end());
  return words;
}

void feed_text_files(int variants) {
  const FixedNetwork network = layered_network({{12, 9, 5}, 60, 8}, Random(3));
  const Made made = make(network, small_fabric(3, 3, 8, 6));
  ASSERT_EQ(made.findings(), "");
  for (std::string TextFiles::*file : {&TextFiles::net, &TextFiles::place, &TextFiles::route}) {
    const std::string& valid = made.files.*file;
    const auto read = [&](const Bytes& data) -> std::string {
      Made damaged = made;
      damaged.files.*file = std::string(data.begin(), data.end());
      if (!damaged.check().empty()) throw InputError({}, damaged.findings());
      return words_of(damaged.files.*file) == words_of(valid) ? "" : "damage that nobody noticed";
    };
    const Feeding feeding = feed(
        "text", variants, [&](Random& random) { return damage(Bytes(valid.begin(), valid.end()), random); },
        read);
    EXPECT_EQ(feeding.failure, "");
    EXPECT_GT(feeding.refused, variants / 4) << "the damage is no damage";
  }
}

TEST(MutatedTextFiles, GiveFindingsWhereTheySayAnythingElse) {
  feed_text_files(300);
}
TEST(MutatedTextFilesFull, GiveFindingsWhereTheySayAnythingElse) {
  feed_text_files(20000);
}

}  // namespace
}  // namespace weft::mapping
