// Distances by breadth-first search over nodes and lines (a line joins its source and its readers), as in
// drawing by pivots (Brandes and Pich, "Eigensolver methods for progressive multidimensional scaling", GD
// 2006) with four pivots: two far apart, and two far apart among those as far from the one as from the other.
// The differences of distances within the pairs are the diagonals of the plane; a few rounds of averages over
// neighbors turn counts of hops into finer places. Parts of the net that nothing joins lie side by side.
//
// Invariant: integers only; nodes of equal places are in the order of their ids.
#include "mapping/graph/plane.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace weft::mapping {
namespace {

constexpr int kRounds = 3;  // of averages

class Draft {
 public:
  explicit Draft(const Lines& lines) : lines_(lines), nodes_(lines.of_node.keys()) {
    for (std::uint32_t l = 0; l < lines.lines.size(); ++l)
      nodes_ = std::max(nodes_, lines.lines[LineId(l)].source.index() + 1);
    first_line_ = IdVector<NodeId, std::uint32_t>(nodes_ + 1, 0);
    for (const Line& line : lines.lines) ++first_line_[NodeId(line.source.value() + 1)];
    for (std::uint32_t n = 0; n < nodes_; ++n) first_line_[NodeId(n + 1)] += first_line_[NodeId(n)];
    seen_ = IdVector<NodeId, std::uint32_t>(nodes_, 0);
    crossed_ = IdVector<LineId, std::uint32_t>(lines.lines.size(), 0);
    x = y = from_a_ = from_b_ = from_c_ = from_d_ = Places(nodes_, 0);
    for (std::uint32_t n = 0; n < nodes_; ++n) {
      if (seen_[NodeId(n)] == 0) place_part(NodeId(n));
    }
    for (int round = 0; round < kRounds; ++round) {
      average(x);
      average(y);
    }
  }

  Places x, y;

 private:
  // All nodes that lines join with this one, to the right of the parts that are placed.
  void place_part(NodeId start) {
    const std::vector<NodeId> part = search(start, from_d_);
    const NodeId a = farthest(part, from_d_);
    search(a, from_a_);
    const NodeId b = farthest(part, from_a_);
    search(b, from_b_);
    std::vector<NodeId> between;
    for (NodeId node : part) {
      if (std::abs(from_a_[node] - from_b_[node]) <= 1) between.push_back(node);
    }
    if (between.empty()) between.push_back(a);
    std::sort(between.begin(), between.end());
    search(between.front(), from_d_);
    const NodeId c = farthest(between, from_d_);
    search(c, from_c_);
    search(farthest(between, from_c_), from_d_);
    for (NodeId node : part) {
      const std::int64_t along = from_a_[node] - from_b_[node];
      const std::int64_t across = from_c_[node] - from_d_[node];
      x[node] = kPlaneHop * (along + across);
      y[node] = kPlaneHop * (along - across);
    }
    const std::int64_t shift =
        right_ -
        x[*std::min_element(part.begin(), part.end(), [&](NodeId m, NodeId n) { return x[m] < x[n]; })];
    for (NodeId node : part) {
      x[node] += shift;
      right_ = std::max(right_, x[node] + kPlaneHop);
    }
  }

  // Writes the hops from `start` to all nodes that it is joined with, and returns these.
  std::vector<NodeId> search(NodeId start, Places& hops) {
    ++stamp_;
    std::vector<NodeId> queue{start};
    seen_[start] = stamp_;
    hops[start] = 0;
    for (std::size_t next = 0; next < queue.size(); ++next) {
      const NodeId node = queue[next];
      const auto reach = [&](NodeId other) {
        if (seen_[other] == stamp_) return;
        seen_[other] = stamp_;
        hops[other] = hops[node] + 1;
        queue.push_back(other);
      };
      for_lines(node, [&](LineId line) {
        if (crossed_[line] == stamp_) return;
        crossed_[line] = stamp_;
        reach(lines_.lines[line].source);
        for (NodeId reader : lines_.readers[line]) reach(reader);
      });
    }
    return queue;
  }

  // Of these nodes the one farthest away; of equals the one that reads least, which is at a corner, and the
  // first of these.
  NodeId farthest(const std::vector<NodeId>& nodes, const Places& hops) const {
    const auto reads = [&](NodeId node) {
      return node.index() < lines_.of_node.keys() ? lines_.of_node[node].size() : 0;
    };
    return *std::min_element(nodes.begin(), nodes.end(), [&](NodeId m, NodeId n) {
      if (hops[m] != hops[n]) return hops[m] > hops[n];
      return reads(m) != reads(n) ? reads(m) < reads(n) : m < n;
    });
  }

  // Each line goes to the mean of its nodes, then each node to the mean of its lines.
  void average(Places& places) const {
    std::vector<std::int64_t> of_line(lines_.lines.size());
    for (std::uint32_t l = 0; l < of_line.size(); ++l) {
      std::int64_t sum = places[lines_.lines[LineId(l)].source];
      for (NodeId reader : lines_.readers[LineId(l)]) sum += places[reader];
      of_line[l] = sum / static_cast<std::int64_t>(lines_.readers[LineId(l)].size() + 1);
    }
    for (std::uint32_t n = 0; n < nodes_; ++n) {
      std::int64_t sum = 0, count = 0;
      for_lines(NodeId(n), [&](LineId line) {
        sum += of_line[line.index()];
        ++count;
      });
      if (count > 0) places[NodeId(n)] = sum / count;
    }
  }

  template <class Visit>
  void for_lines(NodeId node, Visit visit) const {
    if (node.index() < lines_.of_node.keys()) {
      for (LineId line : lines_.of_node[node]) visit(line);
    }
    for (std::uint32_t l = first_line_[node]; l < first_line_[NodeId(node.value() + 1)]; ++l)
      visit(LineId(l));
  }

  const Lines& lines_;
  std::size_t nodes_;
  IdVector<NodeId, std::uint32_t> first_line_;  // by source, which lines are sorted by
  IdVector<NodeId, std::uint32_t> seen_;        // the last search that came by
  IdVector<LineId, std::uint32_t> crossed_;
  std::uint32_t stamp_ = 0;  // searches so far
  Places from_a_, from_b_, from_c_, from_d_;
  std::int64_t right_ = 0;  // where the next part begins
};

}  // namespace

Plane find_plane(const Lines& lines) {
  Draft draft(lines);
  return {std::move(draft.x), std::move(draft.y)};
}

std::int64_t extent(const Places& places, const std::vector<NodeId>& nodes) {
  std::int64_t least = places[nodes.front()], most = least;
  for (NodeId node : nodes) {
    least = std::min(least, places[node]);
    most = std::max(most, places[node]);
  }
  return most - least;
}

void sort_by(const Places& places, std::vector<NodeId>& nodes) {
  std::sort(nodes.begin(), nodes.end(),
            [&](NodeId a, NodeId b) { return places[a] != places[b] ? places[a] < places[b] : a < b; });
}

std::vector<std::vector<NodeId>> cut(const std::vector<NodeId>& nodes,
                                     const std::vector<std::int64_t>& shares) {
  std::int64_t all = 0, done = 0;
  for (std::int64_t share : shares) all += share;
  std::vector<std::vector<NodeId>> parts;
  const auto at = [&](std::int64_t share) {
    return nodes.begin() + static_cast<std::ptrdiff_t>(static_cast<std::int64_t>(nodes.size()) * share / all);
  };
  for (std::int64_t share : shares) {
    parts.emplace_back(at(done), at(done + share));
    done += share;
  }
  return parts;
}

std::vector<std::int64_t> equal_shares(std::int64_t whole, std::int64_t parts) {
  std::vector<std::int64_t> shares;
  for (std::int64_t i = 0; i < parts; ++i) shares.push_back(whole * (i + 1) / parts - whole * i / parts);
  return shares;
}

std::int64_t columns_of(std::int64_t cells, std::int64_t width, std::int64_t height) {
  std::int64_t columns = 1;  // the whole number nearest to the root of cells * width / height
  while (columns < cells && (2 * columns + 1) * (2 * columns + 1) * height <= 4 * cells * width) ++columns;
  return columns;
}

}  // namespace weft::mapping
