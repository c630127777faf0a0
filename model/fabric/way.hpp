// Ways in dimension order, first along x, then along y; on a torus each the shorter way round. Where both
// ways round are equally long, at half of an even side, it is East (South) from a tile (x, y) with x + y even
// and West (North) from the others, so that both directions carry their half.
#pragma once

#include <cstdlib>

#include "model/fabric/fabric.hpp"

namespace weft {

// Hops: East and South are positive, West and North negative.
struct Way {
  int x = 0;
  int y = 0;
  int hops() const { return std::abs(x) + std::abs(y); }
};

// Hops along a side of `size` tiles; `wraps`: its ends are linked; `forward`: where both ways are equally
// long.
int hops_along(int from, int to, int size, bool wraps, bool forward);

// At the turn, the way along y begins in (x of `to`, y of `from`).
Way way(const Fabric& fabric, TileId from, TileId to);

// The side by which the way from `at` to `to` begins; Local if they are one. A tile further on agrees: it
// is never half a side away.
Direction first_side(const Fabric& fabric, TileId at, TileId to);

}  // namespace weft
