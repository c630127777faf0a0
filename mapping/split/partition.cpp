// Hypergraph partitioning of the simplest kind: an item's move from group g to h costs a pair for each of its
// readers that has nothing in h yet, and saves one for each that has nothing else in g. Where all groups are
// full, the one of a few items that gains most in return goes the other way. Each step lowers (pairs, minus
// the sum of squared counts), so this ends.
#include "mapping/split/partition.hpp"

#include <algorithm>

namespace weft::mapping {
namespace {

class Refiner {
 public:
  Refiner(const Csr<ReaderId, ItemId>& reads, std::vector<std::uint32_t> group_of,
          const PartitionParams& params)
      : params_(params),
        readers_(inverted(reads, group_of.size())),
        group_of_(std::move(group_of)),
        counts_(reads.keys() * params.groups, 0),
        sizes_(params.groups, 0) {
    for (std::uint32_t r = 0; r < reads.keys(); ++r) {
      for (ItemId item : reads[ReaderId(r)]) ++count(ReaderId(r), group_of_[item.index()]);
    }
    for (std::uint32_t group : group_of_) ++sizes_[group];
  }

  // True if anything was improved.
  bool pass() {
    bool improved = false;
    for (std::uint32_t i = 0; i < group_of_.size(); ++i) improved = improve(ItemId(i)) || improved;
    return improved;
  }
  std::vector<std::uint32_t> take() { return std::move(group_of_); }

 private:
  static constexpr int kReturns = 24;
  static constexpr std::int64_t kPair = std::int64_t{1} << 32;  // more than any gathering

  std::uint16_t& count(ReaderId reader, std::uint32_t group) {
    return counts_[reader.index() * params_.groups + group];
  }

  // Pairs lost (positive) or won (negative) when the item goes to `to`; among equals, readers should gather
  // where they have most already.
  std::int64_t delta(ItemId item, std::uint32_t to) {
    const std::uint32_t from = group_of_[item.index()];
    std::int64_t pairs = 0, gathered = 0;
    for (ReaderId reader : readers_[item]) {
      const std::int64_t there = count(reader, to), here = count(reader, from);
      pairs += (there == 0 ? 1 : 0) - (here == 1 ? 1 : 0);
      gathered += there - (here - 1);
    }
    return pairs * kPair - gathered;
  }

  void move(ItemId item, std::uint32_t to) {
    const std::uint32_t from = group_of_[item.index()];
    for (ReaderId reader : readers_[item]) {
      --count(reader, from);
      ++count(reader, to);
    }
    --sizes_[from];
    ++sizes_[to];
    group_of_[item.index()] = to;
  }

  bool improve(ItemId item) {
    const std::uint32_t from = group_of_[item.index()];
    for (std::uint32_t to = 0; to < params_.groups; ++to) {
      if (to == from) continue;
      const std::int64_t change = delta(item, to);
      if (change >= 0) continue;
      if (sizes_[to] < params_.capacity) {
        move(item, to);
        return true;
      }
      move(item, to);  // one too many there: somebody goes back, if that is worth it
      const ItemId back = best_return(item, to, from);
      if (back != item && change + delta(back, from) < 0) {
        move(back, from);
        return true;
      }
      move(item, from);
    }
    return false;
  }

  // The best of a few items of the full group, the next ones after `item`; `item` itself if there is none.
  ItemId best_return(ItemId item, std::uint32_t full, std::uint32_t to) {
    ItemId best = item;
    std::int64_t best_change = 0;
    int looked_at = 0;
    for (std::size_t step = 1; step < group_of_.size() && looked_at < kReturns; ++step) {
      const ItemId other(static_cast<std::uint32_t>((item.index() + step) % group_of_.size()));
      if (group_of_[other.index()] != full) continue;
      ++looked_at;
      const std::int64_t change = delta(other, to);
      if (best == item || change < best_change) {
        best = other;
        best_change = change;
      }
    }
    return best;
  }

  const PartitionParams& params_;
  Csr<ItemId, ReaderId> readers_;
  std::vector<std::uint32_t> group_of_;
  std::vector<std::uint16_t> counts_;  // items of a group that a reader reads, by reader and group
  std::vector<std::uint32_t> sizes_;
};

}  // namespace

std::vector<std::uint32_t> partition_items(const Csr<ReaderId, ItemId>& reads, std::size_t items,
                                           const PartitionParams& params) {
  std::vector<std::uint32_t> group_of(items, 0);
  for (std::size_t i = 0; i < items; ++i) {
    group_of[i] =
        static_cast<std::uint32_t>(params.balanced ? i * params.groups / items : i / params.capacity);
  }
  if (params.groups == 1) return group_of;
  Refiner refiner(reads, std::move(group_of), params);
  for (int pass = 0; pass < params.passes && refiner.pass(); ++pass) {
  }
  return refiner.take();
}

}  // namespace weft::mapping
