// Constraints are intersected; whether all cores find a place is a bipartite matching, grown by augmenting
// paths (Kuhn, 1955). A path that finds no free place has seen a set of cores whose regions have fewer
// than there are cores: that is what the error names.
#include "mapping/place/regions.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <tuple>

#include "model/base/nearest.hpp"

namespace weft::mapping {
namespace {

Region whole(const Fabric& fabric) {
  return {0, fabric.width - 1, 0, fabric.height - 1};
}

void restrict(Region& region, const FixedRegion& to, const std::string& what) {
  const Region both = common(region, to.region);
  if (both.empty()) {
    throw InputError(to.where, what + " within " + to_string(to.region),
                     "tiles that it may have besides: it is fixed within " + to_string(region) + " already");
  }
  region = both;
}

// Cores in the order of the .net file: by the first neuron that each holds.
std::vector<CoreId> file_order(const NeuronGraph& graph, const Clusters& clusters) {
  using First = std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>;
  constexpr std::uint32_t kLast = std::numeric_limits<std::uint32_t>::max();
  std::vector<std::pair<First, CoreId>> order;
  for (std::uint32_t c = 0; c < clusters.cores; ++c) order.push_back({{kLast, kLast, kLast}, CoreId(c)});
  for (std::uint32_t n = graph.inputs; n < graph.nodes(); ++n) {
    const NeuronOrigin& origin = graph.configs[NodeId(n)].origin;
    First& first = order[clusters.core_of[NodeId(n)].index()].first;
    first = std::min(first, First{origin.population, origin.index, origin.part});
  }
  std::sort(order.begin(), order.end());
  std::vector<CoreId> cores;
  for (const auto& [first, core] : order) cores.push_back(core);
  return cores;
}

class Matching {
 public:
  Matching(const Fabric& fabric, const IdVector<CoreId, Region>& regions)
      : fabric_(fabric),
        regions_(regions),
        per_tile_(static_cast<std::uint32_t>(fabric.cores_per_tile)),
        place_of_(regions.size()),
        core_at_(static_cast<std::size_t>(fabric.tiles() * fabric.cores_per_tile), kNoCore),
        seen_(static_cast<std::size_t>(fabric.tiles() * fabric.cores_per_tile), kNoCore),
        middle_out_(static_cast<std::size_t>(fabric.tiles())) {
    std::iota(middle_out_.begin(), middle_out_.end(), 0u);
    std::stable_sort(middle_out_.begin(), middle_out_.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return distance(a) < distance(b); });
  }

  IdVector<CoreId, TileId> run() {
    for (std::uint32_t c = 0; c < regions_.size(); ++c) {
      if (!find_place(CoreId(c), CoreId(c))) fail(CoreId(c));
    }
    IdVector<CoreId, TileId> tile_of;
    for (const std::uint32_t place : place_of_) tile_of.push_back(tile_of_place(place));
    return tile_of;
  }

 private:
  int distance(std::uint32_t t) const {
    return std::abs(2 * fabric_.x(TileId(t)) - (fabric_.width - 1)) +
           std::abs(2 * fabric_.y(TileId(t)) - (fabric_.height - 1));
  }
  TileId tile_of_place(std::uint32_t place) const { return TileId(place / per_tile_); }
  bool may_stand(CoreId core, TileId tile) const {
    return regions_[core].contains(fabric_.x(tile), fabric_.y(tile));
  }

  // Breadth first from `root`: the shortest chain of cores that make room.
  bool find_place(CoreId root, CoreId stamp) {
    std::vector<CoreId> queue{root};
    std::map<std::uint32_t, CoreId> came_for;  // the core that wants this place
    for (std::size_t next = 0; next < queue.size(); ++next) {
      const CoreId core = queue[next];
      for (std::uint32_t t : middle_out_) {
        if (!may_stand(core, TileId(t))) continue;
        for (std::uint32_t place = t * per_tile_; place < (t + 1) * per_tile_; ++place) {
          if (seen_[place] == stamp) continue;
          seen_[place] = stamp;
          came_for[place] = core;
          if (core_at_[place] != kNoCore) {
            queue.push_back(core_at_[place]);
            continue;
          }
          settle(place, root, came_for);
          return true;
        }
      }
    }
    stuck_ = queue;
    return false;
  }

  void settle(std::uint32_t place, CoreId root, const std::map<std::uint32_t, CoreId>& came_for) {
    for (;;) {
      const CoreId core = came_for.at(place);
      const std::uint32_t left = place_of_[core];
      place_of_[core] = place;
      core_at_[place] = core;
      if (core == root) return;
      place = left;
    }
  }

  [[noreturn]] void fail(CoreId core) const {
    std::string regions;
    std::vector<Region> named;
    for (CoreId one : stuck_) {
      if (std::find(named.begin(), named.end(), regions_[one]) != named.end()) continue;
      named.push_back(regions_[one]);
      regions += (regions.empty() ? "" : " and ") + to_string(regions_[one]);
    }
    const auto tiles = std::count(seen_.begin(), seen_.end(), core) / per_tile_;
    throw Error(ErrorKind::Unacceptable, "at least " + std::to_string(stuck_.size()) +
                                             " cores are fixed within " + regions + ", which has " +
                                             std::to_string(tiles) + " tiles" +
                                             (per_tile_ == 1 ? "" : " of " + std::to_string(per_tile_)));
  }

  const Fabric& fabric_;
  const IdVector<CoreId, Region>& regions_;
  std::uint32_t per_tile_;                    // places
  IdVector<CoreId, std::uint32_t> place_of_;  // tile * per_tile_ + ...
  std::vector<CoreId> core_at_;               // by place
  std::vector<CoreId> seen_;                  // by place: the core whose search came here last
  std::vector<std::uint32_t> middle_out_;
  std::vector<CoreId> stuck_;
};

}  // namespace

Region common(const Region& a, const Region& b) {
  return {std::max(a.left, b.left), std::min(a.right, b.right), std::max(a.top, b.top),
          std::min(a.bottom, b.bottom)};
}

std::string to_string(const Region& r) {
  return "[" + std::to_string(r.left) + ".." + std::to_string(r.right) + ", " + std::to_string(r.top) + ".." +
         std::to_string(r.bottom) + "]";
}

std::vector<Region> find_layer_regions(const FixedNetwork& network, const Fabric& fabric,
                                       const std::vector<FixedRegion>& fix) {
  std::vector<Region> regions(network.populations.size(), whole(fabric));
  std::vector<std::string> names;
  for (std::uint32_t p = 1; p < regions.size(); ++p)
    names.push_back(network.populations[PopulationId(p)].name);
  for (const FixedRegion& one : fix) {
    const Region inside = common(one.region, whole(fabric));
    if (one.region.empty() || !(inside == one.region)) {
      throw InputError(one.where, "the tiles " + to_string(one.region),
                       "first..last of columns and rows within " + to_string(whole(fabric)));
    }
    if (one.layer.empty()) continue;
    const auto at = std::find(names.begin(), names.end(), one.layer);
    if (at == names.end()) {
      throw InputError(one.where, "the layer \"" + one.layer + "\"",
                       "a layer with neurons of this network" + did_you_mean(one.layer, names));
    }
    restrict(regions[static_cast<std::size_t>(at - names.begin()) + 1], one, "layer " + one.layer);
  }
  return regions;
}

std::vector<std::uint16_t> number_regions(const std::vector<Region>& regions) {
  std::vector<std::uint16_t> numbers;
  for (const Region& region : regions)
    numbers.push_back(
        static_cast<std::uint16_t>(std::find(regions.begin(), regions.end(), region) - regions.begin()));
  return numbers;
}

IdVector<CoreId, Region> find_core_regions(const NeuronGraph& graph, const Clusters& clusters,
                                           const std::vector<Region>& of_layer,
                                           const std::vector<FixedRegion>& fix) {
  IdVector<CoreId, Region> regions;
  if (fix.empty()) return regions;
  regions = IdVector<CoreId, Region>(clusters.cores);
  for (std::uint32_t n = graph.inputs; n < graph.nodes(); ++n) {
    regions[clusters.core_of[NodeId(n)]] = of_layer[graph.population_of(NodeId(n))];
  }
  const std::vector<CoreId> order = file_order(graph, clusters);
  for (const FixedRegion& one : fix) {
    if (!one.layer.empty()) continue;
    const std::string name = "core " + std::to_string(one.core);
    if (one.core < 0 || one.core >= static_cast<std::int64_t>(order.size())) {
      throw InputError(
          one.where, name,
          "a core from 0 to " + std::to_string(order.size() - 1) + ", which is all that this packing has");
    }
    restrict(regions[order[static_cast<std::size_t>(one.core)]], one, name);
  }
  return regions;
}

IdVector<CoreId, TileId> start_in_regions(const Fabric& fabric, const IdVector<CoreId, Region>& regions) {
  return Matching(fabric, regions).run();
}

}  // namespace weft::mapping
