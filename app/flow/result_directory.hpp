// Results appear all at once: they are written to a directory beside their final places and renamed when the
// last one is complete. Until then, and after any error, earlier results are as they were.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace weft::app {

class ResultDirectory {
 public:
  // Creates `path` and proves that it can be written, so that an unwritable place is told before long work.
  // Throws InputError.
  explicit ResultDirectory(std::filesystem::path path);
  ~ResultDirectory();  // drops what was not committed
  ResultDirectory(const ResultDirectory&) = delete;
  ResultDirectory& operator=(const ResultDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }
  // Where to write the file that is to become path()/name.
  std::filesystem::path staged(const std::string& name);
  // It is not to be committed after all.
  void forget(const std::string& name);
  // Moves all staged files to `target`, a directory that is created where needed; path() by default.
  void commit();
  void commit_to(const std::filesystem::path& target);
  const std::vector<std::string>& names() const { return names_; }

 private:
  std::filesystem::path path_;
  std::filesystem::path staging_;
  std::vector<std::string> names_;
};

}  // namespace weft::app
