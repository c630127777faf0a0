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
  // Removes the partial file unless commit() was reached or keep_partial() was called.
  ~OutputStream();
  OutputStream(const OutputStream&) = delete;
  OutputStream& operator=(const OutputStream&) = delete;

  // Buffered; throws InputError (a full disk, ...), after which the partial file is gone.
  void write(std::string_view data);
  void write(const void* data, std::size_t size);
  void flush();
  // A partial file that is of use by itself stays when the stream ends without commit().
  void keep_partial() { keep_partial_ = true; }
  // Flushes, syncs, and gives the file its final name.
  void commit();

  const std::filesystem::path& path() const { return path_; }

 private:
  [[noreturn]] void fail(int error_number);
  void write_out(const char* data, std::size_t size);

  void remove_partial();

  std::filesystem::path path_;
  std::filesystem::path target_;   // path_ behind symbolic links
  std::filesystem::path partial_;  // equals target_ where there is nothing to rename over
  int descriptor_ = -1;
  bool keep_partial_ = false;
  std::string buffer_;
};

}  // namespace weft::traces
