// The merges' rules, one function per act. A merge that chooses in cycle c pops in c + 1 and pushes in c + 2;
// between the two the packet is on its way in the list of what is due.
#include "sim/ranc/mesh.hpp"

namespace weft::sim {
namespace {

// Within a tile.
enum Fifos : std::uint32_t {
  LocalEast,
  LocalWest,
  EastLink,
  EastNorth,
  EastSouth,
  WestLink,
  WestNorth,
  WestSouth,
  NorthLink,
  NorthLocal,
  SouthLink,
  SouthLocal,
  kFifos
};
enum Merges : std::uint32_t { East, West, North, South, Local, kMerges };

// The FIFO of merge `kind` that the packet goes to; takes the hop off the packet.
Fifos route(Merges kind, RancPacket& packet) {
  switch (kind) {
    case East:
      if (packet.dx == 0) return packet.dy >= 0 ? EastNorth : EastSouth;
      --packet.dx;
      return EastLink;
    case West:
      if (packet.dx == 0) return packet.dy >= 0 ? WestNorth : WestSouth;
      ++packet.dx;
      return WestLink;
    case North:
      if (packet.dy == 0) return NorthLocal;
      --packet.dy;
      return NorthLink;
    default:
      if (packet.dy == 0) return SouthLocal;
      ++packet.dy;
      return SouthLink;
  }
}

}  // namespace

RancMesh::RancMesh(const RancGrid& grid) : grid_(grid), depth_(static_cast<std::uint32_t>(grid.fifo_depth)) {
  const auto tiles = static_cast<std::uint32_t>(grid.tiles());
  const auto width = static_cast<std::uint32_t>(grid.width);
  fifos_.resize(std::size_t{tiles} * kFifos + 1);  // the last one stands for the input queue
  places_.resize(std::size_t{tiles} * kFifos * depth_);
  merges_.resize(std::size_t{tiles} * kMerges);
  const auto owns = [&](std::uint32_t tile, Merges merge, Fifos first, int count) {
    for (int i = 0; i < count; ++i) {
      fifos_[tile * kFifos + static_cast<std::uint32_t>(first) + static_cast<std::uint32_t>(i)].writer =
          tile * kMerges + merge;
    }
  };
  const auto takes = [&](std::uint32_t tile, Merges merge, std::size_t priority, std::uint32_t fifo) {
    merges_[tile * kMerges + merge].sources[priority] = fifo;
    fifos_[fifo].reader = tile * kMerges + merge;
  };
  for (std::uint32_t t = 0; t < tiles; ++t) {
    const std::uint32_t x = t % width, own = t * kFifos;
    owns(t, East, EastLink, 3);
    owns(t, West, WestLink, 3);
    owns(t, North, NorthLink, 2);
    owns(t, South, SouthLink, 2);
    if (t == 0) takes(t, East, 0, tiles * kFifos);
    if (x > 0) takes(t, East, 0, own - kFifos + EastLink);
    takes(t, East, 1, own + LocalEast);
    if (x + 1 < width) takes(t, West, 0, own + kFifos + WestLink);
    takes(t, West, 1, own + LocalWest);
    if (t >= width) takes(t, North, 0, own - width * kFifos + NorthLink);
    takes(t, North, 1, own + EastNorth);
    takes(t, North, 2, own + WestNorth);
    if (t + width < tiles) takes(t, South, 0, own + width * kFifos + SouthLink);
    takes(t, South, 1, own + EastSouth);
    takes(t, South, 2, own + WestSouth);
    takes(t, Local, 0, own + NorthLocal);
    takes(t, Local, 1, own + SouthLocal);
  }
}

bool RancMesh::local_full(std::uint32_t tile) const {
  const Fifo* own = &fifos_[tile * kFifos];
  return own[LocalEast].count == depth_ || own[LocalWest].count == depth_;
}

void RancMesh::send(std::uint32_t tile, const RancPacket& packet, std::uint64_t cycle) {
  due(cycle).pushes.push_back({tile * kFifos + (packet.dx >= 0 ? LocalEast : LocalWest), packet});
}

void RancMesh::inject(const RancPacket& packet, std::uint64_t cycle) {
  if (queue_head_ == queue_.size()) {
    queue_.clear();
    queue_head_ = 0;
  }
  queue_.push_back(packet);
  ++fifos_.back().count;
  due(cycle).looks.push_back(East);  // of tile 0
}

void RancMesh::pop(const Pop& pop, std::uint64_t cycle) {
  Fifo& fifo = fifos_[pop.fifo];
  const std::uint32_t tile = pop.merge / kMerges;
  const auto kind = static_cast<Merges>(pop.merge % kMerges);
  RancPacket packet;
  if (pop.fifo + 1 == fifos_.size()) {
    packet = queue_[queue_head_++];
  } else {
    packet = places_[std::size_t{pop.fifo} * depth_ + fifo.head];
    fifo.head = (fifo.head + 1) & (depth_ - 1);
    if (fifo.count == depth_) {
      if (fifo.writer == kNone) {
        unblocked_.push_back(pop.fifo / kFifos);
      } else {
        --merges_[fifo.writer].full;
        due(cycle).looks.push_back(fifo.writer);
      }
    }
  }
  --fifo.count;
  ++moves_;
  if (kind == Local) {
    arrivals_.push_back({tile, packet});
  } else {
    const std::uint32_t target = tile * kFifos + route(kind, packet);
    due(cycle + 1).pushes.push_back({target, packet});
  }
}

void RancMesh::push(const Push& push, std::uint64_t cycle) {
  Fifo& fifo = fifos_[push.fifo];
  places_[std::size_t{push.fifo} * depth_ + ((fifo.head + fifo.count) & (depth_ - 1))] = push.packet;
  ++fifo.count;
  if (fifo.count == depth_ && fifo.writer != kNone) ++merges_[fifo.writer].full;
  if (fifo.reader != kNone) due(cycle).looks.push_back(fifo.reader);
}

void RancMesh::look(std::uint32_t index, std::uint64_t cycle) {
  Merge& merge = merges_[index];
  if (merge.free_at > cycle || merge.full != 0) return;
  for (const std::uint32_t source : merge.sources) {
    if (source == kNone || fifos_[source].count == 0) continue;
    merge.free_at = cycle + 2;
    due(cycle + 1).pops.push_back({index, source});
    due(cycle + 2).looks.push_back(index);
    return;
  }
}

void RancMesh::step(std::uint64_t cycle) {
  arrivals_.clear();
  unblocked_.clear();
  Due& now = due(cycle);
  // Pops first: a FIFO never holds more than its depth.
  for (const Pop& one : now.pops) pop(one, cycle);
  for (const Push& one : now.pushes) push(one, cycle);
  for (std::size_t i = 0; i < now.looks.size(); ++i) look(now.looks[i], cycle);
  now.pops.clear();
  now.pushes.clear();
  now.looks.clear();
}

std::uint64_t RancMesh::count_packets() const {
  std::uint64_t count = 0;
  for (const Fifo& fifo : fifos_) count += fifo.count;
  for (const Due& due : due_) count += due.pushes.size();
  return count;
}

std::uint64_t RancMesh::next(std::uint64_t cycle) const {
  for (std::uint64_t ahead = 0; ahead < 3; ++ahead) {
    if (due_[(cycle + ahead) & 3].any()) return cycle + ahead;
  }
  return kRancNever;
}

}  // namespace weft::sim
