// N-MNIST on the network that was trained for Loihi: the integer reference classifies the recordings, the
// fabric equals it bit for bit.
#include <gtest/gtest.h>

#include "mapping/map.hpp"
#include "model/fabric/presets.hpp"
#include "model/network/evaluate.hpp"
#include "sim/run.hpp"
#include "tests/reference/nmnist.hpp"

namespace weft::test {
namespace {

constexpr int kSteps = 300;

double share_right(const IntMatrix& outputs, const Recordings& recordings) {
  return accuracy(outputs, recordings.labels, recordings.name);
}

TEST(Nmnist, IsClassifiedByTheReference) {
  if (!has_nmnist()) GTEST_SKIP() << "no N-MNIST: set WEFT_DATA";
  const Recordings recordings = read_nmnist();
  ASSERT_EQ(recordings.size(), 1000);
  const IntMatrix outputs = evaluate_frames(read_nmnist_network(), make_stimulus(recordings, 0, 40, kSteps));
  EXPECT_EQ(share_right(outputs, recordings), 1.0);
}

TEST(NmnistFull, IsClassifiedByTheReferenceInAllItsRecordings) {
  if (!has_nmnist()) GTEST_SKIP() << "no N-MNIST: set WEFT_DATA";
  const Recordings recordings = read_nmnist();
  const IntMatrix outputs =
      evaluate_frames(read_nmnist_network(), make_stimulus(recordings, 0, 1000, kSteps));
  ASSERT_EQ(outputs.rows, 1000);
  EXPECT_GE(share_right(outputs, recordings), 0.99);
}

void run_on_loihi(std::int64_t count, int steps) {
  const FixedNetwork network = read_nmnist_network();
  const Fabric fabric = load_fabric("loihi1-measured");
  mapping::MapParams params;
  params.pack_rounds = 1;
  params.place_moves = 100;
  const Image image = mapping::map_network(network, fabric, params).image;
  ASSERT_EQ(describe(mapping::verify_mapping(network, fabric, image)), "");
  const Recordings recordings = read_nmnist();
  const Stimulus stimulus = make_stimulus(recordings, 0, count, steps);
  const Outcome outcome = sim::run_image(fabric, image, stimulus);
  EXPECT_EQ(outcome.steps, static_cast<std::uint64_t>(count * steps + image.depth_steps));
  EXPECT_EQ(outcome.outputs.values, evaluate_frames(network, stimulus).values);
  EXPECT_GT(*std::max_element(outcome.outputs.values.begin(), outcome.outputs.values.end()), 0);
}

TEST(Nmnist, RunsOnLoihiAsTheReferenceSays) {
  if (!has_nmnist()) GTEST_SKIP() << "no N-MNIST: set WEFT_DATA";
  run_on_loihi(2, 100);
}

TEST(NmnistFull, RunsOnLoihiAsTheReferenceSays) {
  if (!has_nmnist()) GTEST_SKIP() << "no N-MNIST: set WEFT_DATA";
  run_on_loihi(20, kSteps);
}

}  // namespace
}  // namespace weft::test
