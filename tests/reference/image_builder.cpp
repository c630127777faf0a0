// See image_builder.hpp. Routes are kept as one map per tile, so that paths of one key melt into a tree.
#include "tests/reference/image_builder.hpp"

#include <algorithm>

namespace weft::test {
namespace {

Direction side_towards(const Fabric& fabric, TileId from, TileId to) {
  for (const Direction side : {Direction::North, Direction::East, Direction::South, Direction::West}) {
    if (has_neighbor(fabric, from, side) && neighbor(fabric, from, side) == to) return side;
  }
  return Direction::Local;
}

}  // namespace

ImageBuilder::ImageBuilder(const Fabric& fabric)
    : fabric_(fabric),
      ports_(port_tiles(fabric)),
      cores_(static_cast<std::size_t>(fabric.tiles())),
      routes_(static_cast<std::size_t>(fabric.tiles())) {}

Source ImageBuilder::input(std::uint32_t input, PortId port) {
  const MessageKey key(next_key_++);
  inputs_.push_back({input, port, key});
  return {ports_.at(port.index()), key, 0};
}

ImageBuilder::Core& ImageBuilder::core_at(TileId tile, std::uint32_t core) {
  if (cores_[tile].size() <= core) cores_[tile].resize(core + 1);
  return cores_[tile][core];
}

Source ImageBuilder::neuron(TileId tile, NeuronConfig config, std::uint32_t core) {
  config.key = MessageKey(next_key_++);
  std::vector<NeuronConfig>& neurons = core_at(tile, core).neurons;
  neurons.push_back(config);
  return {tile, config.key, static_cast<std::uint16_t>(neurons.size() - 1), core};
}

std::uint16_t ImageBuilder::mute_neuron(TileId tile, NeuronConfig config) {
  config.key = kNoKey;
  std::vector<NeuronConfig>& neurons = core_at(tile, 0).neurons;
  neurons.push_back(config);
  return static_cast<std::uint16_t>(neurons.size() - 1);
}

std::vector<TileId> ImageBuilder::dimension_order(TileId from, TileId to) const {
  std::vector<TileId> path{from};
  int x = fabric_.x(from);
  int y = fabric_.y(from);
  // On a torus the shorter way round, East or South where both are equal: always the same for one source.
  const bool torus = fabric_.topology == Topology::Torus;
  const auto step = [torus](int at, int end, int size) {
    const int forward = (end - at + size) % size;
    const bool ahead = torus ? 2 * forward <= size : end > at;
    return (at + (ahead ? 1 : size - 1)) % size;
  };
  while (x != fabric_.x(to)) path.push_back(fabric_.tile(x = step(x, fabric_.x(to), fabric_.width), y));
  while (y != fabric_.y(to)) path.push_back(fabric_.tile(x, y = step(y, fabric_.y(to), fabric_.height)));
  return path;
}

void ImageBuilder::lay(const std::vector<TileId>& path, MessageKey key) {
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    routes_[path[i]][key].directions |= direction_bit(side_towards(fabric_, path[i], path[i + 1]));
  }
}

std::uint16_t ImageBuilder::axon(TileId tile, const Source& source, int delay, std::uint32_t core) {
  return axon_along(dimension_order(source.tile, tile), source, delay, core);
}

std::uint16_t ImageBuilder::axon_along(const std::vector<TileId>& path, const Source& source, int delay,
                                       std::uint32_t core) {
  lay(path, source.key);
  const std::uint16_t axon = core_at(path.back(), core).axons++;
  Route& route = routes_[path.back()][source.key];
  route.directions |= direction_bit(Direction::Local);
  route.deliveries.push_back({core, {axon, static_cast<std::uint8_t>(delay)}});
  return axon;
}

void ImageBuilder::sum(TileId tile, const Source& source, std::uint16_t neuron, int delay,
                       std::uint32_t core) {
  lay(dimension_order(source.tile, tile), source.key);
  Route& route = routes_[tile][source.key];
  route.directions |= direction_bit(Direction::Local);
  route.deliveries.push_back({core, {neuron, static_cast<std::uint8_t>(delay), true}});
}

void ImageBuilder::synapse(TileId tile, std::uint16_t axon, std::uint16_t neuron, int weight,
                           std::uint32_t core) {
  core_at(tile, core).synapses[{axon, neuron}] = weight;
}

void ImageBuilder::output(std::uint32_t output, const Source& source, PortId port) {
  const TileId tile = ports_.at(port.index());
  lay(dimension_order(source.tile, tile), source.key);
  routes_[tile][source.key].directions |= direction_bit(Direction::Edge);
  outputs_.push_back({port, source.key, output});
}

// Of several cores, their axons and neurons follow each other.
TileImage ImageBuilder::build_tile(TileId tile) const {
  TileImage built;
  CoreImage& all = built.core;
  std::vector<CoreEnd> begins;
  for (const Core& core : cores_[tile]) {
    const auto first_neuron = static_cast<std::uint32_t>(all.neurons.size());
    begins.push_back({static_cast<std::uint32_t>(all.axons()), first_neuron});
    all.neurons.insert(all.neurons.end(), core.neurons.begin(), core.neurons.end());
    std::vector<std::uint32_t> row(core.axons, 0);
    for (const auto& [place, weight] : core.synapses) {
      ++row[place.first];
      all.neuron.push_back(static_cast<std::uint16_t>(first_neuron + place.second));
      all.weight.push_back(static_cast<std::int16_t>(weight));
    }
    for (const std::uint32_t synapses : row) all.row_begin.push_back(all.row_begin.back() + synapses);
    if (cores_[tile].size() > 1)
      all.ends.push_back(
          {static_cast<std::uint32_t>(all.axons()), static_cast<std::uint32_t>(all.neurons.size())});
  }
  for (const auto& [key, route] : routes_[tile]) {
    RouteEntry entry;
    entry.key = key;
    entry.directions = route.directions;
    entry.delivery_begin = static_cast<std::uint32_t>(built.deliveries.size());
    for (const CoreDelivery& to : route.deliveries) {
      const CoreEnd& begin = begins[to.core];
      Delivery delivery = to.delivery;
      delivery.axon =
          static_cast<std::uint16_t>(delivery.axon + (delivery.to_sum ? begin.neurons : begin.axons));
      built.deliveries.push_back(delivery);
    }
    entry.delivery_end = static_cast<std::uint32_t>(built.deliveries.size());
    built.routes.push_back(entry);
  }
  return built;
}

Image ImageBuilder::build(int depth_steps, std::uint32_t inputs, std::uint32_t outputs,
                          ValueFormat input_format) const {
  Image image;
  image.name = "made by hand";
  image.fabric = digest(fabric_);
  image.input_count = inputs;
  image.output_count = outputs;
  image.input_format = input_format;
  image.depth_steps = depth_steps;
  image.inputs = inputs_;
  image.outputs = outputs_;
  std::sort(image.inputs.begin(), image.inputs.end(),
            [](const InputBinding& a, const InputBinding& b) { return a.input < b.input; });
  std::sort(image.outputs.begin(), image.outputs.end(),
            [](const OutputBinding& a, const OutputBinding& b) { return a.output < b.output; });
  for (std::uint32_t t = 0; t < cores_.size(); ++t) image.tiles.push_back(build_tile(TileId(t)));
  return image;
}

}  // namespace weft::test
