// Groups are ranked by what they are worth per weight. Invariant: a weight stays only with its whole group,
// but for what was gone before.
#include "compress/granularity/groups.hpp"

#include <algorithm>
#include <numeric>

namespace weft::compress {

Support choose_groups(const Matrix& scores, const Grouping& grouping, std::int64_t kept) {
  const auto count = static_cast<std::size_t>(grouping.count);
  std::vector<double> worth(count, 0.0);
  std::vector<std::int64_t> size(count, 0);
  std::vector<char> alive(count, 0);
  const auto group = [&](Eigen::Index i, Eigen::Index j) {
    return static_cast<std::size_t>(grouping.of(i, j));
  };
  for (Eigen::Index i = 0; i < scores.rows(); ++i) {
    for (Eigen::Index j = 0; j < scores.cols(); ++j) {
      const std::size_t g = group(i, j);
      ++size[g];
      if (scores(i, j) < 0) continue;
      alive[g] = 1;
      worth[g] += scores(i, j);
    }
  }
  for (std::size_t g = 0; g < count; ++g) {
    if (size[g] > 0) worth[g] /= static_cast<double>(size[g]);
  }
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return worth[a] > worth[b]; });
  std::vector<char> stays(count, 0);
  std::int64_t used = 0;
  for (const std::size_t g : order) {
    if (!alive[g] || (used > 0 && used + size[g] > kept)) continue;
    stays[g] = 1;
    used += size[g];
  }
  Support support(static_cast<std::size_t>(scores.rows()));
  for (Eigen::Index i = 0; i < scores.rows(); ++i) {
    for (Eigen::Index j = 0; j < scores.cols(); ++j) {
      if (scores(i, j) >= 0 && stays[group(i, j)]) support[static_cast<std::size_t>(i)].push_back(j);
    }
  }
  return support;
}

}  // namespace weft::compress
