// What nobody hears goes, what always says the same goes into biases, and the outputs stay.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compress/remove_unused.hpp"
#include "model/network/forward.hpp"
#include "small_network.hpp"

namespace weft::compress {
namespace {

void silence_row(Projection& projection, std::size_t row, std::size_t columns) {
  std::fill_n(projection.weights.begin() + static_cast<std::ptrdiff_t>(row * columns), columns, 0.0f);
}

void silence_column(Projection& projection, std::size_t column, std::size_t columns) {
  for (std::size_t at = column; at < projection.weights.size(); at += columns) projection.weights[at] = 0.0f;
}

double largest_difference(const Network& a, const Network& b) {
  const FloatMatrix left = outputs(a, small_data()), right = outputs(b, small_data());
  double largest = 0;
  for (std::size_t i = 0; i < left.values.size(); ++i)
    largest = std::max(largest, std::fabs(double{left.values[i]} - right.values[i]));
  return largest;
}

// Neurons 2 and 5 of hidden are heard by nobody, 7 hears nothing.
Network pruned_network() {
  Network network = small_network();
  silence_column(projection_named(network, "out"), 2, 12);
  silence_column(projection_named(network, "out"), 5, 12);
  silence_row(projection_named(network, "hidden"), 7, 8);
  return network;
}

TEST(RemoveUnused, LeavesANetworkAsItIsWhereAllIsUsed) {
  EXPECT_EQ(digest(remove_unused(small_network())), digest(small_network()));
}

TEST(RemoveUnused, TakesOutWhatIsHeardByNobodyAndWhatHearsNothing) {
  const Network before = pruned_network(), after = remove_unused(before);
  EXPECT_EQ(population_named(const_cast<Network&>(after), "hidden").shape, (Shape{9, 1, 1}));
  EXPECT_EQ(projection_named(after, "hidden").weights.size(), 9u * 8);
  EXPECT_EQ(projection_named(after, "out").weights.size(), 3u * 9);
  EXPECT_LT(largest_difference(before, after), 1e-5);
  EXPECT_EQ(describe(verify_removal(before, after)), "");
}

TEST(RemoveUnused, FoldsAConstantNeuronIntoTheBiasesBehindIt) {
  const Network before = pruned_network(), after = clear_unused(before);
  const auto& weights = projection_named(before, "out").weights;
  const auto& was = before.populations[before.output()].bias;
  const auto& is = after.populations[after.output()].bias;
  for (std::size_t t = 0; t < 3; ++t) EXPECT_NEAR(is[t], was[t] + 0.05 * weights[t * 12 + 7], 1e-6);
  EXPECT_EQ(after.populations[PopulationId(2)].shape, before.populations[PopulationId(2)].shape);
  EXPECT_EQ(count_synapses(after), count_synapses(before) - 2 * 8 - 3);
}

TEST(RemoveUnused, FollowsAChainOfUselessNeurons) {
  Network before = small_network();
  silence_column(projection_named(before, "skip"), 0, 8);  // channel 0 of conv: positions 0 to 3
  for (std::size_t i = 1; i < 4; ++i) silence_column(projection_named(before, "skip"), i, 8);
  for (std::size_t neuron = 0; neuron < 12; ++neuron) {
    // neurons below 6 hear channel 0 alone and are heard by nobody, the others hear channel 1 alone
    auto& weights = projection_named(before, "hidden").weights;
    for (std::size_t i = 0; i < 8; ++i) {
      if ((neuron < 6) != (i < 4)) weights[neuron * 8 + i] = 0.0f;
    }
    if (neuron < 6) silence_column(projection_named(before, "out"), neuron, 12);
  }
  const Network after = remove_unused(before);
  EXPECT_EQ(after.populations[PopulationId(1)].shape, (Shape{1, 2, 2}));
  EXPECT_EQ(after.populations[PopulationId(2)].shape, (Shape{6, 1, 1}));
  EXPECT_LT(largest_difference(before, after), 1e-5);
  EXPECT_EQ(describe(verify_removal(before, after)), "");
}

TEST(RemoveUnused, CutsChannelsThroughPools) {
  Network before = make_lenet5("lenet5");
  initialize(before, 3);
  Projection& second = before.projections[ProjectionId(2)];  // 50 x 20 x 5 x 5
  ASSERT_EQ(second.kind, ProjectionKind::Convolution);
  for (std::size_t out = 0; out < 50; ++out) {
    for (std::size_t in = 4; in < 20; ++in)
      std::fill_n(second.weights.begin() + static_cast<std::ptrdiff_t>((out * 20 + in) * 25), 25, 0.0f);
  }
  const Network after = remove_unused(before);
  EXPECT_EQ(after.populations[PopulationId(1)].shape.channels, 4);
  EXPECT_EQ(after.populations[PopulationId(2)].shape.channels, 4);
  EXPECT_EQ(count_synapses(after, ProjectionId(1)) * 5, count_synapses(before, ProjectionId(1)));
  EXPECT_EQ(describe(verify_removal(before, after)), "");
}

TEST(RemoveUnused, KeepsOneChannelOfEveryPopulation) {
  Network before = small_network();
  for (float& weight : projection_named(before, "out").weights) weight = 0.0f;
  const Network after = remove_unused(before);
  EXPECT_EQ(after.populations[PopulationId(2)].shape.size(), 1);
  EXPECT_LT(largest_difference(before, after), 1e-5);
  EXPECT_EQ(describe(verify_removal(before, after)), "");
}

TEST(VerifyRemoval, FindsWhatWasLeftAndWhatWasInvented) {
  const Network before = pruned_network();
  const auto rules = [&](const Network& after) {
    std::vector<std::string> names;
    for (const Violation& violation : verify_removal(before, after)) names.push_back(violation.rule);
    return names;
  };
  EXPECT_THAT(rules(before), testing::ElementsAre("unused", "unused"));
  Network invented = remove_unused(before);
  projection_named(invented, "out").weights[0] += 1;
  EXPECT_THAT(rules(invented), testing::ElementsAre("form"));
  Network renamed = remove_unused(before);
  population_named(renamed, "hidden").activation = Activation::Tanh;
  EXPECT_THAT(rules(renamed), testing::ElementsAre("form"));
}

}  // namespace
}  // namespace weft::compress
