// GTKWave's FST through its own library, fstapi. The library tells of no failed write, so the file is checked
// when it is complete: it must be a chain of whole blocks.
//
// Invariant: the final name holds what it held before, or a whole waveform.
#include <fcntl.h>
#include <fstapi.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <system_error>
#include <utility>

#include "model/base/error.hpp"
#include "traces/waveform/scopes.hpp"
#include "traces/waveform/wave_file.hpp"

namespace weft::traces {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBlockChanges = std::size_t{1} << 18;  // some 2 MB
constexpr std::size_t kBlockChangesPerSignal = 16;           // a block has some bytes for each signal

// A block is a type in one byte and a length in eight, which counts itself but not the type.
bool is_whole(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  const std::uintmax_t size = fs::file_size(path);
  std::uintmax_t at = 0;
  while (at < size) {
    std::array<unsigned char, 9> prefix{};
    if (!in.seekg(static_cast<std::streamoff>(at)) || !in.read(reinterpret_cast<char*>(prefix.data()), 9))
      return false;
    std::uintmax_t length = 0;
    for (std::size_t i = 1; i < prefix.size(); ++i) length = length << 8 | prefix[i];
    if (prefix[0] == FST_BL_SKIP || length < 8 || length > size) return false;
    at += 1 + length;
  }
  return size > 0 && at == size;
}

class FstFile final : public WaveFile, private ScopeVisitor {
 public:
  explicit FstFile(const fs::path& path) : path_(path), partial_(path) {
    partial_ += ".partial";
    if (fs::is_directory(path_)) fail(EISDIR);
    errno = 0;
    writer_ = fstWriterCreate(partial_.c_str(), 1);
    if (!writer_) fail(errno);
    fstWriterSetPackType(writer_, FST_WR_PT_LZ4);
  }
  ~FstFile() override {
    close_writer();
    std::error_code ignored;
    if (!kept_) fs::remove(partial_, ignored);
  }
  FstFile(const FstFile&) = delete;
  FstFile& operator=(const FstFile&) = delete;

  void declare(const std::vector<SignalInfo>& signals, const std::string& timescale) override {
    fstWriterSetVersion(writer_, "weft");
    fstWriterSetDate(writer_, "");  // equal runs make equal files
    fstWriterSetTimescaleFromString(writer_, timescale.c_str());
    signals_.resize(signals.size());
    for (std::size_t i = 0; i < signals.size(); ++i) signals_[i].width = signals[i].width;
    visit_scopes(signals, *this);
  }

  void begin_values(std::uint64_t first) override { time(first); }
  void end_values() override {}
  // A block of the file is packed where the next time begins. What the library keeps until then fits into the
  // processor's cache: with its own blocks, of 128 MB, it takes ten times as long.
  void time(std::uint64_t time) override {
    fstWriterEmitTimeChange(writer_, time);
    if (unpacked_ < std::max(kBlockChanges, kBlockChangesPerSignal * signals_.size())) return;
    fstWriterFlushContext(writer_);
    unpacked_ = 0;
  }

  void value(std::size_t number, std::optional<std::uint64_t> value) override {
    const Signal& signal = signals_[number];
    std::array<char, 64> digits;
    const auto width = static_cast<std::size_t>(signal.width);
    if (value) {
      for (std::size_t i = 0; i < width; ++i)
        digits[i] = static_cast<char>('0' + (*value >> (width - 1 - i) & 1));
    } else {
      digits.fill('x');
    }
    fstWriterEmitValueChange(writer_, signal.handle, digits.data());
    ++unpacked_;
  }

  void keep_so_far() override { kept_ = true; }

  void commit() override {
    close_writer();
    if (!is_whole(partial_)) fail(ENOSPC);
    const int file = ::open(partial_.c_str(), O_RDONLY | O_CLOEXEC);
    const bool synced = file >= 0 && ::fsync(file) == 0;
    const int reason = errno;
    if (file >= 0) ::close(file);
    if (!synced) fail(reason);
    if (::rename(partial_.c_str(), path_.c_str()) != 0) fail(errno);
  }

 private:
  struct Signal {
    int width = 1;
    fstHandle handle = 0;
  };

  void open(const std::string& scope) override {
    fstWriterSetScope(writer_, FST_ST_VCD_MODULE, scope.c_str(), nullptr);
  }
  void close() override { fstWriterSetUpscope(writer_); }
  void signal(std::size_t number, const std::string& name) override {
    Signal& signal = signals_[number];
    const std::string full =
        signal.width == 1 ? name : name + " [" + std::to_string(signal.width - 1) + ":0]";
    signal.handle = fstWriterCreateVar(writer_, FST_VT_VCD_WIRE, FST_VD_IMPLICIT,
                                       static_cast<std::uint32_t>(signal.width), full.c_str(), 0);
  }
  void close_writer() {
    if (writer_) fstWriterClose(std::exchange(writer_, nullptr));
  }
  [[noreturn]] void fail(int reason) const {
    throw InputError({path_.string()}, "cannot write: " + std::generic_category().message(reason));
  }

  fs::path path_, partial_;
  void* writer_ = nullptr;
  std::vector<Signal> signals_;
  std::size_t unpacked_ = 0;  // changes since the last block
  bool kept_ = false;
};

}  // namespace

std::unique_ptr<WaveFile> open_fst(const fs::path& path) {
  return std::make_unique<FstFile>(path);
}

}  // namespace weft::traces
