// Reads the boxes off the synapses, so that pruned or folded sources cost no rigor: a neuron that does not
// read a full box does not count.
#include "mapping/bounds/boxes.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <utility>

namespace weft::mapping {
namespace {

struct Box {
  std::uint32_t from = 0;  // the population it lies in
  int top = 0, left = 0, height = 0, width = 0, channels = 0;
};

// What the neuron reads, if that is a box with all its channels.
std::optional<Box> box_of(const NeuronGraph& graph, Range<NodeId> sources) {
  if (sources.empty()) return std::nullopt;
  const std::uint32_t from = graph.population_of(sources[0]);
  const Shape shape = graph.populations[from].shape;
  if (shape.height < 2 || shape.width < 2) return std::nullopt;
  int top = shape.height, left = shape.width, bottom = -1, right = -1;
  for (const NodeId source : sources) {
    if (graph.population_of(source) != from) return std::nullopt;
    const int at = static_cast<int>(graph.configs[source].origin.index) % (shape.height * shape.width);
    top = std::min(top, at / shape.width);
    bottom = std::max(bottom, at / shape.width);
    left = std::min(left, at % shape.width);
    right = std::max(right, at % shape.width);
  }
  const Box box{from, top, left, bottom - top + 1, right - left + 1, shape.channels};
  const auto full = static_cast<std::size_t>(box.height) * static_cast<std::size_t>(box.width) *
                    static_cast<std::size_t>(box.channels);
  return full == sources.size() ? std::optional<Box>(box) : std::nullopt;
}

// The most places whose boxes may cover `area`: v1 m + v2 + 2 sqrt(v1 v2 m) <= area, in integers.
std::int64_t most_places(std::int64_t area, std::int64_t v1, std::int64_t v2) {
  std::int64_t places = 0;
  for (;; ++places) {
    const std::int64_t rest = area - v1 * (places + 1) - v2;
    if (rest < 0 || 4 * v1 * v2 * (places + 1) > rest * rest) return places;
  }
}

Together together_of(const std::vector<Box>& boxes, std::int64_t axons, std::int64_t neurons_of_core) {
  int height = 0, width = 0;
  for (const Box& box : boxes) {
    height = std::max(height, box.height);
    width = std::max(width, box.width);
  }
  if (std::int64_t{height} * width * boxes.front().channels > axons) return {};
  std::map<std::pair<int, int>, std::int64_t> neurons_at;  // of the largest boxes, by place
  for (const Box& box : boxes) {
    if (box.height == height && box.width == width) ++neurons_at[{box.top, box.left}];
  }
  std::int64_t neurons = 0, deepest = 0;
  int step_y = 0, step_x = 0;
  for (const auto& [place, count] : neurons_at) {
    neurons += count;
    deepest = std::max(deepest, count);
    step_y = std::gcd(step_y, place.first - neurons_at.begin()->first.first);
    step_x = std::gcd(step_x, place.second - neurons_at.begin()->first.second);
  }
  // Places in one row, or too far apart to overlap: cells as large as the boxes.
  step_y = step_y == 0 ? height : std::min(step_y, height);
  step_x = step_x == 0 ? width : std::min(step_x, width);
  const std::int64_t places = most_places(axons / boxes.front().channels, std::int64_t{step_y} * step_x,
                                          std::int64_t{height - step_y} * (width - step_x));
  return {neurons, std::min(neurons_of_core, places * deepest)};
}

}  // namespace

std::vector<Together> together_by_boxes(const NeuronGraph& graph, const Csr<NodeId, NodeId>& reads,
                                        const GraphPopulation& population, std::int64_t axons,
                                        std::int64_t neurons) {
  std::map<std::uint32_t, std::vector<Box>> boxes;  // by the population they lie in
  for (std::uint32_t n = population.first; n < population.last; ++n) {
    if (const auto box = box_of(graph, reads[NodeId(n)])) boxes[box->from].push_back(*box);
  }
  std::vector<Together> result;
  for (const auto& [from, list] : boxes) {
    const Together together = together_of(list, axons, neurons);
    if (together.most > 0) result.push_back(together);  // else each of them is parted in any case
  }
  return result;
}

}  // namespace weft::mapping
