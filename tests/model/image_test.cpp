// An image: its rules one by one, what it uses of a fabric, its digest and its file.
#include "model/fabric/image.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "tests/model/expect_error.hpp"
#include "tests/model/temporary_directory.hpp"

namespace weft {
namespace {

using testing::HasSubstr;

constexpr std::uint8_t kLocal = direction_bit(Direction::Local), kEast = direction_bit(Direction::East),
                       kSouth = direction_bit(Direction::South), kNorth = direction_bit(Direction::North),
                       kEdge = direction_bit(Direction::Edge);

// 3 x 2 tiles, ports in the west (tiles 0, 3) and east (tiles 2, 5): ports 0 to 3 are tiles 0, 2, 3, 5.
Fabric small_fabric() {
  Fabric fabric;
  fabric.name = "small";
  fabric.width = 3;
  fabric.height = 2;
  fabric.core.axons = 4;
  fabric.core.neurons = 3;
  return fabric;
}

NeuronConfig neuron(NeuronModel model, std::uint32_t key) {
  NeuronConfig config;
  config.model = model;
  config.shift = 2;
  config.bias = -5;
  config.minimum = model == NeuronModel::Linear ? -128 : 0;
  config.maximum = model == NeuronModel::Linear ? 127 : 255;
  config.key = MessageKey(key);
  config.origin = {1, key, 0};
  return config;
}

// Inputs 0 and 2 (keys 0, 1) enter at tile 0 and reach tile 1, whose neurons (keys 2, 3) go on to tile 4; its
// neurons (keys 4, 5), one a table, leave at the port of tile 5.
Image small_image() {
  Image image;
  image.name = "small";
  image.fabric = digest(small_fabric());
  image.network = {3, 4};
  image.input_count = 3;
  image.output_count = 2;
  image.depth_steps = 2;
  image.tables.push_back(std::vector<std::int32_t>(256, 9));
  image.tiles.resize(6);
  const auto tile = [&](std::uint32_t t) -> TileImage& { return image.tiles[TileId(t)]; };
  const auto key = [](std::uint32_t k) { return MessageKey(k); };
  tile(0).routes = {{key(0), kEast, 0, 0}, {key(1), kEast, 0, 0}};
  tile(1).routes = {
      {key(0), kLocal, 0, 1}, {key(1), kLocal, 1, 3}, {key(2), kSouth, 3, 3}, {key(3), kSouth, 3, 3}};
  tile(1).deliveries = {{0, 1}, {1, 1}, {2, 2}};
  tile(1).core.row_begin = {0, 2, 3, 4};
  tile(1).core.neuron = {0, 1, 1, 0};
  tile(1).core.weight = {127, -128, 7, 1};
  tile(1).core.neurons = {neuron(NeuronModel::Relu, 2), neuron(NeuronModel::Linear, 3)};
  tile(4).routes = {
      {key(2), kLocal, 0, 1}, {key(3), kLocal, 1, 2}, {key(4), kEast, 2, 2}, {key(5), kEast, 2, 2}};
  tile(4).deliveries = {{0, 1}, {1, 4}};
  tile(4).core.row_begin = {0, 2, 4};
  tile(4).core.neuron = {0, 1, 0, 2};
  tile(4).core.weight = {1, 2, 3, 4};
  tile(4).core.neurons = {neuron(NeuronModel::Table, 4), neuron(NeuronModel::Linear, 5),
                          neuron(NeuronModel::Linear, kNoKey.value())};
  tile(5).routes = {{key(4), kEdge, 0, 0}, {key(5), kEdge, 0, 0}};
  image.inputs = {{0, PortId(0), key(0)}, {2, PortId(0), key(1)}};
  image.outputs = {{PortId(3), key(4), 0}, {PortId(3), key(5), 1}};
  return image;
}

TEST(Image, TakesTheHandMadeOneAsValid) {
  EXPECT_EQ(describe(validate(small_image())), "");
  EXPECT_EQ(describe(validate(small_image(), small_fabric())), "");
}

struct Rule {
  const char* name;
  const char* rule;
  const char* detail;
  std::function<void(Image&, Fabric&)> break_it;
};

TileImage& tile(Image& image, std::uint32_t id) {
  return image.tiles[TileId(id)];
}
CoreImage& core(Image& image, std::uint32_t id) {
  return image.tiles[TileId(id)].core;
}

// Neuron 0 of tile 1 becomes a spiking one.
ImageSpikeRule& make_spiking(Image& image) {
  NeuronConfig& neuron = core(image, 1).neurons[0];
  neuron.model = NeuronModel::Lif;
  neuron.maximum = 1;
  image.spike_rules.assign(1, {});
  return image.spike_rules[0];
}

TEST(Image, HoldsSpikingNeurons) {
  Image image = small_image();
  make_spiking(image).spike = {50, SpikeReset::Subtract, SpikeLeak::Fraction, 7, 0, 3, {}};
  EXPECT_EQ(describe(validate(image, small_fabric())), "");
  const Bytes bytes = format_npz(to_npz(image));
  const Image back = image_from_npz(parse_npz(bytes, "file"), "file");
  EXPECT_EQ(back.spike_rules, image.spike_rules);
  EXPECT_EQ(digest(back), digest(image));
  EXPECT_EQ(format_npz(to_npz(back)), bytes);
  const std::vector<std::function<void(ImageSpikeRule&)>> changes = {
      [](auto& r) { ++r.spike.threshold; },     [](auto& r) { r.spike.reset = SpikeReset::None; },
      [](auto& r) { ++r.spike.leak; },          [](auto& r) { r.spike.leak_kind = SpikeLeak::Subtract; },
      [](auto& r) { ++r.spike.current_decay; }, [](auto& r) { ++r.spike.refractory; },
      [](auto& r) { ++r.clear_step; }};
  for (std::size_t i = 0; i < changes.size(); ++i) {
    Image changed = image;
    changes[i](changed.spike_rules[0]);
    EXPECT_NE(digest(changed), digest(image)) << "change " << i;
  }
}

TEST(ImageFile, RefusesRulesThatAreNotWhole) {
  Image image = small_image();
  make_spiking(image);
  NpzArchive archive = to_npz(image);
  archive.arrays["spike_rules"] = NpyArray::from(std::vector<std::int32_t>(8, 1));
  EXPECT_EQ(input_error_of([&] { image_from_npz(archive, "image.npz"); }),
            "image.npz: found 8 entries of spike_rules, expected a multiple of 7");
}

class ImageRule : public testing::TestWithParam<Rule> {};

TEST_P(ImageRule, IsReportedWhenBroken) {
  Image image = small_image();
  Fabric fabric = small_fabric();
  GetParam().break_it(image, fabric);
  const auto violations = validate(image);
  ASSERT_FALSE(violations.empty());
  EXPECT_EQ(violations[0].rule, GetParam().rule);
  EXPECT_THAT(violations[0].detail, HasSubstr(GetParam().detail));
  EXPECT_FALSE(validate(image, fabric).empty());
}

INSTANTIATE_TEST_SUITE_P(OnAnyFabric, ImageRule,
                         testing::Values(
                             Rule{"input_bits", "value-bits", "found 32",
                                  [](auto& i, auto&) { i.input_format.bits = 32; }},
                             Rule{"depth", "depth", "found 0 steps",
                                  [](auto& i, auto&) { i.depth_steps = 0; }},
                             Rule{"table_size", "table", "found 255",
                                  [](auto& i, auto&) { i.tables[0].pop_back(); }},
                             Rule{"rows_empty", "rows", "share out",
                                  [](auto& i, auto&) { core(i, 1).row_begin.clear(); }},
                             Rule{"rows_first", "rows", "share out",
                                  [](auto& i, auto&) { core(i, 1).row_begin[0] = 1; }},
                             Rule{"rows_last", "rows", "the core's 4 synapses",
                                  [](auto& i, auto&) { core(i, 1).row_begin[3] = 5; }},
                             Rule{"rows_fall", "rows", "share out",
                                  [](auto& i, auto&) { core(i, 1).row_begin[1] = 4; }},
                             Rule{"rows_weights", "rows", "share out",
                                  [](auto& i, auto&) { core(i, 1).neuron.pop_back(); }},
                             Rule{"unused_core", "unused-core", "2 axons but no neurons",
                                  [](auto& i, auto&) {
                                    core(i, 3).row_begin = {0, 0, 0};
                                  }},
                             Rule{"synapse_neuron", "synapse", "no such neuron",
                                  [](auto& i, auto&) { core(i, 1).neuron[1] = 2; }},
                             Rule{"synapse_zero", "synapse", "its weight is zero",
                                  [](auto& i, auto&) { core(i, 1).weight[2] = 0; }},
                             Rule{"synapse_order", "synapse", "neurons must ascend",
                                  [](auto& i, auto&) { core(i, 1).neuron[1] = 0; }},
                             Rule{"model", "model", "neuron 1: no such neuron model",
                                  [](auto& i, auto&) {
                                    core(i, 1).neurons[1].model = static_cast<NeuronModel>(9);
                                  }},
                             Rule{"shift", "shift", "found 32",
                                  [](auto& i, auto&) { core(i, 1).neurons[1].shift = 32; }},
                             Rule{"range", "value-range", "from 128 to 127",
                                  [](auto& i, auto&) { core(i, 1).neurons[1].minimum = 128; }},
                             Rule{"table", "table", "table 1 of 1",
                                  [](auto& i, auto&) { core(i, 4).neurons[0].table = 1; }},
                             Rule{"spike_rule", "spike-rule", "neuron 0: rule 1 of 1",
                                  [](auto& i, auto&) {
                                    make_spiking(i);
                                    core(i, 1).neurons[0].table = 1;
                                  }},
                             Rule{"spike_threshold", "spike-rule", "a threshold of 0",
                                  [](auto& i, auto&) { make_spiking(i).spike.threshold = 0; }},
                             Rule{"spike_clear_step", "spike-rule", "begins frames in step 0",
                                  [](auto& i, auto&) { make_spiking(i).clear_step = 0; }},
                             Rule{"spike_range", "value-range", "a spike is 1",
                                  [](auto& i, auto&) {
                                    make_spiking(i);
                                    core(i, 1).neurons[0].maximum = 2;
                                  }},
                             Rule{"route_order", "route-order", "keys must ascend",
                                  [](auto& i, auto&) {
                                    std::swap(tile(i, 0).routes[0], tile(i, 0).routes[1]);
                                  }},
                             Rule{"route_twice", "route-order", "keys must ascend",
                                  [](auto& i, auto&) { tile(i, 0).routes[1].key = MessageKey(0); }},
                             Rule{"deliveries_end", "deliveries", "deliveries 1 to 4 of 3",
                                  [](auto& i, auto&) { tile(i, 1).routes[1].delivery_end = 4; }},
                             Rule{"deliveries_begin", "deliveries", "deliveries 4 to 3",
                                  [](auto& i, auto&) { tile(i, 1).routes[1].delivery_begin = 4; }},
                             Rule{"local_without", "local", "if and only if",
                                  [](auto& i, auto&) { tile(i, 1).routes[2].directions |= kLocal; }},
                             Rule{"local_missing", "local", "if and only if",
                                  [](auto& i, auto&) { tile(i, 1).routes[0].directions = kEast; }},
                             Rule{"directions_none", "directions", "found the set 0",
                                  [](auto& i, auto&) { tile(i, 0).routes[0].directions = 0; }},
                             Rule{"directions_seventh", "directions", "found the set 68",
                                  [](auto& i, auto&) { tile(i, 0).routes[0].directions |= 64; }},
                             Rule{"key_of_two_neurons", "key", "key 2 is not its own",
                                  [](auto& i, auto&) { core(i, 1).neurons[1].key = MessageKey(2); }},
                             Rule{"key_of_input_and_neuron", "key", "key 1 is not its own",
                                  [](auto& i, auto&) { core(i, 1).neurons[1].key = MessageKey(1); }},
                             Rule{"key_of_two_inputs", "key", "key 0 is not its own",
                                  [](auto& i, auto&) { i.inputs[1].key = MessageKey(0); }},
                             Rule{
                                 "key_missing", "key", "is not its own",
                                 [](auto& i, auto&) { i.inputs[1].key = kNoKey; }},
                             Rule{"route_without_sender", "route-key", "nobody sends with key 9",
                                  [](auto& i, auto&) {
                                    tile(i, 0).routes.push_back({MessageKey(9), kEast, 0, 0});
                                  }},
                             Rule{"axon_missing", "axon", "axon 3 of 3",
                                  [](auto& i, auto&) { tile(i, 1).deliveries[2].axon = 3; }},
                             Rule{"axon_twice", "axon-writer", "axon 0 is written by two",
                                  [](auto& i, auto&) { tile(i, 1).deliveries[2].axon = 0; }},
                             Rule{"delay_zero", "delay", "after 0 steps",
                                  [](auto& i, auto&) { tile(i, 1).deliveries[2].delay = 0; }},
                             Rule{"potential", "potential", "neuron 0 can reach 2147483648",
                                  // weights 127 and 1 on inputs of 255, half of 4
                                  [](auto& i, auto&) {
                                    core(i, 1).neurons[0].bias = 0x7fffffff - 128 * 255 - 2 + 1;
                                  }},
                             Rule{"input_order", "inputs", "inputs must ascend",
                                  [](auto& i, auto&) { std::swap(i.inputs[0], i.inputs[1]); }},
                             Rule{"input_missing", "inputs", "fewer than 3",
                                  [](auto& i, auto&) { i.inputs[1].input = 3; }},
                             Rule{"output_count", "outputs", "found 1 bindings, expected 2",
                                  [](auto& i, auto&) { i.outputs.pop_back(); }},
                             Rule{"output_order", "outputs", "where output 0 belongs",
                                  [](auto& i, auto&) { std::swap(i.outputs[0], i.outputs[1]); }},
                             Rule{"output_sender", "outputs", "nobody sends with key 9",
                                  [](auto& i, auto&) { i.outputs[1].key = MessageKey(9); }},
                             Rule{"output_twice", "outputs", "also that of output 0",
                                  [](auto& i, auto&) { i.outputs[1].key = MessageKey(4); }}),
                         [](const auto& rule) { return rule.param.name; });

class FabricRule : public testing::TestWithParam<Rule> {};

TEST_P(FabricRule, IsReportedWhenBroken) {
  Image image = small_image();
  Fabric fabric = small_fabric();
  GetParam().break_it(image, fabric);
  image.fabric = digest(fabric);
  EXPECT_EQ(describe(validate(image)), "") << "this is a rule of the fabric";
  const auto violations = validate(image, fabric);
  ASSERT_FALSE(violations.empty());
  EXPECT_EQ(violations[0].rule, GetParam().rule);
  EXPECT_THAT(violations[0].detail, HasSubstr(GetParam().detail));
}

INSTANTIATE_TEST_SUITE_P(
    OnItsFabric, FabricRule,
    testing::Values(
        Rule{"tiles", "tiles", "has 6, the fabric 9", [](auto&, auto& f) { f.height = 3; }},
        Rule{"axons", "axons-per-core", "uses 3 axons, has 2", [](auto&, auto& f) { f.core.axons = 2; }},
        Rule{"neurons", "neurons-per-core", "uses 3 neurons, has 2",
             [](auto&, auto& f) { f.core.neurons = 2; }},
        Rule{"memory", "memory-per-core", "uses 102 bits of synapse memory, has 101",
             // tile 1: 3 rows of 10 and 4 synapses of 18 bits
             [](auto&, auto& f) {
               f.core.kind = CoreKind::Memory;
               f.core.synapse_memory_bits = 101;
             }},
        Rule{"tracks", "tracks-per-link", "uses 2 tracks to the east, has 1",
             [](auto&, auto& f) {
               f.router.routing = Routing::Circuit;
               f.router.tracks = 1;
             }},
        Rule{"units", "synapses-per-neuron", "neuron 0 has 2 synapses, a unit has 1",
             [](auto&, auto& f) {
               f.core.kind = CoreKind::Units;
               f.core.unit_synapses = 1;
             }},
        Rule{"weight", "weight", "found 127, expected -64 to 63",
             [](auto&, auto& f) { f.core.weight_bits = 7; }},
        Rule{"value_bits_neuron", "value-range", "neuron 1 sends -128 to 256, an axon takes 9 bits",
             [](auto& i, auto& f) {
               f.core.value_bits = 9;
               core(i, 1).neurons[1].maximum = 256;
             }},
        Rule{"value_bits_input", "value-range", "send 0 to 255, an axon takes 7 bits",
             [](auto&, auto& f) { f.core.value_bits = 7; }},
        Rule{"value_bits_table", "value-range", "holds 9 to 256, an axon takes 8 bits",
             [](auto& i, auto& f) {
               f.core.value_bits = 8;
               i.tables[0][3] = 256;
             }},
        Rule{"table_entries", "routes-per-tile", "uses 4 table entries, has 3",
             [](auto&, auto& f) { f.router.table_entries = 3; }},
        Rule{"delay", "delay", "found 4, expected 1 to 3", [](auto&, auto& f) { f.core.max_delay = 3; }},
        Rule{"key_bits", "key-bits", "key 4: does not fit 2 bits",
             [](auto&, auto& f) { f.router.key_bits = 2; }},
        Rule{"edge", "edge", "a port that the tile does not have",
             [](auto& i, auto&) { tile(i, 4).routes[2].directions |= kEdge; }},
        Rule{"direction", "direction", "no neighbor to the north",
             [](auto& i, auto&) { tile(i, 0).routes[0].directions |= kNorth; }},
        Rule{"lost_at_neighbor", "route-lost", "the neighbor to the south has no entry",
             [](auto& i, auto&) { tile(i, 0).routes[0].directions |= kSouth; }},
        Rule{"lost_at_port", "route-lost", "no entry for key 0 that starts here",
             [](auto& i, auto&) { i.inputs[0].port = PortId(2); }},
        Rule{"lost_at_core", "route-lost", "no entry for key 3 that starts here",
             [](auto& i, auto&) { tile(i, 1).routes.pop_back(); }},
        Rule{"input_port", "port", "enters at port 4 of 4",
             [](auto& i, auto&) { i.inputs[0].port = PortId(4); }},
        Rule{"back_to_its_start", "route-twice", "key 4 comes from two sides",
             [](auto& i, auto&) { tile(i, 5).routes[0].directions |= direction_bit(Direction::West); }},
        Rule{"from_two_sides", "route-twice", "key 2 comes from two sides",
             // also east, south and west: to tile 4 a second time
             [](auto& i, auto&) {
               tile(i, 1).routes[2].directions |= kEast;
               tile(i, 2).routes.push_back({MessageKey(2), kSouth, 0, 0});
               tile(i, 5).routes.insert(tile(i, 5).routes.begin(),
                                        {MessageKey(2), direction_bit(Direction::West), 0, 0});
             }},
        Rule{"output_port", "port", "leaves at port 4 of 4",
             [](auto& i, auto&) { i.outputs[0].port = PortId(4); }},
        Rule{"output_elsewhere", "outputs", "its key does not leave at its port",
             [](auto& i, auto&) { i.outputs[0].port = PortId(1); }},
        Rule{"unbound_exit", "outputs", "3 routes leave at ports, 2 are bound",
             [](auto& i, auto&) { tile(i, 0).routes[0].directions |= kEdge; }}),
    [](const auto& rule) { return rule.param.name; });

TEST(Image, RefusesAnotherFabricThanItsOwn) {
  Fabric fabric = small_fabric();
  fabric.clock_hz *= 2;
  const auto violations = validate(small_image(), fabric);
  ASSERT_EQ(violations.size(), 1u);
  EXPECT_EQ(violations[0].rule, "fabric-digest");
}

TEST(Image, TakesUnsignedValuesThatFillAllBits) {
  Fabric fabric = small_fabric();
  fabric.core.value_bits = 8;
  Image image = small_image();
  image.fabric = digest(fabric);
  EXPECT_EQ(describe(validate(image, fabric)), "") << "0 to 255 and -128 to 127 are 8 bits each";
}

TEST(ImageUse, CountsWhatItTakesAndWhatThereIs) {
  const ImageUse use = usage(small_image(), small_fabric());
  EXPECT_EQ(use.cores, 2);
  EXPECT_EQ(use.axons, 3 + 2);
  EXPECT_EQ(use.neurons, 2 + 3);
  EXPECT_EQ(use.synapses, 4 + 4);
  EXPECT_EQ(use.routes, 2 + 4 + 4 + 2);
  EXPECT_EQ(use.links, 3);  // 0 to 1, 1 to 4, 4 to 5
  const ImageUse all = capacity(small_fabric());
  EXPECT_EQ(all.cores, 6);
  EXPECT_EQ(all.axons, 6 * 4);
  EXPECT_EQ(all.neurons, 6 * 3);
  EXPECT_EQ(all.synapses, 6 * 4 * 3);
  EXPECT_EQ(all.routes, 6 * 4096);
  EXPECT_EQ(all.links, 2 * (2 * 2 + 3));  // in both ways: 2 per row, 3 between the rows
}

TEST(ImageUse, CountsSynapsesOfMemoryCoresByTheirBits) {
  Fabric fabric = small_fabric();
  fabric.core.kind = CoreKind::Memory;
  fabric.core.synapse_memory_bits = 1000;
  EXPECT_EQ(capacity(fabric).synapses, 6 * (1000 / 18));
}

TEST(ImageUse, CountsSynapsesOfUnitsByNeuron) {
  Fabric fabric = small_fabric();
  fabric.core.kind = CoreKind::Units;
  fabric.core.unit_synapses = 2;
  EXPECT_EQ(capacity(fabric).synapses, 6 * 3 * 2);
}

TEST(ImageDigest, CoversEachField) {
  const Digest original = digest(small_image());
  EXPECT_EQ(original, digest(small_image()));
  const std::vector<std::function<void(Image&)>> changes = {
      [](auto& i) { i.name = "other"; },
      [](auto& i) {
        i.fabric = {1, 1};
      },
      [](auto& i) {
        i.network = {1, 1};
      },
      [](auto& i) { ++i.input_count; },
      [](auto& i) { ++i.output_count; },
      [](auto& i) { i.input_format.bits = 9; },
      [](auto& i) { i.input_format.is_signed = true; },
      [](auto& i) { ++i.depth_steps; },
      [](auto& i) { i.tables[0][7] = 8; },
      [](auto& i) { core(i, 1).row_begin[1] = 1; },
      [](auto& i) { core(i, 1).neuron[0] = 1; },
      [](auto& i) { core(i, 1).weight[0] = 1; },
      [](auto& i) { core(i, 1).neurons[0].model = NeuronModel::Linear; },
      [](auto& i) { core(i, 1).neurons[0].shift = 1; },
      [](auto& i) { core(i, 1).neurons[0].table = 1; },
      [](auto& i) { core(i, 1).neurons[0].bias = 1; },
      [](auto& i) { core(i, 1).neurons[0].minimum = 1; },
      [](auto& i) { core(i, 1).neurons[0].maximum = 1; },
      [](auto& i) { core(i, 1).neurons[0].key = kNoKey; },
      [](auto& i) { core(i, 1).neurons[0].origin.population = 7; },
      [](auto& i) { core(i, 1).neurons[0].origin.index = 7; },
      [](auto& i) { core(i, 1).neurons[0].origin.part = 7; },
      [](auto& i) { tile(i, 0).routes[0].key = MessageKey(7); },
      [](auto& i) { tile(i, 0).routes[0].directions = 2; },
      [](auto& i) { tile(i, 0).routes[0].delivery_begin = 1; },
      [](auto& i) { tile(i, 0).routes[0].delivery_end = 1; },
      [](auto& i) { tile(i, 1).deliveries[0].axon = 2; },
      [](auto& i) { tile(i, 1).deliveries[0].delay = 2; },
      [](auto& i) { i.inputs[0].input = 1; },
      [](auto& i) { i.inputs[0].port = PortId(1); },
      [](auto& i) { i.inputs[0].key = MessageKey(7); },
      [](auto& i) { i.outputs[0].output = 1; },
      [](auto& i) { i.outputs[0].port = PortId(1); },
      [](auto& i) { i.outputs[0].key = MessageKey(7); },
      [](auto& i) { std::swap(tile(i, 4), tile(i, 3)); }};
  for (std::size_t i = 0; i < changes.size(); ++i) {
    Image changed = small_image();
    changes[i](changed);
    EXPECT_NE(digest(changed), original) << "change " << i;
  }
}

TEST(ImageFile, RoundTripsByteForByte) {
  const Bytes bytes = format_npz(to_npz(small_image()));
  const Image back = image_from_npz(parse_npz(bytes, "file"), "file");
  EXPECT_EQ(digest(back), digest(small_image()));
  EXPECT_EQ(format_npz(to_npz(back)), bytes);
}

TEST(ImageFile, IsWrittenAndReadBack) {
  const TemporaryDirectory directory;
  write_image(directory / "image.npz", small_image());
  EXPECT_EQ(digest(read_image(directory / "image.npz")), digest(small_image()));
  EXPECT_EQ(directory.entries(), 1);
}

std::string read_error(const std::function<void(NpzArchive&)>& damage) {
  NpzArchive archive = to_npz(small_image());
  damage(archive);
  return input_error_of([&] { image_from_npz(archive, "image.npz"); });
}

template <class T>
void change(NpzArchive& archive, const char* member, const std::function<void(std::vector<T>&)>& edit) {
  auto items = archive.arrays.at(member).as<T>(member);
  edit(items);
  archive.arrays[member] = NpyArray::from(items);
}

TEST(ImageFile, SaysWhatIsWrong) {
  EXPECT_EQ(read_error([](auto& a) { a.header.replace(a.header.find("weft-image"), 10, "weft-other"); }),
            "image.npz: header.json: format: found \"weft-other\", expected \"weft-image\"");
  EXPECT_THAT(read_error([](auto& a) { a.arrays.erase("row_begin"); }), HasSubstr("row_begin"));
  EXPECT_EQ(read_error([](auto& a) { a.arrays["more"] = a.arrays["tables"]; }),
            "image.npz: found 32 arrays, expected 31");
  EXPECT_EQ(
      read_error([](auto& a) { change<std::uint8_t>(a, "neuron_shift", [](auto& v) { v.pop_back(); }); }),
      "image.npz: found 4 entries of neuron_shift, expected 5 as of neuron_model");
  EXPECT_EQ(read_error([](auto& a) { change<std::int32_t>(a, "tables", [](auto& v) { v.pop_back(); }); }),
            "image.npz: found 255 table entries, expected a multiple of 256");
  EXPECT_EQ(
      read_error([](auto& a) { change<std::uint32_t>(a, "row_begin", [](auto& v) { v.push_back(0); }); }),
      "image.npz: found 12 entries of row_begin, expected 11 by its tiles");
  EXPECT_EQ(read_error(
                [](auto& a) { change<std::uint32_t>(a, "tile_routes", [](auto& v) { v[3] = 0xffffffff; }); }),
            "image.npz: found only 12 entries of route_key, expected as many as its tiles count");
  EXPECT_THAT(
      read_error([](auto& a) { change<std::int16_t>(a, "synapse_weight", [](auto& v) { v[0] = 0; }); }),
      HasSubstr("not a valid image\nsynapse at tile 1"));
}

}  // namespace
}  // namespace weft
