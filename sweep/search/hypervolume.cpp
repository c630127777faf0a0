// From the best value of the last cost to the worst: each slice between two values is as thick as they are
// apart, and covers in the other costs what all rows up to it cover.
#include "sweep/search/hypervolume.hpp"

#include <algorithm>

namespace weft::sweep {
namespace {

using Rows = std::vector<std::vector<double>>;

// Rows in ascending order of their first cost.
double area(const Rows& rows, const std::vector<double>& reference) {
  double sum = 0, height = reference[1];
  for (const std::vector<double>& row : rows) {
    if (row[1] >= height) continue;
    sum += (reference[0] - row[0]) * (height - row[1]);
    height = row[1];
  }
  return sum;
}

bool covers(const std::vector<double>& a, const std::vector<double>& b) {
  for (std::size_t i = 0; i < a.size(); ++i)
    if (a[i] > b[i]) return false;
  return true;
}

double volume(Rows rows, std::vector<double> reference) {
  if (rows.empty()) return 0;
  if (reference.size() == 1) return reference[0] - std::min_element(rows.begin(), rows.end())->front();
  if (reference.size() == 2) {
    std::sort(rows.begin(), rows.end());
    return area(rows, reference);
  }
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.back() < b.back(); });
  const double end = reference.back();
  reference.pop_back();
  double sum = 0;
  Rows slice;  // only those that no other covers
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const double begin = rows[i].back(), next = i + 1 < rows.size() ? rows[i + 1].back() : end;
    rows[i].pop_back();
    const auto covered = [&](const std::vector<double>& row) { return covers(row, rows[i]); };
    if (std::none_of(slice.begin(), slice.end(), covered)) {
      const auto hidden = [&](const std::vector<double>& row) { return covers(rows[i], row); };
      slice.erase(std::remove_if(slice.begin(), slice.end(), hidden), slice.end());
      slice.push_back(rows[i]);
    }
    if (next > begin) sum += (next - begin) * volume(slice, reference);
  }
  return sum;
}

}  // namespace

double hypervolume(Rows costs, const std::vector<double>& reference) {
  const auto outside = [&](const std::vector<double>& row) {
    for (std::size_t i = 0; i < row.size(); ++i)
      if (!(row[i] < reference[i])) return true;
    return false;
  };
  costs.erase(std::remove_if(costs.begin(), costs.end(), outside), costs.end());
  return volume(std::move(costs), reference);
}

}  // namespace weft::sweep
