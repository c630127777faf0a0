// RANC's grids as YAML and programs as archives: there and back, errors, damage.
#include "model/ranc/ranc_program.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/model/expect_error.hpp"
#include "tests/model/mutator.hpp"
#include "tests/model/temporary_directory.hpp"

namespace weft {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(RancMachine, PresetsAreTheGridsOfTheRecordedLogs) {
  EXPECT_THAT(ranc_preset_names(), ElementsAre("ranc-256", "ranc-transpose"));
  for (const std::string& name : ranc_preset_names()) EXPECT_EQ(load_ranc_machine(name).name, name);
  const RancMachine machine = load_ranc_machine("ranc-256", {"fifo_depth=8"});
  EXPECT_EQ(machine.grid.width, 4);
  EXPECT_EQ(machine.grid.height, 3);
  EXPECT_EQ(machine.grid.output_tile, 8);
  EXPECT_EQ(machine.grid.fifo_depth, 8);
  EXPECT_EQ(machine.tick_cycles, 70000);
  EXPECT_EQ(machine.first_burst_cycle, 28);
}

TEST(RancMachine, SaysWhatIsWrong) {
  const auto error = [](const std::string& yaml) {
    return input_error_of([&] { parse_ranc_machine(yaml, "r.yaml"); });
  };
  EXPECT_THAT(error("width: 2\nheight: 1\noutput_tile: 1\n"), HasSubstr("machine"));
  EXPECT_THAT(error("machine: weft\nwidth: 2\nheight: 1\noutput_tile: 1\n"), HasSubstr("r.yaml:1:10"));
  EXPECT_THAT(error("machine: ranc\nwidth: 2\nheight: 1\n"), HasSubstr("output_tile"));
  EXPECT_THAT(error("machine: ranc\nwidth: 2\nheight: 1\noutput_tile: 1\ndepth: 4\n"),
              HasSubstr("r.yaml:5:1"));
  EXPECT_THAT(error("machine: ranc\nwidth: 2\nheight: 1\noutput_tile: 1\nfifo_depth: 3\n"),
              HasSubstr("a power of two"));
  EXPECT_THAT(
      input_error_of([] { load_ranc_machine("ranc-255"); }),
      HasSubstr("a file or the name of a preset (ranc-256, ranc-transpose) (did you mean 'ranc-256'?)"));
}

RancProgram small_program() {
  RancProgram program;
  program.machine.name = "small";
  program.machine.grid.width = 3;
  program.machine.grid.height = 1;
  program.machine.grid.output_tile = 1;
  program.machine.tick_cycles = 99;
  program.machine.first_burst_cycle = 5;
  RancNetwork& network = program.network;
  network.grid = program.machine.grid;
  network.axons = 3;
  network.neurons = 2;
  network.cores.resize(3);
  for (const std::size_t t : {0u, 2u}) {
    RancCore& core = network.cores[t];
    core.axon_types = {1, 2, 3};
    core.connections = {5 + t, 2};
    core.neurons.resize(2);
    core.neurons[1].weights = {1, -2, 3, static_cast<std::int16_t>(t)};
    core.neurons[1].linear_reset = true;
    core.neurons[0].destination.dx = -3;
    core.neurons[0].destination.axon = 3;
    core.neurons[0].destination.offset = 15;
  }
  program.stimulus.ticks.resize(3);
  program.stimulus.ticks[2].resize(2);
  program.stimulus.ticks[2][1].dy = -7;
  program.outputs = {{}, {4, 5}, {1}};
  return program;
}

TEST(RancProgram, ComesBackFromItsArchive) {
  const RancProgram program = small_program();
  const RancProgram read = ranc_program_from_npz(parse_npz(format_npz(to_npz(program)), "r.npz"), "r.npz");
  EXPECT_EQ(digest(read.network), digest(program.network));
  EXPECT_EQ(read.machine.name, "small");
  EXPECT_EQ(read.machine.tick_cycles, 99);
  EXPECT_EQ(read.machine.first_burst_cycle, 5);
  EXPECT_EQ(read.stimulus.ticks, program.stimulus.ticks);
  EXPECT_EQ(read.outputs, program.outputs);
}

TEST(RancProgram, SaysWhatIsWrong) {
  const auto error = [](auto change) {
    NpzArchive archive = to_npz(small_program());
    change(archive);
    return input_error_of([&] { ranc_program_from_npz(archive, "r.npz"); });
  };
  EXPECT_THAT(error([](NpzArchive& a) { a.arrays.erase("inputs"); }), HasSubstr("inputs"));
  EXPECT_THAT(error([](NpzArchive& a) {
                a.arrays["axon_types"].shape = {3, 2};
              }),
              HasSubstr("found axon_types of 3 x 2, expected 2 x 3"));
  EXPECT_THAT(
      error([](NpzArchive& a) { a.arrays["input_counts"] = NpyArray::from(std::vector<std::int32_t>{-1}); }),
      HasSubstr("a count of -1"));
  EXPECT_THAT(
      error([](NpzArchive& a) {
        a.arrays["inputs"] = NpyArray::from(std::vector<std::int16_t>{0, 0, 0, 0, 0, 0, 0, 300}, {2, 4});
      }),
      HasSubstr("found 300 in inputs"));
  EXPECT_THAT(error([](NpzArchive& a) {
                a.arrays["connections"] = NpyArray::from(std::vector<std::uint64_t>(4, 8), {2, 2, 1});
              }),
              HasSubstr("beyond the last axon"));
  EXPECT_THAT(error([](NpzArchive& a) { a.header.replace(a.header.find("weft-ranc"), 9, "weft-ronc"); }),
              HasSubstr("weft-ronc"));
}

TEST(RancProgram, IsToldFromOtherFiles) {
  const TemporaryDirectory folder;
  write_npz(folder / "ranc.npz", to_npz(small_program()));
  NpzArchive other;
  other.header = "{\"format\": \"weft-image\"}";
  write_npz(folder / "other.npz", other);
  write_file(folder / "text", "PK but no archive");
  EXPECT_TRUE(is_ranc_program(folder / "ranc.npz"));
  for (const char* name : {"other.npz", "text", "nothing", "."})
    EXPECT_FALSE(is_ranc_program(folder / name)) << name;
  EXPECT_EQ(digest(read_ranc_program(folder / "ranc.npz").network), digest(small_program().network));
}

TEST(RancMutation, AProgramIsValidOrRefused) {
  const Members members = unzip(format_npz(to_npz(small_program())));
  const Feeding feeding = feed(
      "ranc.npz", 2000, [&](Random& random) { return damage_members(members, random); },
      [](const Bytes& data) {
        const RancProgram program = ranc_program_from_npz(parse_npz(data, "r.npz", 1 << 24), "r.npz");
        return describe(validate(program.network)) + describe(validate(program.stimulus, program.network));
      });
  EXPECT_EQ(feeding.failure, "");
  EXPECT_GT(feeding.refused, 200);
}

}  // namespace
}  // namespace weft
