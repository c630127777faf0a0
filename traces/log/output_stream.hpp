// A file that is written piece by piece and takes its final name only when it is complete.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace weft::traces {

class OutputStream {
 public:
  // Writes to "NAME.partial" first (straight into what is no regular file, such as a pipe). Throws
  // InputError, with the system's reason, where it cannot be created.
  explicit OutputStream(std::filesystem::path path);
  // Removes the partial file unless commit() was reached or keep_so_far() was called.
  ~OutputStream();
  OutputStream(const OutputStream&) = delete;
  OutputStream& operator=(const OutputStream&) = delete;

  // Buffered; throws InputError (a full disk, ...), after which the partial file is gone, or cut to what
  // keep_so_far() was told of.
  void write(std::string_view data);
  void write(const void* data, std::size_t size);
  void flush();
  // What was written so far is of use by itself: as soon as it has left the buffer it stays, where the stream
  // fails later or ends without commit().
  void keep_so_far() { marked_ = written_ + buffer_.size(); }
  // Flushes, syncs, and gives the file its final name.
  void commit();

  const std::filesystem::path& path() const { return path_; }

 private:
  [[noreturn]] void fail(int error_number);
  void write_out(const char* data, std::size_t size);

  void discard_partial();  // or what is not to be kept of it

  std::filesystem::path path_;
  std::filesystem::path target_;   // path_ behind symbolic links
  std::filesystem::path partial_;  // equals target_ where there is nothing to rename over
  int descriptor_ = -1;
  std::uint64_t written_ = 0;  // bytes that left the buffer
  std::uint64_t marked_ = 0;   // bytes that keep_so_far() was told of
  std::uint64_t kept_ = 0;     // the same at the last flush: they are in the file
  std::string buffer_;
};

}  // namespace weft::traces
