// A Network: its rules one by one, its counts against loops, its makers, its file.
#include "model/network/network.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

#include "tests/model/expect_error.hpp"
#include "tests/model/network_examples.hpp"
#include "tests/model/temporary_directory.hpp"

namespace weft {
namespace {

using test::everything_network;
using testing::HasSubstr;

Population& population(Network& network, std::uint32_t id) {
  return network.populations[PopulationId(id)];
}
Projection& projection(Network& network, std::uint32_t id) {
  return network.projections[ProjectionId(id)];
}

struct Rule {
  const char* name;
  const char* rule;
  const char* where;
  const char* detail;
  std::function<void(Network&)> break_it;
};

class NetworkRule : public testing::TestWithParam<Rule> {};

TEST_P(NetworkRule, IsReportedWhenBroken) {
  Network network = everything_network();
  ASSERT_EQ(describe(validate(network)), "");
  GetParam().break_it(network);
  const auto violations = validate(network);
  ASSERT_FALSE(violations.empty());
  EXPECT_EQ(violations[0].rule, GetParam().rule);
  EXPECT_EQ(violations[0].where, GetParam().where);
  EXPECT_THAT(violations[0].detail, HasSubstr(GetParam().detail));
}

constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();
constexpr float infinite = std::numeric_limits<float>::infinity();

// Populations: 0 input, 1 conv1, 2 conv2, 3 maxi, 4 mean, 5 mid, 6 both, 7 output. Projections: 0 conv1,
// 1 conv2, 2 maxi, 3 mean, 4 mean_around, 5 mid, 6 both_a, 7 both_b, 8 output, 9 skip.
INSTANTIATE_TEST_SUITE_P(
    All, NetworkRule,
    testing::Values(Rule{"scale", "finite-numbers", "input", "not finite",
                         [](auto& n) { n.input_scale = infinite; }},
                    Rule{"offset", "finite-numbers", "input", "not finite",
                         [](auto& n) { n.input_offset = not_a_number; }},
                    Rule{"empty", "populations", "network", "0 populations, at least 2",
                         [](auto& n) { n = Network{}; }},
                    Rule{"population_name", "names", "population 2", "\"a b\"",
                         [](auto& n) { population(n, 2).name = "a b"; }},
                    Rule{"population_no_name", "names", "population 2", "\"\"",
                         [](auto& n) { population(n, 2).name = ""; }},
                    Rule{"population_name_twice", "unique-names", "population 3", "conv1 is used twice",
                         [](auto& n) { population(n, 3).name = "conv1"; }},
                    Rule{"projection_name", "names", "projection 4", "\"x.y\"",
                         [](auto& n) { projection(n, 4).name = "x.y"; }},
                    Rule{"projection_name_twice", "unique-names", "projection 4", "maxi is used twice",
                         [](auto& n) { projection(n, 4).name = "maxi"; }},
                    Rule{"shape_zero", "shape", "mid", "0x1x1",
                         [](auto& n) { population(n, 5).shape.channels = 0; }},
                    Rule{"shape_negative", "shape", "mid", "5x-1x-1",
                         [](auto& n) {
                           population(n, 5).shape = {5, -1, -1};
                         }},
                    Rule{"shape_huge", "shape", "mid", "1 to 16777216 neurons",
                         [](auto& n) {
                           population(n, 5).shape = {1 << 30, 1 << 30, 1 << 30};
                         }},
                    Rule{"activation", "activation", "mid", "no such activation",
                         [](auto& n) { population(n, 5).activation = static_cast<Activation>(7); }},
                    Rule{"input_activation", "plain-input", "input", "neither activation nor bias",
                         [](auto& n) { population(n, 0).activation = Activation::Relu; }},
                    Rule{"input_bias", "plain-input", "input", "neither activation nor bias",
                         [](auto& n) {
                           population(n, 0).bias = {1, 2};
                         }},
                    Rule{"bias_count", "bias-count", "both", "6 biases for 7 channels",
                         [](auto& n) { population(n, 6).bias.pop_back(); }},
                    Rule{"bias_finite", "finite-numbers", "both", "bias 3 is not finite",
                         [](auto& n) { population(n, 6).bias[3] = not_a_number; }},
                    Rule{"source_unknown", "ends", "mid", "not a population",
                         [](auto& n) { projection(n, 5).source = PopulationId(99); }},
                    Rule{"target_unknown", "ends", "skip", "not a population",
                         [](auto& n) { projection(n, 9).target = PopulationId(8); }},
                    Rule{"cycle", "acyclic", "mid", "source must stand before",
                         [](auto& n) { projection(n, 5).source = PopulationId(5); }},
                    Rule{"order", "order", "mid", "ordered by target",
                         [](auto& n) { std::swap(projection(n, 5), projection(n, 6)); }},
                    Rule{"unfed", "connected", "mid", "no projection leads into",
                         [](auto& n) {
                           projection(n, 5) = test::connect(n, "mid", 2, 6, ProjectionKind::Dense);
                         }},
                    Rule{"kind", "kind", "mid", "no such kind",
                         [](auto& n) { projection(n, 5).kind = static_cast<ProjectionKind>(7); }},
                    Rule{"dense_window", "window", "mid", "has no window",
                         [](auto& n) { projection(n, 5).window.kernel_width = 2; }},
                    Rule{"dense_groups", "groups", "mid", "only a convolution",
                         [](auto& n) { projection(n, 5).groups = 5; }},
                    Rule{"pool_groups", "groups", "maxi", "only a convolution",
                         [](auto& n) { projection(n, 2).groups = 2; }},
                    Rule{"no_groups", "groups", "conv1", "0 groups",
                         [](auto& n) { projection(n, 0).groups = 0; }},
                    Rule{"groups_of_target", "groups", "conv2",
                         "4 groups do not divide 4 source and 6 target",
                         [](auto& n) { projection(n, 1).groups = 4; }},
                    Rule{"groups_of_source", "groups", "conv2", "3 groups do not divide",
                         [](auto& n) { projection(n, 1).groups = 3; }},
                    Rule{"kernel_zero", "window", "conv1", "kernel and stride must be 1 to",
                         [](auto& n) { projection(n, 0).window.kernel_height = 0; }},
                    Rule{"stride_zero", "window", "conv1", "kernel and stride must be 1 to",
                         [](auto& n) { projection(n, 0).window.stride_width = 0; }},
                    Rule{"pad_negative", "window", "maxi", "padding 0 to less than the kernel",
                         [](auto& n) { projection(n, 2).window.pad_width = -1; }},
                    Rule{"pad_wide", "window", "maxi", "padding 0 to less than the kernel",
                         [](auto& n) { projection(n, 2).window.pad_height = 3; }},
                    Rule{"window_shape", "window-shape", "conv1",
                         "the window makes 4x7x3 of 2x7x6, the target is 4x4x3",
                         [](auto& n) { projection(n, 0).window.stride_height = 1; }},
                    Rule{"window_outside", "window-shape", "conv1", "makes 4x0x3",
                         [](auto& n) { projection(n, 0).window.kernel_height = 10; }},
                    Rule{"pool_channels", "pool-channels", "maxi", "6 source channels pooled into 3",
                         [](auto& n) {
                           population(n, 3).shape.channels = 3;
                           population(n, 3).bias.resize(3);
                         }},
                    Rule{"max_pool_alone", "max-pool-alone", "mean", "the only projection",
                         [](auto& n) { projection(n, 3).kind = ProjectionKind::MaxPool; }},
                    Rule{"dense_weights", "weight-count", "mid", "119 weights where the shapes need 120",
                         [](auto& n) { projection(n, 5).weights.pop_back(); }},
                    Rule{"convolution_weights", "weight-count", "conv2",
                         "73 weights where the shapes need 72",
                         [](auto& n) { projection(n, 1).weights.push_back(0); }},
                    Rule{"pool_weights", "weight-count", "maxi", "1 weights where the shapes need 0",
                         [](auto& n) { projection(n, 2).weights.push_back(0); }},
                    Rule{"weight_finite", "finite-numbers", "mid", "weight 7 is not finite",
                         [](auto& n) { projection(n, 5).weights[7] = infinite; }}),
    [](const auto& param_info) { return std::string(param_info.param.name); });

TEST(NetworkDigest, ChangesWithEveryPartOfTheNetwork) {
  const Digest whole = digest(everything_network());
  EXPECT_EQ(digest(everything_network()).hex(), whole.hex());
  const std::vector<std::function<void(Network&)>> changes = {
      [](auto& n) { n.name += "x"; },
      [](auto& n) { n.input_scale *= 2; },
      [](auto& n) { n.input_offset += 1; },
      [](auto& n) { population(n, 5).name = "middle"; },
      [](auto& n) {
        population(n, 5).shape = {1, 5, 1};
      },
      [](auto& n) { population(n, 5).activation = Activation::Relu; },
      [](auto& n) { population(n, 6).bias[6] += 1; },
      [](auto& n) { projection(n, 5).name = "middle"; },
      [](auto& n) { projection(n, 5).source = PopulationId(2); },
      [](auto& n) { projection(n, 5).target = PopulationId(6); },
      [](auto& n) { projection(n, 3).kind = ProjectionKind::MaxPool; },
      [](auto& n) { projection(n, 3).window.pad_width = 0; },
      [](auto& n) { projection(n, 4).groups = 1; },
      [](auto& n) { projection(n, 9).weights.back() = 0; }};
  for (std::size_t i = 0; i < changes.size(); ++i) {
    Network network = everything_network();
    changes[i](network);
    EXPECT_NE(digest(network).hex(), whole.hex()) << "change " << i;
  }
}

// All pairs of neurons that a projection connects with a nonzero weight, by plain loops.
std::int64_t naive_synapses(const Network& network, const Projection& item) {
  const Shape from = network.populations[item.source].shape;
  const Shape to = network.populations[item.target].shape;
  if (item.kind == ProjectionKind::Dense) {
    return static_cast<std::int64_t>(item.weights.size()) -
           std::count(item.weights.begin(), item.weights.end(), 0.0f);
  }
  const Window& w = item.window;
  const int inputs = item.kind == ProjectionKind::Convolution ? from.channels / item.groups : 1;
  std::int64_t count = 0;
  std::size_t weight = 0;
  for (int i = 0; i < to.channels * inputs; ++i) {
    for (int ky = 0; ky < w.kernel_height; ++ky) {
      for (int kx = 0; kx < w.kernel_width; ++kx, ++weight) {
        if (item.kind == ProjectionKind::Convolution && item.weights[weight] == 0) continue;
        for (int row = 0; row < to.height; ++row) {
          for (int column = 0; column < to.width; ++column) {
            const int y = row * w.stride_height + ky - w.pad_height,
                      x = column * w.stride_width + kx - w.pad_width;
            count += y >= 0 && y < from.height && x >= 0 && x < from.width ? 1 : 0;
          }
        }
      }
    }
  }
  return count;
}

TEST(CountSynapses, EqualsPlainLoopsForEveryKindOfProjection) {
  Network network = everything_network();
  std::int64_t total = 0;
  for (std::uint32_t i = 0; i < network.projections.size(); ++i) {
    Projection& item = projection(network, i);
    EXPECT_EQ(count_synapses_dense(network, ProjectionId(i)), naive_synapses(network, item)) << item.name;
    for (std::size_t w = 0; w < item.weights.size(); w += 4) item.weights[w] = 0;
    EXPECT_EQ(count_synapses(network, ProjectionId(i)), naive_synapses(network, item)) << item.name;
    EXPECT_EQ(count_synapses(network, ProjectionId(i)) < count_synapses_dense(network, ProjectionId(i)),
              !item.weights.empty());
    total += naive_synapses(network, item);
  }
  EXPECT_EQ(count_synapses(network), total);
}

TEST(CountNeurons, LeavesOutTheInputs) {
  EXPECT_EQ(count_neurons(everything_network()), 48 + 96 + 24 + 36 + 5 + 7 + 3);
}

TEST(WindowOutput, CountsThePositionsThatFit) {
  EXPECT_EQ(window_output({3, 28, 28}, {5, 5, 1, 1, 0, 0}, 20), (Shape{20, 24, 24}));
  EXPECT_EQ(window_output({3, 7, 8}, {3, 2, 2, 3, 1, 0}, 3), (Shape{3, 4, 3}));
  EXPECT_EQ(window_output({1, 3, 3}, {4, 3, 1, 1, 0, 0}, 1), (Shape{1, 0, 1}));
}

TEST(MakeMlp, BuildsZeroLayersNamedInOrder) {
  const Network network = make_mlp("lenet-300-100", {1, 28, 28}, {784, 300, 100, 10}, Activation::Relu);
  EXPECT_EQ(describe(validate(network)), "");
  ASSERT_EQ(network.populations.size(), 4u);
  EXPECT_EQ(network.populations[PopulationId(0)].name, "input");
  EXPECT_EQ(network.populations[PopulationId(2)].name, "fc2");
  EXPECT_EQ(network.projections[ProjectionId(1)].name, "fc2");
  EXPECT_EQ(network.populations[PopulationId(2)].activation, Activation::Relu);
  EXPECT_EQ(network.populations[network.output()].activation, Activation::Linear);
  EXPECT_EQ(network.populations[network.output()].bias, std::vector<float>(10, 0.0f));
  EXPECT_EQ(count_synapses(network), 0);
  EXPECT_EQ(count_synapses_dense(network, ProjectionId(0)), 784 * 300);
}

TEST(MakeMlp, RefusesWidthsThatDoNotFit) {
  const auto error_of = [](const std::vector<int>& widths) {
    return input_error_of([&] { make_mlp("m", {1, 2, 2}, widths, Activation::Relu); });
  };
  EXPECT_EQ(error_of({4}), "found 1 layer widths, expected at least two: inputs and outputs");
  EXPECT_EQ(error_of({4, 0, 2}), "found a layer of 0 neurons, expected at least 1");
  EXPECT_EQ(error_of({5, 2}), "found a first width of 5, expected the 4 values of an input");
}

TEST(MakeLenet5, HasTheShapesOfCaffes) {
  Network network = make_lenet5("lenet-5");
  EXPECT_EQ(describe(validate(network)), "");
  initialize(network, 1);
  std::vector<std::int64_t> synapses, weights;
  for (std::uint32_t i = 0; i < network.projections.size(); ++i) {
    synapses.push_back(count_synapses(network, ProjectionId(i)));
    weights.push_back(static_cast<std::int64_t>(projection(network, i).weights.size()));
  }
  EXPECT_EQ(synapses, (std::vector<std::int64_t>{500 * 576, 20 * 576, 25000 * 64, 50 * 64, 400000, 5000}));
  EXPECT_EQ(weights, (std::vector<std::int64_t>{500, 0, 25000, 0, 400000, 5000}));
}

TEST(Initialize, DrawsWithVarianceTwoOverFanInAndNoZeros) {
  Network network = make_mlp("m", {1, 1, 500}, {500, 200, 100}, Activation::Relu);
  initialize(network, 7);
  for (std::uint32_t i = 0; i < 2; ++i) {
    double sum = 0, squares = 0;
    for (const float weight : projection(network, i).weights) {
      EXPECT_NE(weight, 0);
      sum += static_cast<double>(weight);
      squares += static_cast<double>(weight) * static_cast<double>(weight);
    }
    const double count = static_cast<double>(projection(network, i).weights.size());
    const double variance = 2.0 / (i == 0 ? 500 : 200);
    EXPECT_NEAR(squares / count / variance, 1, 0.03);
    EXPECT_NEAR(sum / count / std::sqrt(variance), 0, 0.03);
  }
}

TEST(Initialize, CountsTheFanInOverAllPathsIntoAPopulation) {
  Network network;
  network.populations.push_back({"input", {400, 1, 1}, Activation::Linear, {}});
  network.populations.push_back({"mid", {400, 1, 1}, Activation::Linear, {}});
  network.populations.push_back({"output", {400, 1, 1}, Activation::Linear, {}});
  network.projections.push_back(test::connect(network, "mid", 0, 1, ProjectionKind::Dense));
  network.projections.push_back(test::connect(network, "a", 0, 2, ProjectionKind::Dense));
  network.projections.push_back(test::connect(network, "b", 1, 2, ProjectionKind::Dense));
  initialize(network, 7);
  const auto variance = [&](std::uint32_t id) {
    double squares = 0;
    for (const float w : projection(network, id).weights)
      squares += static_cast<double>(w) * static_cast<double>(w);
    return squares / 160000;
  };
  EXPECT_NEAR(variance(0) / variance(1), 2, 0.06);
  EXPECT_NEAR(variance(1) / variance(2), 1, 0.03);
}

TEST(Initialize, GivesALayerTheSameWeightsWhateverStandsBesideIt) {
  Network small = make_mlp("m", {1, 1, 5}, {5, 4, 3}, Activation::Relu);
  Network large = make_mlp("m", {1, 1, 5}, {5, 4, 3, 2}, Activation::Relu);
  initialize(small, 3);
  initialize(large, 3);
  EXPECT_EQ(projection(small, 1).weights, projection(large, 1).weights);
  initialize(large, 4);
  EXPECT_NE(projection(small, 1).weights, projection(large, 1).weights);
}

TEST(NetworkFile, ComesBackAsItWas) {
  const TemporaryDirectory directory;
  const Network network = everything_network();
  write_network(directory / "network.npz", network);
  const Network back = read_network(directory / "network.npz");
  EXPECT_EQ(digest(back).hex(), digest(network).hex());
  EXPECT_EQ(format_npz(to_npz(back)), format_npz(to_npz(network)));
}

TEST(NetworkFile, IsNotWrittenForANetworkThatIsNotValid) {
  const TemporaryDirectory directory;
  Network network = everything_network();
  projection(network, 5).weights[0] = infinite;
  EXPECT_THROW(write_network(directory / "network.npz", network), Error);
  EXPECT_EQ(directory.entries(), 0);
}

std::string read_error(const std::function<void(NpzArchive&)>& damage) {
  NpzArchive archive = to_npz(everything_network());
  damage(archive);
  return input_error_of([&] { network_from_npz(archive, "n.npz"); });
}

std::string header_error(const std::string& from, const std::string& to) {
  return read_error([&](NpzArchive& archive) {
    const std::size_t at = archive.header.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    archive.header.replace(at, from.size(), to);
  });
}

TEST(NetworkFile, SaysWhatIsWrongInItsHeader) {
  EXPECT_EQ(header_error("weft-network", "weft-image"),
            "n.npz: header.json: format: found \"weft-image\", expected \"weft-network\"");
  EXPECT_EQ(header_error("\"version\": 1", "\"version\": 2"),
            "n.npz: header.json: version: found 2, expected 1");
  EXPECT_EQ(header_error("\"version\"", "\"edition\""),
            "n.npz: header.json: version: found nothing, expected 1");
  EXPECT_EQ(
      header_error("0.015625", "1e39"),
      "n.npz: header.json: input_scale: found a number that is too large, expected one of single precision");
  EXPECT_EQ(header_error("\"tanh\"", "\"tan\""),
            "n.npz: header.json: populations[1].activation: found \"tan\", expected one of linear, relu, "
            "sigmoid, tanh");
  EXPECT_EQ(header_error("\"max_pool\"", "\"pool\""),
            "n.npz: header.json: projections[2].kind: found \"pool\", expected one of dense, convolution, "
            "average_pool, max_pool");
  EXPECT_EQ(header_error("\"source\": 0", "\"source\": 8"),
            "n.npz: header.json: projections[0].source: found 8, expected an integer from 0 to 7");
  EXPECT_EQ(header_error("\"groups\": 2", "\"groups\": 0"),
            "n.npz: header.json: projections[0].groups: found 0, expected an integer from 1 to 2147483647");
  EXPECT_EQ(header_error("\"name\": \"everything\"", "\"name\": \"everything\", \"colour\": 3"),
            "n.npz: header.json: colour: found an unknown member, expected none of this name");
  EXPECT_EQ(header_error("\"shape\": [\n    2,\n    7,\n    6\n   ]", "\"shape\": [65536, 65536, 65536]"),
            "n.npz: header.json: populations[0].shape: found more than 2^31 neurons, expected fewer");
}

TEST(NetworkFile, SaysWhatIsWrongWithItsArrays) {
  EXPECT_THAT(read_error([](auto& a) { a.arrays.erase("mid.weights"); }), HasSubstr("mid.weights"));
  EXPECT_EQ(read_error([](auto& a) {
              a.arrays["mid.weights"].shape = {24, 5};
            }),
            "n.npz: found mid.weights of shape [24, 5], expected [5, 24]");
  EXPECT_EQ(read_error([](auto& a) {
              a.arrays["conv1.bias"].shape = {4, 1};
            }),
            "n.npz: found conv1.bias of shape [4, 1], expected [4]");
  EXPECT_THAT(read_error([](auto& a) {
                a.arrays["mid.weights"] = NpyArray::from(std::vector<double>(120), {5, 24});
              }),
              HasSubstr("mid.weights"));
  EXPECT_EQ(read_error([](auto& a) { a.arrays["other"] = NpyArray::from(std::vector<float>(3)); }),
            "n.npz: found 15 arrays, expected 14 by its header");
  EXPECT_EQ(read_error([](auto& a) {
              a.arrays["mid.weights"] = NpyArray::from(std::vector<float>(120, infinite), {5, 24});
            }),
            "n.npz: not a valid network\nfinite-numbers at mid: weight 0 is not finite\n");
}

TEST(NetworkFile, NamesTheFileItCannotRead) {
  const TemporaryDirectory directory;
  write_file(directory / "network.npz", std::string_view("no archive"));
  EXPECT_THAT(input_error_of([&] { read_network(directory / "network.npz"); }), HasSubstr("network.npz"));
}

}  // namespace
}  // namespace weft
