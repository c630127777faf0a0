// Runs a RANC grid tick by tick, exact to the cycle (TIMING.md), visiting only cycles in which something
// happens: a core fires or clears, a packet moves, an input enters.
#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <utility>
#include <vector>

#include "sim/ranc/core.hpp"
#include "sim/ranc/event.hpp"
#include "sim/ranc/mesh.hpp"

namespace weft::sim {

// The fewest cycles per tick with which no core misses a tick as long as none stalls.
std::uint64_t ranc_shortest_tick(const RancNetwork& network);

class RancEngine {
 public:
  // The network must be valid and outlive the engine. Throws InputError when params are impossible.
  RancEngine(const RancNetwork& network, const RancRunParams& params);

  // The next tick, with the packets that enter in it. The result is valid until the next call. Throws
  // InputError when the packets do not fit into the tick.
  const RancTick& run_tick(const std::vector<RancPacket>& packets);

  std::uint64_t tick() const { return tick_; }  // the next one to run
  std::uint64_t tick_cycles() const { return tick_cycles_; }
  std::uint64_t packet_moves() const { return mesh_.moves(); }
  std::uint64_t packets_in_flight() const { return mesh_.count_packets(); }
  std::uint64_t visited_cycles() const { return visited_; }

 private:
  struct Entry {
    std::uint64_t cycle;
    RancPacket packet;
  };

  std::uint32_t unit_of(std::uint32_t tile) const { return unit_of_tile_[tile]; }
  void offer(const std::vector<RancPacket>& packets, std::uint64_t begin);
  void step(std::uint64_t cycle, bool pulse);
  void visit_cores(std::uint64_t cycle);
  void pulse_cores(std::uint64_t cycle);
  void report(RancEventKind kind, std::uint64_t cycle, std::uint32_t tile, std::uint32_t index,
              std::uint8_t offset = 0);
  void await(std::uint32_t unit);
  std::uint64_t next(std::uint64_t cycle) const;
  void check_conservation() const;

  static constexpr std::uint32_t kNone = ~std::uint32_t{0};
  using Visit =
      std::pair<std::uint64_t, std::uint32_t>;  // cycle, unit; stale where the unit's next() differs

  const RancNetwork& network_;
  std::uint64_t tick_cycles_, first_burst_cycle_;
  RancMesh mesh_;
  std::vector<RancCoreUnit> units_;
  std::vector<std::uint32_t> tile_of_unit_, unit_of_tile_;
  std::priority_queue<Visit, std::vector<Visit>, std::greater<Visit>> visits_;
  std::vector<RancMesh::Arrival> writes_;  // delivered in the last visited cycle, written in the next
  std::uint64_t write_cycle_ = kRancNever;

  std::vector<Entry> entries_;  // of the tick's burst, into the input queue
  std::size_t next_entry_ = 0;
  std::uint64_t accepted_cycle_ = kRancNever;
  std::uint32_t burst_size_ = 0;
  bool had_burst_ = false;

  std::uint64_t tick_ = 0, tick_begin_ = 0;
  std::uint64_t entered_ = 0, delivered_ = 0, visited_ = 0;
  RancTick result_;
};

}  // namespace weft::sim
