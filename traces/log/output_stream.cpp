// Buffered POSIX writing. Invariant: the final name holds what it held before, or the whole new content.
#include "traces/log/output_stream.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "model/base/error.hpp"

namespace weft::traces {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{1} << 18;

}  // namespace

OutputStream::OutputStream(std::filesystem::path path) : path_(std::move(path)), target_(path_) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  const fs::file_status status = fs::status(path_, ignored);
  if (fs::is_directory(status)) fail(EISDIR);
  if (fs::exists(status)) target_ = fs::canonical(path_);
  partial_ = target_;
  if (!fs::exists(status) || fs::is_regular_file(status)) partial_ += ".partial";
  descriptor_ = ::open(partial_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (descriptor_ < 0) fail(errno);
  buffer_.reserve(kBufferBytes);
}

OutputStream::~OutputStream() {
  if (descriptor_ < 0) return;
  discard_partial();
  ::close(descriptor_);
}

void OutputStream::discard_partial() {
  if (partial_ == target_) return;
  if (kept_ == 0 || ::truncate(partial_.c_str(), static_cast<off_t>(kept_)) != 0) ::unlink(partial_.c_str());
}

void OutputStream::fail(int error_number) {
  if (descriptor_ >= 0) {
    ::close(std::exchange(descriptor_, -1));
    discard_partial();
  }
  throw InputError({path_.string()}, "cannot write: " + std::generic_category().message(error_number));
}

void OutputStream::write_out(const char* data, std::size_t size) {
  while (size > 0) {
    const ssize_t written = ::write(descriptor_, data, size);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(errno);
    data += written;
    size -= static_cast<std::size_t>(written);
    written_ += static_cast<std::uint64_t>(written);
  }
}

void OutputStream::write(std::string_view data) {
  if (descriptor_ < 0) internal_error("a write to " + path_.string() + " after its end");
  if (buffer_.size() + data.size() > kBufferBytes) flush();
  if (data.size() > kBufferBytes) return write_out(data.data(), data.size());
  buffer_.append(data);
}

void OutputStream::write(const void* data, std::size_t size) {
  write(std::string_view(static_cast<const char*>(data), size));
}

void OutputStream::flush() {
  if (descriptor_ < 0) internal_error("a write to " + path_.string() + " after its end");
  write_out(buffer_.data(), buffer_.size());
  buffer_.clear();
  kept_ = marked_;
}

void OutputStream::commit() {
  flush();
  const bool device = partial_ == target_;
  if (!device && ::fsync(descriptor_) != 0) fail(errno);
  const int closed = ::close(std::exchange(descriptor_, -1));
  if (closed != 0 || (!device && ::rename(partial_.c_str(), target_.c_str()) != 0)) {
    const int reason = errno;
    discard_partial();
    fail(reason);
  }
}

}  // namespace weft::traces
