// Section 10 of sim/TIMING.md: the signals, their widths and their values.
#include <string>

#include "tests/reference/cycle_model_state.hpp"

namespace weft::test::cycle {
namespace {

int bits_for(std::uint64_t largest) {
  int bits = 1;
  while (bits < 64 && largest >> bits != 0) ++bits;
  return bits;
}

const char* side_name(int side) {
  const char* const names[kSides] = {"local", "north", "east", "south", "west", "edge"};
  return names[side];
}

// 32 bits, in two's complement.
void add_potentials(const Core& own, std::vector<std::uint64_t>& values) {
  for (const std::int64_t potential : own.shown) values.push_back(static_cast<std::uint32_t>(potential));
}

}  // namespace

std::vector<SignalInfo> list_signals(const Fabric& fabric, const Image& image, const std::vector<Tile>& tiles,
                                     std::uint64_t steps, std::uint64_t frames) {
  std::vector<SignalInfo> signals;
  const auto add = [&](const std::string& name, std::uint64_t largest) {
    signals.push_back({"fabric." + name, bits_for(largest), false});
  };
  const auto depth = static_cast<std::uint64_t>(fabric.router.buffer_depth);
  const bool circuits = fabric.router.routing == Routing::Circuit;
  add("step", steps - 1);
  add("frame", frames - 1);
  for (std::size_t t = 0; t < tiles.size(); ++t) {
    const auto width = static_cast<std::size_t>(fabric.width);
    const std::string tile = "tile_" + std::to_string(t % width) + "_" + std::to_string(t / width) + ".";
    for (const Core& own : tiles[t].cores) {
      const std::string core =
          tile + "core" + (fabric.cores_per_tile > 1 ? "_" + std::to_string(own.number) : "") + ".";
      const int axons = own.end_axon - own.first_axon;
      add(core + "state", CoreAction::Stall);
      add(core + "axon", axons == 0 ? 0 : static_cast<std::uint64_t>(axons - 1));
      add(core + "neuron", own.neurons() - 1);
      if (!circuits) add(core + "queue", static_cast<std::uint64_t>(fabric.core.output_queue));
      for (std::size_t n = 0; n < own.neurons(); ++n)
        signals.push_back({"fabric." + core + "potential[" + std::to_string(n) + "]", 32, true});
    }
    for (int side = 0; side < kSides; ++side) {
      if (!tiles[t].exists[static_cast<std::size_t>(side)]) continue;
      const std::string port = tile + "router." + side_name(side) + ".";
      if (circuits) {
        std::uint64_t entries = 0;
        for (const RouteEntry& route : image.tiles[TileId(static_cast<std::uint32_t>(t))].routes) {
          entries += route.directions >> side & 1u;
        }
        add(port + "values", side == kEdge ? 1 : entries);
        continue;
      }
      add(port + "occupancy", depth);
      add(port + "valid", 1);
      add(port + "stalled", 1);
      if (is_link(side)) add(port + "credits", depth);
    }
  }
  return signals;
}

std::vector<std::uint64_t> signal_values(std::uint64_t step, std::uint64_t frame,
                                         const std::vector<Tile>& before, const std::vector<Tile>& after,
                                         const SideActions& sides) {
  std::vector<std::uint64_t> values{step, frame};
  for (std::size_t t = 0; t < before.size(); ++t) {
    for (std::size_t k = 0; k < before[t].cores.size(); ++k) {
      const CoreAction& action = after[t].cores[k].action;
      values.push_back(action.state);
      values.push_back(static_cast<std::uint64_t>(action.axon));
      values.push_back(static_cast<std::uint64_t>(action.neuron));
      values.push_back(before[t].cores[k].queue.size());
      add_potentials(before[t].cores[k], values);
    }
    for (std::size_t side = 0; side < kSides; ++side) {
      if (!before[t].exists[side]) continue;
      const SideAction& action = sides[t][side];
      values.push_back(before[t].input[side].size());
      values.push_back(action.granted ? 1 : 0);
      values.push_back(action.requested && !action.granted ? 1 : 0);
      if (is_link(static_cast<int>(side)))
        values.push_back(static_cast<std::uint64_t>(before[t].credits[side]));
    }
  }
  return values;
}

std::vector<std::uint64_t> circuit_signal_values(std::uint64_t step, std::uint64_t frame,
                                                 const std::vector<Tile>& before,
                                                 const std::vector<Tile>& after, const SideActions& sides) {
  std::vector<std::uint64_t> values{step, frame};
  for (std::size_t t = 0; t < before.size(); ++t) {
    for (std::size_t k = 0; k < before[t].cores.size(); ++k) {
      const CoreAction& action = after[t].cores[k].action;
      values.push_back(action.state);
      values.push_back(static_cast<std::uint64_t>(action.axon));
      values.push_back(static_cast<std::uint64_t>(action.neuron));
      add_potentials(before[t].cores[k], values);
    }
    for (std::size_t side = 0; side < kSides; ++side) {
      if (before[t].exists[side]) values.push_back(sides[t][side].values);
    }
  }
  return values;
}

}  // namespace weft::test::cycle
