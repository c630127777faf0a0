// Shares out goods among bins of limited room at little cost.
#pragma once

#include <cstdint>
#include <vector>

namespace weft::mapping {

// cost[g][b]: of one unit of good g in bin b; supply[g] units of each; room units in each bin, in all no less
// than the supply. Result: units[g][b]. Greedy by regret, then exchanges between pairs of bins while they
// save anything and that takes no more than a second or so.
std::vector<std::vector<std::int64_t>> share_out(const std::vector<std::vector<std::int64_t>>& cost,
                                                 const std::vector<std::int64_t>& supply, std::int64_t room);

}  // namespace weft::mapping
