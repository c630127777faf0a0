// The routers of a RANC grid: five merges and twelve FIFOs per tile (TIMING.md, section 3). Nothing is
// visited unless it can act: a merge is looked at when a source got a packet, when its own FIFOs are no
// longer full, or when it is free again; all of that lies at most two cycles ahead. Invariant: a FIFO has one
// writer and one reader, so what happens at an edge does not depend on the order in which it is done.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "model/ranc/ranc_network.hpp"

namespace weft::sim {

constexpr std::uint64_t kRancNever = ~std::uint64_t{0};

class RancMesh {
 public:
  explicit RancMesh(const RancGrid& grid);

  struct Arrival {
    std::uint32_t tile;
    RancPacket packet;
  };

  // A core's packet, to be pushed into its local FIFO at the rising edge of `cycle`, the next cycle or later
  // by one. Only while local_full() does not hold.
  void send(std::uint32_t tile, const RancPacket& packet, std::uint64_t cycle);
  // Appends to tile 0's input queue, at the rising edge of `cycle`, which is the current one.
  void inject(const RancPacket& packet, std::uint64_t cycle);

  // One of the two local FIFOs is full.
  bool local_full(std::uint32_t tile) const;

  // Both halves of cycle `cycle`. Cycles may be skipped up to next(), never gone back to.
  void step(std::uint64_t cycle);
  // The first cycle from `cycle` on in which anything happens; kRancNever if none.
  std::uint64_t next(std::uint64_t cycle) const;

  // Of the last step: the packets that were delivered, and the tiles whose local FIFOs lost a full one.
  const std::vector<Arrival>& arrivals() const { return arrivals_; }
  const std::vector<std::uint32_t>& unblocked() const { return unblocked_; }

  std::uint64_t moves() const { return moves_; }  // packets that passed a merge, so far
  std::uint64_t count_packets() const;            // in FIFOs, queue and merges, between two steps

 private:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};
  struct Fifo {
    std::uint32_t head = 0, count = 0;
    std::uint32_t writer = kNone, reader = kNone;  // merges
  };
  struct Merge {
    std::array<std::uint32_t, 3> sources{kNone, kNone, kNone};  // by priority
    std::uint32_t full = 0;                                     // of its own FIFOs
    std::uint64_t free_at = 0;                                  // falling edge from which it may choose
  };
  struct Pop {
    std::uint32_t merge, fifo;
  };
  struct Push {
    std::uint32_t fifo;
    RancPacket packet;
  };
  // What is due in a cycle: three cycles at most are ahead.
  struct Due {
    std::vector<Pop> pops;
    std::vector<Push> pushes;
    std::vector<std::uint32_t> looks;
    bool any() const { return !pops.empty() || !pushes.empty() || !looks.empty(); }
  };

  Due& due(std::uint64_t cycle) { return due_[cycle & 3]; }
  void pop(const Pop& pop, std::uint64_t cycle);
  void push(const Push& push, std::uint64_t cycle);
  void look(std::uint32_t merge, std::uint64_t cycle);

  RancGrid grid_;
  std::uint32_t depth_;
  std::vector<Fifo> fifos_;
  std::vector<RancPacket> places_;  // [fifos][depth]
  std::vector<Merge> merges_;
  std::vector<RancPacket> queue_;  // the input queue: [queue_head_, end)
  std::size_t queue_head_ = 0;
  std::array<Due, 4> due_;
  std::vector<Arrival> arrivals_;
  std::vector<std::uint32_t> unblocked_;
  std::uint64_t moves_ = 0;
};

}  // namespace weft::sim
