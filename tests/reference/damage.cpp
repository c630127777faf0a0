// See damage.hpp. Every field that a fabric would load can be hit.
#include "tests/reference/damage.hpp"

#include <vector>

namespace weft::test {
namespace {

// Changes an integer to something near, far or extreme.
template <class T>
void disturb(T& number, Random& random) {
  switch (random.below(4)) {
    case 0:
      number = static_cast<T>(number + 1);
      break;
    case 1:
      number = static_cast<T>(number - 1);
      break;
    case 2:
      number = static_cast<T>(number ^ (T{1} << random.below(sizeof(T) * 8 - 1)));
      break;
    default:
      number = static_cast<T>(random.below(12));
  }
}

void disturb(MessageKey& key, Random& random) {
  std::uint32_t number = key.value();
  disturb(number, random);
  key = random.below(8) == 0 ? kNoKey : MessageKey(number);
}

template <class T>
T* pick(std::vector<T>& items, Random& random) {
  return items.empty() ? nullptr : &items[random.below(items.size())];
}

void disturb_core(CoreImage& core, Random& random) {
  switch (random.below(6)) {
    case 4:
      if (auto* end = pick(core.ends, random))
        disturb(random.below(2) == 0 ? end->axons : end->neurons, random);
      return;
    case 0:
      if (auto* begin = pick(core.row_begin, random)) disturb(*begin, random);
      return;
    case 1:
      if (auto* neuron = pick(core.neuron, random)) disturb(*neuron, random);
      return;
    case 2:
      if (auto* weight = pick(core.weight, random)) disturb(*weight, random);
      return;
    case 3:
      if (!core.neurons.empty()) core.neurons.pop_back();
      return;
    default:
      break;
  }
  NeuronConfig* neuron = pick(core.neurons, random);
  if (neuron == nullptr) return;
  switch (random.below(10)) {
    case 0:
      neuron->model = static_cast<NeuronModel>(random.below(7));
      return;
    case 1:
      disturb(neuron->shift, random);
      return;
    case 2:
      disturb(neuron->table, random);
      return;
    case 3:
      disturb(neuron->bias, random);
      return;
    case 4:
      disturb(neuron->minimum, random);
      return;
    case 5:
      disturb(neuron->maximum, random);
      return;
    case 6:
      disturb(neuron->key, random);
      return;
    case 7:
      disturb(neuron->origin.population, random);
      return;
    case 8:
      disturb(neuron->origin.index, random);
      return;
    default:
      disturb(neuron->origin.part, random);
      return;
  }
}

void disturb_router(TileImage& tile, Random& random) {
  if (random.below(3) == 0) {
    Delivery* delivery = pick(tile.deliveries, random);
    if (delivery == nullptr) return;
    switch (random.below(5)) {
      case 0:
      case 1:
        disturb(delivery->axon, random);
        return;
      case 2:
        delivery->to_sum = !delivery->to_sum;
        return;
      default:
        disturb(delivery->delay, random);
        return;
    }
  }
  if (!tile.ranges.empty() && random.below(4) == 0) {
    RouteRange& range = *pick(tile.ranges, random);
    switch (random.below(3)) {
      case 0:
        disturb(range.first, random);
        return;
      case 1:
        disturb(range.last, random);
        return;
      default:
        range.directions = static_cast<std::uint8_t>(range.directions ^ (1u << random.below(8)));
        return;
    }
  }
  RouteEntry* route = pick(tile.routes, random);
  if (route == nullptr) return;
  switch (random.below(5)) {
    case 0:
      disturb(route->key, random);
      return;
    case 1:
      disturb(route->delivery_begin, random);
      return;
    case 2:
      disturb(route->delivery_end, random);
      return;
    case 3:
      tile.routes.erase(tile.routes.begin() + (route - tile.routes.data()));
      return;
    default:
      route->directions = static_cast<std::uint8_t>(route->directions ^ (1u << random.below(8)));
      return;
  }
}

void disturb_port(PortId& port, Random& random) {
  std::uint32_t number = port.value();
  disturb(number, random);
  port = PortId(number);
}

void disturb_rule(ImageSpikeRule& rule, Random& random) {
  std::int32_t* const numbers[] = {&rule.spike.threshold, &rule.spike.leak, &rule.spike.current_decay,
                                   &rule.spike.refractory, &rule.clear_step};
  const std::uint64_t choice = random.below(7);
  if (choice < 5) disturb(*numbers[choice], random);
  if (choice == 5) rule.spike.reset = static_cast<SpikeReset>(random.below(4));
  if (choice == 6) rule.spike.leak_kind = static_cast<SpikeLeak>(random.below(3));
}

void disturb_interface(Image& image, Random& random) {
  InputBinding* input = pick(image.inputs, random);
  OutputBinding* output = pick(image.outputs, random);
  std::vector<std::int32_t>* table = pick(image.tables, random);
  if (auto* rule = pick(image.spike_rules, random); rule != nullptr && random.below(3) == 0)
    return disturb_rule(*rule, random);
  const std::uint64_t choice = random.below(10);
  if (choice < 4 && input != nullptr) {
    if (choice == 0) disturb(input->input, random);
    if (choice == 1) disturb(input->key, random);
    if (choice == 2) disturb_port(input->port, random);
    if (choice == 3) image.inputs.pop_back();
  } else if (choice < 8 && output != nullptr) {
    if (choice == 4) disturb(output->output, random);
    if (choice == 5) disturb(output->key, random);
    if (choice == 6) disturb_port(output->port, random);
    if (choice == 7) image.outputs.pop_back();
  } else if (choice == 8) {
    disturb(image.depth_steps, random);
  } else if (table != nullptr) {
    disturb((*table)[random.below(256)], random);
  }
}

}  // namespace

void damage(Image& image, Random& random) {
  TileImage& tile = image.tiles[TileId(static_cast<std::uint32_t>(random.below(image.tiles.size())))];
  switch (random.below(3)) {
    case 0:
      disturb_core(tile.core, random);
      return;
    case 1:
      disturb_router(tile, random);
      return;
    default:
      disturb_interface(image, random);
  }
}

}  // namespace weft::test
