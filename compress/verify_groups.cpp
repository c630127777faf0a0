// Plain loops over the matrix, no code of the stage: groups by their top left corner, connected parts by
// spreading labels until nothing changes.
#include "compress/verify_groups.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

namespace weft::compress {
namespace {

struct Parts {
  std::int64_t neurons = 0, inputs = 0;  // of the largest part, each for itself
};

Parts largest_parts(const std::vector<float>& weights, std::int64_t rows, std::int64_t columns) {
  std::vector<std::int64_t> row_label(static_cast<std::size_t>(rows)),
      column_label(static_cast<std::size_t>(columns), rows);
  for (std::int64_t i = 0; i < rows; ++i) row_label[static_cast<std::size_t>(i)] = i;
  for (bool changed = true; changed;) {
    changed = false;
    for (std::int64_t i = 0; i < rows; ++i) {
      for (std::int64_t j = 0; j < columns; ++j) {
        if (weights[static_cast<std::size_t>(i * columns + j)] == 0.0f) continue;
        auto &a = row_label[static_cast<std::size_t>(i)], &b = column_label[static_cast<std::size_t>(j)];
        if (a == b) continue;
        a = b = std::min(a, b);
        changed = true;
      }
    }
  }
  std::map<std::int64_t, Parts> parts;
  for (const std::int64_t label : row_label) ++parts[label].neurons;
  for (const std::int64_t label : column_label) {
    if (label < rows) ++parts[label].inputs;
  }
  Parts largest;
  for (const auto& [label, part] : parts) {
    largest.neurons = std::max(largest.neurons, part.neurons);
    largest.inputs = std::max(largest.inputs, part.inputs);
  }
  return largest;
}

}  // namespace

std::vector<std::string> find_group_faults(const std::vector<float>& weights, std::int64_t rows,
                                           std::int64_t columns, std::int64_t input_columns,
                                           const LayerPlan& layer) {
  if (layer.granularity == Granularity::Weights || layer.density >= 1) return {};
  const double asked = std::floor(layer.density * static_cast<double>(rows * columns) + 0.5);
  const auto allowed = std::max<std::int64_t>(1, static_cast<std::int64_t>(asked));
  if (layer.granularity == Granularity::BlockDiagonal) {
    const std::int64_t k = std::min({rows, columns, (rows * columns + allowed - 1) / allowed});
    const Parts parts = largest_parts(weights, rows, columns);
    const std::int64_t neurons = (rows + k - 1) / k, inputs = (columns + k - 1) / k;
    if (parts.neurons <= neurons && parts.inputs <= inputs) return {};
    return {"a part of " + std::to_string(parts.neurons) + " neurons or " + std::to_string(parts.inputs) +
            " inputs hangs together, " + std::to_string(k) + " parts hold " + std::to_string(neurons) +
            " and " + std::to_string(inputs)};
  }
  std::int64_t height = 1, width = 1;
  switch (layer.granularity) {
    case Granularity::Inputs:
      height = rows, width = input_columns;
      break;
    case Granularity::Neurons:
      width = columns;
      break;
    case Granularity::Blocks:
      height = layer.block_rows, width = layer.block_columns;
      break;
    case Granularity::CrossbarRows:
      height = layer.block_rows;
      break;
    default:
      width = layer.block_columns;
      break;
  }
  std::set<std::pair<std::int64_t, std::int64_t>> corners;
  for (std::int64_t i = 0; i < rows; ++i) {
    for (std::int64_t j = 0; j < columns; ++j) {
      if (weights[static_cast<std::size_t>(i * columns + j)] != 0.0f)
        corners.insert({i - i % height, j - j % width});
    }
  }
  std::int64_t held = 0;
  for (const auto& [top, left] : corners)
    held += std::min(height, rows - top) * std::min(width, columns - left);
  if (held <= allowed || corners.size() <= 1) return {};
  return {std::to_string(corners.size()) + " groups are in use and hold " + std::to_string(held) +
          " weights, the plan allows " + std::to_string(allowed)};
}

}  // namespace weft::compress
