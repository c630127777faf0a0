// The area of a fabric is the sum of its parts.
#include "app/sweep/area.hpp"

#include <cmath>

namespace weft::app {

std::vector<sweep::Figure> area_figures(const Fabric& fabric, std::int64_t used_cores) {
  const AreaSpec& area = fabric.area;
  if (area.core_mm2 == 0 && area.router_mm2 == 0 && area.port_mm2 == 0) return {};
  const double tiles = fabric.tiles(), cores = tiles * fabric.cores_per_tile;
  const double ports = static_cast<double>(port_tiles(fabric).size()) * area.port_mm2;
  const auto used = static_cast<double>(used_cores);
  return {{"area.cores_mm2", cores * area.core_mm2},
          {"area.ports_mm2", ports},
          {"area.routers_mm2", tiles * area.router_mm2},
          {"area.total_mm2", cores * area.core_mm2 + tiles * area.router_mm2 + ports},
          {"area.used_mm2",
           used * area.core_mm2 + std::ceil(used / fabric.cores_per_tile) * area.router_mm2 + ports}};
}

}  // namespace weft::app
