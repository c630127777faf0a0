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

Source ImageBuilder::neuron(TileId tile, NeuronConfig config) {
  config.key = MessageKey(next_key_++);
  cores_[tile].neurons.push_back(config);
  return {tile, config.key, static_cast<std::uint16_t>(cores_[tile].neurons.size() - 1)};
}

std::uint16_t ImageBuilder::mute_neuron(TileId tile, NeuronConfig config) {
  config.key = kNoKey;
  cores_[tile].neurons.push_back(config);
  return static_cast<std::uint16_t>(cores_[tile].neurons.size() - 1);
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

std::uint16_t ImageBuilder::axon(TileId tile, const Source& source, int delay) {
  return axon_along(dimension_order(source.tile, tile), source, delay);
}

std::uint16_t ImageBuilder::axon_along(const std::vector<TileId>& path, const Source& source, int delay) {
  lay(path, source.key);
  const std::uint16_t axon = cores_[path.back()].axons++;
  Route& route = routes_[path.back()][source.key];
  route.directions |= direction_bit(Direction::Local);
  route.deliveries.push_back({axon, static_cast<std::uint8_t>(delay)});
  return axon;
}

void ImageBuilder::sum(TileId tile, const Source& source, std::uint16_t neuron, int delay) {
  lay(dimension_order(source.tile, tile), source.key);
  Route& route = routes_[tile][source.key];
  route.directions |= direction_bit(Direction::Local);
  route.deliveries.push_back({neuron, static_cast<std::uint8_t>(delay), true});
}

void ImageBuilder::synapse(TileId tile, std::uint16_t axon, std::uint16_t neuron, int weight) {
  cores_[tile].synapses[{axon, neuron}] = weight;
}

void ImageBuilder::output(std::uint32_t output, const Source& source, PortId port) {
  const TileId tile = ports_.at(port.index());
  lay(dimension_order(source.tile, tile), source.key);
  routes_[tile][source.key].directions |= direction_bit(Direction::Edge);
  outputs_.push_back({port, source.key, output});
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
  for (std::uint32_t t = 0; t < cores_.size(); ++t) {
    const Core& core = cores_[TileId(t)];
    TileImage tile;
    tile.core.neurons = core.neurons;
    tile.core.row_begin.assign(core.axons + std::size_t{1}, 0);
    for (const auto& [place, weight] : core.synapses) {
      ++tile.core.row_begin[place.first + std::size_t{1}];
      tile.core.neuron.push_back(place.second);
      tile.core.weight.push_back(static_cast<std::int16_t>(weight));
    }
    for (std::size_t a = 1; a < tile.core.row_begin.size(); ++a)
      tile.core.row_begin[a] += tile.core.row_begin[a - 1];
    for (const auto& [key, route] : routes_[TileId(t)]) {
      RouteEntry entry;
      entry.key = key;
      entry.directions = route.directions;
      entry.delivery_begin = static_cast<std::uint32_t>(tile.deliveries.size());
      tile.deliveries.insert(tile.deliveries.end(), route.deliveries.begin(), route.deliveries.end());
      entry.delivery_end = static_cast<std::uint32_t>(tile.deliveries.size());
      tile.routes.push_back(entry);
    }
    image.tiles.push_back(std::move(tile));
  }
  return image;
}

}  // namespace weft::test
