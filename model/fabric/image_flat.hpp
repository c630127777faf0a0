// An image as a few long arrays, one per kind of field: what its file holds and its digest covers.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/fabric/image.hpp"

namespace weft {

constexpr std::size_t kSpikeRuleFields = 7;
constexpr std::size_t kTrueNorthFields = 4;
constexpr std::size_t kCoreEndFields = 3;

// Counts of each tile, then the fields of all tiles one after the other.
struct FlatImage {
  std::vector<std::uint32_t> tile_axons, tile_neurons, tile_synapses, tile_routes, tile_deliveries;
  std::vector<std::uint32_t> row_begin;  // tile_axons + 1 per tile
  std::vector<std::uint16_t> synapse_neuron;
  std::vector<std::int16_t> synapse_weight;
  std::vector<std::uint8_t> neuron_model, neuron_shift;
  std::vector<std::uint16_t> neuron_table;
  std::vector<std::int32_t> neuron_bias, neuron_minimum, neuron_maximum;
  std::vector<std::uint32_t> neuron_key, neuron_population, neuron_index, neuron_part;
  std::vector<std::uint32_t> route_key, route_begin, route_end;
  std::vector<std::uint8_t> route_directions;
  std::vector<std::uint16_t> delivery_axon;
  std::vector<std::uint8_t> delivery_delay;
  std::vector<std::int32_t> tables;           // 256 per table
  std::vector<std::int32_t> spike_rules;      // kSpikeRuleFields per rule; optional
  std::vector<std::uint8_t> delivery_to_sum;  // 0 or 1; optional
  std::vector<std::int32_t> truenorth_rules;  // kTrueNorthFields per rule; optional: where some rule has them
  std::vector<std::uint8_t> axon_type;        // per axon of all tiles; optional
  std::vector<std::uint32_t> neuron_messages;  // optional: absent where each is 1
  std::vector<std::uint32_t> core_ends;        // kCoreEndFields (tile, axons, neurons) per core; optional
  // Of all tiles; optional: where some router's table has ranges. tile_ranges: how many each tile has.
  std::vector<std::uint32_t> tile_ranges, range_first, range_last;
  std::vector<std::uint8_t> range_directions;
  std::vector<std::uint32_t> input_index, input_port, input_key;
  std::vector<std::uint32_t> output_index, output_port, output_key;

  // Calls visit(name, array) for each array, in a fixed order: all but the optional ones.
  template <class Self, class Visit>
  static void for_each(Self& self, Visit&& visit) {
    visit("tile_axons", self.tile_axons);
    visit("tile_neurons", self.tile_neurons);
    visit("tile_synapses", self.tile_synapses);
    visit("tile_routes", self.tile_routes);
    visit("tile_deliveries", self.tile_deliveries);
    visit("row_begin", self.row_begin);
    visit("synapse_neuron", self.synapse_neuron);
    visit("synapse_weight", self.synapse_weight);
    visit("neuron_model", self.neuron_model);
    visit("neuron_shift", self.neuron_shift);
    visit("neuron_table", self.neuron_table);
    visit("neuron_bias", self.neuron_bias);
    visit("neuron_minimum", self.neuron_minimum);
    visit("neuron_maximum", self.neuron_maximum);
    visit("neuron_key", self.neuron_key);
    visit("neuron_population", self.neuron_population);
    visit("neuron_index", self.neuron_index);
    visit("neuron_part", self.neuron_part);
    visit("route_key", self.route_key);
    visit("route_begin", self.route_begin);
    visit("route_end", self.route_end);
    visit("route_directions", self.route_directions);
    visit("delivery_axon", self.delivery_axon);
    visit("delivery_delay", self.delivery_delay);
    visit("tables", self.tables);
    visit("input_index", self.input_index);
    visit("input_port", self.input_port);
    visit("input_key", self.input_key);
    visit("output_index", self.output_index);
    visit("output_port", self.output_port);
    visit("output_key", self.output_key);
  }
  // The arrays that only some images have, empty in all others, with the first version of the file that has
  // them.
  template <class Self, class Visit>
  static void for_each_optional(Self& self, Visit&& visit) {
    visit("spike_rules", self.spike_rules, 2);
    visit("delivery_to_sum", self.delivery_to_sum, 3);
    visit("truenorth_rules", self.truenorth_rules, 4);
    visit("axon_type", self.axon_type, 5);
    visit("neuron_messages", self.neuron_messages, 6);
    visit("core_ends", self.core_ends, 7);
    visit("tile_ranges", self.tile_ranges, 8);
    visit("range_first", self.range_first, 8);
    visit("range_last", self.range_last, 8);
    visit("range_directions", self.range_directions, 8);
  }
};

FlatImage flatten(const Image& image);
// Fills tiles, tables and bindings of `image`. Throws InputError where the counts do not add up.
void unflatten(const FlatImage& flat, const std::string& file, Image& image);

}  // namespace weft
