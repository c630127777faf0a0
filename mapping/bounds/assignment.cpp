// Rows come one after the other; each finds the shortest augmenting path in reduced costs.
//
// Invariant: cost[r][c] >= row_price[r] + column_price[c] everywhere, with equality where r has c.
#include "mapping/bounds/assignment.hpp"

#include <limits>

namespace weft::mapping {

std::int64_t cheapest_assignment(const std::vector<std::vector<std::int64_t>>& cost) {
  if (cost.empty()) return 0;
  constexpr std::size_t kNobody = std::numeric_limits<std::size_t>::max();
  constexpr std::int64_t kFar = std::numeric_limits<std::int64_t>::max();
  const std::size_t rows = cost.size(), columns = cost.front().size();
  std::vector<std::int64_t> row_price(rows, 0), column_price(columns, 0);
  std::vector<std::size_t> owner(columns, kNobody);  // the row that has a column
  std::vector<std::size_t> before(columns);  // the column before on the path to it; kNobody: the start
  std::vector<std::int64_t> distance(columns);
  std::vector<char> reached(columns);
  for (std::size_t start = 0; start < rows; ++start) {
    distance.assign(columns, kFar);
    before.assign(columns, kNobody);
    reached.assign(columns, 0);
    std::size_t row = start, last = kNobody;
    std::int64_t way = 0;  // to `row`
    for (;;) {
      std::size_t nearest = kNobody;
      for (std::size_t c = 0; c < columns; ++c) {
        if (reached[c]) continue;
        const std::int64_t through = way + cost[row][c] - row_price[row] - column_price[c];
        if (through < distance[c]) {
          distance[c] = through;
          before[c] = last;
        }
        if (nearest == kNobody || distance[c] < distance[nearest]) nearest = c;
      }
      reached[nearest] = 1;
      way = distance[nearest];
      last = nearest;
      if (owner[nearest] == kNobody) break;
      row = owner[nearest];
    }
    row_price[start] += way;
    for (std::size_t c = 0; c < columns; ++c) {
      if (!reached[c]) continue;
      column_price[c] -= way - distance[c];
      if (owner[c] != kNobody) row_price[owner[c]] += way - distance[c];
    }
    while (before[last] != kNobody) {
      owner[last] = owner[before[last]];
      last = before[last];
    }
    owner[last] = start;
  }
  std::int64_t sum = 0;
  for (std::size_t c = 0; c < columns; ++c) {
    if (owner[c] != kNobody) sum += cost[owner[c]][c];
  }
  return sum;
}

}  // namespace weft::mapping
