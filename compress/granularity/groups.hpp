// Choosing among disjoint groups of weights.
#pragma once

#include <functional>

#include "compress/rules/row_problem.hpp"

namespace weft::compress {

// Which group a weight belongs to, 0 to count - 1.
struct Grouping {
  Eigen::Index count = 0;
  std::function<Eigen::Index(Eigen::Index row, Eigen::Index column)> of;
};

// Takes groups in the order of their mean score, of equal ones the lower number, as long as they fit into
// `kept`; the best one always. For groups of equal size that is the optimum.
Support choose_groups(const Matrix& scores, const Grouping& grouping, std::int64_t kept);

}  // namespace weft::compress
