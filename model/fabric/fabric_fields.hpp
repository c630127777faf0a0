// Every field of a fabric but its name, once: section and key in YAML, range, meaning. Reading, writing,
// validating and hashing all walk this list, so that none of them can forget a field. Private to
// model/fabric.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "model/fabric/fabric.hpp"

namespace weft {

struct FabricField {
  const char* section;  // "" at the top
  const char* key;
  const char* meaning;

  std::string path() const { return *section == '\0' ? key : std::string(section) + "." + key; }
};

// Calls visit(field, value, minimum, maximum) for numbers, visit(field, value) for choices and booleans.
template <class AnyFabric, class Visit>
void visit_fabric_fields(AnyFabric& fabric, Visit&& visit) {
  constexpr int kMost = 1 << 20;
  visit(FabricField{"", "width", "tiles from west to east"}, fabric.width, 1, 256);
  visit(FabricField{"", "height", "tiles from north to south"}, fabric.height, 1, 256);
  visit(FabricField{"", "topology", "mesh or torus"}, fabric.topology);
  visit(FabricField{"", "cores_per_tile", "cores that share a router"}, fabric.cores_per_tile, 1, 16);
  visit(FabricField{"", "clock_hz", "cycles per second"}, fabric.clock_hz, 1.0, 1e12);

  auto& core = fabric.core;
  visit(FabricField{"core", "kind", "crossbar, memory or units"}, core.kind);
  visit(FabricField{"core", "axons", "input lines"}, core.axons, 1, 4096);
  visit(FabricField{"core", "neurons", ""}, core.neurons, 1, 4096);
  visit(FabricField{"core", "weight_bits", "signed"}, core.weight_bits, 2, 16);
  visit(FabricField{"core", "value_bits", "the widest value that an axon takes"}, core.value_bits, 1, 31);
  visit(FabricField{"core", "max_delay", "steps; an axon buffer for each"}, core.max_delay, 1, 255);
  visit(FabricField{"core", "row_cycles", "crossbar, units: per group of active axons"}, core.row_cycles, 1,
        kMost);
  visit(FabricField{"core", "row_lanes", "crossbar: active axons at once"}, core.row_lanes, 1, 4096);
  visit(FabricField{"core", "unit_synapses", "units: synapses of each neuron"}, core.unit_synapses, 1, 4096);
  visit(FabricField{"core", "axon_types", "0: a weight per synapse; else per type of axon"}, core.axon_types,
        0, 16);
  visit(FabricField{"core", "fan_out", "most axons a neuron reaches; 0: no limit"}, core.fan_out, 0, kMost);
  visit(FabricField{"core", "native_sums", "deliveries to a neuron's sum, without an axon"},
        core.native_sums);
  visit(FabricField{"core", "synapse_lanes", "memory: synapses of a row per cycle"}, core.synapse_lanes, 1,
        4096);
  visit(FabricField{"core", "synapse_memory_bits", "memory: weights and indices of all rows"},
        core.synapse_memory_bits, std::int64_t{1}, std::int64_t{1} << 40);
  visit(FabricField{"core", "index_bits", "memory: per synapse, beside its weight"}, core.index_bits, 0, 32);
  visit(FabricField{"core", "row_overhead_bits", "memory: per used axon"}, core.row_overhead_bits, 0, 4096);
  visit(FabricField{"core", "memory_word_bits", "memory: a row takes whole words"}, core.memory_word_bits, 1,
        4096);
  visit(FabricField{"core", "neuron_lanes", "neurons updated per cycle"}, core.neuron_lanes, 1, 4096);
  visit(FabricField{"core", "output_queue", "messages between core and router"}, core.output_queue, 1, kMost);

  auto& router = fabric.router;
  visit(FabricField{"router", "routing", "multicast, unicast or circuit"}, router.routing);
  visit(FabricField{"router", "arbitration", "round_robin or fixed_priority"}, router.arbitration);
  visit(FabricField{"router", "deadlock_rule", "none or bubble (of a torus)"}, router.deadlock_rule);
  visit(FabricField{"router", "buffer_depth", "flits per input"}, router.buffer_depth, 1, 4096);
  visit(FabricField{"router", "pipeline_cycles", "from the head of a buffer to the link"},
        router.pipeline_cycles, 1, 1000);
  visit(FabricField{"router", "link_cycles", "from router to router"}, router.link_cycles, 1, 1000);
  visit(FabricField{"router", "credit_cycles", "until a freed slot is known upstream"}, router.credit_cycles,
        1, 1000);
  visit(FabricField{"router", "flit_bits", "holds a key and a value"}, router.flit_bits, 2, 1024);
  visit(FabricField{"router", "link_bits", "per cycle and link; 0: a whole flit"}, router.link_bits, 0, 1024);
  visit(FabricField{"router", "tracks", "circuit: per link and direction"}, router.tracks, 1, 4096);
  visit(FabricField{"router", "key_bits", ""}, router.key_bits, 1, 31);
  visit(FabricField{"router", "table_entries", "of each router, for a range of keys each"}, router.table_entries, 1, 1 << 24);

  auto& ports = fabric.ports;
  visit(FabricField{"ports", "north", "the sides whose edge tiles have a port"}, ports.north);
  visit(FabricField{"ports", "east", ""}, ports.east);
  visit(FabricField{"ports", "south", ""}, ports.south);
  visit(FabricField{"ports", "west", ""}, ports.west);
  visit(FabricField{"ports", "cycles_per_flit", "in each direction"}, ports.cycles_per_flit, 1, kMost);

  auto& step = fabric.step;
  visit(FabricField{"step", "synchronization", "barrier or tick"}, step.synchronization);
  visit(FabricField{"step", "barrier_cycles", "between the last tile's work and the next step"},
        step.barrier_cycles, 0, 1 << 30);
  visit(FabricField{"step", "barrier_level_cycles", "more per level of a tree over the used tiles"},
        step.barrier_level_cycles, 0, 1 << 20);
  visit(FabricField{"step", "tick_cycles", "tick: length of each step"}, step.tick_cycles, std::int64_t{1},
        std::int64_t{1} << 40);

  auto& energy = fabric.energy;
  visit(FabricField{"energy", "row_joule", "an active axon's row access"}, energy.row_joule, 0.0, 1.0);
  visit(FabricField{"energy", "synapse_joule", "one synaptic addition"}, energy.synapse_joule, 0.0, 1.0);
  visit(FabricField{"energy", "neuron_update_joule", ""}, energy.neuron_update_joule, 0.0, 1.0);
  visit(FabricField{"energy", "message_joule", "handed to the router"}, energy.message_joule, 0.0, 1.0);
  visit(FabricField{"energy", "hop_joule", "a flit through a router and a link"}, energy.hop_joule, 0.0, 1.0);
  visit(FabricField{"energy", "port_joule", "a flit through an edge port"}, energy.port_joule, 0.0, 1.0);
  visit(FabricField{"energy", "static_watt_per_tile", ""}, energy.static_watt_per_tile, 0.0, 1000.0);

  auto& area = fabric.area;
  visit(FabricField{"area", "core_mm2", "0: not modeled"}, area.core_mm2, 0.0, 1e6);
  visit(FabricField{"area", "router_mm2", ""}, area.router_mm2, 0.0, 1e6);
  visit(FabricField{"area", "port_mm2", ""}, area.port_mm2, 0.0, 1e6);
}

// The words of a choice, in the order of the enumeration.
template <class Choice>
const std::vector<std::pair<std::string, Choice>>& fabric_choices();
template <>
const std::vector<std::pair<std::string, Topology>>& fabric_choices<Topology>();
template <>
const std::vector<std::pair<std::string, CoreKind>>& fabric_choices<CoreKind>();
template <>
const std::vector<std::pair<std::string, Routing>>& fabric_choices<Routing>();
template <>
const std::vector<std::pair<std::string, Arbitration>>& fabric_choices<Arbitration>();
template <>
const std::vector<std::pair<std::string, DeadlockRule>>& fabric_choices<DeadlockRule>();
template <>
const std::vector<std::pair<std::string, Synchronization>>& fabric_choices<Synchronization>();

template <class Choice>
const std::string& choice_name(Choice choice) {
  return fabric_choices<Choice>()[static_cast<std::size_t>(choice)].first;
}

}  // namespace weft
