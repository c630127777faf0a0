// One damage, one rule: each rule of verify_mapping has a correct image with one thing changed, and is the
// only rule reported (where one change breaks two rules by its nature, both are named).
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <ostream>
#include <set>
#include <string>

#include "mapping/map.hpp"
#include "tests/mapping/verify_example.hpp"
#include "tests/reference/image_builder.hpp"

namespace weft::test {
namespace {

using mapping::verify_mapping;

TEST(VerifyMapping, AcceptsACorrectImage) {
  const Example example = make_example();
  EXPECT_EQ(explain(example), "");
}

TEST(VerifyMapping, ReportsAnInvalidFabricAndLooksNoFurther) {
  Example example = make_example();
  example.fabric.width = 0;
  EXPECT_FALSE(rules(example).empty());
}

TEST(VerifyMapping, SaysWhichSynapseOfWhichNeuronIsWrong) {
  Example example = make_example();
  example.image.tiles[TileId(4)].core.weight[0] = 1;
  const auto violations = verify_mapping(example.network, example.fabric, example.image);
  ASSERT_EQ(violations.size(), 1u);
  EXPECT_EQ(violations[0].rule, "synapse-weight");
  EXPECT_EQ(violations[0].where, "tile_1_1 neuron 1");
  EXPECT_EQ(violations[0].detail, "as t[0]: 1 from h[0] instead of 2");
}

TEST(VerifyMapping, ReportsEveryViolationOfAnImage) {
  Example example = make_example();
  example.image.tiles[TileId(4)].core.weight[0] = 1;
  example.image.tiles[TileId(5)].core.neurons[0].bias = 9;
  example.fabric.core.neurons = 2;
  example.sign();
  EXPECT_EQ(rules(example), (std::set<std::string>{"synapse-weight", "neuron-bias", "neurons-per-core"}));
}

TEST(VerifyMapping, AcceptsAConstantNeuronFoldedIntoABias) {
  Example example = make_example();
  TileImage& tile = example.image.tiles[TileId(4)];
  // The weight-1 synapse from h3 (constant 6) to t0 is on the last axon; h3 stays, unheard, without key.
  const MessageKey key = tile.core.neurons[0].key;
  tile.core.row_begin.pop_back();
  tile.core.neuron.pop_back();
  tile.core.weight.pop_back();
  tile.core.neurons[0].key = kNoKey;
  tile.routes.erase(std::find_if(tile.routes.begin(), tile.routes.end(),
                                 [&](const RouteEntry& route) { return route.key == key; }));
  EXPECT_EQ(rules(example), std::set<std::string>{"neuron-bias"});
  tile.core.neurons[1].bias += 6;
  EXPECT_EQ(explain(example), "");
}

TEST(VerifyMapping, AcceptsAWeightThatIsSharedOutOverTwoAxons) {
  Example example = make_example();
  TileImage& tile = example.image.tiles[TileId(5)];
  // t1 -> out0 with -1 becomes -3 and +2.
  CoreImage& core = tile.core;
  ASSERT_EQ(core.axons(), 2);
  core.weight.back() = -3;
  core.row_begin.push_back(core.row_begin.back() + 1);
  core.neuron.push_back(0);
  core.weight.push_back(2);
  const MessageKey t1 = example.image.tiles[TileId(4)].core.neurons[2].key;
  for (RouteEntry& route : tile.routes) {
    if (route.key != t1) continue;
    tile.deliveries.push_back(tile.deliveries[route.delivery_begin]);
    tile.deliveries.push_back({2, 1});
    route.delivery_begin = static_cast<std::uint32_t>(tile.deliveries.size() - 2);
    route.delivery_end = static_cast<std::uint32_t>(tile.deliveries.size());
  }
  EXPECT_EQ(explain(example), "");
}

// ---- one damage, one rule ----

struct Damage {
  const char* name;
  std::set<std::string> rules;
  std::function<void(Example&)> apply;
};
void PrintTo(const Damage& damage, std::ostream* out) {
  *out << damage.name;
}

TileImage& tile(Example& example, std::uint32_t number) {
  return example.image.tiles[TileId(number)];
}
RouteEntry& route(Example& example, std::uint32_t tile_number, MessageKey key) {
  for (RouteEntry& entry : tile(example, tile_number).routes) {
    if (entry.key == key) return entry;
  }
  throw std::logic_error("no such route");
}
NeuronConfig& neuron(Example& example, std::uint32_t tile_number, std::size_t index) {
  return tile(example, tile_number).core.neurons.at(index);
}
void swap_first_synapses(CoreImage& core, std::uint32_t at) {
  std::swap(core.neuron[at], core.neuron[at + 1]);
  std::swap(core.weight[at], core.weight[at + 1]);
}
// A neuron that nobody hears.
void append_mute(Example& example, std::uint32_t tile_number, NeuronConfig config) {
  config.key = kNoKey;
  tile(example, tile_number).core.neurons.push_back(config);
}

std::vector<Damage> fabric_damages() {
  return {
      {"FabricDigest", {"fabric-digest"}, [](Example& e) { e.image.fabric.low ^= 1; }},
      {"NetworkDigest", {"network-digest"}, [](Example& e) { e.image.network.high ^= 1; }},
      {"TileCount", {"tiles"}, [](Example& e) { e.image.tiles.resize(5); }},
      {"AxonsPerCore",
       {"axons-per-core"},
       [](Example& e) {
         e.fabric.core.axons = 3;
         e.sign();
       }},
      {"NeuronsPerCore",
       {"neurons-per-core"},
       [](Example& e) {
         e.fabric.core.neurons = 2;
         e.sign();
       }},
      {"TableEntries",
       {"table-entries"},
       [](Example& e) {
         e.fabric.router.table_entries = 4;
         e.sign();
       }},
      {"KeyWidth",
       {"key-width"},
       [](Example& e) {
         e.fabric.router.key_bits = 3;
         e.sign();
       }},
      {"WeightWidth",
       {"weight-width"},
       [](Example& e) {
         e.fabric.core.weight_bits = 3;
         e.sign();
       }},
      {"ValueWidth",
       {"value-width"},
       [](Example& e) {
         e.fabric.core.value_bits = 10;
         e.sign();
       }},
      {"SynapseMemory",
       {"synapse-memory"},
       [](Example& e) {
         e.fabric.core.kind = CoreKind::Memory;
         e.fabric.core.synapse_memory_bits = 100;
         e.sign();
       }},
      {"UnitSynapses",
       {"unit-synapses"},
       [](Example& e) {
         e.fabric.core.kind = CoreKind::Units;
         e.fabric.core.unit_synapses = 1;
         e.sign();
       }},
      {"Tracks",
       {"tracks"},
       [](Example& e) {
         e.fabric.router.routing = Routing::Circuit;
         e.fabric.router.tracks = 1;
         e.sign();
       }},
      {"MaxDelay",
       {"delivery-delay"},
       [](Example& e) {
         e.fabric.core.max_delay = 1;
         e.sign();
       }},
  };
}

std::vector<Damage> table_damages() {
  return {
      {"RowEnd", {"rows"}, [](Example& e) { ++tile(e, 1).core.row_begin.back(); }},
      {"RowsEmpty", {"rows"}, [](Example& e) { tile(e, 1).core.row_begin.clear(); }},
      {"RowsDescending", {"rows"}, [](Example& e) { tile(e, 1).core.row_begin[1] = 4; }},
      {"RowWeightsShort", {"rows"}, [](Example& e) { tile(e, 1).core.weight.pop_back(); }},
      {"SynapseTarget", {"synapse-target"}, [](Example& e) { tile(e, 1).core.neuron.back() = 3; }},
      {"RowOrder", {"row-order"}, [](Example& e) { swap_first_synapses(tile(e, 1).core, 3); }},
      {"WeightZero",
       {"weight-zero"},
       [](Example& e) {
         CoreImage& core = tile(e, 1).core;
         core.neuron.insert(core.neuron.begin() + 1, 1);
         core.weight.insert(core.weight.begin() + 1, 0);
         for (std::size_t a = 1; a < core.row_begin.size(); ++a) ++core.row_begin[a];
       }},
      {"Shift", {"neuron-shift"}, [](Example& e) { neuron(e, 1, 0).shift = 32; }},
      {"RangeReversed", {"neuron-range"}, [](Example& e) { neuron(e, 5, 0).minimum = 3000; }},
      {"TableIndex", {"neuron-table"}, [](Example& e) { neuron(e, 4, 1).table = 1; }},
      {"Model", {"neuron-model"}, [](Example& e) { neuron(e, 1, 0).model = static_cast<NeuronModel>(9); }},
      {"TableSize", {"table-size"}, [](Example& e) { e.image.tables[0].pop_back(); }},
      {"TableValueWidth",
       {"value-width", "neuron-table"},
       [](Example& e) { e.image.tables[0][0] = 1 << 30; }},
      {"RouteOrder",
       {"route-order"},
       [](Example& e) { std::swap(tile(e, 1).routes[0], tile(e, 1).routes[1]); }},
      {"NoDirection", {"route-directions"}, [](Example& e) { tile(e, 3).routes[0].directions = 0; }},
      {"UnknownDirection", {"route-directions"}, [](Example& e) { tile(e, 3).routes[0].directions |= 0x40; }},
      {"NoNeighbor",
       {"route-directions"},
       [](Example& e) { tile(e, 3).routes[0].directions |= direction_bit(Direction::South); }},
      {"NoPort",
       {"route-directions"},
       [](Example& e) { tile(e, 1).routes[0].directions |= direction_bit(Direction::Edge); }},
      {"LocalWithoutDelivery",
       {"route-directions"},
       [](Example& e) { tile(e, 0).routes[0].delivery_end = tile(e, 0).routes[0].delivery_begin; }},
      {"DeliveryRange", {"delivery-range"}, [](Example& e) { tile(e, 1).routes.front().delivery_end = 99; }},
      {"DeliveryAxon", {"delivery-axon"}, [](Example& e) { tile(e, 1).deliveries[0].axon = 4; }},
      {"InputIndex", {"binding-index"}, [](Example& e) { e.image.inputs[1].input = 2; }},
      {"InputPort", {"binding-port"}, [](Example& e) { e.image.inputs[1].port = PortId(4); }},
      {"OutputPort", {"binding-port"}, [](Example& e) { e.image.outputs[1].port = PortId(4); }},
      {"InputTwice", {"binding-order"}, [](Example& e) { e.image.inputs[1].input = 0; }},
      {"InputFormatBits", {"input-format"}, [](Example& e) { e.image.input_format.bits = 0; }},
  };
}

std::vector<Damage> route_damages() {
  return {
      {"KeyTwice", {"sender-key"}, [](Example& e) { neuron(e, 1, 1).key = neuron(e, 1, 0).key; }},
      {"InputWithoutKey", {"sender-key"}, [](Example& e) { e.image.inputs[0].key = kNoKey; }},
      {"RouteMissing",
       {"route-missing"},
       [](Example& e) { tile(e, 1).routes.erase(tile(e, 1).routes.begin()); }},
      {"Loop",
       {"route-twice"},
       [](Example& e) { route(e, 4, neuron(e, 1, 0).key).directions |= direction_bit(Direction::North); }},
      {"AxonHearsTwo", {"axon-sources"}, [](Example& e) { tile(e, 4).deliveries[1].axon = 0; }},
      {"AxonHearsOneTwice",
       {"axon-sources"},
       [](Example& e) {
         RouteEntry& entry = route(e, 4, neuron(e, 1, 0).key);
         const Delivery delivery = tile(e, 4).deliveries[entry.delivery_begin];
         entry.delivery_begin = static_cast<std::uint32_t>(tile(e, 4).deliveries.size());
         tile(e, 4).deliveries.insert(tile(e, 4).deliveries.end(), 2, delivery);
         entry.delivery_end = entry.delivery_begin + 2;
       }},
      {"AxonSilent",
       {"axon-silent"},
       [](Example& e) { tile(e, 1).core.row_begin.push_back(tile(e, 1).core.row_begin.back()); }},
      {"RouteUnused",
       {"route-unused"},
       [](Example& e) {
         tile(e, 3).routes.push_back({MessageKey(1000), direction_bit(Direction::East), 0, 0});
       }},
      {"OutputStray",
       {"output-stray"},
       [](Example& e) { route(e, 0, neuron(e, 0, 0).key).directions |= direction_bit(Direction::Edge); }},
      {"OutputUnreached",
       {"output-stray", "output-unreached"},
       [](Example& e) { e.image.outputs[0].port = PortId(0); }},
  };
}

std::vector<Damage> network_damages() {
  return {
      {"InputCount", {"input-count"}, [](Example& e) { ++e.image.input_count; }},
      {"OutputCount", {"output-count"}, [](Example& e) { ++e.image.output_count; }},
      {"InputFormat", {"input-format"}, [](Example& e) { e.image.input_format.is_signed = true; }},
      {"Circle",
       {"neuron-circle"},
       [](Example& e) {
         // h0 also hears itself.
         CoreImage& core = tile(e, 1).core;
         core.row_begin.push_back(core.row_begin.back() + 1);
         core.neuron.push_back(0);
         core.weight.push_back(1);
         RouteEntry& entry = route(e, 1, core.neurons[0].key);
         entry.directions |= direction_bit(Direction::Local);
         entry.delivery_begin = static_cast<std::uint32_t>(tile(e, 1).deliveries.size());
         tile(e, 1).deliveries.push_back({4, 1});
         entry.delivery_end = entry.delivery_begin + 1;
       }},
      {"PathDelay",
       {"path-delay"},
       [](Example& e) {
         RouteEntry& entry = route(e, 1, neuron(e, 3, 0).key);
         tile(e, 1).deliveries[entry.delivery_begin].delay = 2;
       }},
      {"OutputStep", {"output-step"}, [](Example& e) { e.image.depth_steps = 3; }},
      {"ConstantLate",
       {"constant-late"},
       [](Example& e) {
         RouteEntry& entry = route(e, 4, neuron(e, 4, 0).key);
         tile(e, 4).deliveries[entry.delivery_begin].delay = 4;
       }},
      {"PartialWithBias", {"partial-form"}, [](Example& e) { neuron(e, 0, 0).bias = 1; }},
      {"PartialWithShift", {"partial-form"}, [](Example& e) { neuron(e, 0, 0).shift = 1; }},
      {"PartialThatIsRectified",
       {"partial-form"},
       [](Example& e) { neuron(e, 3, 0).model = NeuronModel::Relu; }},
      {"PartialClamped", {"partial-clamp"}, [](Example& e) { neuron(e, 3, 0).minimum = -29; }},
      {"PartialWeighted", {"partial-weight"}, [](Example& e) { tile(e, 1).core.weight[0] = 2; }},
      {"PartialUnread", {"partial-unread"}, [](Example& e) { append_mute(e, 5, make_partial(3, 0, 1)); }},
      {"OriginPopulation",
       {"origin"},
       [](Example& e) {
         NeuronConfig config;
         config.origin = {99, 0, 0};
         append_mute(e, 5, config);
       }},
      {"OriginIndex",
       {"origin"},
       [](Example& e) {
         NeuronConfig config;
         config.origin = {3, 2, 0};
         append_mute(e, 5, config);
       }},
      {"NeuronTwice", {"neuron-twice"}, [](Example& e) { append_mute(e, 5, make_config(e.network, 1, 3)); }},
      {"ModelOfAnother", {"neuron-model"}, [](Example& e) { neuron(e, 1, 0).model = NeuronModel::Linear; }},
      {"TableOfAnother", {"neuron-table"}, [](Example& e) { ++e.image.tables[0][130]; }},
      {"Minimum", {"neuron-range"}, [](Example& e) { --neuron(e, 5, 0).minimum; }},
      {"Maximum", {"neuron-range"}, [](Example& e) { --neuron(e, 1, 0).maximum; }},
      {"ShiftOfAnother", {"neuron-shift"}, [](Example& e) { ++neuron(e, 1, 0).shift; }},
      {"Bias", {"neuron-bias"}, [](Example& e) { --neuron(e, 1, 0).bias; }},
      {"ConstantOfAnother", {"neuron-bias"}, [](Example& e) { --neuron(e, 4, 0).bias; }},
      {"SynapseOfAnotherNeuron",
       {"synapse-missing", "synapse-weight"},
       [](Example& e) {
         tile(e, 1).core.neuron.back() = 2, tile(e, 1).core.neuron[tile(e, 1).core.neuron.size() - 2] = 0;
       }},
      {"SynapseSurplus",
       {"synapse-surplus"},
       [](Example& e) {
         CoreImage& core = tile(e, 1).core;
         core.neuron.insert(core.neuron.begin() + 1, 2);
         core.weight.insert(core.weight.begin() + 1, 1);
         for (std::size_t a = 1; a < core.row_begin.size(); ++a) ++core.row_begin[a];
       }},
      {"NeuronMissing",
       {"neuron-missing", "synapse-missing"},
       [](Example& e) {
         // h3 comes alive in the network; the image's claims to be another one.
         dense_weight(e.network, 0, 3, 0) = 1;
         neuron(e, 4, 0).origin.part = 1;
         neuron(e, 4, 0).model = NeuronModel::Linear;
         neuron(e, 4, 0).bias = 0;
         e.sign();
       }},
      {"InputMissing",
       {"input-missing", "synapse-missing"},
       [](Example& e) {
         const FixedNetwork before = e.network;
         e.network.populations[PopulationId(0)].shape.channels = 3;
         FixedProjection wider = make_dense(e.network, 0, 1);
         for (std::uint32_t target = 0; target < 4; ++target) {
           for (std::uint32_t s = 0; s < 2; ++s)
             wider.weights[target * 3 + s] = before.projections[ProjectionId(0)].weights[target * 2 + s];
         }
         e.network.projections[ProjectionId(0)].weights = wider.weights;
         dense_weight(e.network, 0, 1, 2) = 1;
         e.image.input_count = 3;
         e.sign();
       }},
      {"OutputMissing", {"output-missing", "output-stray"}, [](Example& e) { e.image.outputs.pop_back(); }},
      {"OutputSource",
       {"output-source"},
       [](Example& e) { std::swap(e.image.outputs[0].key, e.image.outputs[1].key); }},
  };
}

class VerifyReports : public testing::TestWithParam<Damage> {};

TEST_P(VerifyReports, ExactlyThisRule) {
  Example example = make_example();
  GetParam().apply(example);
  EXPECT_EQ(rules(example), GetParam().rules) << explain(example);
}

std::string damage_name(const testing::TestParamInfo<Damage>& info) {
  return info.param.name;
}
INSTANTIATE_TEST_SUITE_P(Fabric, VerifyReports, testing::ValuesIn(fabric_damages()), damage_name);
INSTANTIATE_TEST_SUITE_P(Tables, VerifyReports, testing::ValuesIn(table_damages()), damage_name);
INSTANTIATE_TEST_SUITE_P(Routes, VerifyReports, testing::ValuesIn(route_damages()), damage_name);
INSTANTIATE_TEST_SUITE_P(Network, VerifyReports, testing::ValuesIn(network_damages()), damage_name);

// ---- rules that need a network of their own ----

TEST(VerifyMapping, ReportsAPotentialThatCouldOverflowAlthoughTheSumOfTheWeightsIsRight) {
  Example example;
  example.network = pass_through(1, {24, true});
  example.fabric.width = example.fabric.height = 1;
  ImageBuilder builder(example.fabric);
  const Source input = builder.input(0, PortId(0));
  const Source output = builder.neuron(TileId(0), make_config(example.network, 1, 0));
  for (const int weight : {127, 127, -127, -27}) {
    builder.synapse(TileId(0), builder.axon(TileId(0), input), output.neuron, weight);
  }
  builder.output(0, output, PortId(0));
  example.image = builder.build(1, 1, 1, {24, true});
  example.sign();
  EXPECT_EQ(rules(example), std::set<std::string>{"potential-width"}) << explain(example);
}

}  // namespace
}  // namespace weft::test
