// Invariant: the form of the network stays, and no weight becomes nonzero.
#include "compress/mask.hpp"

#include <algorithm>

#include "model/base/nearest.hpp"
#include "model/base/npy_header.hpp"

namespace weft::compress {
namespace {

std::vector<std::int64_t> weight_shape(const Network& network, const Projection& projection) {
  const Shape &source = network.populations[projection.source].shape,
              &target = network.populations[projection.target].shape;
  if (projection.kind == ProjectionKind::Dense) return {target.size(), source.size()};
  return {target.channels, source.channels / projection.groups, projection.window.kernel_height,
          projection.window.kernel_width};
}

template <class T>
std::vector<char> zeros_and_ones(const NpyArray& array, const std::string& where) {
  std::vector<char> result;
  for (const T item : array.as<T>(where)) {
    if (item != T(0) && item != T(1))
      throw InputError({where}, "the number " + std::to_string(item) + " at " + std::to_string(result.size()),
                       "0 or 1");
    result.push_back(item != T(0));
  }
  return result;
}

std::vector<char> items_of(const NpyArray& array, const std::string& where) {
  if (array.dtype == "u1") return zeros_and_ones<std::uint8_t>(array, where);
  if (array.dtype == "i1") return zeros_and_ones<std::int8_t>(array, where);
  if (array.dtype == "i4") return zeros_and_ones<std::int32_t>(array, where);
  if (array.dtype == "i8") return zeros_and_ones<std::int64_t>(array, where);
  if (array.dtype == "f4") return zeros_and_ones<float>(array, where);
  if (array.dtype == "f8") return zeros_and_ones<double>(array, where);
  throw InputError({where}, "numbers of type " + array.dtype, "u1, i1, i4, i8, f4 or f8");
}

}  // namespace

Network apply_mask(const Network& network, const NpzArchive& mask, const std::string& file) {
  if (mask.arrays.empty()) throw InputError({file}, "no arrays", "one per layer that is masked");
  Network result = network;
  for (const auto& [name, array] : mask.arrays) {
    std::vector<std::string> names;
    Projection* projection = nullptr;
    for (Projection& item : result.projections) {
      if (item.weights.empty()) continue;
      names.push_back(item.name);
      if (item.name == name) projection = &item;
    }
    if (!projection)
      throw InputError({file}, "a mask of '" + name + "'" + did_you_mean(name, names),
                       "masks of the layers of network '" + network.name + "'");
    const std::string where = file + ", " + name;
    const std::vector<std::int64_t> shape = weight_shape(network, *projection);
    if (array.shape != shape)
      throw InputError({where}, "a mask of shape " + npy_shape_text(array.shape),
                       npy_shape_text(shape) + ", that of the layer's weights");
    const std::vector<char> items = items_of(array, where);
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (!items[i]) projection->weights[i] = 0.0f;
    }
  }
  return result;
}

}  // namespace weft::compress
