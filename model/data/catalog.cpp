// The data sets that Weft knows by name, and where their files lie. Each is four idx files in a directory of
// its own name, plain or with ".gz", named as LeCun named those of MNIST.
#include <cstdlib>
#include <optional>

#include "model/base/nearest.hpp"
#include "model/data/dataset.hpp"

namespace weft {
namespace fs = std::filesystem;
namespace {

struct Entry {
  const char* name;
  const char* system_directory;  // where a Debian package puts it, or null
  const char* debian_package;    // or null
};
constexpr Entry kEntries[] = {
    {"fashion-mnist", "/usr/share/datasets/fashion-mnist", "dataset-fashion-mnist"},
    {"mnist", nullptr, nullptr},
};
constexpr const char* kTrainImages = "train-images-idx3-ubyte";

std::optional<fs::path> find_file(const fs::path& directory, const std::string& name) {
  std::error_code ignored;
  for (const char* ending : {"", ".gz"}) {
    const fs::path path = directory / (name + ending);
    if (fs::exists(path, ignored)) return path;
  }
  return std::nullopt;
}

fs::path need_file(const fs::path& directory, const std::string& name) {
  const std::optional<fs::path> path = find_file(directory, name);
  if (!path) throw InputError({directory.string()}, "the file " + name + " or " + name + ".gz is missing");
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
    message += std::string("; put its idx files into DIR/") + entry.name +
               " and give --data DIR or set WEFT_DATA=DIR";
  }
  throw InputError({}, message);
}

// The directory that holds the data set.
fs::path find_place(const std::string& name, const fs::path& directory) {
  for (const Entry& entry : kEntries) {
    if (name != entry.name) continue;
    const std::vector<fs::path> looked_in = places(entry, directory);
    for (const fs::path& place : looked_in)
      if (find_file(place, kTrainImages)) return place;
    not_found(entry, looked_in);
  }
  std::string known;
  for (const std::string& each : known_data_names()) known += (known.empty() ? "" : " or ") + each;
  throw InputError({}, "the data set \"" + name + "\"", known + did_you_mean(name, known_data_names()));
}

Dataset read_split(const fs::path& place, const std::string& split, const std::string& name) {
  return read_idx(need_file(place, split + "-images-idx3-ubyte"),
                  need_file(place, split + "-labels-idx1-ubyte"), name);
}

}  // namespace

std::vector<std::string> known_data_names() {
  std::vector<std::string> names;
  for (const Entry& entry : kEntries) names.push_back(entry.name);
  return names;
}

DataSplits load_data(const std::string& name, const fs::path& directory) {
  const fs::path place = find_place(name, directory);
  return {read_split(place, "train", name), read_split(place, "t10k", name)};
}

Dataset load_test_data(const std::string& name, const fs::path& directory) {
  return read_split(find_place(name, directory), "t10k", name);
}

}  // namespace weft
