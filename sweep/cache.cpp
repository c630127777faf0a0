// An entry is a file "ab/cdef..." named by its key: a mark, the digest of the content, the content. It is
// written under another name and renamed, without fsync: what a crash of the machine leaves of it does not
// match its digest and is computed again. When an entry was last used is the time of its file; all sizes
// together are in the file "size", which may be wrong after a kill and is put right by the next trim.
//
// Invariant: a name in the cache leads to a whole entry of its key or to something that find() refuses.
#include "sweep/cache.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <system_error>
#include <tuple>
#include <vector>

#include "sweep/cache_files.hpp"

namespace weft::sweep {
namespace {

namespace fs = std::filesystem;

constexpr std::array<char, 8> kMark = {'w', 'e', 'f', 't', 'c', '0', '0', '1'};
constexpr std::size_t kHeadBytes = kMark.size() + 16;
constexpr std::int64_t kForgottenSeconds = 3600;  // after which a temporary file is nobody's

std::array<char, kHeadBytes> head_of(const void* content, std::size_t size) {
  const Digest digest = DigestBuilder().add_bytes(content, size).finish();
  std::array<char, kHeadBytes> head{};
  std::memcpy(head.data(), kMark.data(), kMark.size());
  for (int i = 0; i < 8; ++i) {
    head[kMark.size() + static_cast<std::size_t>(i)] = static_cast<char>(digest.high >> (8 * i));
    head[kMark.size() + 8 + static_cast<std::size_t>(i)] = static_cast<char>(digest.low >> (8 * i));
  }
  return head;
}

// The content of a whole file, if it can be read.
std::optional<Bytes> read_whole(const CacheFile& file) {
  struct stat info {};
  if (fstat(file.descriptor(), &info) != 0 || !S_ISREG(info.st_mode)) return std::nullopt;
  Bytes bytes(static_cast<std::size_t>(info.st_size));
  for (std::size_t at = 0; at < bytes.size();) {
    const ssize_t count = read(file.descriptor(), bytes.data() + at, bytes.size() - at);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return std::nullopt;
    at += static_cast<std::size_t>(count);
  }
  return bytes;
}

// Processes of several machines write into one directory, with equal numbers.
std::string host_name() {
  char name[256] = {};
  gethostname(name, sizeof name - 1);
  return name;
}

struct Kept {
  fs::path path;
  std::int64_t bytes = 0;
  timespec used{};
};

bool was_used_before(const Kept& a, const Kept& b) {
  return std::tie(a.used.tv_sec, a.used.tv_nsec, a.path) < std::tie(b.used.tv_sec, b.used.tv_nsec, b.path);
}

// All entries; what killed processes left is removed on the way.
std::vector<Kept> look_through(const fs::path& directory) {
  std::vector<Kept> entries;
  std::error_code ignored;
  for (fs::recursive_directory_iterator file(directory, ignored), end; file != end; file.increment(ignored)) {
    const fs::path& path = file->path();
    struct stat info {};
    if (stat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode) || path.parent_path() == directory) continue;
    if (path.extension() == ".claim") {
      const CacheFile claim(path, O_RDWR);
      if (claim.is_open() && claim.lock(false) && claim.is_at(path)) unlink(path.c_str());
    } else if (path.extension() == ".tmp") {
      if (time(nullptr) - info.st_mtime > kForgottenSeconds) unlink(path.c_str());
    } else {
      entries.push_back({path, static_cast<std::int64_t>(info.st_size), info.st_mtim});
    }
    if (ignored) break;
  }
  return entries;
}

}  // namespace

Cache::Cache(const CacheParams& params) : params_(params) {
  params_.directory = fs::absolute(params.directory);
  make_output_directory(params_.directory);
}

fs::path Cache::path(const Digest& key) const {
  const std::string name = key.hex();
  return params_.directory / name.substr(0, 2) / name.substr(2);
}

std::optional<Bytes> Cache::find(const Digest& key) const {
  const fs::path name = path(key);
  std::optional<Bytes> bytes;
  {
    const CacheFile file(name, O_RDONLY);
    if (!file.is_open()) return std::nullopt;
    bytes = read_whole(file);
    futimens(file.descriptor(), nullptr);
  }
  const bool whole = bytes && bytes->size() >= kHeadBytes;
  if (!whole ||
      std::memcmp(bytes->data(), head_of(bytes->data() + kHeadBytes, bytes->size() - kHeadBytes).data(),
                  kHeadBytes) != 0) {
    unlink(name.c_str());
    return std::nullopt;
  }
  bytes->erase(bytes->begin(), bytes->begin() + kHeadBytes);
  return bytes;
}

bool Cache::keep(const Digest& key, const Bytes& content) const {
  const auto bytes = static_cast<std::int64_t>(content.size() + kHeadBytes);
  if (bytes > params_.limit_bytes) return false;
  const fs::path name = path(key);
  const fs::path temporary = name.string() + "." + host_name() + "-" + std::to_string(getpid()) + ".tmp";
  mkdir(name.parent_path().c_str(), 0777);
  {
    const CacheFile file(temporary, O_WRONLY | O_CREAT | O_TRUNC);
    const auto head = head_of(content.data(), content.size());
    if (!file.is_open() || !file.write_all(head.data(), head.size()) ||
        !file.write_all(content.data(), content.size())) {
      unlink(temporary.c_str());
      return false;
    }
  }
  if (rename(temporary.c_str(), name.c_str()) != 0) {
    unlink(temporary.c_str());
    return false;
  }
  account(bytes);
  return true;
}

void Cache::account(std::int64_t bytes) const {
  std::int64_t total = -1;
  {
    const CacheFile file(params_.directory / "size", O_RDWR | O_CREAT);
    if (!file.is_open()) return;
    file.lock(true);
    char text[32] = {};
    const ssize_t count = pread(file.descriptor(), text, sizeof text - 1, 0);
    char* end = text;
    if (count > 0) total = std::strtoll(text, &end, 10);
    if (count > 0 && end != text && *end == '\n' && total >= 0) {
      total += bytes;
      const std::string now = std::to_string(total) + "\n";
      if (pwrite(file.descriptor(), now.data(), now.size(), 0) < 0) total = -1;
    } else {
      total = -1;
    }
  }
  if (total < 0 || total > params_.limit_bytes) trim();
}

CacheUse Cache::trim() const {
  const CacheFile size(params_.directory / "size", O_RDWR | O_CREAT);
  if (size.is_open()) size.lock(true);
  std::vector<Kept> entries = look_through(params_.directory);
  std::sort(entries.begin(), entries.end(), was_used_before);
  CacheUse use;
  for (const Kept& entry : entries) use.bytes += entry.bytes;
  use.entries = static_cast<std::int64_t>(entries.size());
  // Some room is made at once, so that not every new entry looks through all.
  const std::int64_t goal =
      use.bytes > params_.limit_bytes ? params_.limit_bytes - params_.limit_bytes / 8 : use.bytes;
  for (const Kept& entry : entries) {
    if (use.bytes <= goal) break;
    unlink(entry.path.c_str());
    use.bytes -= entry.bytes;
    --use.entries;
  }
  const std::string text = std::to_string(use.bytes) + "\n";
  if (size.is_open() && ftruncate(size.descriptor(), 0) == 0)
    (void)!pwrite(size.descriptor(), text.data(), text.size(), 0);
  return use;
}

CacheClaim::CacheClaim(const Cache& cache, const Digest& key) : path_(cache.path(key).string() + ".claim") {
  mkdir(path_.parent_path().c_str(), 0777);
  while (true) {
    CacheFile file(path_, O_RDWR | O_CREAT);
    if (!file.is_open() || !file.lock(true)) return;
    if (!file.is_at(path_)) continue;  // whoever had it removed it before we got it
    descriptor_ = file.release();
    return;
  }
}

CacheClaim::~CacheClaim() {
  if (descriptor_ < 0) return;
  unlink(path_.c_str());
  close(descriptor_);
}

}  // namespace weft::sweep
