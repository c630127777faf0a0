// Dimension order, as sim/TIMING.md sections 12 and 15 define it.
#include "model/fabric/way.hpp"

namespace weft {

int hops_along(int from, int to, int size, bool wraps, bool forward) {
  const int direct = to - from;
  if (!wraps) return direct;
  const int round = direct > 0 ? direct - size : direct + size;
  if (std::abs(direct) != std::abs(round)) return std::abs(direct) < std::abs(round) ? direct : round;
  return (direct > 0) == forward ? direct : round;
}

Way way(const Fabric& fabric, TileId from, TileId to) {
  const bool wraps = fabric.topology == Topology::Torus;
  const int y = fabric.y(from);
  Way result;
  result.x = hops_along(fabric.x(from), fabric.x(to), fabric.width, wraps, (fabric.x(from) + y) % 2 == 0);
  result.y = hops_along(y, fabric.y(to), fabric.height, wraps, (fabric.x(to) + y) % 2 == 0);
  return result;
}

Direction first_side(const Fabric& fabric, TileId at, TileId to) {
  const Way left = way(fabric, at, to);
  if (left.x != 0) return left.x > 0 ? Direction::East : Direction::West;
  if (left.y != 0) return left.y > 0 ? Direction::South : Direction::North;
  return Direction::Local;
}

}  // namespace weft
