// Results of stages under the digests of what they were made from: a directory that any number of processes
// share, also over a network file system.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "model/base/digest.hpp"
#include "model/base/files.hpp"

namespace weft::sweep {

struct CacheParams {
  std::filesystem::path directory;
  std::int64_t limit_bytes = std::int64_t{4} << 30;  // what was not used for longest goes first; 1 or more
};

struct CacheUse {
  std::int64_t entries = 0, bytes = 0;
};

class Cache {
 public:
  // Makes the directory where it is missing. Throws InputError where it cannot be written.
  explicit Cache(const CacheParams& params);

  // The entry, which counts as used now; nothing where there is none. A damaged one is removed and counts as
  // none.
  std::optional<Bytes> find(const Digest& key) const;
  // False where it could not be written (a full disk) or is larger than the limit: then there is no entry,
  // and whoever wants it computes it again. Of two that keep one key, either stays, whole.
  bool keep(const Digest& key, const Bytes& content) const;
  // Removes what is above the limit, what killed processes left, and gives what stays. keep() does so where
  // it is needed.
  CacheUse trim() const;

  std::filesystem::path path(const Digest& key) const;
  const CacheParams& params() const { return params_; }

 private:
  void account(std::int64_t bytes) const;

  CacheParams params_;
};

// The right to compute an entry, so that one process does and the others find what it kept. Waits for
// another process's claim; whoever is killed loses its own. On a file system without locks everybody has the
// right at once.
class CacheClaim {
 public:
  CacheClaim(const Cache& cache, const Digest& key);
  ~CacheClaim();
  CacheClaim(const CacheClaim&) = delete;
  CacheClaim& operator=(const CacheClaim&) = delete;

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
};

}  // namespace weft::sweep
