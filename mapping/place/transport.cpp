// For each pair of bins (a, b), the good whose units gain most (or lose least) by going from a to b; if that
// and the best one back save together, or b has room left, as many units as possible change places. Total
// cost falls with each exchange, so this ends.
#include "mapping/place/transport.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace weft::mapping {
namespace {

constexpr std::int64_t kWork = 200'000'000;  // goods looked at for exchanges, at most
constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

class Sharing {
 public:
  Sharing(const std::vector<std::vector<std::int64_t>>& cost, std::size_t bins, std::int64_t room)
      : cost_(cost), units_(cost.size(), std::vector<std::int64_t>(bins, 0)), free_(bins, room) {}

  void place_greedily(const std::vector<std::int64_t>& supply) {
    std::vector<std::size_t> order(cost_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return regret(a) > regret(b); });
    for (std::size_t good : order) {
      for (std::int64_t left = supply[good]; left > 0;) {
        std::size_t best = kNone;
        for (std::size_t b = 0; b < free_.size(); ++b) {
          if (free_[b] > 0 && (best == kNone || cost_[good][b] < cost_[good][best])) best = b;
        }
        const std::int64_t moved = std::min(left, free_[best]);
        units_[good][best] += moved;
        free_[best] -= moved;
        left -= moved;
      }
    }
  }

  bool exchange_all() {
    bool improved = false;
    for (std::size_t a = 0; a < free_.size(); ++a) {
      for (std::size_t b = 0; b < free_.size(); ++b) improved = (a != b && exchange(a, b)) || improved;
    }
    return improved;
  }

  std::vector<std::vector<std::int64_t>> take() { return std::move(units_); }

 private:
  std::int64_t regret(std::size_t good) const {
    std::int64_t first = std::numeric_limits<std::int64_t>::max(), second = first;
    for (std::int64_t c : cost_[good]) {
      if (c < first) std::swap(c, first);
      if (c < second) second = c;
    }
    return free_.size() > 1 ? second - first : 0;
  }

  std::size_t cheapest_move(std::size_t from, std::size_t to) {
    work_ += static_cast<std::int64_t>(units_.size());
    std::size_t best = kNone;
    for (std::size_t g = 0; g < units_.size(); ++g) {
      if (units_[g][from] > 0 && (best == kNone || change(g, from, to) < change(best, from, to))) best = g;
    }
    return best;
  }
  std::int64_t change(std::size_t good, std::size_t from, std::size_t to) const {
    return cost_[good][to] - cost_[good][from];
  }

  bool exchange(std::size_t a, std::size_t b) {
    bool improved = false;
    for (;;) {
      const std::size_t there = work_ < kWork ? cheapest_move(a, b) : kNone;
      if (there == kNone) return improved;
      const std::int64_t saved = -change(there, a, b);
      if (free_[b] > 0 && saved > 0) {
        move(there, a, b, std::min(units_[there][a], free_[b]));
        improved = true;
        continue;
      }
      const std::size_t back = cheapest_move(b, a);
      if (back == kNone || saved - change(back, b, a) <= 0) return improved;
      const std::int64_t count = std::min(units_[there][a], units_[back][b]);
      move(there, a, b, count);
      move(back, b, a, count);
      improved = true;
    }
  }

  void move(std::size_t good, std::size_t from, std::size_t to, std::int64_t count) {
    units_[good][from] -= count;
    units_[good][to] += count;
    free_[from] += count;
    free_[to] -= count;
  }

  const std::vector<std::vector<std::int64_t>>& cost_;
  std::vector<std::vector<std::int64_t>> units_;
  std::vector<std::int64_t> free_;
  std::int64_t work_ = 0;  // goods looked at for exchanges
};

}  // namespace

std::vector<std::vector<std::int64_t>> share_out(const std::vector<std::vector<std::int64_t>>& cost,
                                                 const std::vector<std::int64_t>& supply, std::int64_t room) {
  if (cost.empty()) return {};
  Sharing sharing(cost, cost.front().size(), room);
  sharing.place_greedily(supply);
  constexpr int kSweeps = 50;
  for (int sweep = 0; sweep < kSweeps && sharing.exchange_all(); ++sweep) {
  }
  return sharing.take();
}

}  // namespace weft::mapping
