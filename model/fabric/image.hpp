// The configuration image ("bitstream"): all that a fabric must hold to run one network.
//
// Every sender (an input or a core's neuron) has its own message key. A tile's routes say for each key that
// comes to it to which sides the flit is copied, and, where Local is among them, which axons of the tile's
// cores receive the value, and after how many steps. The router's table holds the sides: an entry for each
// key, or entries that many keys share (RouteRange). With unicast routing a sender has a key for each
// core or port that listens, and each key leads along one path to one of them: an input has several bindings,
// a neuron several messages.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "model/base/digest.hpp"
#include "model/base/error.hpp"
#include "model/base/npz.hpp"
#include "model/fabric/fabric.hpp"
#include "model/network/fixed_network.hpp"

namespace weft {

using MessageKey = StrongId<struct MessageKeyTag>;
constexpr MessageKey kNoKey = MessageKey(0xffffffffu);  // a neuron that sends to nobody

// Where a core's neuron comes from; debug information that verify() does not trust. `part` is 0 for the
// neuron itself and 1, 2, ... for its partial sums. `population` and `index` are of the FixedNetwork.
struct NeuronOrigin {
  std::uint32_t population = 0;
  std::uint32_t index = 0;
  std::uint32_t part = 0;
};

struct NeuronConfig {
  NeuronModel model = NeuronModel::Linear;
  std::uint8_t shift = 0;
  std::uint16_t table = 0;  // index into Image::tables (Table) or Image::spike_rules (spiking neurons)
  std::int32_t bias = 0;
  std::int32_t minimum = 0;
  std::int32_t maximum = 0;
  MessageKey key = kNoKey;
  std::uint32_t messages = 1;  // that carry its value, with the keys key, key + 1, ...; unicast: one or more
  NeuronOrigin origin;
};

// The rule of spiking neurons, and when they forget: in each step f * interval_steps + clear_step, f the
// number of a frame, they begin that frame at rest. The frame's first messages arrive in this step.
struct ImageSpikeRule {
  SpikeRule spike;
  std::int32_t clear_step = 1;  // 1 to 2^20

  friend bool operator==(const ImageSpikeRule& a, const ImageSpikeRule& b) {
    return a.spike == b.spike && a.clear_step == b.clear_step;
  }
};

// Where one of a tile's cores ends in the tile's lists of axons and of neurons.
struct CoreEnd {
  std::uint32_t axons = 0;
  std::uint32_t neurons = 0;

  friend bool operator==(const CoreEnd& a, const CoreEnd& b) {
    return a.axons == b.axons && a.neurons == b.neurons;
  }
};

// Synapses by axon: those of axon a are [row_begin[a], row_begin[a + 1]) of neuron[] and weight[], in
// ascending neuron order, no weight zero. Axons and neurons in use are the first ones; an unused tile's core
// has none. Where the fabric's weights are chosen by the axons' types (CoreSpec::axon_types), each axon has
// one, and a neuron's synapses on axons of one type have one weight.
//
// Where several cores share the tile's router (Fabric::cores_per_tile), these are the axons and neurons of
// the cores in use, one core after the other, with numbers that go on from core to core; no synapse joins
// two.
struct CoreImage {
  std::vector<std::uint32_t> row_begin{0};  // axons() + 1 entries
  std::vector<std::uint16_t> neuron;
  std::vector<std::int16_t> weight;
  std::vector<NeuronConfig> neurons;
  std::vector<std::uint8_t> axon_type;  // axons() entries, or none
  // Of two or more cores in use: core k has the axons and neurons from ends[k - 1], or 0, up to ends[k].
  // Empty where one core, or none, has all.
  std::vector<CoreEnd> ends;

  int axons() const { return static_cast<int>(row_begin.size()) - 1; }
  bool used() const { return !neurons.empty(); }
  std::size_t cores() const { return used() && ends.empty() ? 1 : ends.size(); }  // in use
};

// Where the tile's core k, one of those in use, begins and ends in the tile's lists.
CoreEnd core_begin(const CoreImage& cores, std::size_t k);
CoreEnd core_end(const CoreImage& cores, std::size_t k);
// This core by itself, numbered from 0. The ends must be valid.
CoreImage core_alone(const CoreImage& cores, std::size_t k);
// The core that has this axon, or neuron, of the tile.
std::size_t core_of_axon(const CoreImage& cores, std::uint32_t axon);
std::size_t core_of_neuron(const CoreImage& cores, std::uint32_t neuron);

// A value for an axon or, where the core has native_sums, for a neuron's sum: its potential of the step of
// arrival then starts from the sum of all such values. That takes no axon and no synapse.
struct Delivery {
  std::uint16_t axon = 0;  // to_sum: the number of a neuron
  std::uint8_t delay = 1;  // steps, 1 to core.max_delay
  bool to_sum = false;
};

struct RouteEntry {
  MessageKey key;
  std::uint8_t directions = 0;  // direction_bit()s; Local if and only if there are deliveries
  std::uint32_t delivery_begin = 0;
  std::uint32_t delivery_end = 0;
};

// An entry of a router's table: flits with the keys first to last, both included, are copied to these sides.
// Keys among them that never come to the router do not matter.
struct RouteRange {
  MessageKey first;
  MessageKey last;
  std::uint8_t directions = 0;
};

struct TileImage {
  CoreImage core;                  // of several cores: all of them
  std::vector<RouteEntry> routes;  // ascending keys
  std::vector<Delivery> deliveries;
  // The router's table: ascending, no key in two of them; each route's key is in one that has the route's
  // sides. Empty: the table has an entry of its own for each route.
  std::vector<RouteRange> ranges;

  std::size_t table_entries() const { return ranges.empty() ? routes.size() : ranges.size(); }
};

// The range that holds the key, or null.
const RouteRange* find_range(const TileImage& tile, MessageKey key);

// Input `input` of the network enters at a port as a flit with this key, in the step in which its frame
// starts. Unicast: as one flit for each of its bindings, all at one port.
struct InputBinding {
  std::uint32_t input = 0;
  PortId port;
  MessageKey key;
};

// A flit with this key that leaves at this port is the value of output `output`.
struct OutputBinding {
  PortId port;
  MessageKey key;
  std::uint32_t output = 0;
};

struct Image {
  std::string name;
  Digest fabric;   // the fabric it was made for
  Digest network;  // the FixedNetwork it was made from
  std::uint32_t input_count = 0;
  std::uint32_t output_count = 0;
  ValueFormat input_format;
  // What enters in step t leaves in step t + depth_steps: its inputs are delivered for step t + 1, the
  // output neurons update in step t + depth_steps and their flits leave at the ports within that step.
  int depth_steps = 1;
  IdVector<TileId, TileImage> tiles;
  std::vector<std::vector<std::int32_t>> tables;  // 256 entries each
  std::vector<ImageSpikeRule> spike_rules;
  std::vector<InputBinding> inputs;    // ascending input and key; an input that nothing reads has none
  std::vector<OutputBinding> outputs;  // ascending output; each output once
};

// Internal consistency alone: every index in range, each sender a key of its own, each axon written by one
// delivery (sums by any number), and no potential can overflow 32 bits. What a reader returns has passed
// this.
std::vector<Violation> validate(const Image& image);
// The same and the fabric's limits, and that no flit is lost or comes twice; does not look at the network
// (that is mapping's verify).
std::vector<Violation> validate(const Image& image, const Fabric& fabric);
Digest digest(const Image& image);

struct ImageUse {
  std::int64_t cores = 0, axons = 0, neurons = 0, synapses = 0, links = 0, routes = 0;
};
// Cores, axons, neurons, synapses in use; links: router-to-router links that some route crosses.
ImageUse usage(const Image& image, const Fabric& fabric);
ImageUse capacity(const Fabric& fabric);

NpzArchive to_npz(const Image& image);
Image image_from_npz(const NpzArchive& archive, const std::string& file);
Image read_image(const std::filesystem::path& path);
void write_image(const std::filesystem::path& path, const Image& image);

}  // namespace weft
