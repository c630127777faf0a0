// The data sets that Weft knows by name, and where their files lie: in a directory of the set's own name,
// four idx files, plain or with ".gz", named as LeCun named those of MNIST, or pairs of .npy arrays.
// Invariant: all splits of a set have the same shape and number of classes.
#include <algorithm>
#include <cstdlib>
#include <optional>

#include "model/base/nearest.hpp"
#include "model/data/dataset.hpp"

namespace weft {
namespace fs = std::filesystem;
namespace {

// How a set of .npy arrays names its files.
struct ArrayNames {
  const char *train, *validation, *test;  // SPLIT
  const char* samples;                    // SPLIT followed by this
  Shape shape;                            // of 0 channels: the array's own
};
const ArrayNames kUsual = {"train", "validation", "test", "_samples.npy", {0, 0, 0}};
const ArrayNames kAlexHead = {"train", "heldout", "val", "_pool5_u8.npy", {256, 6, 6}};

struct Entry {
  const char* name;
  const char* system_directory;  // where a Debian package puts it, or null
  const char* debian_package;    // or null
  const ArrayNames* arrays;      // null: idx files
};
constexpr Entry kEntries[] = {
    {"fashion-mnist", "/usr/share/datasets/fashion-mnist", "dataset-fashion-mnist", nullptr},
    {"mnist", nullptr, nullptr, nullptr},
    {"alexhead", nullptr, nullptr, &kAlexHead},
};
constexpr const char* kTrainImages = "train-images-idx3-ubyte";

std::optional<fs::path> find_file(const fs::path& directory, const std::string& name) {
  std::error_code ignored;
  for (const char* ending : {"", ".gz", ".zst"}) {
    const fs::path path = directory / (name + ending);
    if (fs::exists(path, ignored)) return path;
  }
  return std::nullopt;
}

fs::path need_file(const fs::path& directory, const std::string& name, const std::string& packed = ".gz") {
  const std::optional<fs::path> path = find_file(directory, name);
  if (!path)
    throw InputError({directory.string()}, "the file " + name + " or " + name + packed + " is missing");
  return *path;
}

std::vector<fs::path> places(const Entry& entry, const fs::path& given) {
  std::vector<fs::path> places;
  const char* variable = std::getenv("WEFT_DATA");
  if (!given.empty()) {
    places.push_back(given / entry.name);
  } else if (variable != nullptr && *variable != '\0') {
    places.push_back(fs::path(variable) / entry.name);
  }
  if (entry.system_directory != nullptr) places.push_back(entry.system_directory);
  return places;
}

[[noreturn]] void not_found(const Entry& entry, const std::vector<fs::path>& looked_in) {
  std::string message = std::string("the data set \"") + entry.name + "\" was not found";
  for (std::size_t i = 0; i < looked_in.size(); ++i)
    message += (i == 0 ? " in " : " or ") + looked_in[i].string();
  if (entry.debian_package != nullptr) {
    message += std::string("; the Debian package ") + entry.debian_package + " brings it";
  } else {
    message += std::string("; put its ") + (entry.arrays ? "arrays" : "idx files") + " into DIR/" +
               entry.name + " and give --data DIR or set WEFT_DATA=DIR";
  }
  throw InputError({}, message);
}

// Where a data set lies and what its files are called; no arrays: idx files.
struct Place {
  fs::path directory;
  const ArrayNames* arrays = nullptr;
};

Place find_place(const std::string& name, const fs::path& directory) {
  for (const Entry& entry : kEntries) {
    if (name != entry.name) continue;
    const std::vector<fs::path> looked_in = places(entry, directory);
    const std::string first =
        entry.arrays ? std::string(entry.arrays->train) + entry.arrays->samples : kTrainImages;
    for (const fs::path& place : looked_in)
      if (find_file(place, first)) return {place, entry.arrays};
    not_found(entry, looked_in);
  }
  if (is_data_name(name)) return {name, &kUsual};
  std::string known;
  for (const std::string& each : known_data_names()) known += (known.empty() ? "" : " or ") + each;
  throw InputError({}, "the data set \"" + name + "\"",
                   known + ", or a directory" + did_you_mean(name, known_data_names()));
}

Dataset read_split(const fs::path& place, const std::string& split, const std::string& name) {
  return read_idx(need_file(place, split + "-images-idx3-ubyte"),
                  need_file(place, split + "-labels-idx1-ubyte"), name);
}

Dataset read_arrays(const Place& place, const std::string& split, const std::string& name) {
  Dataset data = read_npy_samples(need_file(place.directory, split + place.arrays->samples, ".zst"),
                                  need_file(place.directory, split + "_labels.npy", ".zst"), name);
  const Shape& shape = place.arrays->shape;
  if (shape.size() > 0 && shape.size() == data.shape.size()) data.shape = shape;
  return data;
}

// One shape and one number of classes for all.
void agree(const std::vector<Dataset*>& splits, const fs::path& place) {
  int classes = 0;
  for (const Dataset* split : splits) classes = std::max(classes, split->classes);
  for (Dataset* split : splits) {
    split->classes = classes;
    if (split->shape != splits.front()->shape)
      throw InputError({place.string()}, "samples of different shapes", "one shape in all splits");
  }
}

}  // namespace

std::vector<std::string> known_data_names() {
  std::vector<std::string> names;
  for (const Entry& entry : kEntries) names.push_back(entry.name);
  return names;
}

bool is_data_name(const std::string& name) {
  const std::vector<std::string> known = known_data_names();
  std::error_code ignored;
  return std::find(known.begin(), known.end(), name) != known.end() || fs::is_directory(name, ignored);
}

DataSplits load_data(const std::string& name, const fs::path& directory) {
  const Place place = find_place(name, directory);
  if (!place.arrays)
    return {read_split(place.directory, "train", name), read_split(place.directory, "t10k", name), {}};
  const ArrayNames& arrays = *place.arrays;
  DataSplits splits{read_arrays(place, arrays.train, name), read_arrays(place, arrays.test, name), {}};
  if (find_file(place.directory, std::string(arrays.validation) + arrays.samples))
    splits.validation = read_arrays(place, arrays.validation, name);
  std::vector<Dataset*> all = {&splits.train, &splits.test};
  if (splits.validation) all.push_back(&*splits.validation);
  agree(all, place.directory);
  return splits;
}

Dataset load_test_data(const std::string& name, const fs::path& directory) {
  const Place place = find_place(name, directory);
  return place.arrays ? read_arrays(place, place.arrays->test, name)
                      : read_split(place.directory, "t10k", name);
}

}  // namespace weft
