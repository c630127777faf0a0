// Labelled samples of 8-bit inputs, and where they come from.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/base/digest.hpp"
#include "model/base/error.hpp"
#include "model/network/shape.hpp"

namespace weft {

// samples: size() x shape.size(), one row per sample, channel-major; labels: one class per sample.
struct Dataset {
  std::string name;
  Shape shape;
  int classes = 0;
  std::vector<std::uint8_t> samples;
  std::vector<std::uint16_t> labels;

  std::int64_t size() const { return static_cast<std::int64_t>(labels.size()); }
  const std::uint8_t* sample(std::int64_t index) const { return samples.data() + index * shape.size(); }
};

std::vector<Violation> validate(const Dataset& dataset);
Digest digest(const Dataset& dataset);
// Samples [first, first + count), clipped to what there is.
Dataset slice(const Dataset& dataset, std::int64_t first, std::int64_t count);
// The samples, then for each distance from 1 to `pixels` all of them moved down, up, right and left by it,
// zeros where nothing moved in: 1 + 4 * pixels times as many.
Dataset with_shifts(const Dataset& dataset, int pixels);
// Further samples to distill on: `count` means of two samples each, with a share of 1/4 to 3/4, and the
// label of the one that has the larger share. (Zhang, Cisse, Dauphin and Lopez-Paz, "mixup", ICLR 2018.)
Dataset mixes(const Dataset& dataset, std::int64_t count, std::uint64_t seed);

// A pair of idx files (plain or gzip), as LeCun's MNIST and Fashion-MNIST use. Throws InputError on wrong
// magic numbers, truncated or surplus data, counts that differ, or a label >= 10 classes.
Dataset read_idx(const std::filesystem::path& images, const std::filesystem::path& labels,
                 const std::string& name);
Dataset parse_idx(const std::vector<std::uint8_t>& images, const std::vector<std::uint8_t>& labels,
                  const std::string& name);

// A pair of .npy arrays, plain or packed by zstd: samples of bytes, of shape (N, D) (D channels), (N, H, W)
// or (N, C, H, W), and labels of integers, of shape (N). Classes are counted by the largest label. Throws
// InputError on other types and shapes, numbers that differ, labels below 0 or above 65534.
Dataset read_npy_samples(const std::filesystem::path& samples, const std::filesystem::path& labels,
                         const std::string& name);

struct DataSplits {
  Dataset train;
  Dataset test;
  std::optional<Dataset> validation;  // where the set brings samples of its own to choose by
};

// "fashion-mnist" (from its Debian package, or DIR/fashion-mnist), "mnist" (DIR/mnist), "alexhead" (features
// of images, DIR/alexhead), with DIR from `directory`, else the environment variable WEFT_DATA. Any other
// name is that of a directory with train_samples.npy, train_labels.npy, test_samples.npy, test_labels.npy
// and, if there are any, validation_samples.npy and validation_labels.npy, each also as .npy.zst. An unknown
// name or a missing file is an InputError that says where it was looked for and which package brings it.
DataSplits load_data(const std::string& name, const std::filesystem::path& directory = {});
// The test samples alone, without the time that reading the training samples takes.
Dataset load_test_data(const std::string& name, const std::filesystem::path& directory = {});
std::vector<std::string> known_data_names();
// One of these, or a directory that is there.
bool is_data_name(const std::string& name);

}  // namespace weft
