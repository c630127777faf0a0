// Cells of the plane, each a core or, where it needs more than one, halves of it.
//
// Invariant: no core exceeds its limits; each neuron is in exactly one core.
#include "mapping/pack/strips.hpp"

#include <algorithm>

#include "mapping/graph/plane.hpp"

namespace weft::mapping {
namespace {

constexpr std::int64_t kFewestCores = 9;

using Cell = std::vector<NodeId>;

class Filler {
 public:
  Filler(const Lines& lines, const CoreLimits& limits, const Plane& plane)
      : plane_(plane), loads_(lines, limits) {}

  void fill(Cell cell) {
    if (cell.empty()) return;
    const CoreId core = loads_.open();
    std::size_t placed = 0;
    for (; placed < cell.size() && loads_.fits(loads_.cost(cell[placed], core), core); ++placed)
      loads_.place(cell[placed], core);
    if (placed == cell.size()) return;
    for (std::size_t i = 0; i < placed; ++i) loads_.remove(cell[i]);
    sort_by(extent(plane_.x, cell) >= extent(plane_.y, cell) ? plane_.x : plane_.y, cell);
    for (Cell& half : cut(cell, {1, 1})) fill(std::move(half));
  }
  const CoreLoads& loads() const { return loads_; }

 private:
  const Plane& plane_;
  CoreLoads loads_;
};

}  // namespace

std::optional<Clusters> pack_in_strips(const Lines& lines, const CoreLimits& limits, NodeId first_neuron,
                                       std::size_t most) {
  Cell all;
  for (std::uint32_t n = first_neuron.value(); n < lines.of_node.keys(); ++n) all.push_back(NodeId(n));
  const std::int64_t cells = (static_cast<std::int64_t>(all.size()) + limits.neurons - 1) / limits.neurons;
  if (cells < kFewestCores || cells > static_cast<std::int64_t>(most)) return std::nullopt;
  const Plane plane = find_plane(lines);
  const std::int64_t width = std::max<std::int64_t>(1, extent(plane.x, all) / kPlaneHop);
  const std::int64_t height = std::max<std::int64_t>(1, extent(plane.y, all) / kPlaneHop);
  const std::vector<std::int64_t> shares = equal_shares(cells, columns_of(cells, width, height));
  Filler filler(lines, limits, plane);
  sort_by(plane.x, all);
  std::vector<Cell> strips = cut(all, shares);
  for (std::size_t s = 0; s < strips.size(); ++s) {
    sort_by(plane.y, strips[s]);
    for (Cell& cell : cut(strips[s], equal_shares(shares[s], shares[s]))) {
      filler.fill(std::move(cell));
      if (filler.loads().cores() > most) return std::nullopt;
    }
  }
  return clusters_of(filler.loads(), lines);
}

}  // namespace weft::mapping
