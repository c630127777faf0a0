// Quantization: exact where it must be, close where it may only be close.
#include "model/network/quantize.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "model/network/evaluate.hpp"
#include "model/network/forward.hpp"
#include "tests/model/expect_error.hpp"
#include "tests/model/fixed_networks.hpp"

namespace weft {
namespace {

using testing::HasSubstr;

Population real_population(const std::string& name, const Shape& shape,
                           Activation activation = Activation::Linear) {
  Population population;
  population.name = name;
  population.shape = shape;
  population.activation = activation;
  return population;
}

Projection real_projection(const std::string& name, std::uint32_t source, std::uint32_t target,
                           ProjectionKind kind) {
  Projection projection;
  projection.name = name;
  projection.source = PopulationId(source);
  projection.target = PopulationId(target);
  projection.kind = kind;
  return projection;
}

Dataset random_samples(const Shape& shape, int samples, std::uint64_t seed) {
  Dataset dataset;
  dataset.name = "random";
  dataset.shape = shape;
  dataset.classes = 10;
  Random random(seed);
  dataset.samples.resize(static_cast<std::size_t>(samples) * static_cast<std::size_t>(shape.size()));
  for (auto& value : dataset.samples) value = static_cast<std::uint8_t>(random.below(256));
  dataset.labels.assign(static_cast<std::size_t>(samples), 0);
  return dataset;
}

std::vector<std::int32_t> sample_of(const Dataset& dataset, std::int64_t index) {
  return {dataset.sample(index), dataset.sample(index) + dataset.shape.size()};
}

const FixedPopulation& find(const FixedNetwork& network, const std::string& name, std::size_t& index) {
  for (index = 0; index < network.populations.size(); ++index) {
    const auto& population = network.populations[PopulationId(static_cast<std::uint32_t>(index))];
    if (population.name == name) return population;
  }
  throw std::runtime_error("no population " + name);
}

// The largest integer in each window, padded places left out.
std::vector<std::int32_t> window_maxima(const std::vector<std::int32_t>& values, const Shape& from,
                                        const Shape& to, const Window& w) {
  std::vector<std::int32_t> maxima;
  for (int c = 0; c < to.channels; ++c)
    for (int y = 0; y < to.height; ++y)
      for (int x = 0; x < to.width; ++x) {
        std::int32_t best = std::numeric_limits<std::int32_t>::min();
        for (int ky = 0; ky < w.kernel_height; ++ky)
          for (int kx = 0; kx < w.kernel_width; ++kx) {
            const int sy = y * w.stride_height + ky - w.pad_height;
            const int sx = x * w.stride_width + kx - w.pad_width;
            if (sy < 0 || sx < 0 || sy >= from.height || sx >= from.width) continue;
            best = std::max(best, values[static_cast<std::size_t>((c * from.height + sy) * from.width + sx)]);
          }
        maxima.push_back(best);
      }
  return maxima;
}

// input -> convolution (signed or ReLU) -> max pool -> dense
Network pooled_network(Random& random, const Window& pool, Activation activation) {
  Network network;
  network.name = "pooled";
  network.input_scale = 1.0f / 256;
  network.input_offset = -0.4f;
  const Shape conv{2, 8, 7};
  network.populations.push_back(real_population("input", {1, 10, 9}));
  network.populations.push_back(real_population("conv", conv, activation));
  network.populations.push_back(real_population("pool", window_output(conv, pool, 2)));
  network.populations.push_back(real_population("out", {3, 1, 1}));
  Projection convolution = real_projection("conv", 0, 1, ProjectionKind::Convolution);
  convolution.window = {3, 3, 1, 1, 0, 0};
  Projection max_pool = real_projection("pool", 1, 2, ProjectionKind::MaxPool);
  max_pool.window = pool;
  network.projections.push_back(convolution);
  network.projections.push_back(max_pool);
  network.projections.push_back(real_projection("out", 2, 3, ProjectionKind::Dense));
  const auto fill = [&](std::uint32_t projection, std::size_t count) {
    auto& weights = network.projections[ProjectionId(projection)].weights;
    weights.resize(count);
    for (auto& weight : weights) weight = static_cast<float>(random.normal()) * 0.3f;
  };
  fill(0, 18);
  fill(2, 3 * static_cast<std::size_t>(network.populations[PopulationId(2)].shape.size()));
  return network;
}

TEST(Quantize, LowersMaxPoolsExactly) {
  Random random(1);
  const std::vector<Window> windows = {{2, 2, 2, 2, 0, 0}, {3, 3, 3, 3, 0, 0}, {3, 3, 2, 2, 1, 1},
                                       {2, 2, 1, 1, 0, 0}, {1, 1, 1, 1, 0, 0}, {1, 3, 1, 2, 0, 1},
                                       {5, 4, 2, 3, 2, 0}, {8, 7, 1, 1, 0, 0}};
  for (const Window& window : windows) {
    for (const Activation activation : {Activation::Linear, Activation::Relu}) {
      const Network network = pooled_network(random, window, activation);
      const Dataset dataset = random_samples({1, 10, 9}, 20, random.bits());
      const FixedNetwork fixed = quantize(network, dataset, {});
      ASSERT_EQ(describe(validate(fixed)), "");
      std::size_t conv = 0;
      std::size_t pool = 0;
      const Shape from = find(fixed, "conv", conv).shape;
      const FixedPopulation pooled = find(fixed, "pool", pool);
      EXPECT_EQ(pooled.format, find(fixed, "conv", conv).format);
      for (std::int64_t frame = 0; frame < dataset.size(); ++frame) {
        const auto values = evaluate(fixed, sample_of(dataset, frame));
        EXPECT_EQ(values[pool], window_maxima(values[conv], from, pooled.shape, window));
      }
    }
  }
}

TEST(Quantize, TakesOneStepPerRoundOfAMaxPoolAndOneForTheSum) {
  Random random(2);
  const auto depth = [&](const Window& window) {
    const Network network = pooled_network(random, window, Activation::Linear);
    return depth_steps(quantize(network, random_samples({1, 10, 9}, 5, 1), {}));
  };
  EXPECT_EQ(depth({1, 1, 1, 1, 0, 0}), 1 + 1 + 1);
  EXPECT_EQ(depth({2, 1, 2, 1, 0, 0}), 1 + 2 + 1);
  EXPECT_EQ(depth({2, 2, 2, 2, 0, 0}), 1 + 3 + 1);
  EXPECT_EQ(depth({3, 3, 3, 3, 0, 0}), 1 + 5 + 1);
}

// Bytes straight into a max pool, with a scale of either sign.
TEST(Quantize, LowersMaxPoolsOfTheInputForScalesOfEitherSign) {
  for (const float scale : {0.5f, -0.5f}) {
    Network network;
    network.name = "bytes";
    network.input_scale = scale;
    network.input_offset = 3.0f;
    const Window window{2, 2, 2, 2, 0, 0};
    network.populations.push_back(real_population("input", {1, 4, 6}));
    network.populations.push_back(real_population("pool", {1, 2, 3}));
    network.populations.push_back(real_population("out", {6, 1, 1}));
    Projection pool = real_projection("pool", 0, 1, ProjectionKind::MaxPool);
    pool.window = window;
    network.projections.push_back(pool);
    network.projections.push_back(real_projection("out", 1, 2, ProjectionKind::Dense));
    auto& weights = network.projections[ProjectionId(1)].weights;
    weights.assign(36, 0.0f);
    for (std::size_t i = 0; i < 6; ++i) weights[i * 7] = 1;
    const Dataset dataset = random_samples({1, 4, 6}, 30, 5);
    QuantizeParams params;
    params.value_bits = 12;
    const FixedNetwork fixed = quantize(network, dataset, params);
    const double unit = std::ldexp(1.0, -fixed.populations[fixed.output()].fraction_bits);
    for (std::int64_t frame = 0; frame < dataset.size(); ++frame) {
      auto reals = sample_of(dataset, frame);
      for (auto& value : reals) value *= scale < 0 ? -1 : 1;
      const auto maxima = window_maxima(reals, {1, 4, 6}, {1, 2, 3}, window);
      const auto values = evaluate(fixed, sample_of(dataset, frame)).back();
      for (std::size_t n = 0; n < 6; ++n) {
        EXPECT_NEAR(values[n] * unit, std::abs(scale) * maxima[n] + 3.0, unit / 2 + 1e-9) << scale;
      }
    }
  }
}

// Weights, biases, scale and offset are multiples of 1/64: then the only error is the rounding of each value.
Network dyadic_network(Random& random, Activation activation, bool average) {
  Network network;
  network.name = "dyadic";
  network.input_scale = 1.0f / 64;
  network.input_offset = -0.75f;
  const Window window = average ? Window{2, 2, 2, 2, 1, 0} : Window{3, 2, 2, 1, 1, 1};
  const Shape target = window_output({2, 6, 6}, window, 2);
  network.populations.push_back(real_population("input", {2, 6, 6}));
  network.populations.push_back(real_population("first", target, activation));
  Projection first =
      real_projection("first", 0, 1, average ? ProjectionKind::AveragePool : ProjectionKind::Convolution);
  first.window = window;
  const auto draw = [&] { return static_cast<float>(static_cast<int>(random.below(127)) - 63) / 64; };
  if (!average) {
    first.groups = 2;
    first.weights.resize(2 * 6);
    for (auto& weight : first.weights) weight = draw();
    network.populations[PopulationId(1)].bias = {draw(), draw()};
  }
  network.projections.push_back(first);
  return network;
}

TEST(Quantize, IsExactButForRoundingWhereWeightsAreExact) {
  Random random(7);
  for (int round = 0; round < 40; ++round) {
    const Activation activation = round % 2 == 0 ? Activation::Linear : Activation::Relu;
    const Network network = dyadic_network(random, activation, round % 4 >= 2);
    const Dataset dataset = random_samples({2, 6, 6}, 40, random.bits());
    QuantizeParams params;
    params.value_bits = 12;
    const FixedNetwork fixed = quantize(network, dataset, params);
    const FloatMatrix real = outputs(network, dataset);
    const FixedPopulation& out = fixed.populations[fixed.output()];
    const double unit = std::ldexp(1.0, -out.fraction_bits);
    const IntMatrix integers = evaluate(fixed, dataset);
    for (std::size_t i = 0; i < real.values.size(); ++i) {
      const double low = out.format.minimum() * unit;
      const double high = out.format.maximum() * unit;
      const double expected = std::clamp(static_cast<double>(real.values[i]), low, high);
      EXPECT_NEAR(integers.values[i] * unit, expected, unit / 2 + 1e-5);
    }
  }
}

TEST(Quantize, MatchesDelaysOfParallelPaths) {
  Network network;
  network.name = "paths";
  network.populations.push_back(real_population("input", {4, 1, 1}));
  network.populations.push_back(real_population("a", {4, 1, 1}, Activation::Relu));
  network.populations.push_back(real_population("b", {4, 1, 1}));
  network.populations.push_back(real_population("out", {2, 1, 1}));
  Random random(3);
  const auto add = [&](const std::string& name, std::uint32_t source, std::uint32_t target,
                       std::size_t count) {
    Projection projection = real_projection(name, source, target, ProjectionKind::Dense);
    for (std::size_t i = 0; i < count; ++i) projection.weights.push_back(static_cast<float>(random.normal()));
    network.projections.push_back(projection);
  };
  add("ia", 0, 1, 16);
  add("ab", 1, 2, 16);
  add("io", 0, 3, 8);
  add("ao", 1, 3, 8);
  add("bo", 2, 3, 8);
  const Dataset dataset = random_samples({4, 1, 1}, 50, 4);
  const FixedNetwork fixed = quantize(network, dataset, {});
  std::vector<int> delays;
  for (const auto& projection : fixed.projections) delays.push_back(projection.delay);
  EXPECT_EQ(delays, (std::vector<int>{1, 1, 3, 2, 1}));
  EXPECT_EQ(depth_steps(fixed), 3);
  EXPECT_TRUE(fixed.populations[PopulationId(2)].format.is_signed) << "a linear population in the middle";
  EXPECT_FALSE(fixed.populations[PopulationId(1)].format.is_signed);
  // Three sources of three scales meet in one potential: the sum is close to the real one.
  const FloatMatrix real = outputs(network, dataset);
  const IntMatrix integers = evaluate(fixed, dataset);
  double largest = 0;
  double error = 0;
  const double unit = std::ldexp(1.0, -fixed.populations[fixed.output()].fraction_bits);
  for (std::size_t i = 0; i < real.values.size(); ++i) {
    largest = std::max(largest, std::abs(static_cast<double>(real.values[i])));
    error = std::max(error, std::abs(integers.values[i] * unit - real.values[i]));
  }
  EXPECT_LT(error, largest * 0.05);
}

TEST(Quantize, TabulatesSigmoidAndTanh) {
  for (const Activation activation : {Activation::Sigmoid, Activation::Tanh}) {
    Network network;
    network.name = "tables";
    network.input_scale = 1.0f / 64;
    network.input_offset = -2.0f;
    network.populations.push_back(real_population("input", {1, 1, 1}));
    network.populations.push_back(real_population("out", {1, 1, 1}, activation));
    Projection one = real_projection("out", 0, 1, ProjectionKind::Dense);
    one.weights = {1.5f};
    network.projections.push_back(one);
    Dataset dataset = random_samples({1, 1, 1}, 256, 1);
    for (std::size_t i = 0; i < 256; ++i) dataset.samples[i] = static_cast<std::uint8_t>(i);
    const FixedNetwork fixed = quantize(network, dataset, {});
    const FixedPopulation& out = fixed.populations[fixed.output()];
    EXPECT_EQ(out.model, NeuronModel::Table);
    EXPECT_EQ(out.format.is_signed, activation == Activation::Tanh);
    const IntMatrix integers = evaluate(fixed, dataset);
    for (int byte = 0; byte < 256; ++byte) {
      const double x = 1.5 * (byte / 64.0 - 2);
      const double y = activation == Activation::Tanh ? std::tanh(x) : 1 / (1 + std::exp(-x));
      // The index has a resolution of 1/32, the slope is at most 1 and 1/4.
      const double allowed = activation == Activation::Tanh ? 1.0 / 64 + 1.0 / 127 : 1.0 / 256 + 1.0 / 255;
      EXPECT_NEAR(std::ldexp(integers.values[static_cast<std::size_t>(byte)], -out.fraction_bits), y, allowed)
          << byte;
    }
  }
}

Network two_layers(float first, float second) {
  Network network;
  network.name = "two";
  network.populations.push_back(real_population("input", {2, 1, 1}));
  network.populations.push_back(real_population("hidden", {2, 1, 1}, Activation::Relu));
  network.populations.push_back(real_population("out", {1, 1, 1}));
  network.projections.push_back(real_projection("hidden", 0, 1, ProjectionKind::Dense));
  network.projections.push_back(real_projection("out", 1, 2, ProjectionKind::Dense));
  network.projections[ProjectionId(0)].weights = {first, 0, 0, second};
  network.projections[ProjectionId(1)].weights = {1, 1};
  return network;
}

TEST(Quantize, GivesEachNeuronItsOwnWeightScale) {
  // Weights a thousand times apart keep their full precision each.
  const FixedNetwork fixed =
      quantize(two_layers(100.0f / 128, 100.0f / 131072), random_samples({2, 1, 1}, 50, 1), {});
  const auto& weights = fixed.projections[ProjectionId(0)].weights;
  EXPECT_EQ(weights[0], weights[3]);
  const auto& shift = fixed.populations[PopulationId(1)].shift;
  EXPECT_EQ(shift[3 - 2], shift[0] + 10);
}

TEST(Quantize, ClipsARareLargeWeightWhereThatIsNearerToAllOthers) {
  Network network = make_mlp("clipped", {101, 1, 1}, {101, 1}, Activation::Relu);
  auto& weights = network.projections[ProjectionId(0)].weights;
  QuantizeParams params;
  params.weight_bits = 3;  // -3 to 3
  const auto integers = [&](float others) {
    weights.assign(101, others);
    weights[7] = 0.8f;
    return quantize(network, random_samples({101, 1, 1}, 9, 1), params).projections[ProjectionId(0)].weights;
  };
  // In quarters 0.375 becomes 2, an error of 1/8 each; in eighths it is 3, and only 0.8 is off.
  EXPECT_EQ(integers(0.375f), std::vector<std::int16_t>(101, 3));
  // 0.25 is exact in quarters: nothing to gain.
  std::vector<std::int16_t> quarters(101, 1);
  quarters[7] = 3;
  EXPECT_EQ(integers(0.25f), quarters);
}

TEST(Quantize, ClipsARareLargeValueWhereThatIsNearerToAllOthers) {
  // Values of four bits: to hold the 30 all odd ones would be 1 off; to hold 0 to 14 exactly only the 30 is.
  Network network = make_mlp("values", {1, 1, 1}, {1, 1, 1}, Activation::Relu);
  network.input_scale = 1;
  network.projections[ProjectionId(0)].weights = {1};
  network.projections[ProjectionId(1)].weights = {1};
  Dataset dataset = random_samples({1, 1, 1}, 1000, 1);
  for (auto& value : dataset.samples) value %= 15;
  dataset.samples[500] = 30;
  QuantizeParams params;
  params.value_bits = 4;
  EXPECT_EQ(quantize(network, dataset, params).populations[PopulationId(1)].fraction_bits, 0);
  for (auto& value : dataset.samples) value = static_cast<std::uint8_t>(value / 2 * 2);
  EXPECT_EQ(quantize(network, dataset, params).populations[PopulationId(1)].fraction_bits, -1)
      << "nothing to gain";
}

TEST(Quantize, HoldsALargeBiasBesideSmallWeights) {
  // The weights alone would ask for so fine a unit that the bias left 32 bits.
  Network network = two_layers(1e-4f, 1e-4f);
  network.populations[PopulationId(1)].bias = {100, 50};
  const FixedNetwork fixed = quantize(network, random_samples({2, 1, 1}, 50, 1), {});
  EXPECT_EQ(describe(validate(fixed)), "");
  const auto values = evaluate(fixed, std::vector<std::int32_t>{0, 0});
  const double unit = std::ldexp(1.0, -fixed.populations[PopulationId(1)].fraction_bits);
  EXPECT_NEAR(values[1][0] * unit, 100, unit / 2 + 1e-9);
  EXPECT_NEAR(values[1][1] * unit, 50, unit / 2 + 1e-9);
}

TEST(Quantize, HoldsANeuronWithoutSynapses) {
  Network network = two_layers(0, 1);
  network.populations[PopulationId(1)].bias = {0.5f, 0};
  const Dataset dataset = random_samples({2, 1, 1}, 50, 1);
  const FixedNetwork fixed = quantize(network, dataset, {});
  const auto values = evaluate(fixed, {77, 0});
  EXPECT_DOUBLE_EQ(std::ldexp(values[1][0], -fixed.populations[PopulationId(1)].fraction_bits), 0.5);
}

TEST(Quantize, KeepsPrunedWeightsAtZero) {
  const FixedNetwork fixed = quantize(two_layers(1, 1), random_samples({2, 1, 1}, 50, 1), {});
  EXPECT_EQ(count_synapses(fixed), 4);
}

TEST(Quantize, TakesACoarserValueScaleWhereWeightsAreLarge) {
  // Two large weights that cancel: the values are small, the unit of the potential is not.
  Network network = two_layers(1, 1);
  network.projections[ProjectionId(0)].weights = {40000, -40000, 1, 1};
  Dataset dataset = random_samples({2, 1, 1}, 20, 1);
  for (std::int64_t i = 0; i < 20; ++i) {
    dataset.samples[static_cast<std::size_t>(2 * i + 1)] = dataset.samples[static_cast<std::size_t>(2 * i)];
  }
  const FixedNetwork fixed = quantize(network, dataset, {});
  EXPECT_EQ(describe(validate(fixed)), "");
  EXPECT_EQ(fixed.populations[PopulationId(1)].shift[0], 0);
}

TEST(Quantize, HoldsTheDigestOfItsSource) {
  const Network network = two_layers(1, 1);
  EXPECT_EQ(quantize(network, random_samples({2, 1, 1}, 9, 1), {}).source, digest(network));
}

TEST(Quantize, DoesNotDependOnTheNumberOfThreads) {
  Random random(11);
  const Network network = pooled_network(random, {2, 2, 2, 2, 0, 0}, Activation::Relu);
  const Dataset dataset = random_samples({1, 10, 9}, 100, 1);
  QuantizeParams params;
  params.threads = 1;
  const Digest one = digest(quantize(network, dataset, params));
  params.threads = 3;
  EXPECT_EQ(digest(quantize(network, dataset, params)), one);
}

TEST(Quantize, NamesTheNeuronThatDoesNotFit32Bits) {
  Network network = make_mlp("wide", {1500, 1, 1}, {1500, 2}, Activation::Relu);
  for (auto& weight : network.projections[ProjectionId(0)].weights) weight = 0.9f;
  const Dataset dataset = random_samples({1500, 1, 1}, 4, 1);
  QuantizeParams params;
  params.weight_bits = 16;
  params.value_bits = 16;
  EXPECT_EQ(describe(validate(quantize(network, dataset, params))), "") << "a coarser weight scale is enough";
  network = make_mlp("deep", {1500, 1, 1}, {1500, 1500, 2}, Activation::Relu);
  for (auto& weight : network.projections[ProjectionId(0)].weights) weight = 0;
  for (std::size_t i = 0; i < 1500; ++i) network.projections[ProjectionId(0)].weights[i * 1501] = 0.9f;
  for (auto& weight : network.projections[ProjectionId(1)].weights) weight = 0.9f;
  try {
    quantize(network, dataset, params);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::Unacceptable);
    EXPECT_THAT(error.what(), HasSubstr("neuron 0 of fc2 cannot be held in 32 bits"));
  }
}

TEST(Quantize, RefusesParametersOutOfRange) {
  const Network network = two_layers(1, 1);
  const Dataset dataset = random_samples({2, 1, 1}, 9, 1);
  const auto message = [&](const std::function<void(QuantizeParams&)>& change) -> std::string {
    QuantizeParams params;
    change(params);
    try {
      quantize(network, dataset, params);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::Usage);
      return error.what();
    }
    return "accepted";
  };
  EXPECT_EQ(message([](auto& p) { p.weight_bits = 1; }), "weight bits: found 1, expected 2 to 16");
  EXPECT_EQ(message([](auto& p) { p.value_bits = 17; }), "value bits: found 17, expected 2 to 16");
  EXPECT_THAT(message([](auto& p) { p.calibration_samples = 0; }),
              HasSubstr("at least one calibration sample"));
}

TEST(Quantize, RefusesDataOfAnotherShape) {
  EXPECT_THAT(input_error_of([&] {
                quantize(two_layers(1, 1), random_samples({3, 1, 1}, 9, 1), {});
              }),
              HasSubstr("3x1x1"));
}

TEST(Quantize, RefusesANetworkThatIsNotValid) {
  Network network = two_layers(1, 1);
  network.projections[ProjectionId(0)].weights.pop_back();
  EXPECT_THAT(input_error_of([&] {
                quantize(network, random_samples({2, 1, 1}, 9, 1), {});
              }),
              HasSubstr("not a valid network"));
}

}  // namespace
}  // namespace weft
