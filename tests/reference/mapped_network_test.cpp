// Random networks all the way: mapped onto random fabrics, verified, and run on the SystemC fabric and on the
// second cycle model, with the outputs of the integer reference.
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "mapping/map.hpp"
#include "model/network/evaluate.hpp"
#include "tests/reference/random_cases.hpp"
#include "tests/reference/run_both.hpp"

namespace weft::test {
namespace {

struct MappedCase {
  FixedNetwork network;
  Fabric fabric;
  mapping::Mapped mapped;
};

// None where the random network does not fit the random fabric, which map_network says by an error.
std::optional<MappedCase> map_case(Random& random) {
  MappedCase made;
  // Two synapses side by side add up to what the fabric's 8 bits hold.
  made.network = random_network(random, 7);
  made.fabric = random_fabric(random);
  mapping::MapParams params;
  params.seed = random.bits();
  params.pack_rounds = 5;
  params.place_moves = 200;
  try {
    made.mapped = mapping::map_network(made.network, made.fabric, params);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::Unacceptable && error.kind() != ErrorKind::BadInput) throw;
    return std::nullopt;
  }
  return made;
}

void check_reference(const MappedCase& made, const Stimulus& stimulus, const Outcome& outcome) {
  ASSERT_EQ(outcome.outputs.values, evaluate_frames(made.network, stimulus, 1).values);
  if (stimulus.frame_steps > 1 || stimulus.has_events()) return;
  for (std::int64_t f = 0; f < stimulus.frames.rows; ++f) {
    const std::int32_t* frame = stimulus.frames.row(f);
    const auto expected = evaluate(made.network, {frame, frame + stimulus.frames.columns}).back();
    const std::int32_t* found = outcome.outputs.row(f);
    ASSERT_EQ(std::vector<std::int32_t>(found, found + outcome.outputs.columns), expected) << "frame " << f;
  }
}

void check_mapped_networks(std::uint64_t first_seed, int cases) {
  int mapped = 0, split = 0;
  for (int i = 0; i < cases; ++i) {
    const std::uint64_t seed = first_seed + static_cast<std::uint64_t>(i);
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    const std::optional<MappedCase> made = map_case(random);
    if (!made) continue;
    ++mapped;
    split += made->mapped.mapping.partial_sums > 0 ? 1 : 0;
    const Image& image = made->mapped.image;
    ASSERT_EQ(describe(mapping::verify_mapping(made->network, made->fabric, image)), "");
    ASSERT_EQ(describe(validate(image, made->fabric)), "");
    const Stimulus stimulus = random_stimulus(random, image.input_count, image.input_format);
    Outcome outcome;
    ASSERT_TRUE(run_both(made->fabric, image, stimulus, random, outcome));
    check_reference(*made, stimulus, outcome);
    if (testing::Test::HasFatalFailure()) return;
  }
  // The cases are worth something: most networks fit, and some need partial sums.
  EXPECT_GT(mapped, cases / 3);
  EXPECT_GT(split, cases / 20);
}

TEST(MappedNetworks, RunAlikeOnBothAndEqualTheReference) {
  check_mapped_networks(1, 100);
}
TEST(MappedNetworksFull, RunAlikeOnBothAndEqualTheReference) {
  check_mapped_networks(100000, 3000);
}

}  // namespace
}  // namespace weft::test
