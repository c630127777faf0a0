// What the cache needs of the file system, with no word about failures but that they happened.
#pragma once

#include <filesystem>

namespace weft::sweep {

// A file that is open, or not; closed at the end, which also gives up its lock.
class CacheFile {
 public:
  CacheFile(const std::filesystem::path& path, int flags);
  ~CacheFile();
  CacheFile(const CacheFile&) = delete;
  CacheFile& operator=(const CacheFile&) = delete;

  bool is_open() const { return descriptor_ >= 0; }
  int descriptor() const { return descriptor_; }
  // Waits; false where another has it (`wait` false) or the file system has no locks.
  bool lock(bool wait) const;
  // True if the name still leads to this file.
  bool is_at(const std::filesystem::path& path) const;
  bool write_all(const void* data, std::size_t size) const;
  int release();  // the descriptor, no longer closed here

 private:
  int descriptor_ = -1;
};

}  // namespace weft::sweep
