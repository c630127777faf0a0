// The text of a waveform that somebody else writes, on its way into its file.
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <string>
#include <string_view>
#include <thread>

#include "traces/log/output_stream.hpp"

namespace weft::traces {

// SystemC writes a value change dump under the name that it was given and asks nobody whether the disk was
// full. So the name is that of a pipe, and a thread at its other end writes the file: with errors, whole
// times, and the final name at the end, like all of our files. The pipe holds SystemC back where the disk is
// slower than the run.
//
// In the declarations on the way the library's own top scope is left out, [17] is written for (17), and the
// first values get their time, of which the library says so in a comment only.
class VcdPipe {
 public:
  // Throws InputError where the file or the pipe cannot be made.
  explicit VcdPipe(const std::filesystem::path& file);
  // The writer has closed the pipe, or never opened it. Whole times of a file that is not finished stay as
  // "NAME.partial".
  ~VcdPipe();
  VcdPipe(const VcdPipe&) = delete;
  VcdPipe& operator=(const VcdPipe&) = delete;

  // Where to write: a name in ".vcd".
  const std::filesystem::path& path() const { return pipe_; }
  // The time of the first values; before the writer opens the pipe.
  void begins_at(std::uint64_t time) { begin_ = time; }
  // After the writer has closed it. Throws InputError for what could not be written.
  void finish();

 private:
  void run();
  void take(std::string_view text);
  bool take_header();
  void close();

  OutputStream out_;  // the thread's alone until it has ended
  std::filesystem::path directory_, pipe_;
  int read_end_ = -1, write_end_ = -1;
  std::atomic<std::uint64_t> begin_{0};
  std::string pending_;  // the header so far; after it, what follows the last whole time
  bool in_header_ = true;
  bool finished_ = false;
  std::exception_ptr failure_;
  std::thread thread_;
};

// The library's declarations as ours: `header` ends behind "$dumpvars".
std::string adapt_vcd_header(const std::string& header, std::uint64_t begin);

}  // namespace weft::traces
