// Costs by core and tile from two sorted lists, then one assignment.
#include "mapping/bounds/pair_bound.hpp"

#include <algorithm>
#include <functional>

#include "mapping/bounds/assignment.hpp"
#include "model/fabric/way.hpp"

namespace weft::mapping {
namespace {

constexpr std::int64_t kWork = 200'000'000;  // of the assignment, at most

using Partners = std::vector<std::vector<std::int64_t>>;  // by core: flits with each partner, most first

Partners sorted_partners(const PairTraffic& traffic) {
  Partners partners;
  for (const auto& of_core : traffic.of_core) {
    partners.emplace_back();
    for (const auto& [other, flits] : of_core) partners.back().push_back(flits);
    std::sort(partners.back().begin(), partners.back().end(), std::greater<>());
  }
  return partners;
}

// Links from the tile to the other places, nearest first.
std::vector<std::int64_t> distances_from(const Fabric& fabric, TileId tile) {
  std::vector<std::int64_t> distances;
  for (std::uint32_t t = 0; t < static_cast<std::uint32_t>(fabric.tiles()); ++t) {
    const int places = fabric.cores_per_tile - (TileId(t) == tile ? 1 : 0);
    distances.insert(distances.end(), static_cast<std::size_t>(places), way(fabric, tile, TileId(t)).hops());
  }
  std::sort(distances.begin(), distances.end());
  return distances;
}

// The same in the middle of an endless mesh.
std::vector<std::int64_t> distances_at_best(std::size_t count, int per_tile) {
  std::vector<std::int64_t> distances(static_cast<std::size_t>(per_tile - 1), 0);
  for (std::int64_t distance = 1; distances.size() < count; ++distance)
    distances.insert(distances.end(), static_cast<std::size_t>(4 * distance * per_tile), distance);
  return distances;
}

std::int64_t cost_of(const std::vector<std::int64_t>& partners, const std::vector<std::int64_t>& distances,
                     std::int64_t counted) {
  std::int64_t cost = 0;
  for (std::size_t i = 0; i < partners.size(); ++i)
    cost += partners[i] * std::max<std::int64_t>(0, distances[i] - counted);
  return cost;
}

}  // namespace

std::int64_t pair_bound(const PairTraffic& traffic, const Fabric& fabric, std::int64_t counted) {
  const Partners partners = sorted_partners(traffic);
  const auto cores = static_cast<std::int64_t>(partners.size());
  const std::int64_t places = std::int64_t{fabric.tiles()} * fabric.cores_per_tile;
  std::int64_t twice = 0;
  if (cores <= places && cores * cores * places <= kWork) {
    std::vector<std::vector<std::int64_t>> cost(partners.size());
    for (std::uint32_t t = 0; t < static_cast<std::uint32_t>(fabric.tiles()); ++t) {
      const std::vector<std::int64_t> distances = distances_from(fabric, TileId(t));
      for (std::size_t c = 0; c < partners.size(); ++c) {
        cost[c].insert(cost[c].end(), static_cast<std::size_t>(fabric.cores_per_tile),
                       cost_of(partners[c], distances, counted));
      }
    }
    twice = cheapest_assignment(cost);
  } else {
    const auto distances = distances_at_best(partners.size(), fabric.cores_per_tile);
    for (const auto& of_core : partners) twice += cost_of(of_core, distances, counted);
  }
  return (twice + 1) / 2;
}

}  // namespace weft::mapping
