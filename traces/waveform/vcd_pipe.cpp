// A pipe with a name. We hold its write end too, so that it has an end only when we say so: a run that fails
// before it writes anything would leave the thread waiting forever otherwise.
//
// Invariant: what the file holds ends with a whole time; after a failure the pipe is still emptied, so that
// the writer never waits for a disk that is full.
#include "traces/waveform/vcd_pipe.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <sstream>
#include <system_error>
#include <utility>

#include "model/base/error.hpp"

namespace weft::traces {
namespace {

constexpr int kPipeBytes = 1 << 20;

[[noreturn]] void fail(const std::filesystem::path& path, const char* what) {
  throw InputError({path.string()}, std::string(what) + ": " + std::generic_category().message(errno));
}

std::filesystem::path make_directory() {
  std::string name = (std::filesystem::temp_directory_path() / "weft-wave-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) fail(name, "cannot make a directory for the waveform's pipe");
  return name;
}

}  // namespace

VcdPipe::VcdPipe(const std::filesystem::path& file)
    : out_(file), directory_(make_directory()), pipe_(directory_ / "wave.vcd") {
  // Opened for reading first: without a writer, that must not wait.
  if (::mkfifo(pipe_.c_str(), 0600) == 0)
    read_end_ = ::open(pipe_.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (read_end_ >= 0) write_end_ = ::open(pipe_.c_str(), O_WRONLY | O_CLOEXEC);
  if (write_end_ < 0 || ::fcntl(read_end_, F_SETFL, 0) != 0) {
    const int reason = errno;
    close();
    errno = reason;
    fail(pipe_, "cannot make the waveform's pipe");
  }
#ifdef F_SETPIPE_SZ
  ::fcntl(read_end_, F_SETPIPE_SZ, kPipeBytes);  // fewer changes between the threads; refused where unwelcome
#endif
  thread_ = std::thread([this] { run(); });
}

VcdPipe::~VcdPipe() {
  close();
  if (finished_ || failure_ || in_header_) return;
  try {
    out_.flush();
  } catch (const std::exception&) {  // nobody is left to be told
  }
}

void VcdPipe::close() {
  if (write_end_ >= 0) ::close(std::exchange(write_end_, -1));
  if (thread_.joinable()) thread_.join();
  if (read_end_ >= 0) ::close(std::exchange(read_end_, -1));
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

void VcdPipe::run() {
  std::array<char, std::size_t{1} << 16> buffer;
  while (true) {
    const ssize_t size = ::read(read_end_, buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return;
    if (failure_) continue;
    try {
      take(std::string_view(buffer.data(), static_cast<std::size_t>(size)));
    } catch (...) {
      failure_ = std::current_exception();
    }
  }
}

void VcdPipe::take(std::string_view text) {
  pending_ += text;
  if (in_header_ && !take_header()) return;
  const std::size_t whole = pending_.rfind("\n#");
  if (whole == std::string::npos) return;
  out_.write(std::string_view(pending_).substr(0, whole + 1));
  out_.keep_so_far();
  pending_.erase(0, whole + 1);
}

bool VcdPipe::take_header() {
  constexpr std::string_view kLast = "$dumpvars\n";
  const std::size_t last = pending_.find(kLast);
  if (last == std::string::npos) return false;
  out_.write(adapt_vcd_header(pending_.substr(0, last + kLast.size()), begin_));
  pending_.erase(0, last + kLast.size());
  in_header_ = false;
  return true;
}

void VcdPipe::finish() {
  finished_ = true;
  close();
  if (failure_) std::rethrow_exception(failure_);
  if (in_header_) internal_error("a waveform without its header");
  out_.write(pending_);
  out_.commit();
}

std::string adapt_vcd_header(const std::string& header, std::uint64_t begin) {
  std::istringstream in(header);
  std::string out, line, held;  // `held`: the library's last $upscope may be that of its top scope
  bool timed = false;
  while (std::getline(in, line)) {
    if (line.rfind("$scope module SystemC ", 0) == 0) continue;
    if (line.rfind("$upscope", 0) == 0) {
      out += std::exchange(held, line + "\n");
      continue;
    }
    if (line.rfind("$enddefinitions", 0) == 0) held.clear();
    out += std::exchange(held, "");
    if (line.rfind("$var ", 0) == 0) {
      for (char& c : line) c = c == '(' ? '[' : c == ')' ? ']' : c;
    }
    timed = timed || line.rfind('#', 0) == 0;
    if (line == "$dumpvars" && !timed) out += "#" + std::to_string(begin) + "\n";
    out += line + "\n";
  }
  return out;
}

}  // namespace weft::traces
