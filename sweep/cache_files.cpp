// POSIX calls, each tried again after a signal.
#include "sweep/cache_files.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace weft::sweep {

CacheFile::CacheFile(const std::filesystem::path& path, int flags)
    : descriptor_(open(path.c_str(), flags | O_CLOEXEC, 0666)) {}

CacheFile::~CacheFile() {
  if (descriptor_ >= 0) close(descriptor_);
}

bool CacheFile::lock(bool wait) const {
  int result = 0;
  do result = flock(descriptor_, wait ? LOCK_EX : LOCK_EX | LOCK_NB);
  while (result != 0 && errno == EINTR);
  return result == 0;
}

bool CacheFile::is_at(const std::filesystem::path& path) const {
  struct stat here {
  }, there{};
  return fstat(descriptor_, &here) == 0 && stat(path.c_str(), &there) == 0 && here.st_ino == there.st_ino &&
         here.st_dev == there.st_dev;
}

bool CacheFile::write_all(const void* data, std::size_t size) const {
  const char* at = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t count = write(descriptor_, at, size);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    at += count;
    size -= static_cast<std::size_t>(count);
  }
  return true;
}

int CacheFile::release() {
  const int descriptor = descriptor_;
  descriptor_ = -1;
  return descriptor;
}

}  // namespace weft::sweep
