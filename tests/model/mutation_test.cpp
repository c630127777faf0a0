// Every reader against damaged variants of a valid file: it gives a valid object or throws an InputError.
// Nothing else may come out: no other exception, no crash, no hang, no memory beyond what the file is worth.
#include <gtest/gtest.h>
#include <zlib.h>

#include <functional>
#include <ostream>

#include "model/base/config.hpp"
#include "model/base/error.hpp"
#include "model/base/npz.hpp"
#include "model/data/dataset.hpp"
#include "model/data/recordings.hpp"
#include "model/fabric/checkpoint.hpp"
#include "model/fabric/fabric.hpp"
#include "model/fabric/image.hpp"
#include "model/network/fixed_network.hpp"
#include "model/network/network.hpp"
#include "model/report/report.hpp"
#include "tests/model/evp_example.hpp"
#include "tests/model/fixed_networks.hpp"
#include "tests/model/mutator.hpp"
#include "tests/model/network_examples.hpp"
#include "tests/model/spiking_networks.hpp"
#include "tests/model/truenorth_examples.hpp"

namespace weft {
namespace {

// `read` throws InputError, or returns what is invalid in the object that it read.
struct Reader {
  std::string name;
  std::function<Bytes(Random&)> variant;
  std::function<std::string(const Bytes&)> read;
  std::function<Bytes()> valid;
};

std::ostream& operator<<(std::ostream& out, const Reader& reader) {
  return out << reader.name;
}

Bytes bytes(const std::string& text) {
  return Bytes(text.begin(), text.end());
}
std::string text(const Bytes& data) {
  return std::string(data.begin(), data.end());
}

Reader plain(const std::string& name, const Bytes& valid, std::function<std::string(const Bytes&)> read) {
  return {name, [valid](Random& random) { return damage(valid, random); }, std::move(read),
          [valid] { return valid; }};
}

// One variant in three is damaged outside, in the zip archive, the others inside.
Reader zipped(const std::string& name, const Bytes& valid, std::function<std::string(const Bytes&)> read) {
  const Members members = unzip(valid);
  const auto variant = [valid, members](Random& random) {
    return random.below(3) == 0 ? damage(valid, random) : damage_members(members, random);
  };
  return {name, variant, std::move(read), [valid] { return valid; }};
}

const Bytes kIdxImages = {0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 2,  0,  0,
                          0, 2, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
const Bytes kIdxLabels = {0, 0, 8, 1, 0, 0, 0, 3, 0, 9, 4};

Bytes gzip(const Bytes& data) {
  Bytes packed(compressBound(data.size()) + 32);
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  stream.next_in = const_cast<Bytef*>(data.data());
  stream.avail_in = static_cast<uInt>(data.size());
  stream.next_out = packed.data();
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

NpzArchive small_archive() {
  NpzArchive archive;
  archive.header = "{\"kind\": \"example\"}";
  archive.arrays["weights"] = NpyArray::from(std::vector<float>{1, 2, 3, 4, 5, 6}, {2, 3});
  archive.arrays["bias"] = NpyArray::from(std::vector<std::int32_t>{1, 2, 3});
  return archive;
}

Network small_network() {
  Network network = make_mlp("small", {1, 2, 3}, {6, 3, 2}, Activation::Relu);
  initialize(network, 1);
  return network;
}

// Two tiles: the first sends the input on to the second, whose neuron is the output.
Fabric small_fabric() {
  Fabric fabric;
  fabric.name = "two";
  fabric.width = 2;
  fabric.height = 1;
  return fabric;
}

Image small_image() {
  Image image;
  image.name = "two";
  image.fabric = digest(small_fabric());
  image.input_count = 1;
  image.output_count = 1;
  image.depth_steps = 2;
  image.tiles.resize(2);
  for (std::uint32_t t = 0; t < 2; ++t) {
    TileImage& tile = image.tiles[TileId(t)];
    tile.core.row_begin = {0, 1};
    tile.core.neuron = {0};
    tile.core.weight = {static_cast<std::int16_t>(t + 2)};
    NeuronConfig neuron;
    neuron.maximum = 255;
    neuron.key = MessageKey(t + 1);
    neuron.origin.population = t + 1;
    tile.core.neurons = {neuron};
  }
  const auto route = [&](std::uint32_t tile, std::uint32_t key, Direction direction) {
    TileImage& to = image.tiles[TileId(tile)];
    RouteEntry entry;
    entry.key = MessageKey(key);
    entry.directions = direction_bit(direction);
    entry.delivery_begin = entry.delivery_end = static_cast<std::uint32_t>(to.deliveries.size());
    if (direction == Direction::Local) {
      to.deliveries.push_back({0, 1});
      ++entry.delivery_end;
    }
    to.routes.push_back(entry);
  };
  route(0, 0, Direction::Local);
  route(0, 1, Direction::East);
  route(1, 1, Direction::Local);
  route(1, 2, Direction::Edge);
  image.inputs = {{0, PortId(0), MessageKey(0)}};
  image.outputs = {{PortId(1), MessageKey(2), 0}};
  return image;
}

// The same with a spiking neuron.
Image spiking_image() {
  Image image = small_image();
  image.spike_rules.push_back({{}, 2});
  NeuronConfig& neuron = image.tiles[TileId(1)].core.neurons[0];
  neuron.model = NeuronModel::If;
  neuron.maximum = 1;
  return image;
}

Stimulus small_stimulus() {
  Stimulus stimulus;
  stimulus.frames = {3, 1, {1, 2, 3}};
  return stimulus;
}

// Of a run of the small spiking image after two of its five steps.
Checkpoint small_checkpoint() {
  Checkpoint checkpoint;
  checkpoint.fabric = digest(small_fabric());
  checkpoint.image = digest(spiking_image());
  checkpoint.stimulus = digest(small_stimulus());
  checkpoint.next_cycle = 40;
  checkpoint.step_begins = {0, 20};
  checkpoint.outputs = {1, 1, {0}};
  checkpoint.tiles.resize(2);
  checkpoint.pointers.resize(2 * kDirections);
  checkpoint.turns.resize(2);
  checkpoint.input_free = {21, 0};
  checkpoint.output_free = {0, 12};
  checkpoint.pending = {{TileId(0), 0, 2, 2}, {TileId(1), 0, 2, 1}};
  checkpoint.spike_states.resize(1);
  return checkpoint;
}

// Damage that leaves the digest right cannot be had by chance: tests/sim/checkpoint_test.cpp feeds the
// numbers' own checks.
std::string read_damaged_checkpoint(const Bytes& data) {
  const Checkpoint checkpoint = checkpoint_from_npz(parse_npz(data, "c.checkpoint"), "c.checkpoint");
  check_checkpoint(checkpoint, small_fabric(), spiking_image(), small_stimulus(), {}, "c.checkpoint");
  return "";
}

// The same with a sum instead of an axon.
Image image_with_sum() {
  Image image = small_image();
  image.tiles[TileId(1)].deliveries[0].to_sum = true;
  return image;
}

Report small_report() {
  Report report;
  report.title = "small";
  report.accuracy = AccuracyReport{0.9, 0.89, 0.885, 0.885, 100, 0};
  report.compression = CompressionReport{200, 100, 10, 12, 2, {{"fc1", "pruned", 0, 200, 100, 0.5, 0.1}}};
  report.utilization.emplace().cores = {9, 64, 5};
  report.energy = EnergyReport{1.5, 0.5, {{"hops", 1.0}}};
  report.tick = TickReport{100, 1, 0, 250, {{4, 1, 2, 1, false}}};
  report.provenance = {"0.1.0", 7, {{"image", "00ff"}}, "data: x\n"};
  report.stage_seconds = {{"train", 1.5}};
  return report;
}

const std::string kConfig = R"(title: A flow  # with a comment
seed: 7
train: {rate: 1e-3, kind: b, on: true, widths: [300, 100]}
layers:
  - name: fc1
    rank: 20
  - {name: "fc2", rank: 10}
)";

std::string read_config(const Bytes& data) {
  const Config config = Config::parse(text(data), "c.yaml", {"train.rate=0.5"});
  const ConfigSection root = config.root();
  root.text("title");
  root.integer("seed", 0, 1000, 1);
  const ConfigSection train = root.section("train");
  train.number("rate", 0, 1);
  train.choice("kind", std::vector<std::pair<std::string, int>>{{"a", 1}, {"b", 2}});
  train.boolean("on", false);
  train.integers("widths", 1, 1000);
  for (const ConfigSection& layer : root.sections("layers")) {
    layer.text("name");
    layer.integer("rank", 1, 100);
  }
  config.finish();
  return "";
}

std::string read_damaged_image(const Bytes& data) {
  const Image image = image_from_npz(parse_npz(data, "i.npz"), "i.npz");
  const auto violations = validate(image, small_fabric());  // the file does not know its fabric
  if (violations.empty()) usage(image, small_fabric());
  return "";
}

std::vector<Reader> readers() {
  const auto read_pair = [](const Bytes& images, const Bytes& labels) {
    return describe(validate(parse_idx(images, labels, "toy")));
  };
  const Bytes packed_images = gzip(kIdxImages);
  return {
      plain("idx_images", kIdxImages, [=](const Bytes& data) { return read_pair(data, kIdxLabels); }),
      plain("idx_labels", kIdxLabels, [=](const Bytes& data) { return read_pair(kIdxImages, data); }),
      plain("idx_gzip", packed_images, [=](const Bytes& data) { return read_pair(data, kIdxLabels); }),
      {"idx_in_gzip", [](Random& random) { return gzip(damage(kIdxImages, random)); },
       [=](const Bytes& data) { return read_pair(data, kIdxLabels); }, [=] { return packed_images; }},
      plain("npy", format_npy(small_archive().arrays["weights"]),
            [](const Bytes& data) {
              const NpyArray array = parse_npy(data, "a.npy");
              return format_npy(array).empty() ? "no bytes" : "";
            }),
      zipped("npz", format_npz(small_archive()),
             [](const Bytes& data) {
               const NpzArchive archive = parse_npz(data, "a.npz");
               for (const auto& [name, array] : archive.arrays) format_npy(array);
               return "";
             }),
      zipped("network", format_npz(to_npz(small_network())),
             [](const Bytes& data) {
               return describe(validate(network_from_npz(parse_npz(data, "n.npz"), "n.npz")));
             }),
      zipped("network_everything", format_npz(to_npz(test::everything_network())),
             [](const Bytes& data) {
               return describe(validate(network_from_npz(parse_npz(data, "n.npz"), "n.npz")));
             }),
      zipped("fixed_network", format_npz(to_npz(random_network(1))),
             [](const Bytes& data) {
               return describe(validate(fixed_network_from_npz(parse_npz(data, "f.npz"), "f.npz")));
             }),
      zipped("fixed_network_spiking", format_npz(to_npz(spiking_network(1))),
             [](const Bytes& data) {
               return describe(validate(fixed_network_from_npz(parse_npz(data, "f.npz"), "f.npz")));
             }),
      zipped("fixed_network_truenorth", format_npz(to_npz(truenorth_network(1))),
             [](const Bytes& data) {
               return describe(validate(fixed_network_from_npz(parse_npz(data, "f.npz"), "f.npz")));
             }),
      zipped("image", format_npz(to_npz(small_image())), read_damaged_image),
      zipped("image_with_sum", format_npz(to_npz(image_with_sum())), read_damaged_image),
      zipped("image_spiking", format_npz(to_npz(spiking_image())), read_damaged_image),
      zipped("checkpoint", format_npz(to_npz(small_checkpoint())), read_damaged_checkpoint),
      zipped("image_truenorth", format_npz(to_npz(truenorth_image())), read_damaged_image),
      plain("evp", evp_example(),
            [](const Bytes& data) {
              const Recordings recordings = parse_evp(data, "e.evp", "e");
              return recordings.begin.size() == recordings.labels.size() + 1 ? "" : "no end";
            }),
      plain("fabric", bytes(format_fabric(Fabric{})),
            [](const Bytes& data) {
              const Fabric fabric = parse_fabric(text(data), "f.yaml");
              const Fabric again = parse_fabric(format_fabric(fabric), "again.yaml");
              if (again.name != fabric.name || digest(again) != digest(fabric))
                return std::string("not written");
              return describe(validate(fabric));
            }),
      plain("report", bytes(format_report_json(small_report())),
            [](const Bytes& data) {
              return format_report_json(parse_report_json(text(data), "report.json")).empty() ? "no text"
                                                                                              : "";
            }),
      plain("config", bytes(kConfig), read_config),
  };
}

class MutatedFiles : public ::testing::TestWithParam<Reader> {
 protected:
  void feed_reader(int variants) {
    const Reader& reader = GetParam();
    const Feeding feeding = feed(reader.name, variants, reader.variant, reader.read);
    EXPECT_EQ(feeding.failure, "");
    EXPECT_GT(feeding.refused, variants / 4) << "the damage is no damage";
  }
};
class MutatedFilesFull : public MutatedFiles {};

TEST_P(MutatedFiles, AreReadAsTheyAreWhenNotDamaged) {
  EXPECT_EQ(GetParam().read(GetParam().valid()), "");
}
TEST_P(MutatedFiles, GiveValidObjectsOrCleanErrors) {
  feed_reader(5000);
}
TEST_P(MutatedFilesFull, GiveValidObjectsOrCleanErrors) {
  feed_reader(100000);
}

const auto kNames = [](const ::testing::TestParamInfo<Reader>& info) { return info.param.name; };
INSTANTIATE_TEST_SUITE_P(Reader, MutatedFiles, ::testing::ValuesIn(readers()), kNames);
INSTANTIATE_TEST_SUITE_P(Reader, MutatedFilesFull, ::testing::ValuesIn(readers()), kNames);

TEST(SmallImage, IsAValidOne) {
  EXPECT_EQ(describe(validate(small_image(), small_fabric())), "");
}

}  // namespace
}  // namespace weft
