// Permuted block-diagonal: the neurons and the inputs are each split into k sets of equal size, and only
// weights between sets of one number stay, so that the layer falls into k layers that fit k cores and know
// nothing of each other (Supic et al., "MPDCompress", 2018; theirs are drawn at random, these are sought).
//
// The search goes in turns: with the sets of the inputs fixed, each neuron is worth something in each set,
// and neurons are dealt out to the sets by regret and then exchanged in pairs until no exchange helps; then
// the inputs likewise. It starts from the given order and from a few shuffled ones, and the best end wins.
// Invariant: sets differ in size by one at most, and no turn makes the sum of what stays smaller.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "compress/granularity/granularities.hpp"
#include "model/base/random.hpp"

namespace weft::compress {
namespace {

constexpr int kStarts = 12, kTurns = 30, kExchangePasses = 20;
constexpr std::uint64_t kSeed = 1;  // of the shuffled starts: the same matrix, the same sets

using Sets = std::vector<int>;  // of each item its set

// Items dealt to k sets as evenly as can be, the first sets the larger ones.
std::vector<std::int64_t> set_sizes(Eigen::Index items, std::int64_t k) {
  std::vector<std::int64_t> sizes;
  for (std::int64_t set = 0; set < k; ++set) sizes.push_back(items / k + (set < items % k ? 1 : 0));
  return sizes;
}

Sets in_order(const std::vector<Eigen::Index>& order, const std::vector<std::int64_t>& sizes) {
  Sets sets(order.size());
  std::size_t next = 0;
  for (std::size_t set = 0; set < sizes.size(); ++set) {
    for (std::int64_t i = 0; i < sizes[set]; ++i)
      sets[static_cast<std::size_t>(order[next++])] = static_cast<int>(set);
  }
  return sets;
}

// worth(item, set): what item's weights to the others' members of that set sum up to.
Matrix worth_of_rows(const Matrix& values, const Sets& columns, std::size_t k) {
  Matrix worth = Matrix::Zero(values.rows(), static_cast<Eigen::Index>(k));
  for (Eigen::Index i = 0; i < values.rows(); ++i) {
    for (Eigen::Index j = 0; j < values.cols(); ++j)
      worth(i, columns[static_cast<std::size_t>(j)]) += values(i, j);
  }
  return worth;
}

Sets deal_by_regret(const Matrix& worth, const std::vector<std::int64_t>& sizes) {
  std::vector<double> regret(static_cast<std::size_t>(worth.rows()), 0.0);
  for (Eigen::Index i = 0; i < worth.rows(); ++i) {
    Vector row = worth.row(i);
    std::sort(row.data(), row.data() + row.size());
    if (row.size() > 1) regret[static_cast<std::size_t>(i)] = row[row.size() - 1] - row[row.size() - 2];
  }
  std::vector<std::size_t> order(regret.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return regret[a] > regret[b]; });
  std::vector<std::int64_t> room = sizes;
  Sets sets(order.size());
  for (const std::size_t item : order) {
    int best = -1;
    for (std::size_t set = 0; set < room.size(); ++set) {
      const auto column = static_cast<Eigen::Index>(set);
      if (room[set] > 0 && (best < 0 || worth(static_cast<Eigen::Index>(item), column) >
                                            worth(static_cast<Eigen::Index>(item), best)))
        best = static_cast<int>(set);
    }
    sets[item] = best;
    --room[static_cast<std::size_t>(best)];
  }
  return sets;
}

void exchange_pairs(const Matrix& worth, Sets& sets) {
  for (int pass = 0; pass < kExchangePasses; ++pass) {
    bool changed = false;
    for (std::size_t a = 0; a < sets.size(); ++a) {
      for (std::size_t b = a + 1; b < sets.size(); ++b) {
        if (sets[a] == sets[b]) continue;
        const auto i = static_cast<Eigen::Index>(a), j = static_cast<Eigen::Index>(b);
        const double before = worth(i, sets[a]) + worth(j, sets[b]);
        const double after = worth(i, sets[b]) + worth(j, sets[a]);
        if (after > before * (1 + 1e-12)) std::swap(sets[a], sets[b]), changed = true;
      }
    }
    if (!changed) return;
  }
}

double total(const Matrix& worth, const Sets& sets) {
  double sum = 0;
  for (Eigen::Index i = 0; i < worth.rows(); ++i) sum += worth(i, sets[static_cast<std::size_t>(i)]);
  return sum;
}

struct Split {
  Sets rows, columns;
  double worth = -1;
};

Split improve(const Matrix& values, const Matrix& turned, Sets columns,
              const std::vector<std::int64_t>& row_sizes, const std::vector<std::int64_t>& column_sizes) {
  const auto best_sets = [](const Matrix& worth, const std::vector<std::int64_t>& sizes) {
    Sets sets = deal_by_regret(worth, sizes);
    exchange_pairs(worth, sets);
    return sets;
  };
  Split best;
  for (int turn = 0; turn < kTurns; ++turn) {
    Sets rows = best_sets(worth_of_rows(values, columns, row_sizes.size()), row_sizes);
    const Matrix worth = worth_of_rows(turned, rows, row_sizes.size());
    columns = best_sets(worth, column_sizes);
    const double now = total(worth, columns);
    if (now <= best.worth) break;
    best = {std::move(rows), columns, now};
  }
  return best;
}

}  // namespace

Support choose_block_diagonal(const Matrix& scores, const GroupGeometry&, std::int64_t kept) {
  Support support(static_cast<std::size_t>(scores.rows()));
  const auto keep = [&](const auto& stays) {
    for (Eigen::Index i = 0; i < scores.rows(); ++i) {
      for (Eigen::Index j = 0; j < scores.cols(); ++j) {
        if (scores(i, j) >= 0 && stays(i, j)) support[static_cast<std::size_t>(i)].push_back(j);
      }
    }
  };
  if ((scores.array() >= 0).count() <= kept) {
    keep([](Eigen::Index, Eigen::Index) { return true; });
    return support;
  }
  // Parts of opposite order (large with small) hold no more than 1/k of the weights (Chebyshev).
  const std::int64_t k = std::min<std::int64_t>(
      {scores.rows(), scores.cols(), (scores.size() + kept - 1) / std::max<std::int64_t>(kept, 1)});
  const std::vector<std::int64_t> row_sizes = set_sizes(scores.rows(), k);
  std::vector<std::int64_t> column_sizes = set_sizes(scores.cols(), k);
  std::reverse(column_sizes.begin(), column_sizes.end());
  const Matrix values = scores.cwiseMax(0.0), turned = values.transpose();
  std::vector<Eigen::Index> order(static_cast<std::size_t>(scores.cols()));
  std::iota(order.begin(), order.end(), Eigen::Index{0});
  Random random(kSeed);
  Split best;
  for (int start = 0; start < kStarts; ++start) {
    Split split = improve(values, turned, in_order(order, column_sizes), row_sizes, column_sizes);
    if (split.worth > best.worth) best = std::move(split);
    random.shuffle(order);
  }
  keep([&](Eigen::Index i, Eigen::Index j) {
    return best.rows[static_cast<std::size_t>(i)] == best.columns[static_cast<std::size_t>(j)];
  });
  return support;
}

}  // namespace weft::compress
