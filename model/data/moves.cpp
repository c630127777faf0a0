// See moves.hpp. Invariant: all channels of a sample move alike.
#include "model/data/moves.hpp"

#include <algorithm>

#include "model/base/random.hpp"

namespace weft {

Dataset moves(const Dataset& dataset, std::int64_t count, int pixels, std::uint64_t seed) {
  Dataset result;
  result.name = dataset.name;
  result.shape = dataset.shape;
  result.classes = dataset.classes;
  if (dataset.size() == 0) return result;
  const Shape& shape = dataset.shape;
  result.samples.reserve(static_cast<std::size_t>(count * shape.size()));
  Random random = Random(seed).fork("moves");
  const auto step = [&] {
    return static_cast<int>(random.below(static_cast<std::uint64_t>(2 * pixels + 1))) - pixels;
  };
  for (std::int64_t i = 0; i < count; ++i) {
    const auto number = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(dataset.size())));
    const int down = step(), right = step();
    const std::uint8_t* sample = dataset.sample(number);
    for (int row = 0; row < shape.channels * shape.height; ++row) {
      const int y = std::clamp(row % shape.height - down, 0, shape.height - 1);
      const std::uint8_t* from = sample + (row - row % shape.height + y) * shape.width;
      for (int x = 0; x < shape.width; ++x)
        result.samples.push_back(from[std::clamp(x - right, 0, shape.width - 1)]);
    }
    result.labels.push_back(dataset.labels[static_cast<std::size_t>(number)]);
  }
  return result;
}

}  // namespace weft
