// What flits between pairs of cores cost on any placement.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "mapping/pack/pack.hpp"
#include "model/fabric/fabric.hpp"

namespace weft::mapping {

// Flits between two cores, in both directions together.
struct PairTraffic {
  explicit PairTraffic(std::uint32_t cores) : of_core(cores) {}
  void add(CoreId a, CoreId b, std::int64_t flits) {
    of_core[a.index()][b.value()] += flits;
    of_core[b.index()][a.value()] += flits;
  }
  std::vector<std::map<std::uint32_t, std::int64_t>> of_core;  // by partner
};

// Links that these flits cross on any placement, each counted beyond its first `counted` ones.
//
// Gilmore (J. SIAM 10, 1962) and Lawler (Management Science 9, 1963): a core on a given tile has its busiest
// partners on the nearest places at best, which is a cost of core and tile; the cheapest assignment of cores
// to places by these costs counts each pair twice and no pair too dearly. Where that takes too long (or
// no placement exists), the costs are those of a tile in the middle of an endless mesh (the star bound).
std::int64_t pair_bound(const PairTraffic& traffic, const Fabric& fabric, std::int64_t counted);

}  // namespace weft::mapping
