// Between an image and its arrays. Reading back, each count is held against what its array still has before
// anything is copied, so that no damaged file can lead outside.
#include "model/fabric/image_flat.hpp"

#include <algorithm>
#include <iterator>

namespace weft {
namespace {

template <class T>
void append(std::vector<T>& to, const std::vector<T>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

void flatten_tile(const TileImage& tile, FlatImage& flat) {
  const CoreImage& core = tile.core;
  const auto count = [](std::size_t size) { return static_cast<std::uint32_t>(size); };
  flat.tile_axons.push_back(count(core.row_begin.size() - 1));
  flat.tile_neurons.push_back(count(core.neurons.size()));
  flat.tile_synapses.push_back(count(core.weight.size()));
  flat.tile_routes.push_back(count(tile.routes.size()));
  flat.tile_deliveries.push_back(count(tile.deliveries.size()));
  append(flat.row_begin, core.row_begin);
  append(flat.axon_type, core.axon_type);
  append(flat.synapse_neuron, core.neuron);
  append(flat.synapse_weight, core.weight);
  for (const NeuronConfig& neuron : core.neurons) {
    flat.neuron_model.push_back(static_cast<std::uint8_t>(neuron.model));
    flat.neuron_shift.push_back(neuron.shift);
    flat.neuron_table.push_back(neuron.table);
    flat.neuron_bias.push_back(neuron.bias);
    flat.neuron_minimum.push_back(neuron.minimum);
    flat.neuron_maximum.push_back(neuron.maximum);
    flat.neuron_key.push_back(neuron.key.value());
    flat.neuron_population.push_back(neuron.origin.population);
    flat.neuron_index.push_back(neuron.origin.index);
    flat.neuron_part.push_back(neuron.origin.part);
    flat.neuron_messages.push_back(neuron.messages);
  }
  for (const RouteEntry& route : tile.routes) {
    flat.route_key.push_back(route.key.value());
    flat.route_begin.push_back(route.delivery_begin);
    flat.route_end.push_back(route.delivery_end);
    flat.route_directions.push_back(route.directions);
  }
  flat.tile_ranges.push_back(count(tile.ranges.size()));
  for (const RouteRange& range : tile.ranges) {
    flat.range_first.push_back(range.first.value());
    flat.range_last.push_back(range.last.value());
    flat.range_directions.push_back(range.directions);
  }
  for (const Delivery& delivery : tile.deliveries) {
    flat.delivery_axon.push_back(delivery.axon);
    flat.delivery_delay.push_back(delivery.delay);
  }
}

// A number that names no reset or leak becomes one that none has, for validate() to find.
ImageSpikeRule read_spike_rule(const std::int32_t* fields) {
  const auto choice = [](std::int32_t number) {
    return static_cast<std::uint8_t>(number < 0 || number > 255 ? 255 : number);
  };
  ImageSpikeRule rule;
  rule.spike.threshold = fields[0];
  rule.spike.reset = static_cast<SpikeReset>(choice(fields[1]));
  rule.spike.leak_kind = static_cast<SpikeLeak>(choice(fields[2]));
  rule.spike.leak = fields[3];
  rule.spike.current_decay = fields[4];
  rule.spike.refractory = fields[5];
  rule.clear_step = fields[6];
  return rule;
}

// A flag that is neither 0 nor 1 would change when it is written again.
void read_truenorth_rule(const std::int32_t* fields, const std::string& file, TrueNorthRule& rule) {
  for (int flag = 2; flag < 4; ++flag) {
    if (fields[flag] == 0 || fields[flag] == 1) continue;
    throw InputError({file}, std::to_string(fields[flag]) + " as a flag of truenorth_rules", "0 or 1");
  }
  rule = {fields[0], fields[1], fields[2] == 1, fields[3] == 1};
}

// In the order of their tiles, so that they are written again as they were.
void read_core_ends(const std::vector<std::uint32_t>& fields, const std::string& file, Image& image) {
  if (fields.size() % kCoreEndFields != 0) {
    throw InputError({file}, std::to_string(fields.size()) + " entries of core_ends",
                     "a multiple of " + std::to_string(kCoreEndFields));
  }
  std::uint32_t before = 0;
  for (std::size_t i = 0; i < fields.size(); i += kCoreEndFields) {
    const std::uint32_t tile = fields[i];
    if (tile < before || tile >= image.tiles.size()) {
      throw InputError({file}, "a core of tile " + std::to_string(tile) + " in core_ends",
                       "ascending tiles, fewer than " + std::to_string(image.tiles.size()));
    }
    before = tile;
    image.tiles[TileId(tile)].core.ends.push_back({fields[i + 1], fields[i + 2]});
  }
}

// Walks along all arrays of a FlatImage at once, tile by tile.
class Unflattener {
 public:
  Unflattener(const FlatImage& flat, const std::string& file) : flat_(flat), file_(file) {
    same("tile_neurons", flat.tile_neurons, "tile_axons", flat.tile_axons);
    same("tile_synapses", flat.tile_synapses, "tile_axons", flat.tile_axons);
    same("tile_routes", flat.tile_routes, "tile_axons", flat.tile_axons);
    same("tile_deliveries", flat.tile_deliveries, "tile_axons", flat.tile_axons);
    same("synapse_weight", flat.synapse_weight, "synapse_neuron", flat.synapse_neuron);
    same("neuron_shift", flat.neuron_shift, "neuron_model", flat.neuron_model);
    same("neuron_table", flat.neuron_table, "neuron_model", flat.neuron_model);
    same("neuron_bias", flat.neuron_bias, "neuron_model", flat.neuron_model);
    same("neuron_minimum", flat.neuron_minimum, "neuron_model", flat.neuron_model);
    same("neuron_maximum", flat.neuron_maximum, "neuron_model", flat.neuron_model);
    same("neuron_key", flat.neuron_key, "neuron_model", flat.neuron_model);
    same("neuron_population", flat.neuron_population, "neuron_model", flat.neuron_model);
    same("neuron_index", flat.neuron_index, "neuron_model", flat.neuron_model);
    same("neuron_part", flat.neuron_part, "neuron_model", flat.neuron_model);
    if (!flat.neuron_messages.empty())
      same("neuron_messages", flat.neuron_messages, "neuron_model", flat.neuron_model);
    same("route_begin", flat.route_begin, "route_key", flat.route_key);
    same("route_end", flat.route_end, "route_key", flat.route_key);
    same("route_directions", flat.route_directions, "route_key", flat.route_key);
    if (!flat.tile_ranges.empty()) {
      same("tile_ranges", flat.tile_ranges, "tile_axons", flat.tile_axons);
      same("range_last", flat.range_last, "range_first", flat.range_first);
      same("range_directions", flat.range_directions, "range_first", flat.range_first);
    }
    same("delivery_delay", flat.delivery_delay, "delivery_axon", flat.delivery_axon);
    if (!flat.delivery_to_sum.empty())
      same("delivery_to_sum", flat.delivery_to_sum, "delivery_axon", flat.delivery_axon);
    same("input_port", flat.input_port, "input_index", flat.input_index);
    same("input_key", flat.input_key, "input_index", flat.input_index);
    same("output_port", flat.output_port, "output_index", flat.output_index);
    same("output_key", flat.output_key, "output_index", flat.output_index);
    if (!flat.axon_type.empty()) {
      const std::size_t axons =
          flat.row_begin.size() - std::min(flat.row_begin.size(), flat.tile_axons.size());
      if (flat.axon_type.size() != axons) {
        throw InputError({file}, std::to_string(flat.axon_type.size()) + " entries of axon_type",
                         std::to_string(axons) + " as axons");
      }
    }
  }

  TileImage tile(std::size_t index) {
    TileImage tile;
    CoreImage& core = tile.core;
    core.row_begin = take(flat_.row_begin, row_, std::size_t{flat_.tile_axons[index]} + 1, "row_begin");
    if (!flat_.axon_type.empty())
      core.axon_type = take(flat_.axon_type, axon_, flat_.tile_axons[index], "axon_type");
    core.neuron = part(flat_.synapse_neuron, synapse_, flat_.tile_synapses[index], "synapse_neuron");
    core.weight = take(flat_.synapse_weight, synapse_, flat_.tile_synapses[index], "synapse_weight");
    for (std::size_t n = span(flat_.neuron_model, neuron_, flat_.tile_neurons[index], "neuron_model"); n > 0;
         --n) {
      core.neurons.push_back(neuron(neuron_++));
    }
    for (std::size_t n = span(flat_.route_key, route_, flat_.tile_routes[index], "route_key"); n > 0; --n) {
      tile.routes.push_back({MessageKey(flat_.route_key[route_]), flat_.route_directions[route_],
                             flat_.route_begin[route_], flat_.route_end[route_]});
      ++route_;
    }
    if (!flat_.tile_ranges.empty()) {
      for (std::size_t n = span(flat_.range_first, range_, flat_.tile_ranges[index], "range_first"); n > 0;
           --n) {
        tile.ranges.push_back({MessageKey(flat_.range_first[range_]), MessageKey(flat_.range_last[range_]),
                               flat_.range_directions[range_]});
        ++range_;
      }
    }
    std::size_t deliveries =
        span(flat_.delivery_axon, delivery_, flat_.tile_deliveries[index], "delivery_axon");
    for (; deliveries > 0; --deliveries) {
      tile.deliveries.push_back(
          {flat_.delivery_axon[delivery_], flat_.delivery_delay[delivery_], to_sum(delivery_)});
      ++delivery_;
    }
    return tile;
  }

  void finish() const {
    all_taken("row_begin", flat_.row_begin, row_);
    all_taken("synapse_neuron", flat_.synapse_neuron, synapse_);
    all_taken("neuron_model", flat_.neuron_model, neuron_);
    all_taken("route_key", flat_.route_key, route_);
    all_taken("range_first", flat_.range_first, range_);
    all_taken("delivery_axon", flat_.delivery_axon, delivery_);
  }

 private:
  template <class A, class B>
  void same(const char* name, const A& array, const char* other_name, const B& other) const {
    if (array.size() == other.size()) return;
    throw InputError({file_}, std::to_string(array.size()) + " entries of " + name,
                     std::to_string(other.size()) + " as of " + other_name);
  }

  template <class T>
  std::size_t span(const std::vector<T>& array, std::size_t first, std::size_t count,
                   const char* name) const {
    if (array.size() - first >= count) return count;
    throw InputError({file_}, "only " + std::to_string(array.size()) + " entries of " + name,
                     "as many as its tiles count");
  }

  template <class T>
  std::vector<T> part(const std::vector<T>& array, std::size_t first, std::size_t count,
                      const char* name) const {
    span(array, first, count, name);
    const auto begin = array.begin() + static_cast<std::ptrdiff_t>(first);
    return std::vector<T>(begin, begin + static_cast<std::ptrdiff_t>(count));
  }

  template <class T>
  std::vector<T> take(const std::vector<T>& array, std::size_t& first, std::size_t count,
                      const char* name) const {
    std::vector<T> items = part(array, first, count, name);
    first += count;
    return items;
  }

  template <class T>
  void all_taken(const char* name, const std::vector<T>& array, std::size_t taken) const {
    if (array.size() == taken) return;
    throw InputError({file_}, std::to_string(array.size()) + " entries of " + name,
                     std::to_string(taken) + " by its tiles");
  }

  bool to_sum(std::size_t i) const {
    if (flat_.delivery_to_sum.empty()) return false;
    const int found = flat_.delivery_to_sum[i];
    if (found > 1) throw InputError({file_}, std::to_string(found) + " in delivery_to_sum", "0 or 1");
    return found == 1;
  }

  NeuronConfig neuron(std::size_t i) const {
    NeuronConfig config;
    config.model = static_cast<NeuronModel>(flat_.neuron_model[i]);
    config.shift = flat_.neuron_shift[i];
    config.table = flat_.neuron_table[i];
    config.bias = flat_.neuron_bias[i];
    config.minimum = flat_.neuron_minimum[i];
    config.maximum = flat_.neuron_maximum[i];
    config.key = MessageKey(flat_.neuron_key[i]);
    if (!flat_.neuron_messages.empty()) config.messages = flat_.neuron_messages[i];
    config.origin = {flat_.neuron_population[i], flat_.neuron_index[i], flat_.neuron_part[i]};
    return config;
  }

  const FlatImage& flat_;
  const std::string& file_;
  std::size_t row_ = 0, axon_ = 0, synapse_ = 0, neuron_ = 0, route_ = 0, range_ = 0, delivery_ = 0;
};

}  // namespace

FlatImage flatten(const Image& image) {
  FlatImage flat;
  for (std::uint32_t t = 0; t < image.tiles.size(); ++t) {
    flatten_tile(image.tiles[TileId(t)], flat);
    for (const CoreEnd& end : image.tiles[TileId(t)].core.ends)
      flat.core_ends.insert(flat.core_ends.end(), {t, end.axons, end.neurons});
  }
  const auto any_sum = [](const TileImage& tile) {
    return std::any_of(tile.deliveries.begin(), tile.deliveries.end(),
                       [](const Delivery& delivery) { return delivery.to_sum; });
  };
  if (std::any_of(image.tiles.begin(), image.tiles.end(), any_sum)) {
    for (const TileImage& tile : image.tiles) {
      for (const Delivery& delivery : tile.deliveries) flat.delivery_to_sum.push_back(delivery.to_sum);
    }
  }
  if (flat.range_first.empty()) flat.tile_ranges.clear();
  const auto is_one = [](std::uint32_t messages) { return messages == 1; };
  if (std::all_of(flat.neuron_messages.begin(), flat.neuron_messages.end(), is_one))
    flat.neuron_messages.clear();
  for (const auto& table : image.tables) append(flat.tables, table);
  bool is_truenorth = false;
  for (const ImageSpikeRule& rule : image.spike_rules) {
    const SpikeRule& spike = rule.spike;
    const std::initializer_list<std::int32_t> fields = {spike.threshold,
                                                        static_cast<std::int32_t>(spike.reset),
                                                        static_cast<std::int32_t>(spike.leak_kind),
                                                        spike.leak,
                                                        spike.current_decay,
                                                        spike.refractory,
                                                        rule.clear_step};
    flat.spike_rules.insert(flat.spike_rules.end(), fields);
    const TrueNorthRule& more = spike.truenorth;
    flat.truenorth_rules.insert(flat.truenorth_rules.end(),
                                {more.negative_threshold, more.reset_potential, more.holds_below ? 1 : 0,
                                 more.leak_follows_sign ? 1 : 0});
    is_truenorth = is_truenorth || !(more == TrueNorthRule());
  }
  if (!is_truenorth) flat.truenorth_rules.clear();
  for (const InputBinding& binding : image.inputs) {
    flat.input_index.push_back(binding.input);
    flat.input_port.push_back(binding.port.value());
    flat.input_key.push_back(binding.key.value());
  }
  for (const OutputBinding& binding : image.outputs) {
    flat.output_index.push_back(binding.output);
    flat.output_port.push_back(binding.port.value());
    flat.output_key.push_back(binding.key.value());
  }
  return flat;
}

void unflatten(const FlatImage& flat, const std::string& file, Image& image) {
  Unflattener walk(flat, file);
  for (std::size_t tile = 0; tile < flat.tile_axons.size(); ++tile) image.tiles.push_back(walk.tile(tile));
  walk.finish();
  if (flat.tables.size() % 256 != 0) {
    throw InputError({file}, std::to_string(flat.tables.size()) + " table entries", "a multiple of 256");
  }
  for (std::size_t first = 0; first < flat.tables.size(); first += 256) {
    const auto begin = flat.tables.begin() + static_cast<std::ptrdiff_t>(first);
    image.tables.emplace_back(begin, begin + 256);
  }
  if (flat.spike_rules.size() % kSpikeRuleFields != 0) {
    throw InputError({file}, std::to_string(flat.spike_rules.size()) + " entries of spike_rules",
                     "a multiple of " + std::to_string(kSpikeRuleFields));
  }
  for (std::size_t i = 0; i < flat.spike_rules.size(); i += kSpikeRuleFields) {
    image.spike_rules.push_back(read_spike_rule(flat.spike_rules.data() + i));
  }
  if (!flat.truenorth_rules.empty() &&
      flat.truenorth_rules.size() != kTrueNorthFields * image.spike_rules.size()) {
    throw InputError({file}, std::to_string(flat.truenorth_rules.size()) + " entries of truenorth_rules",
                     std::to_string(kTrueNorthFields) + " per rule of spike_rules");
  }
  for (std::size_t r = 0; r * kTrueNorthFields < flat.truenorth_rules.size(); ++r) {
    read_truenorth_rule(flat.truenorth_rules.data() + r * kTrueNorthFields, file,
                        image.spike_rules[r].spike.truenorth);
  }
  read_core_ends(flat.core_ends, file, image);
  for (std::size_t i = 0; i < flat.input_index.size(); ++i) {
    image.inputs.push_back({flat.input_index[i], PortId(flat.input_port[i]), MessageKey(flat.input_key[i])});
  }
  for (std::size_t i = 0; i < flat.output_index.size(); ++i) {
    image.outputs.push_back(
        {PortId(flat.output_port[i]), MessageKey(flat.output_key[i]), flat.output_index[i]});
  }
}

}  // namespace weft
