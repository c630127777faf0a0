// The file of a FixedNetwork: the form in the JSON header, the numbers in arrays named after their population
// or projection ("fc1.bias", "fc1.weights"). What a reader returns is valid; anything else is an InputError.
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "model/base/json_reader.hpp"
#include "model/network/fixed_network.hpp"

namespace weft {
namespace {

constexpr const char* kFormat = "weft-fixed-network";
constexpr std::int64_t kLargest = std::numeric_limits<std::int32_t>::max();

const char* name_of(FixedProjectionKind kind) {
  switch (kind) {
    case FixedProjectionKind::Dense:
      return "dense";
    case FixedProjectionKind::Convolution:
      return "convolution";
    case FixedProjectionKind::Sparse:
      return "sparse";
  }
  return "unknown";
}

std::vector<std::int64_t> weight_shape(const FixedNetwork& network, const FixedProjection& projection) {
  const Shape& from = network.populations[projection.source].shape;
  const Shape& to = network.populations[projection.target].shape;
  switch (projection.kind) {
    case FixedProjectionKind::Dense:
      return {to.size(), from.size()};
    case FixedProjectionKind::Convolution:
      return {to.channels, from.channels / projection.groups, projection.window.kernel_height,
              projection.window.kernel_width};
    case FixedProjectionKind::Sparse:
      break;
  }
  return {static_cast<std::int64_t>(projection.weights.size())};
}

nlohmann::ordered_json header(const FixedNetwork& network) {
  nlohmann::ordered_json document = {{"format", kFormat},
                                     {"version", 1},
                                     {"name", network.name},
                                     {"weight_bits", network.weight_bits},
                                     {"source", network.source.hex()}};
  document["populations"] = nlohmann::ordered_json::array();
  for (const FixedPopulation& population : network.populations) {
    nlohmann::ordered_json item = {
        {"name", population.name},
        {"shape", {population.shape.channels, population.shape.height, population.shape.width}},
        {"model", to_string(population.model)},
        {"value_bits", population.format.bits},
        {"signed", population.format.is_signed},
        {"fraction_bits", population.fraction_bits}};
    if (is_spiking(population.model)) {
      const SpikeRule& rule = population.spike;
      item["threshold"] = rule.threshold;
      item["reset"] = to_string(rule.reset);
      item["leak_kind"] = to_string(rule.leak_kind);
      item["leak"] = rule.leak;
      item["current_decay"] = rule.current_decay;
      item["refractory"] = rule.refractory;
    }
    if (population.model == NeuronModel::TrueNorth) {
      const TrueNorthRule& more = population.spike.truenorth;
      item["negative_threshold"] = more.negative_threshold;
      item["reset_potential"] = more.reset_potential;
      item["holds_below"] = more.holds_below;
      item["leak_follows_sign"] = more.leak_follows_sign;
    }
    document["populations"].push_back(std::move(item));
  }
  document["projections"] = nlohmann::ordered_json::array();
  for (const FixedProjection& projection : network.projections) {
    nlohmann::ordered_json item = {{"name", projection.name},
                                   {"source", projection.source.value()},
                                   {"target", projection.target.value()},
                                   {"kind", name_of(projection.kind)},
                                   {"delay", projection.delay}};
    if (projection.kind == FixedProjectionKind::Convolution) {
      const Window& window = projection.window;
      item["kernel"] = {window.kernel_height, window.kernel_width};
      item["stride"] = {window.stride_height, window.stride_width};
      item["pad"] = {window.pad_height, window.pad_width};
      item["groups"] = projection.groups;
    }
    document["projections"].push_back(std::move(item));
  }
  return document;
}

int integer(JsonReader& reader, const std::string& key, std::int64_t minimum, std::int64_t maximum) {
  return static_cast<int>(reader.integer(key, minimum, maximum));
}

// Takes one-dimensional arrays out of the archive and counts them, so that what is left over can be refused.
class Members {
 public:
  Members(const NpzArchive& archive, const std::string& file) : archive_(archive), file_(file) {}

  template <class T>
  std::vector<T> take(const std::string& name) {
    ++taken_;
    return archive_.at(name, file_).as<T>(file_ + ": " + name);
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

// One of the values by its name.
template <class Value, std::size_t kCount>
Value named(JsonReader& reader, const std::string& key, const Value (&values)[kCount]) {
  const std::string found = reader.text(key);
  std::string known;
  for (const Value value : values) {
    if (found == to_string(value)) return value;
    known += (known.empty() ? "" : ", ") + std::string(to_string(value));
  }
  reader.fail(key, "\"" + found + "\"", "one of " + known);
}

SpikeRule read_rule(JsonReader& reader, NeuronModel model) {
  constexpr SpikeReset kResets[] = {SpikeReset::Zero, SpikeReset::Subtract, SpikeReset::None};
  constexpr SpikeLeak kLeaks[] = {SpikeLeak::Subtract, SpikeLeak::Fraction};
  SpikeRule rule;
  rule.threshold = integer(reader, "threshold", 1, kLargest);
  rule.reset = named(reader, "reset", kResets);
  rule.leak_kind = named(reader, "leak_kind", kLeaks);
  rule.leak = integer(reader, "leak", 0, kLargest);
  rule.current_decay = integer(reader, "current_decay", 0, kLargest);
  rule.refractory = integer(reader, "refractory", 0, kLargest);
  if (model != NeuronModel::TrueNorth) return rule;
  rule.truenorth.negative_threshold = integer(reader, "negative_threshold", 0, kLargest);
  rule.truenorth.reset_potential = integer(reader, "reset_potential", -kLargest, kLargest);
  rule.truenorth.holds_below = reader.boolean("holds_below");
  rule.truenorth.leak_follows_sign = reader.boolean("leak_follows_sign");
  return rule;
}

FixedPopulation read_population(JsonReader& reader, bool is_input, Members& members) {
  FixedPopulation population;
  population.name = reader.text("name");
  const auto sides = reader.integers("shape", 3, 1, kLargest);
  population.shape = {static_cast<int>(sides[0]), static_cast<int>(sides[1]), static_cast<int>(sides[2])};
  population.model = named(reader, "model", kNeuronModels);
  if (is_spiking(population.model)) population.spike = read_rule(reader, population.model);
  population.format.bits = integer(reader, "value_bits", 1, 31);
  population.format.is_signed = reader.boolean("signed");
  population.fraction_bits = integer(reader, "fraction_bits", -1024, 1024);
  reader.finish();
  if (!is_input) {
    population.bias = members.take<std::int32_t>(population.name + ".bias");
    population.shift = members.take<std::uint8_t>(population.name + ".shift");
  }
  if (population.model == NeuronModel::Table) {
    population.table = members.take<std::int32_t>(population.name + ".table");
  }
  return population;
}

Window read_window(JsonReader& reader) {
  const auto kernel = reader.integers("kernel", 2, 1, kLargest);
  const auto stride = reader.integers("stride", 2, 1, kLargest);
  const auto pad = reader.integers("pad", 2, 0, kLargest);
  return {static_cast<int>(kernel[0]), static_cast<int>(kernel[1]), static_cast<int>(stride[0]),
          static_cast<int>(stride[1]), static_cast<int>(pad[0]),    static_cast<int>(pad[1])};
}

FixedProjection read_projection(JsonReader& reader, Members& members) {
  FixedProjection projection;
  projection.name = reader.text("name");
  projection.source = PopulationId(static_cast<std::uint32_t>(reader.integer("source", 0, kLargest)));
  projection.target = PopulationId(static_cast<std::uint32_t>(reader.integer("target", 0, kLargest)));
  const std::string kind = reader.text("kind");
  for (const FixedProjectionKind candidate :
       {FixedProjectionKind::Dense, FixedProjectionKind::Convolution, FixedProjectionKind::Sparse}) {
    projection.kind = candidate;
    if (kind == name_of(candidate)) break;
  }
  if (kind != name_of(projection.kind))
    reader.fail("kind", "\"" + kind + "\"", "dense, convolution or sparse");
  projection.delay = integer(reader, "delay", 1, kLargest);
  if (projection.kind == FixedProjectionKind::Convolution) {
    projection.window = read_window(reader);
    projection.groups = integer(reader, "groups", 1, kLargest);
  }
  reader.finish();
  projection.weights = members.take<std::int16_t>(projection.name + ".weights");
  if (projection.kind == FixedProjectionKind::Sparse) {
    const auto sources = members.take<std::uint32_t>(projection.name + ".sources");
    const auto targets = members.take<std::uint32_t>(projection.name + ".targets");
    if (sources.size() != targets.size())
      reader.fail("name", "sources and targets that differ in number", "equal");
    for (std::size_t i = 0; i < sources.size(); ++i) projection.synapses.push_back({sources[i], targets[i]});
  }
  return projection;
}

// A transposed weight matrix has the right count and the wrong meaning.
void check_weight_shapes(const FixedNetwork& network, const NpzArchive& archive, const std::string& file) {
  for (const FixedProjection& projection : network.projections) {
    const std::string member = projection.name + ".weights";
    if (archive.at(member, file).shape == weight_shape(network, projection)) continue;
    std::string expected = "[";
    for (const std::int64_t side : weight_shape(network, projection)) {
      expected += (expected.size() > 1 ? ", " : "") + std::to_string(side);
    }
    throw InputError({file}, member + " of another shape", expected + "]");
  }
}

}  // namespace

NpzArchive to_npz(const FixedNetwork& network) {
  NpzArchive archive;
  archive.header = header(network).dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  for (const FixedPopulation& population : network.populations) {
    if (&population != &network.populations[network.input()]) {
      archive.arrays[population.name + ".bias"] = NpyArray::from(population.bias);
      archive.arrays[population.name + ".shift"] = NpyArray::from(population.shift);
    }
    if (population.model == NeuronModel::Table) {
      archive.arrays[population.name + ".table"] = NpyArray::from(population.table);
    }
  }
  for (const FixedProjection& projection : network.projections) {
    archive.arrays[projection.name + ".weights"] =
        NpyArray::from(projection.weights, weight_shape(network, projection));
    if (projection.kind != FixedProjectionKind::Sparse) continue;
    std::vector<std::uint32_t> sources;
    std::vector<std::uint32_t> targets;
    for (const SparseSynapse& synapse : projection.synapses) {
      sources.push_back(synapse.source);
      targets.push_back(synapse.target);
    }
    archive.arrays[projection.name + ".sources"] = NpyArray::from(sources);
    archive.arrays[projection.name + ".targets"] = NpyArray::from(targets);
  }
  return archive;
}

FixedNetwork fixed_network_from_npz(const NpzArchive& archive, const std::string& file) {
  JsonReader reader = JsonReader::parse(archive.header, file);
  const std::string format = reader.text("format");
  if (format != kFormat) reader.fail("format", "\"" + format + "\"", "\"" + std::string(kFormat) + "\"");
  reader.integer("version", 1, 1);
  FixedNetwork network;
  network.name = reader.text("name");
  network.weight_bits = integer(reader, "weight_bits", 2, 16);
  network.source = reader.digest("source");
  Members members(archive, file);
  for (JsonReader& item : reader.objects("populations")) {
    network.populations.push_back(read_population(item, network.populations.empty(), members));
  }
  for (JsonReader& item : reader.objects("projections")) {
    network.projections.push_back(read_projection(item, members));
  }
  reader.finish();
  members.finish();
  const auto violations = validate(network);
  if (!violations.empty()) throw InputError({file}, "not a valid network\n" + describe(violations));
  check_weight_shapes(network, archive, file);
  return network;
}

FixedNetwork read_fixed_network(const std::filesystem::path& path) {
  return fixed_network_from_npz(read_npz(path), path.string());
}

void write_fixed_network(const std::filesystem::path& path, const FixedNetwork& network) {
  write_npz(path, to_npz(network));
}

}  // namespace weft
