// The fabric at reset: all buffers empty, all credits home.
#include "sim/engine/state.hpp"

#include "sim/engine/context.hpp"

namespace weft::sim {

State::State(const Program& program)
    : wheel(static_cast<std::size_t>(program.fabric.tiles()),
            static_cast<std::uint64_t>(hop_cycles(program.fabric.router) +
                                       program.fabric.router.pipeline_cycles)),
      credits(program.fabric.router.credit_cycles),
      link_ends(flit_cycles(program.fabric.router)) {
  const Fabric& fabric = program.fabric;
  const auto tiles = static_cast<std::uint32_t>(fabric.tiles());
  while ((1u << ring_shift) < static_cast<unsigned>(fabric.router.buffer_depth)) ++ring_shift;
  ring_mask = (1u << ring_shift) - 1;
  routers.resize(tiles);
  active_tiles.resize(tiles);
  if (flit_cycles(fabric.router) > 1) carrying.resize(tiles);
  std::uint32_t slots = 0;
  for (std::uint32_t t = 0; t < tiles; ++t) {
    routers[t].place = make_place(fabric.x(TileId(t)), fabric.y(TileId(t)));
    for (int side = 0; side < kDirections; ++side) {
      const auto direction = static_cast<Direction>(side);
      if (!has_neighbor(fabric, TileId(t), direction)) continue;
      routers[t].open_side(static_cast<std::uint32_t>(side));
      Buffer& buffer = routers[t].inputs[static_cast<std::size_t>(side)];
      buffer.id = side_index(t, direction);
      buffer.head = buffer.tail = slots;
      slots += ring_mask + 1;
      buffer.credits = static_cast<std::uint16_t>(fabric.router.buffer_depth);
      if (direction == Direction::Local || direction == Direction::Edge) continue;
      RouterState& there = routers[neighbor(fabric, TileId(t), direction).index()];
      routers[t].far[static_cast<std::size_t>(side)] =
          &there.inputs[static_cast<std::size_t>(opposite(direction))];
    }
  }
  flits.resize(slots);
  cores.resize(program.cores.size());
  ports.resize(program.ports.size());
  if (cores.empty() && ports.empty()) return;  // synthetic traffic: routers alone
  counters.resize(tiles);
  axons.resize(tiles);
  for (std::size_t i = 0; i < cores.size(); ++i) {
    const std::uint32_t tile = program.cores[i].tile;
    if (i == program.core_of_tile[tile]) {
      const std::uint32_t count = program.cores[i + program.core_count[tile] - 1].end_sum();
      const std::size_t buffers = program.cores[i].axon_buffers;
      cores[i].axon_values.assign(buffers * count, 0);
      cores[i].axon_bits.assign(buffers * ((count + 63) / 64), 0);
      axons[tile] = {cores[i].axon_values.data(), cores[i].axon_bits.data(), count, (count + 63) / 64,
                     buffers - 1};
    }
    cores[i].spike_states.resize(program.cores[i].spikes.neurons());
    cores[i].queue.resize(static_cast<std::size_t>(fabric.core.output_queue));
  }
}

TileCounters counters_of(const State& state, std::uint32_t tile) {
  TileCounters counters = state.counters.empty() ? TileCounters() : state.counters[tile];
  for (std::uint32_t side = 0; side < kDirections; ++side)
    counters.flits[side] = state.routers[tile].sent[side];
  return counters;
}

}  // namespace weft::sim
