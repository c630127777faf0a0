// Where guests cannot be. Invariant: what passes here keeps TIMING.md's section on guests to the letter.
#include <fmt/format.h>

#include "model/base/error.hpp"
#include "model/fabric/link.hpp"
#include "sim/engine/guests.hpp"

namespace weft::sim {
namespace {

[[noreturn]] void refuse(const char* key, const std::string& found, const std::string& expected) {
  throw InputError({key, 0, 0}, found, expected + " where modules of the user's take part in a step");
}

}  // namespace

void Guests::require_possible(const Fabric& fabric) const {
  if (fabric.router.routing == Routing::Circuit) refuse("router.routing", "circuit", "routing by routers");
  if (fabric.step.synchronization != Synchronization::Barrier)
    refuse("step.synchronization", to_string(fabric.step.synchronization), "a barrier");
  if (fabric.step.barrier_cycles < 1) refuse("step.barrier_cycles", "0", "at least 1");
  if (fabric.topology != Topology::Mesh && !routers.empty())
    refuse("topology", to_string(fabric.topology), "a mesh, for modules in routers' places,");
  if (fabric.router.routing != Routing::Multicast && !cores.empty())
    refuse("router.routing", to_string(fabric.router.routing), "multicast, for modules in cores' places,");
  if (fabric.cores_per_tile != 1)
    refuse("cores_per_tile", std::to_string(fabric.cores_per_tile), "one core in a tile");
  // What one of two such neighbors says is known to the fabric a cycle later, and to the other in the next.
  if (hop_cycles(fabric.router) >= 2 && fabric.router.credit_cycles >= 2) return;
  for (const RouterGuest& a : routers) {
    for (const Direction side : {Direction::East, Direction::South}) {
      if (!has_neighbor(fabric, a.tile, side)) continue;
      const TileId other = neighbor(fabric, a.tile, side);
      for (const RouterGuest& b : routers) {
        if (b.tile != other) continue;
        throw InputError(
            {fmt::format("{} and {}", tile_name(fabric, a.tile), tile_name(fabric, other)), 0, 0},
            "modules in the places of both routers",
            "a tile between them, or a fabric with hops of two cycles or more and "
            "router.credit_cycles of at least 2");
      }
    }
  }
}

}  // namespace weft::sim
