// What must hold in an image on any fabric. Rules come in an order in which each may rely on the ones before;
// lists of violations are cut at one per rule and tile.
#include <algorithm>
#include <cstdlib>
#include <limits>

#include "model/fabric/image_check.hpp"

namespace weft {
namespace {

using Violations = std::vector<Violation>;
constexpr std::int32_t kMaxClearStep = 1 << 20;
constexpr std::int64_t kMaxBound = std::int64_t{1} << 60;  // sums of potentials saturate here

template <class T>
std::string number(T value) {
  return std::to_string(value);
}
std::string name_of(TileId tile) {
  return "tile " + number(tile.value());
}

// ---- a core ----

bool check_rows(const CoreImage& core, const std::string& where, Violations& out) {
  const auto& begin = core.row_begin;
  const bool ends_fit = !begin.empty() && begin.front() == 0 && begin.back() == core.weight.size() &&
                        core.neuron.size() == core.weight.size();
  if (!ends_fit || !std::is_sorted(begin.begin(), begin.end())) {
    out.push_back(
        {"rows", where, "the rows do not share out the core's " + number(core.weight.size()) + " synapses"});
    return false;
  }
  if (!core.axon_type.empty() && core.axon_type.size() != static_cast<std::size_t>(core.axons())) {
    out.push_back(
        {"axon-type", where, number(core.axon_type.size()) + " types of " + number(core.axons()) + " axons"});
    return false;
  }
  if (!core.used() && core.axons() > 0) {
    out.push_back({"unused-core", where, number(core.axons()) + " axons but no neurons"});
    return false;
  }
  for (std::size_t a = 0; a + 1 < begin.size(); ++a) {
    for (std::uint32_t s = begin[a]; s < begin[a + 1]; ++s) {
      const char* trouble = nullptr;
      if (core.neuron[s] >= core.neurons.size()) trouble = "there is no such neuron";
      if (core.weight[s] == 0) trouble = "its weight is zero";
      if (s > begin[a] && core.neuron[s] <= core.neuron[s - 1]) trouble = "neurons must ascend";
      if (trouble == nullptr) continue;
      out.push_back(
          {"synapse", where, "axon " + number(a) + ", neuron " + number(core.neuron[s]) + ": " + trouble});
      return false;
    }
  }
  return true;
}

// Each core has its own axons, neurons and synapses.
bool check_ends(const CoreImage& core, const std::string& where, Violations& out) {
  if (core.ends.empty()) return true;
  CoreEnd last;
  for (const CoreEnd& end : core.ends) {
    if (end.axons < last.axons || end.neurons <= last.neurons) {
      out.push_back({"cores", where, "its cores must ascend, and each must have neurons"});
      return false;
    }
    last = end;
  }
  const CoreEnd all{static_cast<std::uint32_t>(core.axons()),
                    static_cast<std::uint32_t>(core.neurons.size())};
  if (core.ends.size() < 2 || !(last == all)) {
    out.push_back({"cores", where,
                   number(core.ends.size()) + " cores that end at axon " + number(last.axons) +
                       " and neuron " + number(last.neurons) + ", expected several that end at " +
                       number(all.axons) + " and " + number(all.neurons)});
    return false;
  }
  for (std::size_t k = 0; k < core.ends.size(); ++k) {
    const CoreEnd begin = core_begin(core, k), end = core_end(core, k);
    for (std::uint32_t s = core.row_begin[begin.axons]; s < core.row_begin[end.axons]; ++s) {
      if (core.neuron[s] >= begin.neurons && core.neuron[s] < end.neurons) continue;
      out.push_back({"cores", where,
                     "an axon of core " + number(k) + " has a synapse on neuron " + number(core.neuron[s]) +
                         ", which is another core's"});
      return false;
    }
  }
  return true;
}

void check_spiking(const Image& image, const NeuronConfig& neuron, const std::string& where,
                   const std::string& which, Violations& out) {
  if (neuron.table >= image.spike_rules.size()) {
    out.push_back({"spike-rule", where,
                   which + "rule " + number(neuron.table) + " of " + number(image.spike_rules.size())});
    return;
  }
  const ImageSpikeRule& rule = image.spike_rules[neuron.table];
  const std::string fault = find_fault(neuron.model, rule.spike);
  if (!fault.empty()) out.push_back({"spike-rule", where, which + fault});
  if (rule.clear_step < 1 || rule.clear_step > kMaxClearStep) {
    out.push_back({"spike-rule", where,
                   which + "begins frames in step " + number(rule.clear_step) + ", expected 1 to 2^20"});
  }
  if (neuron.minimum != 0 || neuron.maximum != 1) {
    out.push_back(
        {"value-range", where,
         which + "from " + number(neuron.minimum) + " to " + number(neuron.maximum) + ", a spike is 1"});
  }
}

void check_neurons(const Image& image, const CoreImage& core, std::size_t routes, const std::string& where,
                   Violations& out) {
  for (std::size_t n = 0; n < core.neurons.size(); ++n) {
    const NeuronConfig& neuron = core.neurons[n];
    const std::string which = "neuron " + number(n) + ": ";
    const std::size_t before = out.size();
    if (neuron.model > NeuronModel::TrueNorth)
      out.push_back({"model", where, which + "no such neuron model"});
    if (neuron.shift > 31)
      out.push_back({"shift", where, which + "found " + number(int{neuron.shift}) + ", expected 0 to 31"});
    if (neuron.minimum > neuron.maximum) {
      out.push_back(
          {"value-range", where, which + "from " + number(neuron.minimum) + " to " + number(neuron.maximum)});
    }
    if (neuron.model == NeuronModel::Table && neuron.table >= image.tables.size()) {
      out.push_back(
          {"table", where, which + "table " + number(neuron.table) + " of " + number(image.tables.size())});
    }
    if (is_spiking(neuron.model)) check_spiking(image, neuron, where, which, out);
    const std::string fault = find_fault(neuron.model, neuron.bias, neuron.shift);
    if (!fault.empty()) out.push_back({"neuron", where, which + fault});
    // Each message has an entry in its own tile.
    if (neuron.messages < 1 || (neuron.key != kNoKey && neuron.messages > routes)) {
      out.push_back({"messages", where,
                     which + number(neuron.messages) + " messages, expected 1 to the tile's " +
                         number(routes) + " routes"});
    }
    if (out.size() != before) return;
  }
}

void check_routes(const TileImage& tile, const std::string& where, Violations& out) {
  for (std::size_t r = 0; r < tile.routes.size(); ++r) {
    const RouteEntry& route = tile.routes[r];
    const std::string which = "key " + number(route.key.value()) + ": ";
    const std::size_t before = out.size();
    if (r > 0 && !(tile.routes[r - 1].key < route.key)) {
      out.push_back({"route-order", where, which + "keys must ascend"});
    }
    if (route.delivery_begin > route.delivery_end || route.delivery_end > tile.deliveries.size()) {
      out.push_back({"deliveries", where,
                     which + "deliveries " + number(route.delivery_begin) + " to " +
                         number(route.delivery_end) + " of " + number(tile.deliveries.size())});
    } else if (has_direction(route, Direction::Local) != (route.delivery_begin < route.delivery_end)) {
      out.push_back({"local", where, which + "the local side if and only if there are deliveries"});
    }
    if (route.directions == 0 || route.directions >= 1u << kDirections) {
      out.push_back({"directions", where,
                     which + "found the set " + number(int{route.directions}) + ", expected 1 to 63"});
    }
    if (out.size() != before) return;
  }
}

// The table says the same as the routes.
void check_ranges(const TileImage& tile, const std::string& where, Violations& out) {
  if (tile.ranges.empty()) return;
  for (std::size_t r = 0; r < tile.ranges.size(); ++r) {
    const RouteRange& range = tile.ranges[r];
    if (!(range.last < range.first) && (r == 0 || tile.ranges[r - 1].last < range.first)) continue;
    out.push_back({"range-order", where,
                   "keys " + number(range.first.value()) + " to " + number(range.last.value()) +
                       ": ranges must ascend, without a key in two"});
    return;
  }
  for (const RouteEntry& route : tile.routes) {
    const RouteRange* range = find_range(tile, route.key);
    if (range != nullptr && range->directions == route.directions) continue;
    out.push_back(
        {"range-sides", where,
         "key " + number(route.key.value()) + " has the sides " + number(int{route.directions}) +
             ", the table " +
             (range == nullptr ? "has no entry for it" : "says " + number(int{range->directions}))});
    return;
  }
}

// ---- senders ----

std::int64_t largest_value(const Image& image, const NeuronConfig& neuron) {
  std::int64_t minimum = neuron.minimum;
  std::int64_t maximum = neuron.maximum;
  if (neuron.model == NeuronModel::Table) {
    const auto& table = image.tables[neuron.table];
    minimum = *std::min_element(table.begin(), table.end());
    maximum = *std::max_element(table.begin(), table.end());
  }
  return std::max(std::abs(minimum), std::abs(maximum));
}

bool check_sum(const CoreImage& core, const Delivery& delivery, const std::string& where, Violations& out) {
  const std::string which = "the sum of neuron " + number(delivery.axon);
  if (delivery.axon >= core.neurons.size()) {
    out.push_back({"sum", where, "delivery to " + which + " of " + number(core.neurons.size())});
    return false;
  }
  if (delivery.delay < 1) {
    out.push_back({"delay", where, which + " is added to after 0 steps"});
    return false;
  }
  return true;
}

// Each axon has one writer, each route a sender, and potentials stay within 32 bits.
void check_deliveries(const TileImage& tile, const ImageSenders& senders, const std::string& where,
                      Violations& out) {
  const CoreImage& core = tile.core;
  std::vector<std::int64_t> largest(static_cast<std::size_t>(core.axons()), -1);
  std::vector<std::int64_t> bound;
  for (const NeuronConfig& neuron : core.neurons) {
    const bool rounds =
        neuron.shift > 0 && !is_spiking(neuron.model);  // a spiking neuron's shift goes to the left
    bound.push_back(std::abs(std::int64_t{neuron.bias}) +
                    (rounds ? std::int64_t{1} << (neuron.shift - 1) : 0));
  }
  for (const RouteEntry& route : tile.routes) {
    const auto sender = senders.find(route.key);
    if (sender == senders.end()) {
      out.push_back({"route-key", where, "nobody sends with key " + number(route.key.value())});
      return;
    }
    for (std::uint32_t d = route.delivery_begin; d < route.delivery_end; ++d) {
      const Delivery& delivery = tile.deliveries[d];
      if (delivery.to_sum) {
        if (!check_sum(core, delivery, where, out)) return;
        std::int64_t& sum = bound[delivery.axon];
        sum = std::min(sum + sender->second.largest, kMaxBound);
        continue;
      }
      if (delivery.axon >= largest.size()) {
        out.push_back(
            {"axon", where, "delivery to axon " + number(delivery.axon) + " of " + number(largest.size())});
        return;
      }
      if (largest[delivery.axon] >= 0) {
        out.push_back(
            {"axon-writer", where, "axon " + number(delivery.axon) + " is written by two deliveries"});
        return;
      }
      if (delivery.delay < 1) {
        out.push_back({"delay", where, "axon " + number(delivery.axon) + " is written after 0 steps"});
        return;
      }
      largest[delivery.axon] = sender->second.largest;
    }
  }
  for (std::size_t a = 0; a < largest.size(); ++a) {
    for (std::uint32_t s = core.row_begin[a]; s < core.row_begin[a + 1]; ++s) {
      std::int64_t& sum = bound[core.neuron[s]];
      sum = std::min(sum + std::abs(std::int64_t{core.weight[s]}) * std::max<std::int64_t>(largest[a], 0),
                     kMaxBound);
    }
  }
  for (std::size_t n = 0; n < bound.size(); ++n) {
    if (bound[n] <= std::numeric_limits<std::int32_t>::max()) continue;
    out.push_back({"potential", where,
                   "neuron " + number(n) + " can reach " + number(bound[n]) + ", 32 bits hold 2147483647"});
    return;
  }
}

void check_bindings(const Image& image, const ImageSenders& senders, Violations& out) {
  for (std::size_t i = 0; i < image.inputs.size(); ++i) {
    const InputBinding& binding = image.inputs[i];
    const InputBinding* before = i == 0 ? nullptr : &image.inputs[i - 1];
    const bool more = before != nullptr && before->input == binding.input;
    if (binding.input >= image.input_count || (before != nullptr && !more && before->input > binding.input)) {
      out.push_back({"inputs", "input " + number(binding.input),
                     "inputs must ascend and be fewer than " + number(image.input_count)});
      break;
    }
    if (more && (before->port != binding.port || !(before->key < binding.key))) {
      out.push_back({"inputs", "input " + number(binding.input),
                     "its bindings must be at one port, with ascending keys"});
      break;
    }
  }
  if (image.outputs.size() != image.output_count) {
    out.push_back(
        {"outputs", "image",
         "found " + number(image.outputs.size()) + " bindings, expected " + number(image.output_count)});
  }
  std::map<MessageKey, std::uint32_t> bound;
  for (std::size_t i = 0; i < image.outputs.size(); ++i) {
    const OutputBinding& binding = image.outputs[i];
    const std::string where = "output " + number(binding.output);
    if (binding.output != i) {
      out.push_back({"outputs", where, "stands where output " + number(i) + " belongs"});
      break;
    }
    if (senders.count(binding.key) == 0) {
      out.push_back({"outputs", where, "nobody sends with key " + number(binding.key.value())});
      break;
    }
    if (!bound.emplace(binding.key, binding.output).second) {
      out.push_back({"outputs", where, "its key is also that of output " + number(bound[binding.key])});
      break;
    }
  }
}

}  // namespace

ImageSenders collect_senders(const Image& image, Violations& out) {
  ImageSenders senders;
  const auto add = [&](MessageKey key, const ImageSender& sender, const std::string& where) {
    if (key == kNoKey || !senders.emplace(key, sender).second) {
      out.push_back({"key", where, "key " + number(key.value()) + " is not its own"});
    }
  };
  const ValueFormat& format = image.input_format;
  const std::int64_t largest = std::max(-std::int64_t{format.minimum()}, std::int64_t{format.maximum()});
  for (const InputBinding& binding : image.inputs) {
    add(binding.key, {TileId(), true, binding.port, largest}, "input " + number(binding.input));
  }
  for_each_tile(image, [&](TileId tile, const TileImage& content) {
    for (const NeuronConfig& neuron : content.core.neurons) {
      if (neuron.key == kNoKey) continue;
      for (std::uint32_t m = 0; m < neuron.messages; ++m) {
        add(MessageKey(neuron.key.value() + m), {tile, false, PortId(), largest_value(image, neuron)},
            name_of(tile));
      }
    }
  });
  return senders;
}

std::vector<Violation> validate(const Image& image) {
  Violations out;
  if (image.input_format.bits < 1 || image.input_format.bits > 31) {
    out.push_back(
        {"value-bits", "inputs", "found " + number(image.input_format.bits) + ", expected 1 to 31"});
  }
  if (image.depth_steps < 1) {
    out.push_back({"depth", "image", "found " + number(image.depth_steps) + " steps, expected at least 1"});
  }
  for (std::size_t t = 0; t < image.tables.size(); ++t) {
    if (image.tables[t].size() == 256) continue;
    out.push_back({"table", "table " + number(t),
                   "found " + number(image.tables[t].size()) + " entries, expected 256"});
  }
  for_each_tile(image, [&](TileId tile, const TileImage& content) {
    if (check_rows(content.core, name_of(tile), out) && check_ends(content.core, name_of(tile), out))
      check_neurons(image, content.core, content.routes.size(), name_of(tile), out);
    check_routes(content, name_of(tile), out);
    check_ranges(content, name_of(tile), out);
  });
  if (!out.empty()) return out;

  const ImageSenders senders = collect_senders(image, out);
  for_each_tile(image, [&](TileId tile, const TileImage& content) {
    check_deliveries(content, senders, name_of(tile), out);
  });
  check_bindings(image, senders, out);
  return out;
}

}  // namespace weft
