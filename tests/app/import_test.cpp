// weft import through the program: the declared layers, the arrays, what is written and what is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "model/base/npz.hpp"
#include "model/network/network.hpp"
#include "tests/app/weft_program.hpp"

namespace weft::test {
namespace {

using testing::HasSubstr;

struct Import : testing::Test {
  Scratch scratch;
  void SetUp() override {
    put("conv1_w.npy", {2, 1, 3, 3});
    put("conv1_b.npy", {2});
    put("ip1.weight.npy", {3, 8});
    put("ip1.bias.npy", {3});
  }
  void put(const std::string& name, const std::vector<std::int64_t>& shape) {
    std::int64_t count = 1;
    for (const std::int64_t size : shape) count *= size;
    write_file(scratch / name,
               format_npy(NpyArray::from(std::vector<float>(static_cast<std::size_t>(count), 0.25f), shape)));
  }
  Finished import(const std::string& layers, const std::vector<std::string>& more = {}) {
    std::vector<std::string> words = {"--json",  "import", scratch.path(), "--layers",     layers,
                                      "--input", "1x6x6",  "-o",           scratch / "out"};
    words.insert(words.end(), more.begin(), more.end());
    return run_weft(words);
  }
};

TEST_F(Import, WritesTheDeclaredNetwork) {
  const Finished weft = import("conv1:relu,maxpool=2,ip1:tanh",
                               {"--input-scale", "0.5", "--input-offset", "-1", "--name", "six"});
  ASSERT_EQ(weft.code, 0) << weft.err;
  const Network network = read_network(scratch / "out/network.npz");
  EXPECT_EQ(network.name, "six");
  EXPECT_EQ(network.input_scale, 0.5f);
  EXPECT_EQ(network.input_offset, -1.0f);
  ASSERT_EQ(network.projections.size(), 3u);
  EXPECT_EQ(network.projections[ProjectionId(1)].kind, ProjectionKind::MaxPool);
  EXPECT_EQ(network.populations[PopulationId(1)].activation, Activation::Relu);
  EXPECT_EQ(network.populations[PopulationId(3)].activation, Activation::Tanh);
  EXPECT_EQ(nlohmann::json::parse(weft.out).at("provenance").at("digests").at("dense"),
            digest(network).hex());
}

TEST_F(Import, TakesStrideAndPadding) {
  const Finished weft = import("conv1:stride=3:pad=1,ip1");
  ASSERT_EQ(weft.code, 0) << weft.err;
  EXPECT_EQ(read_network(scratch / "out/network.npz").populations[PopulationId(1)].shape, (Shape{2, 2, 2}));
}

TEST_F(Import, WantsTheOrderOfTheLayers) {
  const Finished weft = run_weft({"import", scratch.path()});
  EXPECT_EQ(weft.code, 2);
  EXPECT_THAT(weft.err, HasSubstr("files do not tell their order: give --layers"));
}

TEST_F(Import, RefusesALayerItCannotRead) {
  const std::vector<std::pair<std::string, std::string>> words = {
      {"conv1:rely", "found \"rely\" (did you mean 'relu'?)"},
      {"conv1,,ip1", "found a layer without a name"},
      {"maxpol=2", "found \"maxpol=2\" (did you mean 'maxpool'?)"},
      {"maxpool=0", "maxpool: found \"0\""}};
  for (const auto& [layers, message] : words) {
    const Finished weft = import(layers);
    EXPECT_EQ(weft.code, 2) << layers;
    EXPECT_THAT(weft.err, HasSubstr(message));
  }
}

TEST_F(Import, RefusesAShapeItCannotRead) {
  const Finished weft = run_weft({"import", scratch.path(), "--layers", "ip1", "--input", "28x28"});
  EXPECT_EQ(weft.code, 2);
  EXPECT_THAT(weft.err, HasSubstr("--input: found \"28x28\", expected CHANNELSxHEIGHTxWIDTH"));
}

TEST_F(Import, RefusesArraysThatDoNotContinue) {
  const Finished weft = import("conv1,ip1");
  EXPECT_EQ(weft.code, 3);
  EXPECT_THAT(weft.err, HasSubstr("ip1.weight.npy: found weights of shape (3, 8)"));
  EXPECT_FALSE(std::filesystem::exists(scratch / "out/network.npz"));
}

}  // namespace
}  // namespace weft::test
