// A network as .npz: header.json holds the form, the arrays "NAME.weights" and "NAME.bias" hold the numbers.
//
// Reading is strict: every key must be known, present and of its type, every array expected and of its shape,
// and the whole passes validate() before it is returned. So whoever holds a Network from a file may compute
// with it unchecked.
#include <cmath>
#include <initializer_list>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "model/network/network.hpp"

namespace weft {
namespace {

using nlohmann::json;

constexpr const char* format_name = "weft-network";
constexpr int format_version = 1;

// ---- writing

json window_to_json(const Window& window) {
  return {{"kernel", {window.kernel_height, window.kernel_width}},
          {"stride", {window.stride_height, window.stride_width}},
          {"pad", {window.pad_height, window.pad_width}}};
}

std::vector<std::int64_t> weight_shape(const Network& network, const Projection& projection) {
  const Shape source = network.populations[projection.source].shape;
  const Shape target = network.populations[projection.target].shape;
  if (projection.kind == ProjectionKind::Dense) return {target.size(), source.size()};
  return {target.channels, source.channels / projection.groups, projection.window.kernel_height,
          projection.window.kernel_width};
}

// ---- reading

// One JSON object with the path to it, for errors that say where.
class Fields {
 public:
  Fields(const json& object, std::string file, std::string path, std::initializer_list<const char*> known)
      : object_(object), file_(std::move(file)), path_(std::move(path)) {
    if (!object_.is_object()) fail(path_ + ": " + object_.type_name(), "an object");
    std::string expected;
    for (const char* key : known) {
      expected += (expected.empty() ? "" : ", ") + std::string(key);
      if (!object_.contains(key)) fail(path_ + " without the key " + key, "it");
    }
    const std::set<std::string> keys(known.begin(), known.end());
    for (const auto& item : object_.items()) {
      if (keys.count(item.key()) == 0) fail(path_ + " with the unknown key " + item.key(), expected);
    }
  }

  const std::string& file() const { return file_; }
  const std::string& path() const { return path_; }

  std::string text(const char* key) const {
    const json& value = object_.at(key);
    if (!value.is_string()) fail(value, key, "a text");
    return value.get<std::string>();
  }

  int integer(const json& value, const std::string& key) const {
    if (!value.is_number_integer()) fail(value, key, "an integer");
    const bool huge = value.is_number_unsigned() && value.get<std::uint64_t>() > 0x7fffffffu;
    const std::int64_t number = huge ? 0 : value.get<std::int64_t>();
    if (huge || number < -0x7fffffff || number > 0x7fffffff) fail(value, key, "an integer of 32 bits");
    return static_cast<int>(number);
  }
  int integer(const char* key) const { return integer(object_.at(key), key); }

  template <std::size_t N>
  std::array<int, N> integers(const char* key) const {
    const json& value = object_.at(key);
    if (!value.is_array() || value.size() != N) {
      fail(value, key, "a list of " + std::to_string(N) + " integers");
    }
    std::array<int, N> result{};
    for (std::size_t i = 0; i < N; ++i) result[i] = integer(value[i], key);
    return result;
  }

  float number(const char* key) const {
    const json& value = object_.at(key);
    if (!value.is_number()) fail(value, key, "a number");
    const double number = value.get<double>();
    if (!(std::abs(number) <= static_cast<double>(std::numeric_limits<float>::max()))) {
      fail(value, key, "a number of single precision");
    }
    return static_cast<float>(number);
  }

  const json& list(const char* key) const {
    const json& value = object_.at(key);
    if (!value.is_array()) fail(value, key, "a list");
    return value;
  }

  const json& at(const char* key) const { return object_.at(key); }

  template <class Enum>
  Enum word(const char* key, std::initializer_list<Enum> values) const {
    const std::string found = text(key);
    std::string expected;
    for (const Enum value : values) {
      if (found == to_string(value)) return value;
      expected += (expected.empty() ? "" : ", ") + std::string(to_string(value));
    }
    fail(path_ + "." + key + ": \"" + found + "\"", "one of " + expected);
  }

  [[noreturn]] void fail(const std::string& found, const std::string& expected) const {
    throw InputError({file_ + ": header.json"}, found, expected);
  }

 private:
  [[noreturn]] void fail(const json& value, const std::string& key, const std::string& expected) const {
    std::string found = value.dump(-1, ' ', false, json::error_handler_t::replace);
    if (found.size() > 40) found = found.substr(0, 40) + "...";
    fail(path_ + "." + key + ": " + found, expected);
  }

  const json& object_;
  std::string file_;
  std::string path_;
};

std::string at_index(const char* list, std::size_t index) {
  return std::string(list) + "[" + std::to_string(index) + "]";
}

// The items of an array of the wanted shape, or nothing where the archive has none and it is optional.
std::vector<float> take(std::map<std::string, const NpyArray*>& arrays, const std::string& member,
                        bool optional, const std::vector<std::int64_t>& shape, const std::string& file) {
  const auto found = arrays.find(member);
  if (found == arrays.end()) {
    if (optional) return {};
    throw InputError({file}, "no array " + member, "it, because header.json names it");
  }
  const NpyArray& array = *found->second;
  arrays.erase(found);
  if (array.shape != shape) {
    const auto text = [](const std::vector<std::int64_t>& extents) {
      std::string result;
      for (const std::int64_t extent : extents)
        result += (result.empty() ? "" : "x") + std::to_string(extent);
      return result.empty() ? std::string("a single number") : result;
    };
    throw InputError({file}, member + " of shape " + text(array.shape), text(shape));
  }
  return array.as<float>(file + ": " + member);
}

PopulationId find_population(const std::map<std::string, PopulationId>& ids, const Fields& fields,
                             const char* key) {
  const std::string name = fields.text(key);
  const auto found = ids.find(name);
  if (found == ids.end()) {
    fields.fail(fields.path() + "." + key + ": \"" + name + "\"", "the name of a population");
  }
  return found->second;
}

Window window_from_json(const json& object, const Fields& parent) {
  const Fields fields(object, parent.file(), parent.path() + ".window", {"kernel", "stride", "pad"});
  const auto kernel = fields.integers<2>("kernel");
  const auto stride = fields.integers<2>("stride");
  const auto pad = fields.integers<2>("pad");
  return {kernel[0], kernel[1], stride[0], stride[1], pad[0], pad[1]};
}

// The form without the numbers.
Network form_from_json(const json& header, const std::string& file) {
  const Fields top(
      header, file, "header",
      {"format", "version", "name", "input_scale", "input_offset", "populations", "projections"});
  if (top.text("format") != format_name) top.fail("format \"" + top.text("format") + "\"", format_name);
  if (top.integer("version") != format_version) {
    top.fail("version " + std::to_string(top.integer("version")), std::to_string(format_version));
  }
  Network network;
  network.name = top.text("name");
  network.input_scale = top.number("input_scale");
  network.input_offset = top.number("input_offset");
  std::map<std::string, PopulationId> ids;
  for (const json& item : top.list("populations")) {
    const Fields fields(item, file, at_index("populations", network.populations.size()),
                        {"name", "shape", "activation"});
    Population population;
    population.name = fields.text("name");
    const auto shape = fields.integers<3>("shape");
    population.shape = {shape[0], shape[1], shape[2]};
    population.activation = fields.word(
        "activation", {Activation::Linear, Activation::Relu, Activation::Sigmoid, Activation::Tanh});
    const std::string name = population.name;
    ids.emplace(name, network.populations.push_back(std::move(population)));
  }
  for (const json& item : top.list("projections")) {
    const Fields fields(item, file, at_index("projections", network.projections.size()),
                        {"name", "source", "target", "kind", "window", "groups"});
    Projection projection;
    projection.name = fields.text("name");
    projection.source = find_population(ids, fields, "source");
    projection.target = find_population(ids, fields, "target");
    projection.kind = fields.word("kind", {ProjectionKind::Dense, ProjectionKind::Convolution,
                                           ProjectionKind::AveragePool, ProjectionKind::MaxPool});
    projection.window = window_from_json(fields.at("window"), fields);
    projection.groups = fields.integer("groups");
    if (projection.groups < 1)
      fields.fail(fields.path() + ".groups: " + std::to_string(projection.groups), "1 or more");
    network.projections.push_back(std::move(projection));
  }
  return network;
}

// Extents come unchecked from the file: a bad shape must not overflow Shape::size() before validate() sees
// it.
void require_shapes(const Network& network, const std::string& file) {
  for (const Population& item : network.populations) {
    const double size = static_cast<double>(item.shape.channels) * item.shape.height * item.shape.width;
    if (item.shape.channels < 1 || item.shape.height < 1 || item.shape.width < 1 || size > 0x7fffffff) {
      throw InputError({file + ": header.json"}, "population " + item.name + " with an impossible shape",
                       "positive extents and fewer than 2^31 neurons");
    }
  }
}

}  // namespace

NpzArchive to_npz(const Network& network) {
  NpzArchive archive;
  json populations = json::array();
  for (const Population& item : network.populations) {
    populations.push_back({{"name", item.name},
                           {"shape", {item.shape.channels, item.shape.height, item.shape.width}},
                           {"activation", to_string(item.activation)}});
    if (!item.bias.empty()) archive.arrays.emplace(item.name + ".bias", NpyArray::from(item.bias));
  }
  json projections = json::array();
  for (const Projection& item : network.projections) {
    projections.push_back({{"name", item.name},
                           {"source", network.populations[item.source].name},
                           {"target", network.populations[item.target].name},
                           {"kind", to_string(item.kind)},
                           {"window", window_to_json(item.window)},
                           {"groups", item.groups}});
    if (!item.weights.empty()) {
      archive.arrays.emplace(item.name + ".weights",
                             NpyArray::from(item.weights, weight_shape(network, item)));
    }
  }
  const json header = {{"format", format_name},
                       {"version", format_version},
                       {"name", network.name},
                       {"input_scale", network.input_scale},
                       {"input_offset", network.input_offset},
                       {"populations", std::move(populations)},
                       {"projections", std::move(projections)}};
  archive.header = header.dump(1, ' ', false, json::error_handler_t::replace);
  return archive;
}

Network network_from_npz(const NpzArchive& archive, const std::string& file) {
  json header;
  try {
    header = json::parse(archive.header);
  } catch (const json::exception& error) {
    throw InputError({file + ": header.json"}, std::string("no JSON: ") + error.what());
  }
  Network network = form_from_json(header, file);
  require_shapes(network, file);
  std::map<std::string, const NpyArray*> arrays;
  for (const auto& [name, array] : archive.arrays) arrays.emplace(name, &array);
  for (Population& item : network.populations) {
    item.bias = take(arrays, item.name + ".bias", true, {item.shape.channels}, file);
  }
  for (Projection& item : network.projections) {
    if (item.kind != ProjectionKind::Dense && item.kind != ProjectionKind::Convolution) continue;
    item.weights = take(arrays, item.name + ".weights", false, weight_shape(network, item), file);
  }
  if (!arrays.empty()) {
    throw InputError({file}, "the array " + arrays.begin()->first, "only arrays that header.json names");
  }
  const std::vector<Violation> violations = validate(network);
  if (!violations.empty()) throw InputError({file}, "not a valid network: " + describe(violations, 3));
  return network;
}

Network read_network(const std::filesystem::path& path) {
  return network_from_npz(read_npz(path), path.string());
}

void write_network(const std::filesystem::path& path, const Network& network) {
  const std::vector<Violation> violations = validate(network);
  if (!violations.empty()) internal_error("writing a network that is not valid: " + describe(violations, 3));
  write_npz(path, to_npz(network));
}

}  // namespace weft
