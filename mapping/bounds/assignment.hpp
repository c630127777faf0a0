// The cheapest way to give each of some rows a column of its own.
#pragma once

#include <cstdint>
#include <vector>

namespace weft::mapping {

// cost[r][c], no more rows than columns, all rows equally long. Returns the sum of the cheapest assignment
// (Kuhn's Hungarian method, as Jonker and Volgenant lay it out: rows * rows * columns operations).
std::int64_t cheapest_assignment(const std::vector<std::vector<std::int64_t>>& cost);

}  // namespace weft::mapping
