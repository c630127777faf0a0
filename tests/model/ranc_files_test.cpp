// RANC's files: what is read, every error with its place, and damaged files.
#include "model/ranc/ranc_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/model/data_path.hpp"
#include "tests/model/expect_error.hpp"
#include "tests/model/mutator.hpp"
#include "tests/model/temporary_directory.hpp"

namespace weft {
namespace {

using testing::HasSubstr;

// Three axons: 3 connections, potential 5, reset -1, weights 1 2 -3 255, leak -256, thresholds 7 and -8,
// linear, dx -2, dy 3, axon 2 (two bits), offset 9.
const std::string kNeuron =
    "101"
    "000000101"
    "111111111"
    "000000001"
    "000000010"
    "111111101"
    "011111111"
    "100000000"
    "000000111"
    "111111000"
    "1"
    "111111110"
    "000000011"
    "10"
    "1001";
const std::string kTypes = "00\n11\n10\n";

RancCore parse(const std::string& csram, const std::string& types = kTypes, int axons = 0, int neurons = 0) {
  return parse_ranc_core(csram, "csram_000.mem", types, "tc_000.mem", axons, neurons);
}

TEST(RancFiles, ReadEachFieldOfANeuron) {
  const RancCore core = parse(kNeuron + "\n" + kNeuron + "\n");
  ASSERT_EQ(core.neurons.size(), 2u);
  EXPECT_EQ(core.axon_types, (std::vector<std::uint8_t>{0, 3, 2}));
  EXPECT_EQ(core.connections, (std::vector<std::uint64_t>{0b101, 0b101}));
  const RancNeuron& neuron = core.neurons[1];
  EXPECT_EQ(neuron.potential, 5);
  EXPECT_EQ(neuron.reset_potential, -1);
  EXPECT_EQ(neuron.weights, (std::array<std::int16_t, 4>{1, 2, -3, 255}));
  EXPECT_EQ(neuron.leak, -256);
  EXPECT_EQ(neuron.positive_threshold, 7);
  EXPECT_EQ(neuron.negative_threshold, -8);
  EXPECT_TRUE(neuron.linear_reset);
  EXPECT_EQ(neuron.destination.dx, -2);
  EXPECT_EQ(neuron.destination.dy, 3);
  EXPECT_EQ(neuron.destination.axon, 2);
  EXPECT_EQ(neuron.destination.offset, 9);
}

TEST(RancFiles, TheLastAxonComesFirstInALine) {
  std::string line = kNeuron;
  line[0] = '1';
  line[2] = '0';
  EXPECT_EQ(parse(line).connections[0], 0b100u);
}

TEST(RancFiles, ErrorsInACoreSayWhere) {
  const auto error = [](const std::string& csram, const std::string& types = kTypes, int axons = 0,
                        int neurons = 0) {
    return input_error_of([&] { parse(csram, types, axons, neurons); });
  };
  std::string bad = kNeuron;
  bad[4] = '2';
  EXPECT_THAT(error(kNeuron + "\n" + bad),
              HasSubstr("csram_000.mem:2:5: found '2', expected a binary digit"));
  EXPECT_THAT(error(kNeuron + "\n" + kNeuron + "0"),
              HasSubstr("csram_000.mem:2:1: found 110 characters, expected 109"));
  EXPECT_THAT(error("10101"), HasSubstr("csram_000.mem:1:1: found 5 characters, expected a neuron's bits"));
  EXPECT_THAT(error(""), HasSubstr("found no lines, expected a line per neuron"));
  EXPECT_THAT(error(kNeuron + "\n\n" + kNeuron), HasSubstr("csram_000.mem:2:1: found an empty line"));
  EXPECT_THAT(error(kNeuron, "00\n11\n"), HasSubstr("tc_000.mem: found 2 lines, expected 3, one per axon"));
  EXPECT_THAT(error(kNeuron, "00\n1\n11\n"), HasSubstr("tc_000.mem:2:1: found 1 characters, expected 2"));
  EXPECT_THAT(error(kNeuron, "00\n1x\n11\n"), HasSubstr("tc_000.mem:2:2: found 'x'"));
  EXPECT_THAT(error(kNeuron, kTypes, 4), HasSubstr("expected 110, the bits of a neuron with 4 axons"));
  EXPECT_THAT(error(kNeuron, kTypes, 3, 2), HasSubstr("found 1 lines, expected 2, one per neuron"));
}

TEST(RancFiles, ErrorsInAStimulusSayWhere) {
  const auto error = [](const std::string& counts, const std::string& packets) {
    return input_error_of([&] { parse_ranc_stimulus(counts, "n.txt", packets, "in.txt", 3); });
  };
  const std::string packet = "111111111000000001011111";
  const RancStimulus read =
      parse_ranc_stimulus("1\n0\n1", "n.txt", packet + "\n" + packet + "\n", "in.txt", 3);
  ASSERT_EQ(read.ticks.size(), 3u);
  RancPacket expected;
  expected.dx = -1;
  expected.dy = 1;
  expected.axon = 1;
  expected.offset = 15;
  EXPECT_EQ(read.ticks[2], std::vector<RancPacket>{expected});
  EXPECT_THAT(error("2\n", packet),
              HasSubstr("in.txt: found 1 packets, expected 2, the sum of the counts in n.txt"));
  EXPECT_THAT(error("1x\n", packet), HasSubstr("n.txt:1:2: found 'x', expected a decimal digit"));
  EXPECT_THAT(error("1000001\n", packet), HasSubstr("n.txt:1:7: found a count above 1000000"));
  EXPECT_THAT(error("1\n", packet + "1"), HasSubstr("in.txt:1:1: found 25 characters, expected 24"));
}

TEST(RancFiles, ErrorsInTheFolderSayWhich) {
  const TemporaryDirectory folder;
  RancGrid grid;
  grid.width = 3;
  grid.height = 1;
  grid.output_tile = 1;
  const auto error = [&] { return input_error_of([&] { read_ranc_network(folder.path(), grid); }); };
  write_file(folder.path() / "csram_000.mem", kNeuron);
  EXPECT_THAT(error(), HasSubstr("tc_000.mem"));
  write_file(folder.path() / "tc_000.mem", kTypes);
  EXPECT_THAT(error(), HasSubstr("csram_002.mem"));
  write_file(folder.path() / "csram_002.mem", kNeuron + "\n" + kNeuron);
  write_file(folder.path() / "tc_002.mem", kTypes);
  EXPECT_THAT(error(),
              HasSubstr("csram_002.mem: found 2 lines, expected 1, one per neuron, as in the first core"));
  write_file(folder.path() / "csram_002.mem", kNeuron);
  const RancNetwork network = read_ranc_network(folder.path(), grid);
  EXPECT_EQ(describe(validate(network)), "");
  EXPECT_TRUE(network.cores[1].neurons.empty());
  grid.output_tile = 3;
  EXPECT_THAT(error(), HasSubstr("output tile"));
  grid = {};
  grid.width = grid.height = 1;
  EXPECT_THAT(error(), HasSubstr("only an output bus"));
}

TEST(RancFiles, OutputsComeInRows) {
  const TemporaryDirectory folder;
  write_file(folder.path() / "tb_num_outputs.txt", "2\n0\n1\n");
  write_file(folder.path() / "tb_correct.txt", "0011\n1111\n0000\n");
  EXPECT_EQ(read_ranc_outputs(folder.path()), (std::vector<std::vector<int>>{{3, 15}, {}, {0}}));
  write_file(folder.path() / "tb_correct.txt", "0011\n111\n0000\n");
  EXPECT_THAT(input_error_of([&] { read_ranc_outputs(folder.path()); }),
              HasSubstr("tb_correct.txt:2:1: found 3 characters, expected 4"));
  write_file(folder.path() / "tb_correct.txt", "00110011001100110\n1\n1\n");
  EXPECT_THAT(input_error_of([&] { read_ranc_outputs(folder.path()); }), HasSubstr("more than 16 digits"));
}

RancNetwork small_network() {
  RancNetwork network;
  network.grid.width = 2;
  network.grid.height = 1;
  network.grid.output_tile = 1;
  network.axons = 3;
  network.neurons = 1;
  network.cores = {parse(kNeuron), {}};
  return network;
}

TEST(RancNetwork, ValidationNamesWhatIsOff) {
  EXPECT_EQ(describe(validate(small_network())), "");
  const auto found = [](auto change) {
    RancNetwork network = small_network();
    change(network);
    return describe(validate(network));
  };
  EXPECT_THAT(found([](RancNetwork& n) { n.grid.fifo_depth = 3; }), HasSubstr("expected a power of two"));
  EXPECT_THAT(found([](RancNetwork& n) { n.grid.width = 0; }), HasSubstr("width"));
  EXPECT_THAT(found([](RancNetwork& n) { n.grid.output_tile = 2; }), HasSubstr("output tile"));
  EXPECT_THAT(found([](RancNetwork& n) { n.axons = 1; }), HasSubstr("axons"));
  EXPECT_THAT(found([](RancNetwork& n) { n.cores.pop_back(); }), HasSubstr("expected one per tile"));
  EXPECT_THAT(found([](RancNetwork& n) { n.axons = 4; }), HasSubstr("core size"));
  EXPECT_THAT(found([](RancNetwork& n) { n.cores[1] = n.cores[0]; }), HasSubstr("output bus"));
  EXPECT_THAT(found([](RancNetwork& n) { n.cores[0].connections[0] |= 8; }),
              HasSubstr("beyond the last axon"));
  EXPECT_THAT(found([](RancNetwork& n) { n.cores[0].axon_types[0] = 4; }), HasSubstr("axon type"));
  EXPECT_THAT(found([](RancNetwork& n) { n.cores[0].neurons[0].leak = 256; }), HasSubstr("leak"));
  EXPECT_THAT(found([](RancNetwork& n) { n.cores[0].neurons[0].weights[3] = -257; }), HasSubstr("weight"));
  EXPECT_THAT(found([](RancNetwork& n) { n.cores[0].neurons[0].destination.axon = 4; }), HasSubstr("axon"));
  EXPECT_THAT(found([](RancNetwork& n) { n.cores[0].neurons[0].destination.offset = 16; }),
              HasSubstr("offset"));
}

TEST(RancNetwork, TheDigestSeesEveryField) {
  const Digest whole = digest(small_network());
  EXPECT_EQ(whole, digest(small_network()));
  const auto changed = [&](auto change) {
    RancNetwork network = small_network();
    change(network);
    return digest(network) != whole;
  };
  EXPECT_TRUE(changed([](RancNetwork& n) { n.grid.fifo_depth = 8; }));
  EXPECT_TRUE(changed([](RancNetwork& n) { n.grid.output_tile = 0; }));
  EXPECT_TRUE(changed([](RancNetwork& n) { n.cores[0].axon_types[0] = 1; }));
  EXPECT_TRUE(changed([](RancNetwork& n) { n.cores[0].connections[0] = 1; }));
  EXPECT_TRUE(changed([](RancNetwork& n) { n.cores[0].neurons[0].potential = 6; }));
  EXPECT_TRUE(changed([](RancNetwork& n) { n.cores[0].neurons[0].weights[2] = 6; }));
  EXPECT_TRUE(changed([](RancNetwork& n) { n.cores[0].neurons[0].linear_reset = false; }));
  EXPECT_TRUE(changed([](RancNetwork& n) { n.cores[0].neurons[0].destination.dy = 0; }));
}

TEST(RancMutation, ACoreIsValidOrRefused) {
  const std::string valid = kNeuron + "\n" + kNeuron + "\n" + kTypes;  // the last three lines are the types
  const Bytes bytes(valid.begin(), valid.end());
  const Feeding feeding = feed(
      "csram", 3000, [&](Random& random) { return damage(bytes, random); },
      [&](const Bytes& data) {
        const std::string text(data.begin(), data.end());
        const std::size_t split = std::min(text.size(), 2 * kNeuron.size() + 2);
        RancNetwork network = small_network();
        network.cores[0] = parse(text.substr(0, split), text.substr(split));
        network.axons = static_cast<int>(network.cores[0].axon_types.size());
        network.neurons = static_cast<int>(network.cores[0].neurons.size());
        return describe(validate(network));
      });
  EXPECT_EQ(feeding.failure, "");
  EXPECT_GT(feeding.refused, 300);
}

TEST(RancMutation, AStimulusIsValidOrRefused) {
  const std::string packet = "111111111000000001011111\n";
  const std::string valid = "2\n0\n1\n" + packet + packet + packet;
  const Bytes bytes(valid.begin(), valid.end());
  const Feeding feeding = feed(
      "tb_input", 3000, [&](Random& random) { return damage(bytes, random); },
      [&](const Bytes& data) {
        const std::string text(data.begin(), data.end());
        const std::size_t split = std::min<std::size_t>(text.size(), 6);
        return describe(
            validate(parse_ranc_stimulus(text.substr(0, split), "n.txt", text.substr(split), "in.txt", 3),
                     small_network()));
      });
  EXPECT_EQ(feeding.failure, "");
  EXPECT_GT(feeding.refused, 300);
}

}  // namespace
}  // namespace weft
