// Sources of synthetic traffic (TIMING.md section 12): when a tile creates a packet and for whom, and the
// packets between their creation and their end. Invariant: a source's draws depend on the seed and its tile
// alone.
#pragma once

#include <cstdint>
#include <vector>

#include "model/base/random.hpp"
#include "sim/engine/packet.hpp"
#include "sim/traffic.hpp"

namespace weft::sim {

// Gaps between packets when each cycle has one with chance `chance`, in integers: equal on every machine.
class GapTable {
 public:
  explicit GapTable(double chance);
  std::uint64_t draw(Random& random) const;

 private:
  // The first k from `from` on, none before it counting, with r >= surviving_[k]; their number if none.
  std::size_t index_of(std::size_t from, std::uint64_t r) const;

  static constexpr unsigned kGuessBits = 8;  // of the number drawn
  std::vector<std::uint64_t> surviving_;     // [k]: of 2^32, those without a packet in k + 1 cycles; falling
  std::vector<std::uint32_t> first_;         // by the highest bits: the first k that may be the one
};

struct Packet {
  std::uint64_t created = 0;
  std::uint64_t injected = 0;
  Place destination = 0;
  std::uint32_t next = kNone;  // in its source's queue, or in the list of free ones
};

// Packets under way; an index stays valid until it is given back.
class PacketPool {
 public:
  std::uint32_t take();
  void give_back(std::uint32_t packet);
  Packet& operator[](std::uint32_t packet) { return packets_[packet]; }

 private:
  std::vector<Packet> packets_;
  std::uint32_t free_ = kNone;
};

struct SourceState {
  Random random{0};
  std::uint64_t next_creation = kNever;
  std::uint32_t first = kNone;  // the queue, a list through Packet::next
  std::uint32_t last = kNone;
  std::uint32_t flits_sent = 0;  // of the first
  std::uint64_t messages = 0;    // flits that have left the queue
};

// Where a tile's packets go.
class Destinations {
 public:
  Destinations(const Fabric& fabric, const TrafficParams& params);
  bool reaches_any(TileId tile) const;
  TileId draw(TileId tile, Random& random) const;

 private:
  TileId other_tile(TileId tile, Random& random) const;

  const Fabric& fabric_;
  TrafficPattern pattern_;
  std::uint64_t hot_threshold_;
  TileId hot_tile_;
};

}  // namespace weft::sim
