// More training samples from those there are: an object moved by a pixel is the same object.
#include "model/data/dataset.hpp"

namespace weft {
namespace {

void move_image(const std::uint8_t* from, const Shape& shape, int down, int right, std::uint8_t* to) {
  for (int c = 0; c < shape.channels; ++c) {
    for (int y = 0; y < shape.height; ++y) {
      for (int x = 0; x < shape.width; ++x, ++to) {
        const int sy = y - down, sx = x - right;
        const bool inside = sy >= 0 && sy < shape.height && sx >= 0 && sx < shape.width;
        *to = inside ? from[(c * shape.height + sy) * shape.width + sx] : std::uint8_t{0};
      }
    }
  }
}

}  // namespace

Dataset with_shifts(const Dataset& dataset, int pixels) {
  Dataset result = dataset;
  const auto size = static_cast<std::size_t>(dataset.shape.size());
  result.samples.reserve(dataset.samples.size() * static_cast<std::size_t>(1 + 4 * pixels));
  const int ways[][2] = {{1, 0}, {-1, 0}, {0, 1}, {0, -1}};
  for (int distance = 1; distance <= pixels; ++distance) {
    for (const auto& way : ways) {
      const std::size_t start = result.samples.size();
      result.samples.resize(start + dataset.samples.size());
      for (std::int64_t i = 0; i < dataset.size(); ++i) {
        move_image(dataset.sample(i), dataset.shape, way[0] * distance, way[1] * distance,
                   result.samples.data() + start + static_cast<std::size_t>(i) * size);
      }
      result.labels.insert(result.labels.end(), dataset.labels.begin(), dataset.labels.end());
    }
  }
  return result;
}

}  // namespace weft
