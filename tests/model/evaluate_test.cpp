// The integer reference: its arithmetic in closed form, and the whole of it against a second way to compute.
#include "model/network/evaluate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "model/network/neurons/neuron_model.hpp"
#include "tests/model/expect_error.hpp"
#include "tests/model/fixed_networks.hpp"

namespace weft {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::int32_t update(NeuronModel model, std::int32_t potential, std::int32_t bias, int shift,
                    ValueFormat format, const std::int32_t* table = nullptr) {
  return update_value_neuron(model, potential, bias, shift, format.minimum(), format.maximum(), table);
}

constexpr ValueFormat kSigned{8, true};
constexpr ValueFormat kUnsigned{8, false};

TEST(Neuron, RoundsHalvesUpAlsoBelowZero) {
  // Quarters: -6 is -1.5 and becomes -1, -5 is -1.25, -7 is -1.75.
  const std::map<int, int> quarters = {{-8, -2}, {-7, -2}, {-6, -1}, {-5, -1}, {-4, -1}, {-3, -1}, {-2, 0},
                                       {-1, 0},  {0, 0},   {1, 0},   {2, 1},   {3, 1},   {5, 1},   {6, 2}};
  for (const auto& [potential, value] : quarters) {
    EXPECT_EQ(update(NeuronModel::Linear, potential, 0, 2, kSigned), value) << potential;
  }
}

TEST(Neuron, AddsNoHalfWithoutAShift) {
  for (const int potential : {-3, -1, 0, 1, 7}) {
    EXPECT_EQ(update(NeuronModel::Linear, potential, 0, 0, kSigned), potential);
  }
}

TEST(Neuron, AddsItsBiasBeforeTheShift) {
  EXPECT_EQ(update(NeuronModel::Linear, 5, 2, 2, kSigned), 2);   // (7 + 2) / 4 = 2.25
  EXPECT_EQ(update(NeuronModel::Linear, 5, -2, 2, kSigned), 1);  // (3 + 2) / 4 = 1.25
}

TEST(Neuron, ClampsToItsFormat) {
  EXPECT_EQ(update(NeuronModel::Linear, 128, 0, 0, kSigned), 127);
  EXPECT_EQ(update(NeuronModel::Linear, -129, 0, 0, kSigned), -128);
  EXPECT_EQ(update(NeuronModel::Relu, 256, 0, 0, kUnsigned), 255);
  EXPECT_EQ(update(NeuronModel::Relu, -1, 0, 0, kUnsigned), 0);
}

TEST(Neuron, TakesTheLargestPotentialsAndShifts) {
  const ValueFormat wide{31, true};
  EXPECT_EQ(update(NeuronModel::Linear, 0x7fffffff, 0, 31, wide), 1);  // 0.9999... rounds up
  EXPECT_EQ(update(NeuronModel::Linear, -0x7fffffff, 0, 31, wide), -1);
  EXPECT_EQ(update(NeuronModel::Linear, 0x3fffffff, 0, 31, wide), 0);
}

TEST(Neuron, LooksATableUpFromMinusHalf) {
  std::vector<std::int32_t> table(256);
  for (int i = 0; i < 256; ++i) table[static_cast<std::size_t>(i)] = 1000 + i;
  EXPECT_EQ(update(NeuronModel::Table, -128, 0, 0, kSigned, table.data()), 1000);
  EXPECT_EQ(update(NeuronModel::Table, 0, 0, 0, kSigned, table.data()), 1128);
  EXPECT_EQ(update(NeuronModel::Table, 127, 0, 0, kSigned, table.data()), 1255);
  EXPECT_EQ(update(NeuronModel::Table, 5000, 0, 0, kSigned, table.data()), 1255);
  EXPECT_EQ(update(NeuronModel::Table, -5000, 0, 0, kSigned, table.data()), 1000);
  EXPECT_EQ(update(NeuronModel::Table, 6, 0, 2, kSigned, table.data()), 1130);  // 1.5 rounds up
}

TEST(Evaluate, ComputesASmallLayerByHand) {
  FixedNetwork network = one_layer(2, 2, {3, -2, 1, 4}, NeuronModel::Relu, {8, false});
  FixedPopulation& out = network.populations[network.output()];
  out.bias = {1, -7};
  out.shift = {0, 1};
  // 3*10 - 2*20 + 1 = -9 -> 0; (10 + 80 - 7 + 1) >> 1 = 42
  EXPECT_THAT(evaluate(network, {10, 20}), ElementsAre(ElementsAre(10, 20), ElementsAre(0, 42)));
}

// Dense matrices and real division instead of fan-ins and shifts.
std::vector<std::vector<std::int64_t>> brute_force(const FixedNetwork& network,
                                                   const std::vector<std::int32_t>& input) {
  std::vector<std::vector<std::int64_t>> values;
  values.emplace_back(input.begin(), input.end());
  for (std::uint32_t p = 1; p < network.populations.size(); ++p) {
    const FixedPopulation& population = network.populations[PopulationId(p)];
    const Shape to = population.shape;
    std::vector<std::int64_t> sums(population.bias.begin(), population.bias.end());
    for (const FixedProjection& projection : network.projections) {
      if (projection.target != PopulationId(p)) continue;
      const auto& x = values[projection.source.index()];
      const Shape from = network.populations[projection.source].shape;
      if (projection.kind == FixedProjectionKind::Dense) {
        for (std::size_t w = 0; w < projection.weights.size(); ++w)
          sums[w / x.size()] += projection.weights[w] * x[w % x.size()];
      } else if (projection.kind == FixedProjectionKind::Sparse) {
        for (std::size_t s = 0; s < projection.synapses.size(); ++s) {
          sums[projection.synapses[s].target] += projection.weights[s] * x[projection.synapses[s].source];
        }
      } else {
        const Window& w = projection.window;
        const int in = from.channels / projection.groups;
        std::size_t weight = 0;
        for (int oc = 0; oc < to.channels; ++oc)
          for (int ic = 0; ic < in; ++ic)
            for (int ky = 0; ky < w.kernel_height; ++ky)
              for (int kx = 0; kx < w.kernel_width; ++kx, ++weight)
                for (int oy = 0; oy < to.height; ++oy)
                  for (int ox = 0; ox < to.width; ++ox) {
                    const int sy = oy * w.stride_height + ky - w.pad_height;
                    const int sx = ox * w.stride_width + kx - w.pad_width;
                    if (sy < 0 || sx < 0 || sy >= from.height || sx >= from.width) continue;
                    const int channel = oc / (to.channels / projection.groups) * in + ic;
                    sums[static_cast<std::size_t>((oc * to.height + oy) * to.width + ox)] +=
                        projection.weights[weight] *
                        x[static_cast<std::size_t>((channel * from.height + sy) * from.width + sx)];
                  }
      }
    }
    for (std::size_t n = 0; n < sums.size(); ++n) {
      std::int64_t q = sums[n];
      if (population.shift[n] > 0) {  // floor((2 q + d) / 2 d)
        const std::int64_t d = std::int64_t{1} << population.shift[n];
        const std::int64_t numerator = 2 * q + d;
        q = numerator / (2 * d);
        if (numerator % (2 * d) < 0) --q;
      }
      if (population.model == NeuronModel::Table) {
        q = population.table[static_cast<std::size_t>((q < -128 ? -128 : q > 127 ? 127 : q) + 128)];
      } else {
        if (q < population.format.minimum()) q = population.format.minimum();
        if (q > population.format.maximum()) q = population.format.maximum();
      }
      sums[n] = q;
    }
    values.push_back(sums);
  }
  return values;
}

TEST(Evaluate, EqualsABruteForceComputation) {
  std::int64_t nonzero = 0;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    const FixedNetwork network = random_network(seed);
    Random random(seed + 100);
    for (int frame = 0; frame < 5; ++frame) {
      const auto input = random_values(random, network.populations[network.input()]);
      const auto values = evaluate(network, input);
      const auto expected = brute_force(network, input);
      ASSERT_EQ(values.size(), expected.size());
      for (std::size_t p = 0; p < values.size(); ++p) {
        EXPECT_EQ(std::vector<std::int64_t>(values[p].begin(), values[p].end()), expected[p])
            << seed << " " << p;
      }
      for (const auto value : values.back()) nonzero += value != 0;
    }
  }
  EXPECT_GT(nonzero, 100);  // the comparison is not one of zeros
}

Dataset random_dataset(const FixedNetwork& network, int samples) {
  Dataset dataset;
  dataset.name = "random";
  dataset.shape = network.populations[network.input()].shape;
  dataset.classes = 3;
  Random random(9);
  dataset.samples.resize(static_cast<std::size_t>(samples * dataset.shape.size()));
  for (auto& value : dataset.samples) value = static_cast<std::uint8_t>(random.below(256));
  for (int i = 0; i < samples; ++i) dataset.labels.push_back(static_cast<std::uint16_t>(random.below(3)));
  return dataset;
}

TEST(Evaluate, GivesTheSameForAllFramesOnAnyNumberOfThreads) {
  const FixedNetwork network = random_network(4);
  const Dataset dataset = random_dataset(network, 200);
  const IntMatrix one = evaluate(network, dataset, 1);
  ASSERT_EQ(one.rows, 200);
  ASSERT_EQ(one.columns, 3);
  EXPECT_EQ(evaluate(network, dataset, 3).values, one.values);
  for (const std::int64_t frame : {0, 63, 64, 199}) {
    const std::vector<std::int32_t> input(dataset.sample(frame),
                                          dataset.sample(frame) + dataset.shape.size());
    const auto values = evaluate(network, input).back();
    EXPECT_EQ(std::vector<std::int32_t>(one.row(frame), one.row(frame) + 3), values);
  }
}

TEST(Evaluate, TakesNoFramesAtAll) {
  const FixedNetwork network = random_network(4);
  EXPECT_EQ(evaluate(network, random_dataset(network, 0)).rows, 0);
}

TEST(Evaluate, RefusesInputsThatDoNotFit) {
  const FixedNetwork network = one_layer(2, 1, {1, 1});
  EXPECT_THAT(input_error_of([&] { evaluate(network, std::vector<std::int32_t>{1}); }),
              HasSubstr("found 1 input values, expected 2"));
  EXPECT_THAT(input_error_of([&] {
                evaluate(network, std::vector<std::int32_t>{0, 256});
              }),
              HasSubstr("found an input value of 256, expected 0 to 255"));
  Dataset dataset = random_dataset(network, 2);
  dataset.shape = {1, 1, 3};
  EXPECT_THAT(input_error_of([&] { evaluate(network, dataset); }),
              HasSubstr("random: found samples of 3 values, expected the network's 2"));
  FixedNetwork narrow = network;
  narrow.populations[PopulationId(0)].format = {8, true};
  EXPECT_THAT(input_error_of([&] { evaluate(narrow, random_dataset(narrow, 1)); }),
              HasSubstr("unsigned bytes"));
}

TEST(Accuracy, CountsRowsWhoseLargestValueIsTheLabel) {
  Dataset dataset;
  dataset.name = "labels";
  dataset.labels = {1, 0, 2, 0};
  const IntMatrix outputs{4, 3, {1, 5, 2, /**/ 7, 7, 0, /**/ 3, 2, 1, /**/ -4, -3, -9}};
  EXPECT_DOUBLE_EQ(accuracy(outputs, dataset), 0.5);  // right, right (a tie: the lowest wins), wrong, wrong
}

TEST(Accuracy, RefusesMoreRowsThanLabels) {
  Dataset dataset;
  dataset.name = "labels";
  dataset.labels = {1};
  EXPECT_THAT(input_error_of([&] {
                accuracy(IntMatrix{2, 1, {0, 0}}, dataset);
              }),
              HasSubstr("labels: found 1 labels, expected 2"));
}

}  // namespace
}  // namespace weft
