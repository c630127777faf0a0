// Rows and columns are cut alike: a first and a last stretch that may be longer than those between, since
// windows at an edge reach over it and read less. All ways to cut with stretches of up to a few neurons are
// tried, those with fewest tiles first, until one fits.
//
// Invariant: a tile is a core of its own and within its limits.
#include "mapping/pack/tiles.hpp"

#include <algorithm>
#include <tuple>
#include <vector>

namespace weft::mapping {
namespace {

constexpr int kLongest = 16;  // stretch between the edges
constexpr int kMoreAtEdge = 2;

// Where the stretches begin, and `size`: `first` neurons, then `step` each while more than `first` are left.
std::vector<int> cut(int size, int step, int first) {
  std::vector<int> begins{0};
  for (int at = first; at < size; at += step) {
    begins.push_back(at);
    if (size - at <= first) break;
  }
  begins.push_back(size);
  return begins;
}

using Tile = std::vector<NodeId>;

class Tiler {
 public:
  Tiler(const NeuronGraph& graph, const Lines& lines, const CoreLimits& limits)
      : graph_(graph), lines_(lines), limits_(limits), seen_(lines.lines.size(), 0) {}

  // The tiles of a population; none where it has no rows and columns, or `most` tiles are too few.
  std::vector<Tile> tiles(const GraphPopulation& population, std::size_t most) {
    const Shape shape = population.shape;
    const auto nodes = static_cast<std::int64_t>(population.last - population.first);
    if (shape.height < 2 || shape.width < 2 || nodes == 0) return {};
    node_at_.assign(static_cast<std::size_t>(shape.size()), NodeId(0));
    for (std::uint32_t n = population.first; n < population.last; ++n) {
      const NeuronOrigin& origin = graph_.configs[NodeId(n)].origin;
      if (origin.part > 0) return {};
      node_at_[origin.index] = NodeId(n);
    }
    using Cut = std::tuple<std::size_t, std::vector<int>, std::vector<int>>;
    std::vector<Cut> cuts;
    for (const std::vector<int>& rows : all_cuts(shape.height)) {
      for (const std::vector<int>& columns : all_cuts(shape.width)) {
        const std::size_t count = (rows.size() - 1) * (columns.size() - 1);
        if (count <= most && static_cast<std::int64_t>(count) * limits_.neurons >= nodes)
          cuts.emplace_back(count, rows, columns);
      }
    }
    std::sort(cuts.begin(), cuts.end());
    for (const auto& [count, rows, columns] : cuts) {
      std::vector<Tile> result = tiles_of(shape, rows, columns);
      if (!result.empty()) return result;
    }
    return {};
  }

 private:
  static std::vector<std::vector<int>> all_cuts(int size) {
    std::vector<std::vector<int>> cuts;
    for (int step = 1; step <= std::min(size, kLongest); ++step) {
      for (int more = 0; more <= kMoreAtEdge; ++more) cuts.push_back(cut(size, step, step + more));
    }
    std::sort(cuts.begin(), cuts.end());
    cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
    return cuts;
  }

  // Nothing as soon as one does not fit.
  std::vector<Tile> tiles_of(const Shape& shape, const std::vector<int>& rows,
                             const std::vector<int>& columns) {
    std::vector<Tile> result;
    for (std::size_t r = 0; r + 1 < rows.size(); ++r) {
      for (std::size_t c = 0; c + 1 < columns.size(); ++c) {
        Tile tile;
        for (int channel = 0; channel < shape.channels; ++channel) {
          for (int y = rows[r]; y < rows[r + 1]; ++y) {
            for (int x = columns[c]; x < columns[c + 1]; ++x) {
              const NodeId node =
                  node_at_[static_cast<std::size_t>((channel * shape.height + y) * shape.width + x)];
              if (node != NodeId(0)) tile.push_back(node);  // 0 is an input: this neuron was dropped
            }
          }
        }
        if (!fits(tile)) return {};
        if (!tile.empty()) result.push_back(std::move(tile));
      }
    }
    return result;
  }

  bool fits(const Tile& tile) {
    if (static_cast<std::int64_t>(tile.size()) > limits_.neurons) return false;
    ++stamp_;
    std::int64_t axons = 0;
    for (NodeId node : tile) {
      for (LineId line : lines_.of_node[node]) {
        if (seen_[line] == stamp_) continue;
        seen_[line] = stamp_;
        if (++axons > limits_.axons) return false;
      }
    }
    return true;
  }

  const NeuronGraph& graph_;
  const Lines& lines_;
  const CoreLimits& limits_;
  std::vector<NodeId> node_at_;           // by index in the population; 0 for neurons that are not there
  IdVector<LineId, std::uint32_t> seen_;  // the last tile that was looked at with it
  std::uint32_t stamp_ = 0;
};

}  // namespace

std::optional<Clusters> pack_tiles(const NeuronGraph& graph, const Lines& lines, const CoreLimits& limits,
                                   std::size_t most) {
  if (!limits.row_bits.empty()) return std::nullopt;
  Tiler tiler(graph, lines, limits);
  CoreLoads loads(lines, limits);
  bool any = false;
  std::vector<NodeId> rest;
  for (const GraphPopulation& population : graph.populations) {
    if (population.first < graph.inputs) continue;
    const std::vector<Tile> tiles = tiler.tiles(population, most);
    any = any || !tiles.empty();
    for (const Tile& tile : tiles) {
      const CoreId core = loads.open();
      for (NodeId node : tile) loads.place(node, core);
    }
    for (std::uint32_t n = population.first; tiles.empty() && n < population.last; ++n)
      rest.push_back(NodeId(n));
  }
  if (!any) return std::nullopt;
  grow_cores(loads, lines, limits, rest, {});
  return clusters_of(loads, lines);
}

}  // namespace weft::mapping
