// What must hold in a RANC network before anything reads it: every table has its size, every number its
// range, no connection lies beyond the last axon.
#include "model/ranc/ranc_network.hpp"

#include <string>

namespace weft {
namespace {

constexpr int kLow = -(1 << (kRancNumberBits - 1)), kHigh = (1 << (kRancNumberBits - 1)) - 1;

class Findings {
 public:
  void require(bool holds, const char* rule, const std::string& where, const std::string& detail) {
    if (!holds) found_.push_back({rule, where, detail});
  }
  void within(std::int64_t value, std::int64_t low, std::int64_t high, const char* rule,
              const std::string& where) {
    if (value >= low && value <= high) return;
    found_.push_back(
        {rule, where,
         std::to_string(value) + ", expected " + std::to_string(low) + " to " + std::to_string(high)});
  }
  std::vector<Violation> take() { return std::move(found_); }

 private:
  std::vector<Violation> found_;
};

void check_packet(const RancPacket& packet, int axons, const std::string& where, Findings& findings) {
  findings.within(packet.dx, kLow, kHigh, "dx", where);
  findings.within(packet.dy, kLow, kHigh, "dy", where);
  int most = 1;  // what the field's bits can say
  while (most < axons) most *= 2;
  findings.within(packet.axon, 0, most - 1, "axon", where);
  findings.within(packet.offset, 0, kRancSlots - 1, "offset", where);
}

void check_neuron(const RancNeuron& neuron, int axons, const std::string& where, Findings& findings) {
  findings.within(neuron.potential, kLow, kHigh, "potential", where);
  findings.within(neuron.reset_potential, kLow, kHigh, "reset potential", where);
  for (const auto weight : neuron.weights) findings.within(weight, kLow, kHigh, "weight", where);
  findings.within(neuron.leak, kLow, kHigh, "leak", where);
  findings.within(neuron.positive_threshold, kLow, kHigh, "positive threshold", where);
  findings.within(neuron.negative_threshold, kLow, kHigh, "negative threshold", where);
  check_packet(neuron.destination, axons, where, findings);
}

void check_core(const RancCore& core, const RancNetwork& network, const std::string& where,
                Findings& findings) {
  const auto neurons = static_cast<std::size_t>(network.neurons);
  const auto words = static_cast<std::size_t>(network.words());
  const bool sized = core.axon_types.size() == static_cast<std::size_t>(network.axons) &&
                     core.neurons.size() == neurons && core.connections.size() == neurons * words;
  findings.require(sized, "core size", where, "the tables are not those of a core of this network");
  if (!sized) return;
  for (const auto type : core.axon_types) findings.within(type, 0, 3, "axon type", where);
  const std::uint64_t beyond = network.axons % 64 == 0 ? 0 : ~std::uint64_t{0} << (network.axons % 64);
  for (std::size_t n = 0; n < neurons; ++n) {
    const std::string name = where + " neuron " + std::to_string(n);
    check_neuron(core.neurons[n], network.axons, name, findings);
    findings.require((core.connections[n * words + words - 1] & beyond) == 0, "connection", name,
                     "lies beyond the last axon");
  }
}

}  // namespace

std::vector<Violation> validate(const RancGrid& grid) {
  Findings findings;
  findings.within(grid.width, 1, kRancMostTiles, "width", "grid");
  findings.within(grid.height, 1, kRancMostTiles, "height", "grid");
  findings.within(grid.fifo_depth, 1, 1 << 16, "fifo depth", "grid");
  findings.require((grid.fifo_depth & (grid.fifo_depth - 1)) == 0, "fifo depth", "grid",
                   std::to_string(grid.fifo_depth) + ", expected a power of two");
  const std::int64_t tiles = std::int64_t{grid.width} * grid.height;
  findings.within(tiles, 1, kRancMostTiles, "tiles", "grid");
  findings.within(grid.output_tile, 0, tiles - 1, "output tile", "grid");
  return findings.take();
}

std::vector<Violation> validate(const RancNetwork& network) {
  std::vector<Violation> of_grid = validate(network.grid);
  if (!of_grid.empty()) return of_grid;
  Findings findings;
  findings.within(network.axons, 2, kRancMostAxons, "axons", "network");
  findings.within(network.neurons, 1, kRancMostAxons, "neurons", "network");
  const auto tiles = static_cast<std::size_t>(network.grid.tiles());
  findings.require(network.cores.size() == tiles, "cores", "network",
                   std::to_string(network.cores.size()) + ", expected one per tile");
  std::vector<Violation> of_sizes = findings.take();
  if (!of_sizes.empty()) return of_sizes;
  for (std::size_t t = 0; t < tiles; ++t) {
    const std::string where = "core " + std::to_string(t);
    if (static_cast<int>(t) != network.grid.output_tile) {
      check_core(network.cores[t], network, where, findings);
    } else {
      const RancCore& bus = network.cores[t];
      findings.require(bus.neurons.empty() && bus.axon_types.empty() && bus.connections.empty(), "output bus",
                       where, "has a core's tables");
    }
  }
  return findings.take();
}

std::vector<Violation> validate(const RancStimulus& stimulus, const RancNetwork& network) {
  Findings findings;
  for (std::size_t t = 0; t < stimulus.ticks.size(); ++t) {
    for (std::size_t p = 0; p < stimulus.ticks[t].size(); ++p) {
      check_packet(stimulus.ticks[t][p], network.axons,
                   "tick " + std::to_string(t) + " packet " + std::to_string(p), findings);
    }
  }
  return findings.take();
}

Digest digest(const RancNetwork& network) {
  DigestBuilder builder;
  builder.add("ranc").add(network.grid.width).add(network.grid.height).add(network.grid.output_tile);
  builder.add(network.grid.fifo_depth).add(network.axons).add(network.neurons);
  for (const RancCore& core : network.cores) {
    builder.add_array(core.axon_types).add_array(core.connections).add(core.neurons.size());
    for (const RancNeuron& n : core.neurons) {
      builder.add(n.potential).add(n.reset_potential).add(n.leak);
      for (const auto weight : n.weights) builder.add(weight);
      builder.add(n.positive_threshold).add(n.negative_threshold).add(n.linear_reset);
      builder.add(n.destination.dx).add(n.destination.dy).add(n.destination.axon).add(n.destination.offset);
    }
  }
  return builder.finish();
}

}  // namespace weft
