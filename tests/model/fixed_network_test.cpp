// A FixedNetwork: its rules one by one, its synapses against a dense unrolling, its file.
#include "model/network/fixed_network.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "tests/model/expect_error.hpp"
#include "tests/model/fixed_networks.hpp"

namespace weft {
namespace {

using testing::HasSubstr;

TEST(FixedNetwork, TakesEveryRandomNetworkAsValid) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    EXPECT_EQ(describe(validate(random_network(seed))), "") << seed;
  }
}

struct Rule {
  const char* name;
  const char* rule;
  const char* detail;
  std::function<void(FixedNetwork&)> break_it;
};

class FixedNetworkRule : public testing::TestWithParam<Rule> {};

TEST_P(FixedNetworkRule, IsReportedWhenBroken) {
  FixedNetwork network = random_network(3);
  GetParam().break_it(network);
  const auto violations = validate(network);
  ASSERT_FALSE(violations.empty());
  EXPECT_EQ(violations[0].rule, GetParam().rule);
  EXPECT_THAT(violations[0].detail, HasSubstr(GetParam().detail));
}

FixedPopulation& population(FixedNetwork& network, std::uint32_t id) {
  return network.populations[PopulationId(id)];
}
FixedProjection& projection(FixedNetwork& network, std::uint32_t id) {
  return network.projections[ProjectionId(id)];
}

INSTANTIATE_TEST_SUITE_P(
    All, FixedNetworkRule,
    testing::Values(
        Rule{"weight_bits_one", "weight-bits", "found 1", [](auto& n) { n.weight_bits = 1; }},
        Rule{"weight_bits_seventeen", "weight-bits", "2 to 16", [](auto& n) { n.weight_bits = 17; }},
        Rule{"one_population", "populations", "found 1",
             [](auto& n) {
               n.populations.resize(1);
               n.projections.resize(0);
             }},
        Rule{"population_name", "name", "a b", [](auto& n) { population(n, 1).name = "a b"; }},
        Rule{"population_name_twice", "name", "used twice", [](auto& n) { population(n, 1).name = "relu"; }},
        Rule{"projection_name", "name", "letters", [](auto& n) { projection(n, 1).name = ""; }},
        Rule{"projection_name_twice", "name", "used twice", [](auto& n) { projection(n, 1).name = "conv"; }},
        Rule{"shape_zero", "shape", "at least 1", [](auto& n) { population(n, 2).shape.height = 0; }},
        Rule{"shape_negative", "shape", "at least 1", [](auto& n) { population(n, 2).shape.width = -7; }},
        Rule{"shape_huge", "shape", "at most 2^26",
             [](auto& n) { population(n, 0).shape = {1 << 20, 1 << 20, 1 << 20}; }},
        Rule{"value_bits_zero", "value-bits", "found 0", [](auto& n) { population(n, 0).format.bits = 0; }},
        Rule{"value_bits_many", "value-bits", "1 to 31", [](auto& n) { population(n, 1).format.bits = 32; }},
        Rule{"model_unknown", "model", "no such",
             [](auto& n) { population(n, 1).model = static_cast<NeuronModel>(9); }},
        Rule{"input_model", "model", "must be linear",
             [](auto& n) { population(n, 0).model = NeuronModel::Relu; }},
        Rule{"relu_signed", "relu-signed", "unsigned", [](auto& n) { population(n, 3).format.is_signed = true; }},
        Rule{"bias_count", "size", "found 4 biases, expected 5", [](auto& n) { population(n, 3).bias.pop_back(); }},
        Rule{"input_bias", "size", "found 1 biases, expected 0", [](auto& n) { population(n, 0).bias = {1}; }},
        Rule{"shift_count", "size", "6 shifts", [](auto& n) { population(n, 3).shift.push_back(1); }},
        Rule{"shift_range", "shift", "found 32", [](auto& n) { population(n, 3).shift[4] = 32; }},
        Rule{"table_count", "size", "255 table", [](auto& n) { population(n, 2).table.pop_back(); }},
        Rule{"table_without_model", "size", "expected 0",
             [](auto& n) { population(n, 1).table.assign(256, 0); }},
        Rule{"table_range", "table", "entry 32", [](auto& n) { population(n, 2).table[200] = 32; }},
        Rule{"source_after_target", "order", "source must come first",
             [](auto& n) { projection(n, 0).source = PopulationId(1); }},
        Rule{"target_missing", "order", "to 5 of 5", [](auto& n) { projection(n, 5).target = PopulationId(5); }},
        Rule{"target_order", "order", "order of their targets",
             [](auto& n) { std::swap(projection(n, 4), projection(n, 5)); }},
        Rule{"delay_zero", "delay", "found 0", [](auto& n) { projection(n, 0).delay = 0; }},
        Rule{"delay_huge", "delay", "1 to 65536", [](auto& n) { projection(n, 0).delay = 1 << 20; }},
        Rule{"dense_count", "size", "found 34 weights, expected 35",
             [](auto& n) { projection(n, 3).weights.pop_back(); }},
        Rule{"dense_synapses", "size", "only a sparse", [](auto& n) { projection(n, 3).synapses = {{0, 0}}; }},
        Rule{"kernel_zero", "window", "kernel and stride",
             [](auto& n) { projection(n, 0).window.kernel_width = 0; }},
        Rule{"stride_zero", "window", "kernel and stride",
             [](auto& n) { projection(n, 0).window.stride_height = 0; }},
        Rule{"pad_negative", "window", "padding", [](auto& n) { projection(n, 0).window.pad_height = -1; }},
        Rule{"window_output", "window", "makes 3 x 5, its target is 3 x 3",
             [](auto& n) { projection(n, 0).window.stride_width = 1; }},
        Rule{"window_outside", "window", "makes 0 x",
             [](auto& n) { projection(n, 0).window.kernel_height = 8; }},
        Rule{"groups_zero", "groups", "0 groups", [](auto& n) { projection(n, 0).groups = 0; }},
        Rule{"groups_divide", "groups", "4 groups do not divide 2 source",
             [](auto& n) { projection(n, 0).groups = 4; }},
        Rule{"convolution_count", "size", "expected 4 kernels of 6",
             [](auto& n) { projection(n, 0).weights.push_back(1); }},
        Rule{"convolution_groups_count", "size", "expected 8 kernels of 6",
             [](auto& n) { projection(n, 0).groups = 1; }},
        Rule{"sparse_count", "size", "weights, expected", [](auto& n) { projection(n, 1).weights.pop_back(); }},
        Rule{"sparse_source", "synapse", "outside the populations of 36 and 7",
             [](auto& n) { projection(n, 1).synapses[0].source = 36; }},
        Rule{"sparse_target", "synapse", "outside", [](auto& n) { projection(n, 1).synapses.back().target = 7; }},
        Rule{"sparse_twice", "synapse-order", "synapse 3 is not after",
             [](auto& n) { projection(n, 1).synapses[3] = projection(n, 1).synapses[2]; }},
        Rule{"sparse_order", "synapse-order", "not after",
             [](auto& n) { std::swap(projection(n, 1).synapses[0], projection(n, 1).synapses.back()); }},
        Rule{"kind_unknown", "kind", "no such",
             [](auto& n) { projection(n, 3).kind = static_cast<FixedProjectionKind>(7); }},
        Rule{"weight_large", "weight", "found 128, expected -128 to 127",
             [](auto& n) { projection(n, 3).weights[1] = 128; }},
        Rule{"weight_small", "weight", "found -129", [](auto& n) { projection(n, 3).weights[1] = -129; }},
        Rule{"paths_differ", "path-delay", "arrives after 3 steps, another path into \"relu\" after 4",
             [](auto& n) {
               projection(n, 3).delay = 2;
             }},
        Rule{"no_input", "no-input", "no projection from the input",
             [](auto& n) {
               n.populations.push_back(fixed_population("lonely", {1, 1, 1}, NeuronModel::Linear, {8, true}));
             }},
        Rule{"overflow", "potential", "32 bits hold",
             [](auto& n) { population(n, 4).bias[2] = 0x7fffffff; }}),
    [](const auto& rule) { return rule.param.name; });

// 3 weights of 100, inputs to 255, a shift of 10 (half of 512): the bias that just fits, and one more.
TEST(FixedNetwork, ProvesPotentialsUpToTheLastUnit) {
  FixedNetwork network = one_layer(3, 1, {100, -100, 100});
  population(network, 1).shift = {10};
  const std::int32_t fits = 0x7fffffff - 3 * 100 * 255 - 512;
  population(network, 1).bias = {fits};
  EXPECT_EQ(describe(validate(network)), "");
  population(network, 1).bias = {-fits};
  EXPECT_EQ(describe(validate(network)), "");
  for (const std::int32_t bias : {fits + 1, -fits - 1}) {
    population(network, 1).bias = {bias};
    const auto violations = validate(network);
    ASSERT_EQ(violations.size(), 1u);
    EXPECT_EQ(violations[0].rule, "potential");
    EXPECT_THAT(violations[0].detail, HasSubstr("neuron 0 can reach 2147483648"));
  }
}

TEST(FixedNetwork, CountsTheLargestMagnitudeOfSignedValues) {
  // Signed 8-bit values reach -128, one more than +127.
  FixedNetwork network = one_layer(1, 1, {1});
  network.populations[PopulationId(0)].format = {8, true};
  population(network, 1).bias = {0x7fffffff - 128};
  EXPECT_EQ(describe(validate(network)), "");
  population(network, 1).bias = {0x7fffffff - 127};
  EXPECT_EQ(validate(network).size(), 1u);
}

TEST(FixedNetwork, SurvivesSumsThatLeave64Bits) {
  FixedNetwork network = one_layer(1 << 20, 1, std::vector<std::int16_t>(1 << 20, -32768));
  network.weight_bits = 16;
  network.populations[PopulationId(0)].format = {31, false};
  ASSERT_EQ(validate(network).size(), 1u);
  EXPECT_EQ(validate(network)[0].rule, "potential");
}

// The matrix of a convolution, from its definition alone: every output, every kernel place.
std::map<std::pair<std::uint32_t, std::uint32_t>, int> unroll(const FixedNetwork& network,
                                                              const FixedProjection& conv) {
  const Shape from = network.populations[conv.source].shape;
  const Shape to = network.populations[conv.target].shape;
  const Window& w = conv.window;
  const int per_group_in = from.channels / conv.groups;
  const int per_group_out = to.channels / conv.groups;
  std::map<std::pair<std::uint32_t, std::uint32_t>, int> matrix;
  for (int oc = 0; oc < to.channels; ++oc)
    for (int ic = 0; ic < from.channels; ++ic)
      for (int sy = 0; sy < from.height; ++sy)
        for (int sx = 0; sx < from.width; ++sx)
          for (int oy = 0; oy < to.height; ++oy)
            for (int ox = 0; ox < to.width; ++ox) {
              if (ic / per_group_in != oc / per_group_out) continue;
              const int ky = sy + w.pad_height - oy * w.stride_height;
              const int kx = sx + w.pad_width - ox * w.stride_width;
              if (ky < 0 || ky >= w.kernel_height || kx < 0 || kx >= w.kernel_width) continue;
              const int place =
                  ((oc * per_group_in + ic % per_group_in) * w.kernel_height + ky) * w.kernel_width + kx;
              const int weight = conv.weights[static_cast<std::size_t>(place)];
              if (weight == 0) continue;
              matrix[{(oc * to.height + oy) * to.width + ox, (ic * from.height + sy) * from.width + sx}] =
                  weight;
            }
  return matrix;
}

TEST(FanIn, OfAConvolutionEqualsItsDenseUnrolling) {
  Random random(5);
  int checked = 0;
  for (int round = 0; round < 200; ++round) {
    const auto draw = [&](int low, int high) { return low + static_cast<int>(random.below(high - low + 1)); };
    FixedNetwork network;
    FixedProjection conv = dense_projection("conv", 0, 1, {});
    conv.kind = FixedProjectionKind::Convolution;
    conv.groups = draw(1, 3);
    conv.window = {draw(1, 4), draw(1, 4), draw(1, 3), draw(1, 3), draw(0, 3), draw(0, 3)};
    const Shape from{conv.groups * draw(1, 3), draw(1, 6), draw(1, 6)};
    const int height = from.height + 2 * conv.window.pad_height - conv.window.kernel_height;
    const int width = from.width + 2 * conv.window.pad_width - conv.window.kernel_width;
    if (height < 0 || width < 0) continue;
    const Shape to{conv.groups * draw(1, 3), height / conv.window.stride_height + 1,
                   width / conv.window.stride_width + 1};
    network.populations.push_back(fixed_population("input", from, NeuronModel::Linear, {8, false}, true));
    network.populations.push_back(fixed_population("out", to, NeuronModel::Linear, {16, true}));
    conv.weights.resize(static_cast<std::size_t>(to.channels * from.channels / conv.groups *
                                                 conv.window.kernel_height * conv.window.kernel_width));
    for (auto& weight : conv.weights) weight = random_weight(random, 8, 0.7);
    network.projections.push_back(conv);
    ASSERT_EQ(describe(validate(network)), "");

    std::map<std::pair<std::uint32_t, std::uint32_t>, int> matrix;
    std::vector<FanIn> synapses;
    for (std::uint32_t target = 0; target < static_cast<std::uint32_t>(to.size()); ++target) {
      fan_in(network, conv, target, synapses);
      for (std::size_t i = 0; i < synapses.size(); ++i) {
        if (i > 0) {
          EXPECT_LT(synapses[i - 1].source, synapses[i].source);
        }
        matrix[{target, synapses[i].source}] = synapses[i].weight;
      }
    }
    EXPECT_EQ(matrix, unroll(network, conv)) << round;
    EXPECT_EQ(count_synapses(network), static_cast<std::int64_t>(matrix.size()));
    ++checked;
  }
  EXPECT_GT(checked, 100);
}

TEST(FanIn, LeavesOutZeroWeights) {
  FixedNetwork network = one_layer(3, 2, {5, 0, -1, 0, 0, 0});
  std::vector<FanIn> synapses;
  fan_in(network, projection(network, 0), 0, synapses);
  ASSERT_EQ(synapses.size(), 2u);
  EXPECT_EQ(synapses[0].source, 0u);
  EXPECT_EQ(synapses[0].weight, 5);
  EXPECT_EQ(synapses[1].source, 2u);
  EXPECT_EQ(synapses[1].weight, -1);
  fan_in(network, projection(network, 0), 1, synapses);
  EXPECT_TRUE(synapses.empty());
  EXPECT_EQ(count_synapses(network), 2);
}

TEST(FanIn, OfASparseProjectionListsOneNeuronsSynapses) {
  FixedNetwork network = one_layer(4, 3, {});
  FixedProjection& sparse = projection(network, 0);
  sparse.kind = FixedProjectionKind::Sparse;
  sparse.synapses = {{1, 0}, {0, 2}, {2, 2}, {3, 2}};
  sparse.weights = {9, 8, 0, 7};
  ASSERT_EQ(describe(validate(network)), "");
  std::vector<FanIn> synapses;
  fan_in(network, sparse, 2, synapses);
  ASSERT_EQ(synapses.size(), 2u);
  EXPECT_EQ(synapses[0].source, 0u);
  EXPECT_EQ(synapses[1].source, 3u);
  EXPECT_EQ(synapses[1].weight, 7);
  fan_in(network, sparse, 1, synapses);
  EXPECT_TRUE(synapses.empty());
  EXPECT_EQ(count_synapses(network), 3);
}

TEST(FixedNetwork, SumsDelaysAlongItsPaths) {
  const FixedNetwork network = random_network(1);
  EXPECT_EQ(arrival_steps(network), (std::vector<int>{0, 1, 2, 3, 4}));
  EXPECT_EQ(depth_steps(network), 4);
  EXPECT_EQ(count_neurons(network), 36 + 7 + 5 + 3);
}

TEST(FixedNetwork, HasADigestThatCoversEachField) {
  const FixedNetwork original = random_network(1);
  EXPECT_EQ(digest(original), digest(random_network(1)));
  const std::vector<std::function<void(FixedNetwork&)>> changes = {
      [](auto& n) { n.name = "other"; },
      [](auto& n) { n.weight_bits = 9; },
      [](auto& n) {
        n.source = {1, 1};
      },
      [](auto& n) { population(n, 1).name = "other"; },
      [](auto& n) { std::swap(population(n, 0).shape.height, population(n, 0).shape.width); },
      [](auto& n) { population(n, 1).model = NeuronModel::Relu; },
      [](auto& n) { population(n, 1).format.bits = 9; },
      [](auto& n) { population(n, 1).format.is_signed = false; },
      [](auto& n) { population(n, 1).fraction_bits = 3; },
      [](auto& n) { population(n, 1).bias[0] ^= 1; },
      [](auto& n) { population(n, 1).shift[0] ^= 1; },
      [](auto& n) { population(n, 2).table[0] ^= 1; },
      [](auto& n) { projection(n, 0).name = "other"; },
      [](auto& n) { projection(n, 1).source = PopulationId(0); },
      [](auto& n) { projection(n, 1).target = PopulationId(3); },
      [](auto& n) { projection(n, 1).kind = FixedProjectionKind::Dense; },
      [](auto& n) { projection(n, 0).window.pad_width = 3; },
      [](auto& n) { projection(n, 0).groups = 1; },
      [](auto& n) { projection(n, 0).delay = 2; },
      [](auto& n) { projection(n, 1).synapses[0].source ^= 1; },
      [](auto& n) { projection(n, 1).weights[0] ^= 1; }};
  for (std::size_t i = 0; i < changes.size(); ++i) {
    FixedNetwork changed = original;
    changes[i](changed);
    EXPECT_NE(digest(changed), digest(original)) << "change " << i;
  }
}

TEST(FixedNetworkFile, RoundTripsByteForByte) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const FixedNetwork network = random_network(seed);
    const Bytes bytes = format_npz(to_npz(network));
    const FixedNetwork back = fixed_network_from_npz(parse_npz(bytes, "file"), "file");
    EXPECT_EQ(digest(back), digest(network));
    EXPECT_EQ(format_npz(to_npz(back)), bytes);
  }
}

void replace(std::string& text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  ASSERT_NE(at, std::string::npos) << from;
  text.replace(at, from.size(), to);
}

std::string read_error(const std::function<void(NpzArchive&)>& damage) {
  NpzArchive archive = to_npz(random_network(2));
  damage(archive);
  return input_error_of([&] { fixed_network_from_npz(archive, "net.npz"); });
}

TEST(FixedNetworkFile, SaysWhatIsWrongInTheHeader) {
  const auto header = [](const std::string& from, const std::string& to) {
    return read_error([&](NpzArchive& archive) { replace(archive.header, from, to); });
  };
  EXPECT_EQ(read_error([](auto& archive) { archive.header = "[1]"; }),
            "net.npz: found no JSON object in header.json, expected one");
  EXPECT_EQ(header("weft-fixed-network", "weft-network"),
            "net.npz: header.json: format: found \"weft-network\", expected \"weft-fixed-network\"");
  EXPECT_THAT(header("\"version\": 1", "\"version\": 2"), HasSubstr("version: found 2"));
  EXPECT_THAT(header("\"weight_bits\": 8", "\"weight_bits\": 99"), HasSubstr("an integer from 2 to 16"));
  EXPECT_THAT(header("\"weight_bits\": 8", "\"weight_bits\": 8.5"), HasSubstr("found 8.5"));
  EXPECT_THAT(header("\"weight_bits\": 8", "\"weight_bits\": 18446744073709551615"),
              HasSubstr("weight_bits"));
  EXPECT_THAT(header("\"source\": \"", "\"source\": \"x"),
              HasSubstr("net.npz: header.json: source: found \"x"));
  EXPECT_THAT(header("\"name\": \"conv\"", "\"name\": 7"),
              HasSubstr("populations[1].name: found 7, expected a text"));
  EXPECT_THAT(header("\"signed\": false", "\"signed\": 0"), HasSubstr("expected true or false"));
  EXPECT_THAT(header("\"model\": \"table\"", "\"model\": \"gru\""),
              HasSubstr("expected one of linear, relu, table, if, lif, current_lif"));
  EXPECT_THAT(header("\"kind\": \"sparse\"", "\"kind\": \"odd\""), HasSubstr("dense, convolution or sparse"));
  EXPECT_THAT(header("\"groups\": 2", "\"groups\": 2, \"extra\": 1"), HasSubstr("an unknown member"));
  EXPECT_THAT(header("\"groups\": 2", "\"grouped\": 2"), HasSubstr("groups: found nothing"));
  EXPECT_THAT(header("\"weight_bits\": 8", "\"weight_bits\": 4"), HasSubstr("not a valid network"));
}

TEST(FixedNetworkFile, SaysWhatIsWrongWithAnArray) {
  EXPECT_THAT(read_error([](auto& a) { a.arrays.erase("conv.bias"); }), HasSubstr("conv.bias"));
  EXPECT_EQ(read_error([](auto& a) { a.arrays["more"] = NpyArray::from(std::vector<std::uint8_t>{1}); }),
            "net.npz: found 18 arrays, expected 17 by its header");
  EXPECT_THAT(read_error([](auto& a) { a.arrays["conv.bias"] = NpyArray::from(std::vector<float>(36)); }),
              HasSubstr("conv.bias"));
  EXPECT_THAT(
      read_error([](auto& a) { a.arrays["sparse.sources"] = NpyArray::from(std::vector<std::uint32_t>{1}); }),
      HasSubstr("differ in number"));
  EXPECT_EQ(read_error([](auto& a) {
              a.arrays["relu.weights"].shape = {7, 5};
            }),
            "net.npz: found relu.weights of another shape, expected [5, 7]");
}

TEST(FixedNetwork, NamesItsNeuronModels) {
  EXPECT_STREQ(to_string(NeuronModel::Linear), "linear");
  EXPECT_STREQ(to_string(NeuronModel::Relu), "relu");
  EXPECT_STREQ(to_string(NeuronModel::Table), "table");
}

}  // namespace
}  // namespace weft
