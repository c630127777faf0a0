// Staging inside the target directory, so that the final renames stay on one file system.
#include "app/flow/result_directory.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <system_error>

#include "model/base/error.hpp"
#include "model/base/files.hpp"

namespace weft::app {
namespace fs = std::filesystem;

ResultDirectory::ResultDirectory(fs::path path)
    : path_(std::move(path)), staging_(path_ / fmt::format(".new-{}", getpid())) {
  make_output_directory(path_);
}

ResultDirectory::~ResultDirectory() {
  std::error_code ignored;
  fs::remove_all(staging_, ignored);
}

fs::path ResultDirectory::staged(const std::string& name) {
  make_output_directory(staging_);
  if (std::find(names_.begin(), names_.end(), name) == names_.end()) names_.push_back(name);
  return staging_ / name;
}

void ResultDirectory::forget(const std::string& name) {
  names_.erase(std::remove(names_.begin(), names_.end(), name), names_.end());
}

void ResultDirectory::commit() {
  commit_to(path_);
}

void ResultDirectory::commit_to(const fs::path& target) {
  make_output_directory(target);
  for (const std::string& name : names_) {
    std::error_code error;
    fs::rename(staging_ / name, target / name, error);
    if (error)
      throw InputError({(target / name).string(), 0, 0},
                       fmt::format("cannot be written: {}", error.message()));
  }
  names_.clear();
}

}  // namespace weft::app
