// A move puts a core on another tile, into one of its places, and the core that is there (if any) in its own.
// A tile has as many places as cores. The move's cost is the change in length of the trees that end at either
// core; lengths are kept per tree, and loads per link where links are looked at. The threshold of acceptance
// falls from the typical cost of a move to zero, in integers.
//
// Invariant: length_[t] is the exact length of tree t for the tiles at hand, and links_ holds all trees.
#include "mapping/place/anneal.hpp"

#include <algorithm>
#include <optional>

#include "mapping/route/tree.hpp"

namespace weft::mapping {
namespace {

using TreeId = StrongId<struct PlacedTreeTag>;

class Annealer {
 public:
  Annealer(const Fabric& fabric, const std::vector<PlacedTree>& trees, IdVector<CoreId, TileId> start,
           std::int64_t free_flits = -1)
      : trees_(trees),
        measure_(fabric),
        tile_of_(std::move(start)),
        per_tile_(static_cast<std::uint32_t>(fabric.cores_per_tile)),
        place_of_(tile_of_.size()),
        core_at_(static_cast<std::size_t>(fabric.tiles() * fabric.cores_per_tile), kNoCore),
        trees_of_(tile_of_.size()),
        length_(trees.size()),
        mark_(trees.size(), 0) {
    for (std::uint32_t c = 0; c < tile_of_.size(); ++c) {
      std::uint32_t place = tile_of_[CoreId(c)].value() * per_tile_;
      while (core_at_[place] != kNoCore) ++place;
      put(CoreId(c), place);
    }
    for (std::uint32_t t = 0; t < trees.size(); ++t) {
      if (trees[t].source != kNoCore) trees_of_[trees[t].source].push_back(TreeId(t));
      for (CoreId target : trees[t].targets) {
        if (target != trees[t].source) trees_of_[target].push_back(TreeId(t));
      }
      length_[TreeId(t)] = length(TreeId(t));
      total_ += trees[t].weight * length_[TreeId(t)];
    }
    if (free_flits < 0) return;
    links_.emplace(fabric, free_flits);
    for (std::uint32_t t = 0; t < trees.size(); ++t) lay(TreeId(t), 1);
    total_ += links_->cost();
  }

  // Moves the core there; returns the change of the total.
  std::int64_t move(CoreId core, std::uint32_t place) {
    const std::uint32_t from = place_of_[core];
    const CoreId other = core_at_[place];
    const std::int64_t links_before = links_ ? links_->cost() : 0;
    if (links_) take_up(core, other);
    put(core, place);
    if (other == kNoCore) {
      core_at_[from] = kNoCore;
    } else {
      put(other, from);
    }
    ++stamp_;
    std::int64_t change = remeasure(core);
    if (other != kNoCore) change += remeasure(other);
    if (links_) change += links_->cost() - links_before;
    total_ += change;
    return change;
  }

  CoreId core_at(std::uint32_t place) const { return core_at_[place]; }
  std::uint32_t place_of(CoreId core) const { return place_of_[core]; }
  // One of the tile's places.
  std::uint32_t draw_place(TileId tile, Random& random) const {
    const std::uint32_t first = tile.value() * per_tile_;
    return per_tile_ == 1 ? first : first + static_cast<std::uint32_t>(random.below(per_tile_));
  }
  std::int64_t total() const { return total_; }
  std::int64_t work() const { return work_; }
  const IdVector<CoreId, TileId>& tile_of() const { return tile_of_; }
  const std::optional<LinkLoads>& links() const { return links_; }

 private:
  // Of both cores' trees, each once.
  void take_up(CoreId core, CoreId other) {
    ++stamp_;
    for (const CoreId one : {core, other}) {
      if (one == kNoCore) continue;
      for (const TreeId tree : trees_of_[one]) {
        if (mark_[tree] == stamp_) continue;
        mark_[tree] = stamp_;
        lay(tree, -1);
      }
    }
  }

  void lay(TreeId id, std::int64_t times) {
    const TileId source = find_ends(id);
    work_ += links_->lay(source, ends_, times * trees_[id.index()].weight);
  }

  void put(CoreId core, std::uint32_t place) {
    tile_of_[core] = TileId(place / per_tile_);
    place_of_[core] = place;
    core_at_[place] = core;
  }

  // Fills ends_; returns where the tree begins.
  TileId find_ends(TreeId id) {
    const PlacedTree& tree = trees_[id.index()];
    ends_.clear();
    for (CoreId target : tree.targets) ends_.push_back(tile_of_[target]);
    if (tree.targets.empty()) ends_.push_back(tree.fixed);
    return tree.source == kNoCore ? tree.fixed : tile_of_[tree.source];
  }

  std::int64_t length(TreeId id) {
    const TileId source = find_ends(id);
    work_ += static_cast<std::int64_t>(ends_.size()) + 2;
    return measure_(source, ends_);
  }

  std::int64_t remeasure(CoreId core) {
    std::int64_t change = 0;
    for (TreeId tree : trees_of_[core]) {
      if (mark_[tree] == stamp_) continue;  // seen for the other core
      mark_[tree] = stamp_;
      const std::int64_t now = length(tree);
      change += trees_[tree.index()].weight * (now - length_[tree]);
      length_[tree] = now;
      if (links_) lay(tree, 1);
    }
    return change;
  }

  const std::vector<PlacedTree>& trees_;
  RouteLength measure_;
  IdVector<CoreId, TileId> tile_of_;
  std::uint32_t per_tile_;
  IdVector<CoreId, std::uint32_t> place_of_;  // tile * per_tile_ + ...
  std::vector<CoreId> core_at_;               // by place
  IdVector<CoreId, std::vector<TreeId>> trees_of_;
  IdVector<TreeId, std::int64_t> length_;
  IdVector<TreeId, std::uint64_t> mark_;
  std::uint64_t stamp_ = 0;
  std::optional<LinkLoads> links_;
  std::vector<TileId> ends_;
  std::int64_t total_ = 0;
  std::int64_t work_ = 0;
};

// A tile of the region, at most `reach` away in x and y.
TileId draw_tile(const Fabric& fabric, TileId around, int reach, const Region& region, Random& random) {
  const auto draw = [&](int at, int first, int last) {
    const int low = std::max(first, at - reach), high = std::min(last, at + reach);
    return low + static_cast<int>(random.below(static_cast<std::uint64_t>(high - low + 1)));
  };
  const int x = draw(fabric.x(around), region.left, region.right);
  return fabric.tile(x, draw(fabric.y(around), region.top, region.bottom));
}

}  // namespace

std::int64_t total_hops(const Fabric& fabric, const std::vector<PlacedTree>& trees,
                        const IdVector<CoreId, TileId>& tile_of) {
  return Annealer(fabric, trees, tile_of).total();
}

LinkLoads link_loads(const Fabric& fabric, const std::vector<PlacedTree>& trees,
                     const IdVector<CoreId, TileId>& tile_of, std::int64_t free_flits) {
  return *Annealer(fabric, trees, tile_of, free_flits).links();
}

Annealed anneal(const Fabric& fabric, const std::vector<PlacedTree>& trees, IdVector<CoreId, TileId> start,
                const IdVector<CoreId, Region>& regions, Random random, const AnnealParams& params,
                Progress* progress) {
  if (start.empty() || fabric.tiles() < 2) return {start, 0, 0};
  Annealer state(fabric, trees, start, params.free_flits);
  Annealed result{start, 0, 0};
  std::int64_t best_total = state.total();
  const auto cores = static_cast<std::uint64_t>(start.size());

  const Region whole{0, fabric.width - 1, 0, fabric.height - 1};
  const auto region_of = [&](CoreId core) { return regions.empty() ? whole : regions[core]; };
  // Whether the core that is there, if any, may go where the other one comes from.
  const auto may_leave = [&](std::uint32_t to, TileId from) {
    const CoreId other = state.core_at(to);
    return other == kNoCore || region_of(other).contains(fabric.x(from), fabric.y(from));
  };

  // The typical change of a move, from a sample that is taken back.
  std::int64_t typical = 0;
  constexpr int kSamples = 40;
  for (int i = 0; i < kSamples; ++i) {
    const CoreId core(static_cast<std::uint32_t>(random.below(cores)));
    const TileId from = state.tile_of()[core];
    const TileId to = draw_tile(fabric, from, std::max(fabric.width, fabric.height), region_of(core), random);
    const std::uint32_t place = state.draw_place(to, random), old_place = state.place_of(core);
    if (!may_leave(place, from)) continue;
    typical += std::abs(state.move(core, place));
    state.move(core, old_place);
  }
  const std::int64_t hottest = typical / kSamples / params.cooling;

  for (std::int64_t i = 0; i < params.moves && state.work() < params.work; ++i) {
    // How far along: by moves or by work, whichever is further.
    const std::int64_t done =
        std::max(i * 1000 / params.moves, state.work() / std::max<std::int64_t>(1, params.work / 1000));
    if (progress != nullptr && i % 1024 == 0) {
      progress->update(done, 1000);
      if (progress->stop_requested()) break;
    }
    const std::int64_t left = 1000 - done;
    const std::int64_t temperature = hottest * left / 1000 * left / 1000;
    const int reach = 1 + static_cast<int>((std::max(fabric.width, fabric.height) - 1) * left / 1000);
    const CoreId core(static_cast<std::uint32_t>(random.below(cores)));
    const TileId from = state.tile_of()[core];
    const TileId to = draw_tile(fabric, from, reach, region_of(core), random);
    if (to == from) continue;
    const std::uint32_t place = state.draw_place(to, random), old_place = state.place_of(core);
    if (!may_leave(place, from)) continue;
    ++result.moves;
    const std::int64_t change = state.move(core, place);
    if (change > 0 &&
        change > static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(temperature) + 1))) {
      state.move(core, old_place);
      continue;
    }
    ++result.accepted;
    if (state.total() < best_total) {
      best_total = state.total();
      result.tile_of = state.tile_of();
    }
  }
  return result;
}

}  // namespace weft::mapping
