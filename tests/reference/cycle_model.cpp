// The fabric before its first cycle, and what all rooms of the model share: who is told, and the hash of
// section 8.
#include "tests/reference/cycle_model.hpp"

#include "tests/reference/cycle_model_machine.hpp"

namespace weft::test {
namespace {

std::uint64_t mix(std::uint64_t z) {
  z = z + 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

}  // namespace

namespace cycle {

Cycle cycles_per_flit(const Fabric& fabric) {
  Cycle cycles = 1;
  const int bits = fabric.router.link_bits;
  for (int sent = bits; bits > 0 && sent < fabric.router.flit_bits; sent += bits) ++cycles;
  return cycles;
}

int pointer_after(const Fabric& fabric, int winner) {
  return fabric.router.arbitration == Arbitration::FixedPriority ? 0 : (winner + 1) % kSides;
}

bool has_room(const Fabric& fabric, int input, int output, int credits, int flits) {
  if (!is_link(output) || fabric.topology == Topology::Mesh) return true;
  const bool stays_in_ring = is_link(input) && across(input) == output;
  return credits >= (stays_in_ring ? flits : 2 * flits);
}

int side_towards(const Fabric& fabric, int t, int destination) {
  const bool torus = fabric.topology == Topology::Torus;
  const bool even = (t % fabric.width + t / fabric.width) % 2 == 0;
  const auto choose = [&](int from, int to, int size, int back, int forth) {
    const int forward = (to - from + size) % size, backward = size - forward;
    if (!torus) return to > from ? forth : back;
    return forward < backward || (forward == backward && even) ? forth : back;
  };
  const int x = t % fabric.width, to_x = destination % fabric.width;
  if (x != to_x) return choose(x, to_x, fabric.width, kWest, kEast);
  const int y = t / fabric.width, to_y = destination / fabric.width;
  if (y != to_y) return choose(y, to_y, fabric.height, kNorth, kSouth);
  return kLocal;
}

int neighbor_of(const Fabric& fabric, int t, int side) {
  int x = t % fabric.width + (side == kEast ? 1 : side == kWest ? -1 : 0);
  int y = t / fabric.width + (side == kSouth ? 1 : side == kNorth ? -1 : 0);
  if (fabric.topology == Topology::Torus) {
    if (fabric.width > 1) x = (x + fabric.width) % fabric.width;
    if (fabric.height > 1) y = (y + fabric.height) % fabric.height;
  }
  if (x < 0 || y < 0 || x >= fabric.width || y >= fabric.height) return -1;
  return x + fabric.width * y;
}

std::vector<Tile> tiles_at_rest(const Fabric& fabric) {
  std::vector<Tile> tiles(static_cast<std::size_t>(fabric.tiles()));
  for (int t = 0; t < fabric.tiles(); ++t) {
    Tile& tile = tiles[static_cast<std::size_t>(t)];
    for (int side = 0; side < kSides; ++side) {
      const auto s = static_cast<std::size_t>(side);
      tile.exists[s] = side == kLocal || (is_link(side) && neighbor_of(fabric, t, side) >= 0);
      tile.credits[s] = fabric.router.buffer_depth;
    }
  }
  for (const TileId port : port_tiles(fabric)) tiles[port.index()].exists[kEdge] = true;
  return tiles;
}

CycleModel::CycleModel(const Fabric& fabric, const Image& image, const Stimulus& stimulus,
                       const CycleModelParams& params)
    : fabric_(fabric),
      image_(image),
      stimulus_(stimulus),
      params_(params),
      ports_(port_tiles(fabric)),
      interval_(static_cast<std::uint64_t>(stimulus.interval_steps)),
      frame_steps_(static_cast<std::uint64_t>(stimulus.frame_steps)),
      depth_(static_cast<std::uint64_t>(image.depth_steps)),
      tiles_(tiles_at_rest(fabric)) {
  for (int t = 0; t < fabric.tiles(); ++t) {
    std::vector<CoreEnd> ends = core(t).ends;
    if (ends.empty() && core(t).used())
      ends.push_back(
          {static_cast<std::uint32_t>(core(t).axons()), static_cast<std::uint32_t>(core(t).neurons.size())});
    CoreEnd begin;
    for (const CoreEnd& end : ends) {
      Core own;
      own.number = static_cast<int>(tiles_[index(t)].cores.size());
      own.first_axon = static_cast<int>(begin.axons);
      own.end_axon = static_cast<int>(end.axons);
      own.first_neuron = begin.neurons;
      own.end_neuron = end.neurons;
      own.memory.resize(own.neurons());
      own.shown.resize(own.neurons());
      tiles_[index(t)].cores.push_back(own);
      begin = end;
    }
  }
  outcome_.tiles = IdVector<TileId, TileCounters>(tiles_.size());
  outcome_.outputs.columns = image.output_count;
}

void CycleModel::tell(Cycle c, int t, EventKind kind, std::uint32_t subject, std::int32_t value, int detail,
                      int core) const {
  if (params_.events == nullptr) return;
  params_.events->push_back({c, TileId(static_cast<std::uint32_t>(t)), kind,
                             static_cast<std::uint8_t>(detail), static_cast<std::uint8_t>(core), subject,
                             value});
}

}  // namespace cycle

std::uint64_t stall_hash(std::uint64_t seed, std::uint64_t cycle, std::uint64_t tile, std::uint64_t side) {
  return mix(mix(seed) ^ (cycle * (std::uint64_t{1} << 19) + tile * 8 + side));
}

Outcome run_cycle_model(const Fabric& fabric, const Image& image, const Stimulus& stimulus,
                        const CycleModelParams& params) {
  return cycle::CycleModel(fabric, image, stimulus, params).run();
}

}  // namespace weft::test
