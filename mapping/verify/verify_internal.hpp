// What the parts of verify_mapping hand to each other. Private to mapping/verify*.cpp.
//
// Order of the parts: capacity (are the lists readable, does everything fit), tables (do the routers' entries
// say what the routes ask for), routes (where does each message go), deadlock (can the routes block each
// other), network (is this the network). A later part reads only what an earlier one found sound.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "model/base/error.hpp"
#include "model/fabric/fabric.hpp"
#include "model/fabric/image.hpp"
#include "model/network/fixed_network.hpp"

namespace weft::mapping::verify {

class Findings {
 public:
  void add(const char* rule, std::string where, std::string detail) {
    list_.push_back({rule, std::move(where), std::move(detail)});
  }
  void append(std::vector<Violation> more) {
    for (Violation& violation : more) list_.push_back(std::move(violation));
  }
  std::size_t size() const { return list_.size(); }
  std::vector<Violation> take() { return std::move(list_); }

 private:
  std::vector<Violation> list_;
};

// Whoever sends messages: first the inputs that are bound, ascending, then all cores' neurons, tile by tile.
using SenderId = StrongId<struct SenderTag>;
constexpr SenderId kNoSender = SenderId(std::numeric_limits<std::uint32_t>::max());

struct SenderTable {
  std::uint32_t inputs = 0;
  IdVector<TileId, std::uint32_t> first_neuron;  // sender number of each tile's neuron 0
  IdVector<SenderId, TileId> tile;               // where its flits start
  std::vector<std::uint32_t> input;              // per input sender: its number in the network
  std::vector<MessageKey> keys;                  // of all senders; more than one of a sender with unicast
  IdVector<SenderId, std::uint32_t> first_key;   // into keys, and one more; no key: sends to nobody

  std::size_t size() const { return tile.size(); }
  std::uint32_t key_begin(SenderId sender) const { return first_key[sender]; }
  std::uint32_t key_end(SenderId sender) const { return first_key[SenderId(sender.value() + 1)]; }
  bool sends(SenderId sender, MessageKey key) const {
    for (std::uint32_t k = key_begin(sender); k < key_end(sender); ++k) {
      if (keys[k] == key) return true;
    }
    return false;
  }
  bool is_input(SenderId sender) const { return sender.value() < inputs; }
  SenderId neuron(TileId at, std::uint32_t index) const { return SenderId(first_neuron[at] + index); }
};

// What an axon receives: one sender's value, `delay` steps after it was sent.
struct AxonSource {
  SenderId sender = kNoSender;
  std::uint8_t delay = 0;
};

// A neuron's sum receives one sender's value: a synapse of weight 1 without an axon.
struct SumSource {
  std::uint16_t neuron = 0;
  AxonSource source;
};

// A flit's stop at a tile on its way: it came in at side `from` and met this route entry.
struct RouteVisit {
  TileId tile;
  Direction from = Direction::Local;
  std::uint8_t directions = 0;
};

// A sender's flit leaves the fabric at a port.
struct PortArrival {
  PortId port;
  MessageKey key;
  SenderId sender;
};

struct Routes {
  SenderTable senders;
  IdVector<TileId, std::vector<AxonSource>> axons;
  IdVector<TileId, std::vector<SumSource>> sums;
  std::vector<RouteVisit> visits;
  std::vector<PortArrival> arrivals;
  bool complete = false;  // every walk ended well, so that what stands above is the whole truth
};

// The source network as flat lists: neuron numbers count through all populations.
struct SourceNetwork {
  struct Synapse {
    std::uint32_t source = 0;
    std::int32_t weight = 0;
  };
  std::vector<std::uint32_t> first;       // per population: the number of its neuron 0
  std::vector<std::uint32_t> population;  // per neuron
  std::vector<std::size_t> begin;         // per neuron and one more: its synapses
  std::vector<Synapse> synapses;
  std::vector<std::uint8_t> constant;        // per neuron: no input reaches it
  std::vector<std::int64_t> value;           // of a constant
  std::vector<std::int64_t> effective_bias;  // with the constants folded in
  std::vector<std::uint8_t> live;            // reaches an output

  std::uint32_t size() const { return static_cast<std::uint32_t>(population.size()); }
};
SourceNetwork read_source(const FixedNetwork& network);

struct Weighted {
  std::uint32_t source = 0;  // neuron number of the network, or what HandedNeurons::as_source() says
  std::int64_t weight = 0;
};
// Sorted by source, one entry each, no zero.
void merge(std::vector<Weighted>& list);

// Linear neurons without shift that no core holds, but some cores parts of them, to be read in their place.
class HandedNeurons {
 public:
  // `claimed`: by neuron, who says to be it; `parts`: neurons and those who say to be parts of them.
  HandedNeurons(const FixedNetwork& network, const SourceNetwork& source,
                const std::vector<SenderId>& claimed,
                const std::vector<std::pair<std::uint32_t, SenderId>>& parts, std::size_t senders);

  bool is_part(SenderId sender) const { return whole_[sender] != kNoNeuron; }
  bool holds(std::uint32_t neuron) const { return parts_.count(neuron) > 0; }
  const std::map<std::uint32_t, std::vector<SenderId>>& parts() const { return parts_; }
  std::uint32_t as_source(SenderId part) const { return neurons_ + part.value(); }
  // Puts neurons in the place of their parts in a merged list. Returns, and leaves out, those of which it has
  // not all parts with one weight.
  std::vector<std::uint32_t> open(std::vector<Weighted>& list) const;

 private:
  static constexpr std::uint32_t kNoNeuron = std::numeric_limits<std::uint32_t>::max();
  std::uint32_t neurons_;
  IdVector<SenderId, std::uint32_t> whole_;
  std::map<std::uint32_t, std::vector<SenderId>> parts_;
};

// What a neuron makes of its potential before it is clamped or looked up (fixed_network.hpp's rule).
std::int64_t scaled(std::int64_t potential, int shift);
// What is added before the shift, so that it rounds to the nearest.
std::int64_t scaling_half(int shift);
std::size_t table_index(std::int64_t scaled_potential);

// "tile_1_2 neuron 7", "input 5".
std::string sender_name(const Fabric& fabric, const SenderTable& senders, SenderId sender);

// Returns whether the tables are readable: every index in them leads somewhere.
bool check_capacity(const Fabric& fabric, const Image& image, Findings& findings);
void check_router_tables(const Fabric& fabric, const Image& image, Findings& findings);
Routes check_routes(const Fabric& fabric, const Image& image, Findings& findings);
void check_deadlock(const Fabric& fabric, const std::vector<RouteVisit>& visits, Findings& findings);
// Assumes an image with as many inputs and outputs as the network, of its formats.
void check_network(const FixedNetwork& network, const Fabric& fabric, const Image& image,
                   const Routes& routes, Findings& findings);

}  // namespace weft::mapping::verify
