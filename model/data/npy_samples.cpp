// Samples and labels of a data set as .npy arrays, which is how users of NumPy have them. Invariant: what is
// returned passes validate().
#include <algorithm>
#include <limits>

#include "model/base/files.hpp"
#include "model/base/npz.hpp"
#include "model/data/dataset.hpp"

namespace weft {
namespace {

namespace fs = std::filesystem;

NpyArray read_array(const fs::path& path) {
  return parse_npy(unzstd(read_file(path), path.string()), path.string());
}

std::string shape_text(const std::vector<std::int64_t>& shape) {
  std::string text = "(";
  for (std::size_t i = 0; i < shape.size(); ++i) text += (i ? ", " : "") + std::to_string(shape[i]);
  return text + ")";
}

// (N, D): D channels; (N, H, W): one channel; (N, C, H, W).
Shape sample_shape(const NpyArray& array, const std::string& file) {
  std::vector<std::int64_t> sizes = array.shape;
  if (!sizes.empty()) sizes.erase(sizes.begin());
  if (sizes.size() == 1) sizes.insert(sizes.end(), 2, 1);
  if (sizes.size() == 2) sizes.insert(sizes.begin(), 1);
  std::int64_t size = 1;
  constexpr std::int64_t kMost = std::int64_t{1} << 24;
  const bool sound = sizes.size() == 3 && std::all_of(sizes.begin(), sizes.end(), [&](std::int64_t each) {
                       return each > 0 && each <= kMost && (size *= each) <= kMost;
                     });
  if (array.dtype != "u1" || !sound)
    throw InputError({file}, "an array of shape " + shape_text(array.shape) + " and type " + array.dtype,
                     "bytes (u1) of shape (N, D), (N, H, W) or (N, C, H, W)");
  return {static_cast<int>(sizes[0]), static_cast<int>(sizes[1]), static_cast<int>(sizes[2])};
}

template <class T>
std::vector<std::uint16_t> small(const std::vector<T>& items, const std::string& file) {
  std::vector<std::uint16_t> labels;
  for (const T item : items) {
    if (item < 0 || static_cast<std::uint64_t>(item) >= std::numeric_limits<std::uint16_t>::max())
      throw InputError({file}, "label " + std::to_string(item), "0 to 65534");
    labels.push_back(static_cast<std::uint16_t>(item));
  }
  return labels;
}

std::vector<std::uint16_t> read_labels(const NpyArray& array, const std::string& file) {
  if (array.shape.size() == 1) {
    if (array.dtype == "u1") return small(array.as<std::uint8_t>(file), file);
    if (array.dtype == "u2") return small(array.as<std::uint16_t>(file), file);
    if (array.dtype == "i4") return small(array.as<std::int32_t>(file), file);
    if (array.dtype == "i8") return small(array.as<std::int64_t>(file), file);
  }
  throw InputError({file}, "an array of shape " + shape_text(array.shape) + " and type " + array.dtype,
                   "labels of shape (N) and type u1, u2, i4 or i8");
}

}  // namespace

Dataset read_npy_samples(const fs::path& samples, const fs::path& labels, const std::string& name) {
  NpyArray array = read_array(samples);
  Dataset data;
  data.name = name;
  data.shape = sample_shape(array, samples.string());
  data.labels = read_labels(read_array(labels), labels.string());
  if (data.size() != array.shape[0])
    throw InputError({labels.string()}, std::to_string(data.size()) + " labels",
                     std::to_string(array.shape[0]) + ", as many as " + samples.string() + " has samples");
  data.samples = std::move(array.data);
  for (const std::uint16_t label : data.labels) data.classes = std::max(data.classes, label + 1);
  return data;
}

}  // namespace weft
