// A network as .npz: header.json holds the form, the arrays "NAME.weights" and "NAME.bias" hold the numbers.
//
// Reading is strict: every member must be known, present and in its range, every array expected and of its
// shape, and the whole passes validate() before it is returned. So whoever holds a Network from a file may
// compute with it unchecked.
#include <cmath>
#include <initializer_list>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "model/base/json_reader.hpp"
#include "model/network/network.hpp"

namespace weft {
namespace {

constexpr const char* format_name = "weft-network";
constexpr std::int64_t largest = std::numeric_limits<std::int32_t>::max();

std::vector<std::int64_t> weight_shape(const Network& network, const Projection& projection) {
  const Shape source = network.populations[projection.source].shape;
  const Shape target = network.populations[projection.target].shape;
  if (projection.kind == ProjectionKind::Dense) return {target.size(), source.size()};
  return {target.channels, source.channels / projection.groups, projection.window.kernel_height,
          projection.window.kernel_width};
}

nlohmann::ordered_json header(const Network& network) {
  nlohmann::ordered_json document = {{"format", format_name},
                                     {"version", 1},
                                     {"name", network.name},
                                     {"input_scale", network.input_scale},
                                     {"input_offset", network.input_offset}};
  document["populations"] = nlohmann::ordered_json::array();
  for (const Population& item : network.populations) {
    document["populations"].push_back({{"name", item.name},
                                       {"shape", {item.shape.channels, item.shape.height, item.shape.width}},
                                       {"activation", to_string(item.activation)}});
  }
  document["projections"] = nlohmann::ordered_json::array();
  for (const Projection& item : network.projections) {
    nlohmann::ordered_json entry = {{"name", item.name},
                                    {"source", item.source.value()},
                                    {"target", item.target.value()},
                                    {"kind", to_string(item.kind)}};
    if (item.kind != ProjectionKind::Dense) {
      entry["kernel"] = {item.window.kernel_height, item.window.kernel_width};
      entry["stride"] = {item.window.stride_height, item.window.stride_width};
      entry["pad"] = {item.window.pad_height, item.window.pad_width};
    }
    if (item.kind == ProjectionKind::Convolution) entry["groups"] = item.groups;
    document["projections"].push_back(std::move(entry));
  }
  return document;
}

// The value whose name the member holds.
template <class Enum>
Enum word(JsonReader& reader, const std::string& key, std::initializer_list<Enum> values) {
  const std::string found = reader.text(key);
  std::string expected;
  for (const Enum value : values) {
    if (found == to_string(value)) return value;
    expected += (expected.empty() ? "" : ", ") + std::string(to_string(value));
  }
  reader.fail(key, "\"" + found + "\"", "one of " + expected);
}

float single(JsonReader& reader, const std::string& key) {
  const double number = reader.number(key);
  if (std::abs(number) > static_cast<double>(std::numeric_limits<float>::max())) {
    reader.fail(key, "a number that is too large", "one of single precision");
  }
  return static_cast<float>(number);
}

Population read_population(JsonReader& reader) {
  Population population;
  population.name = reader.text("name");
  const auto sides = reader.integers("shape", 3, 1, largest);
  // The product in floating point: it may be far too large, and validate() must not meet it then.
  if (static_cast<double>(sides[0]) * static_cast<double>(sides[1]) * static_cast<double>(sides[2]) >
      static_cast<double>(largest)) {
    reader.fail("shape", "more than 2^31 neurons", "fewer");
  }
  population.shape = {static_cast<int>(sides[0]), static_cast<int>(sides[1]), static_cast<int>(sides[2])};
  population.activation = word(reader, "activation",
                               {Activation::Linear, Activation::Relu, Activation::Sigmoid, Activation::Tanh});
  reader.finish();
  return population;
}

Projection read_projection(JsonReader& reader, std::size_t populations) {
  Projection projection;
  const auto end = static_cast<std::int64_t>(populations) - 1;
  projection.name = reader.text("name");
  projection.source = PopulationId(static_cast<std::uint32_t>(reader.integer("source", 0, end)));
  projection.target = PopulationId(static_cast<std::uint32_t>(reader.integer("target", 0, end)));
  projection.kind = word(reader, "kind",
                         {ProjectionKind::Dense, ProjectionKind::Convolution, ProjectionKind::AveragePool,
                          ProjectionKind::MaxPool});
  if (projection.kind != ProjectionKind::Dense) {
    const auto kernel = reader.integers("kernel", 2, 1, largest);
    const auto stride = reader.integers("stride", 2, 1, largest);
    const auto pad = reader.integers("pad", 2, 0, largest);
    projection.window = {static_cast<int>(kernel[0]), static_cast<int>(kernel[1]),
                         static_cast<int>(stride[0]), static_cast<int>(stride[1]),
                         static_cast<int>(pad[0]),    static_cast<int>(pad[1])};
  }
  if (projection.kind == ProjectionKind::Convolution) {
    projection.groups = static_cast<int>(reader.integer("groups", 1, largest));
  }
  reader.finish();
  return projection;
}

std::string text(const std::vector<std::int64_t>& shape) {
  std::string result = "[";
  for (const std::int64_t side : shape) result += (result.size() > 1 ? ", " : "") + std::to_string(side);
  return result + "]";
}

// Hands out arrays of a wanted shape, and notes which were asked for.
class Members {
 public:
  Members(const NpzArchive& archive, const std::string& file) : archive_(archive), file_(file) {}

  bool has(const std::string& name) const { return archive_.arrays.count(name) > 0; }
  std::vector<float> take(const std::string& name, const std::vector<std::int64_t>& shape) {
    const NpyArray& array = archive_.at(name, file_);
    if (array.shape != shape) {
      throw InputError({file_}, name + " of shape " + text(array.shape), text(shape));
    }
    ++taken_;
    return array.as<float>(file_ + ": " + name);
  }
  void finish() const {
    if (taken_ == archive_.arrays.size()) return;
    throw InputError({file_}, std::to_string(archive_.arrays.size()) + " arrays",
                     std::to_string(taken_) + " by its header");
  }

 private:
  const NpzArchive& archive_;
  const std::string& file_;
  std::size_t taken_ = 0;
};

}  // namespace

NpzArchive to_npz(const Network& network) {
  NpzArchive archive;
  archive.header = header(network).dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  for (const Population& item : network.populations) {
    if (!item.bias.empty()) archive.arrays[item.name + ".bias"] = NpyArray::from(item.bias);
  }
  for (const Projection& item : network.projections) {
    if (item.weights.empty()) continue;
    archive.arrays[item.name + ".weights"] = NpyArray::from(item.weights, weight_shape(network, item));
  }
  return archive;
}

Network network_from_npz(const NpzArchive& archive, const std::string& file) {
  JsonReader reader = JsonReader::parse(archive.header, file);
  const std::string format = reader.text("format");
  if (format != format_name) {
    reader.fail("format", "\"" + format + "\"", "\"" + std::string(format_name) + "\"");
  }
  reader.integer("version", 1, 1);
  Network network;
  network.name = reader.text("name");
  network.input_scale = single(reader, "input_scale");
  network.input_offset = single(reader, "input_offset");
  for (JsonReader& item : reader.objects("populations")) network.populations.push_back(read_population(item));
  for (JsonReader& item : reader.objects("projections")) {
    network.projections.push_back(read_projection(item, network.populations.size()));
  }
  reader.finish();

  Members members(archive, file);
  for (Population& item : network.populations) {
    const std::string name = item.name + ".bias";
    if (members.has(name)) item.bias = members.take(name, {item.shape.channels});
  }
  for (Projection& item : network.projections) {
    if (item.kind != ProjectionKind::Dense && item.kind != ProjectionKind::Convolution) continue;
    item.weights = members.take(item.name + ".weights", weight_shape(network, item));
  }
  members.finish();
  const auto violations = validate(network);
  if (!violations.empty()) throw InputError({file}, "not a valid network\n" + describe(violations));
  return network;
}

Network read_network(const std::filesystem::path& path) {
  return network_from_npz(read_npz(path), path.string());
}

void write_network(const std::filesystem::path& path, const Network& network) {
  const auto violations = validate(network);
  if (!violations.empty()) internal_error("writing a network that is not valid\n" + describe(violations));
  write_npz(path, to_npz(network));
}

}  // namespace weft
