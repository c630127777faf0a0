// Simulated annealing of cores on tiles.
#pragma once

#include <cstdint>
#include <vector>

#include "mapping/place/link_loads.hpp"
#include "mapping/place/regions.hpp"
#include "model/base/progress.hpp"
#include "model/base/random.hpp"
#include "model/fabric/fabric.hpp"

namespace weft::mapping {

// A multicast tree whose ends are cores or fixed tiles.
struct PlacedTree {
  CoreId source = kNoCore;      // kNoCore: starts at `fixed`
  std::vector<CoreId> targets;  // empty: ends at `fixed`
  TileId fixed;
  std::int64_t weight = 1;  // flits
};

struct AnnealParams {
  std::int64_t moves = 100000;
  std::int64_t work = 100'000'000;  // an upper bound of tree ends looked at
  int cooling = 1;  // 1: start at a temperature that accepts most moves; else at that part of it
  // Flits of a link that cost nothing beside their hops (LinkLoads); -1: links are not looked at.
  std::int64_t free_flits = -1;
};

struct Annealed {
  IdVector<CoreId, TileId> tile_of;
  std::int64_t moves = 0, accepted = 0;
};

std::int64_t total_hops(const Fabric& fabric, const std::vector<PlacedTree>& trees,
                        const IdVector<CoreId, TileId>& tile_of);

// The loads of all links.
LinkLoads link_loads(const Fabric& fabric, const std::vector<PlacedTree>& trees,
                     const IdVector<CoreId, TileId>& tile_of, std::int64_t free_flits);

// Cores stay within `regions`, where the start must have them; no regions: anywhere. The best placement seen;
// never worse than the start. Integer decisions: a move that costs d is accepted if d is below a threshold
// drawn from [0, temperature]. Cost: hops times flits and, if they are looked at, what links cost beside.
Annealed anneal(const Fabric& fabric, const std::vector<PlacedTree>& trees, IdVector<CoreId, TileId> start,
                const IdVector<CoreId, Region>& regions, Random random, const AnnealParams& params,
                Progress* progress);

}  // namespace weft::mapping
