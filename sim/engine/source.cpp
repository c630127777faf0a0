// What sources draw. Sections are those of TIMING.md section 12.
#include "sim/engine/source.hpp"

#include <algorithm>
#include <array>

namespace weft::sim {
namespace {

constexpr std::size_t kLongestGap = 1024;  // that is drawn at once

std::uint64_t threshold_of(double share) {
  return static_cast<std::uint64_t>(share * 4294967296.0);
}

}  // namespace

GapTable::GapTable(double chance) {
  const std::uint64_t keep = (std::uint64_t{1} << 32) - threshold_of(chance);
  std::uint64_t left = std::uint64_t{1} << 32;
  for (std::size_t k = 0; k < kLongestGap; ++k) {
    left = left * keep >> 32;
    surviving_.push_back(left);
  }
  for (std::uint64_t guess = 0; guess < std::uint64_t{1} << kGuessBits; ++guess) {
    const std::uint64_t largest = ((guess + 1) << (32 - kGuessBits)) - 1;
    first_.push_back(static_cast<std::uint32_t>(index_of(0, largest)));
  }
}

std::size_t GapTable::index_of(std::size_t from, std::uint64_t r) const {
  // Mostly the first few: the guess is close where gaps are short, and few are long.
  for (std::size_t near = std::min(from + 4, surviving_.size()); from < near; ++from) {
    if (r >= surviving_[from]) return from;
  }
  const auto begin = surviving_.begin() + static_cast<std::ptrdiff_t>(from);
  const auto found =
      std::partition_point(begin, surviving_.end(), [r](std::uint64_t surviving) { return r < surviving; });
  return static_cast<std::size_t>(found - surviving_.begin());
}

std::uint64_t GapTable::draw(Random& random) const {
  for (std::uint64_t gap = 1;; gap += kLongestGap) {
    const std::uint64_t r = random.bits() >> 32;
    const std::size_t k = index_of(first_[r >> (32 - kGuessBits)], r);
    if (k < surviving_.size()) return gap + k;
  }
}

std::uint32_t PacketPool::take() {
  if (free_ == kNone) {
    packets_.emplace_back();
    return static_cast<std::uint32_t>(packets_.size() - 1);
  }
  const std::uint32_t packet = free_;
  free_ = packets_[packet].next;
  packets_[packet].next = kNone;
  return packet;
}

void PacketPool::give_back(std::uint32_t packet) {
  packets_[packet].next = free_;
  free_ = packet;
}

Destinations::Destinations(const Fabric& fabric, const TrafficParams& params)
    : fabric_(fabric),
      pattern_(params.pattern),
      hot_threshold_(threshold_of(params.hotspot_share)),
      hot_tile_(fabric.tile(fabric.width / 2, fabric.height / 2)) {}

bool Destinations::reaches_any(TileId tile) const {
  if (pattern_ == TrafficPattern::Transpose) return fabric_.x(tile) != fabric_.y(tile);
  return fabric_.tiles() > 1;
}

TileId Destinations::other_tile(TileId tile, Random& random) const {
  const std::uint64_t n = random.below(static_cast<std::uint64_t>(fabric_.tiles() - 1));
  return TileId(static_cast<std::uint32_t>(n < tile.value() ? n : n + 1));
}

TileId Destinations::draw(TileId tile, Random& random) const {
  switch (pattern_) {
    case TrafficPattern::Transpose:
      return fabric_.tile(fabric_.y(tile), fabric_.x(tile));
    case TrafficPattern::HotSpot: {
      const bool hot = random.bits() >> 32 < hot_threshold_;
      return hot && tile != hot_tile_ ? hot_tile_ : other_tile(tile, random);
    }
    case TrafficPattern::Neighbor: {
      std::array<TileId, 4> neighbors{};
      std::size_t count = 0;
      for (const Direction side : {Direction::North, Direction::East, Direction::South, Direction::West}) {
        if (has_neighbor(fabric_, tile, side)) neighbors[count++] = neighbor(fabric_, tile, side);
      }
      return neighbors[random.below(count)];
    }
    case TrafficPattern::Uniform:
      break;
  }
  return other_tile(tile, random);
}

}  // namespace weft::sim
