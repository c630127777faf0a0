// A spiking network from the files of its trainer to recordings on the fabric, through the program.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/app/weft_program.hpp"
#include "tests/model/data_path.hpp"

namespace weft::test {
namespace {

using testing::HasSubstr;

TEST(SpikingNetworkFull, GoesFromItsWeightsToRecordingsOnTheFabric) {
  const std::string data = data_path().string();
  if (!std::filesystem::exists(data + "/nmnist")) GTEST_SKIP() << "no N-MNIST: set WEFT_DATA";
  const Scratch scratch;
  const Finished whole =
      run_weft({"import", "--format", "loihi-npy", "--layers", "NMNISTFc1,NMNISTFc2", "--input", "2x34x34",
                data + "/nmnist/loihi_mlp_TrainedFull", "-o", scratch / "net"});
  ASSERT_EQ(whole.code, 0) << whole.err;
  const Finished mapped = run_weft({"map", scratch / "net/fixed.npz", "--fabric", "loihi1-measured",
                                    "--place-moves", "100", "--pack-rounds", "1", "-o", scratch / "map"});
  ASSERT_EQ(mapped.code, 0) << mapped.err;
  const Finished run = run_weft({"--json", "--data", data, "run", scratch / "map/image.npz", "--dataset",
                                 "nmnist", "--frames", "2", "--steps", "150", "-o", scratch / "run"});
  ASSERT_EQ(run.code, 0) << run.err;
  const auto report = nlohmann::json::parse(run.out);
  EXPECT_EQ(report["accuracy"]["samples"], 2);
  EXPECT_EQ(report["accuracy"]["mismatches"], 0);
  EXPECT_EQ(report["accuracy"]["fabric"], report["accuracy"]["fixed"]);
}

TEST(SpikingNetwork, IsRefusedWhereItsInputDoesNotFit) {
  const std::string data = data_path().string();
  if (!std::filesystem::exists(data + "/nmnist")) GTEST_SKIP() << "no N-MNIST: set WEFT_DATA";
  const Scratch scratch;
  const Finished refused = run_weft({"import", "--format", "loihi-npy", "--layers", "NMNISTFc1",
                                     data + "/nmnist/loihi_mlp_TrainedFull", "-o", scratch / "net"});
  EXPECT_EQ(refused.code, 3);
  EXPECT_THAT(refused.err, HasSubstr("weights of shape 512 x 2312, expected neurons x 784"));
}

}  // namespace
}  // namespace weft::test
