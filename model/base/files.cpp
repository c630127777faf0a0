// Whole files by POSIX calls, since only these tell why something failed and let us fsync.
//
// Invariant of writing: at each moment the final name holds the old content, the whole new one, or nothing if
// it held nothing; and whatever way a write fails, its temporary file is gone.
#include "model/base/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "model/base/error.hpp"

namespace weft {
namespace fs = std::filesystem;
namespace {

[[noreturn]] void fail(const fs::path& path, const std::string& what, int error_number) {
  throw InputError({path.string()}, what + ": " + std::generic_category().message(error_number));
}

// Closes its descriptor, and removes the file unless it is kept.
class OpenFile {
 public:
  OpenFile(const fs::path& path, int flags)
      : path_(path), descriptor_(::open(path.c_str(), flags | O_CLOEXEC, 0666)) {}
  ~OpenFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
    if (remove_) ::unlink(path_.c_str());
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  bool is_open() const { return descriptor_ >= 0; }
  int descriptor() const { return descriptor_; }
  void remove_at_end(bool remove) { remove_ = remove; }
  // Some file systems report a failed write only here.
  int close() {
    const int result = ::close(descriptor_);
    descriptor_ = -1;
    return result;
  }

 private:
  fs::path path_;
  int descriptor_;
  bool remove_ = false;
};

// Short, so that it fits wherever the final name fits; unique within and among processes.
fs::path temporary_beside(const fs::path& path) {
  static std::atomic<unsigned> counter{0};
  return path.parent_path() /
         (".weft-" + std::to_string(::getpid()) + "-" + std::to_string(counter++) + ".tmp");
}

void write_all(const OpenFile& file, const char* data, std::size_t size, const fs::path& path) {
  while (size > 0) {
    const ssize_t written = ::write(file.descriptor(), data, size);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(path, "cannot write", errno);
    data += written;
    size -= static_cast<std::size_t>(written);
  }
}

void sync_directory(const fs::path& directory) {
  const OpenFile file(directory.empty() ? fs::path(".") : directory, O_RDONLY | O_DIRECTORY);
  if (file.is_open()) ::fsync(file.descriptor());  // the content is safe already; the name is best effort
}

void write_bytes(const fs::path& path, const char* data, std::size_t size) {
  std::error_code ignored;
  const fs::file_status status = fs::status(path, ignored);
  if (fs::is_directory(status)) fail(path, "cannot write", EISDIR);
  if (fs::exists(status) &&
      !fs::is_regular_file(status)) {  // a device or a pipe: there is nothing to rename over
    const OpenFile device(path, O_WRONLY);
    if (!device.is_open()) fail(path, "cannot write", errno);
    return write_all(device, data, size, path);
  }
  fs::path target = path;
  if (fs::is_symlink(fs::symlink_status(path, ignored)) && fs::exists(status)) target = fs::canonical(path);

  const fs::path temporary = temporary_beside(target);
  OpenFile file(temporary, O_WRONLY | O_CREAT | O_EXCL);
  if (!file.is_open()) fail(path, "cannot write", errno);
  file.remove_at_end(true);
  write_all(file, data, size, path);
  if (::fsync(file.descriptor()) != 0) fail(path, "cannot write", errno);
  if (file.close() != 0) fail(path, "cannot write", errno);
  if (::rename(temporary.c_str(), target.c_str()) != 0) fail(path, "cannot write", errno);
  file.remove_at_end(false);
  sync_directory(target.parent_path());
}

template <class Container>
Container read_whole(const fs::path& path, std::uint64_t limit) {
  const OpenFile file(path, O_RDONLY);
  if (!file.is_open()) fail(path, "cannot open", errno);
  struct stat info {};
  if (::fstat(file.descriptor(), &info) != 0) fail(path, "cannot read", errno);
  if (S_ISDIR(info.st_mode)) fail(path, "cannot read", EISDIR);

  // The size is a hint only: pipes have none, and a file may grow while it is read.
  const std::uint64_t expected = info.st_size > 0 ? static_cast<std::uint64_t>(info.st_size) : 0;
  Container content;
  std::size_t used = 0;
  for (;;) {
    if (used > limit || expected > limit) {
      throw InputError({path.string()}, "larger than the limit of " + std::to_string(limit) + " bytes");
    }
    if (used == content.size()) content.resize(used == 0 ? expected + 1 : used * 2);
    const ssize_t got = ::read(file.descriptor(), &content[used], content.size() - used);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail(path, "cannot read", errno);
    if (got == 0) break;
    used += static_cast<std::size_t>(got);
  }
  content.resize(used);
  return content;
}

}  // namespace

Bytes read_file(const fs::path& path, std::uint64_t limit) {
  return read_whole<Bytes>(path, limit);
}

std::string read_text_file(const fs::path& path) {
  return read_whole<std::string>(path, std::uint64_t{64} << 20);
}

void write_file(const fs::path& path, std::string_view content) {
  write_bytes(path, content.data(), content.size());
}

void write_file(const fs::path& path, const Bytes& content) {
  write_bytes(path, reinterpret_cast<const char*>(content.data()), content.size());
}

void make_output_directory(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) fail(path, "cannot create the directory", error.value());
  if (!fs::is_directory(path, error)) fail(path, "cannot create the directory", ENOTDIR);
  OpenFile probe(temporary_beside(path / "probe"), O_WRONLY | O_CREAT | O_EXCL);
  if (!probe.is_open()) fail(path, "cannot write into the directory", errno);
  probe.remove_at_end(true);
}

}  // namespace weft
