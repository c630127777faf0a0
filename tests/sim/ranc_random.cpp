// Cases lean to what is rare in real nets: small cores that fire often, shallow FIFOs, late offsets, packets
// that leave the grid, pulses that come too early.
#include "tests/sim/ranc_random.hpp"

#include <algorithm>

#include "sim/ranc/engine.hpp"

namespace weft::sim {
namespace {

int between(Random& random, int low, int high) {
  return low + static_cast<int>(random.below(static_cast<std::uint64_t>(high - low + 1)));
}

// A packet of tile t to a random place: inside the grid, or, if strays are allowed, now and then outside.
RancPacket random_packet(const RancNetwork& network, int t, bool strays, int latest, Random& random) {
  const int width = network.grid.width, x = t % width, y = t / width;
  const int target = between(random, 0, network.grid.tiles() - 1);
  RancPacket packet;
  packet.dx = static_cast<std::int16_t>(target % width - x);
  packet.dy = static_cast<std::int16_t>(target / width - y);
  if (strays && random.below(20) == 0) packet.dx = static_cast<std::int16_t>(between(random, -6, 6));
  if (strays && random.below(20) == 0) packet.dy = static_cast<std::int16_t>(between(random, -6, 6));
  packet.axon = static_cast<std::uint16_t>(between(random, 0, network.axons - 1));
  packet.offset = static_cast<std::uint8_t>(random.below(3) == 0 ? between(random, 0, latest) : 0);
  if (latest == 15 && random.below(3) == 0) packet.offset = 15;
  return packet;
}

}  // namespace

RancNetwork resting_ranc(int width, int height, int output_tile, int axons, int neurons) {
  RancNetwork network;
  network.grid.width = width;
  network.grid.height = height;
  network.grid.output_tile = output_tile;
  network.axons = axons;
  network.neurons = neurons;
  network.cores.resize(static_cast<std::size_t>(width * height));
  for (std::size_t t = 0; t < network.cores.size(); ++t) {
    if (static_cast<int>(t) == output_tile) continue;
    RancCore& core = network.cores[t];
    core.axon_types.resize(static_cast<std::size_t>(axons));
    core.neurons.resize(static_cast<std::size_t>(neurons));
    for (RancNeuron& neuron : core.neurons) {
      neuron.positive_threshold = 255;
      neuron.negative_threshold = -256;
    }
    core.connections.resize(static_cast<std::size_t>(neurons * network.words()));
  }
  return network;
}

RancCase random_ranc_case(std::uint64_t seed) {
  Random random(seed);
  RancCase one;
  const int width = between(random, 1, 4), height = between(random, width == 1 ? 2 : 1, 4);
  const int axons = random.below(4) == 0 ? between(random, 60, 140) : between(random, 2, 12);
  one.network =
      resting_ranc(width, height, between(random, 0, width * height - 1), axons, between(random, 1, 14));
  one.network.grid.fifo_depth = 1 << between(random, 0, 3);
  const bool strays = random.below(4) == 0;
  const int latest = random.below(3) == 0 ? 15 : 4;
  const int eagerness = between(random, 0, 40);
  const double density = random.uniform();
  for (int t = 0; t < one.network.grid.tiles(); ++t) {
    RancCore& core = one.network.cores[static_cast<std::size_t>(t)];
    for (auto& type : core.axon_types) type = static_cast<std::uint8_t>(random.below(4));
    for (std::size_t n = 0; n < core.neurons.size(); ++n) {
      RancNeuron& neuron = core.neurons[n];
      const bool wild = random.below(10) == 0;  // sums that wrap
      const auto number = [&](int span) {
        return static_cast<std::int16_t>(wild ? between(random, -256, 255) : between(random, -span, span));
      };
      neuron.potential = number(20);
      neuron.reset_potential = number(5);
      for (auto& weight : neuron.weights) weight = number(15);
      neuron.leak = number(3);
      neuron.positive_threshold =
          static_cast<std::int16_t>(wild ? number(0) : between(random, 0, 40 - eagerness));
      neuron.negative_threshold = wild ? number(0) : static_cast<std::int16_t>(-between(random, 1, 40));
      neuron.linear_reset = random.below(2) == 0;
      neuron.destination = random_packet(one.network, t, strays, latest, random);
      for (int a = 0; a < axons; ++a) {
        if (random.uniform() >= density) continue;
        core.connections[n * static_cast<std::size_t>(one.network.words()) +
                         static_cast<std::size_t>(a) / 64] |= std::uint64_t{1} << (a % 64);
      }
    }
  }
  const std::uint64_t shortest = ranc_shortest_tick(one.network);
  const int kind = between(random, 0, 3);
  one.params.tick_cycles = shortest;  // tight
  if (kind == 0) one.params.tick_cycles += random.below(300);
  if (kind == 1) one.params.tick_cycles = 8 + random.below(shortest + 8);  // often too short
  one.params.first_burst_cycle = random.below(2) == 0 ? 0 : random.below(one.params.tick_cycles - 5);
  const std::uint64_t ticks = 20;
  for (std::uint64_t t = 0; t < ticks; ++t) {
    const std::uint64_t from = t == 0 ? one.params.first_burst_cycle : 0;
    const std::uint64_t most = one.params.tick_cycles - 4 - from;
    auto& packets = one.stimulus.ticks.emplace_back();
    const std::uint64_t count = random.below(3) == 0 ? random.below(4) : random.below(most + 1);
    for (std::uint64_t p = 0; p < std::min(count, most); ++p) {
      packets.push_back(random_packet(one.network, 0, strays, latest, random));
    }
  }
  return one;
}

}  // namespace weft::sim
