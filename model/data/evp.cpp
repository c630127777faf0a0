// The .evp format, all little-endian: "EVP1", the number of recordings (4 bytes), for each its size in bytes
// (4), its label (2) and its split (2: 0 training, 1 test), then the recordings one after the other. An event
// takes 5 bytes: x, y, then big-endian 24 bits: polarity, and 23 bits of time in microseconds. No size is
// believed before it was compared with the bytes there are.
#include <cstdlib>

#include "model/base/error.hpp"
#include "model/base/nearest.hpp"
#include "model/data/recordings.hpp"

namespace weft {
namespace fs = std::filesystem;
namespace {

constexpr std::uint32_t kSide = 34;
constexpr int kClasses = 10;
constexpr std::size_t kHeaderBytes = 8, kEntryBytes = 8, kEventBytes = 5;
constexpr const char* kNmnist = "nmnist";
constexpr const char* kNmnistFile = "nmnist_train1000.evp";

std::uint32_t little_endian(const Bytes& data, std::size_t offset, int bytes) {
  std::uint32_t value = 0;
  for (int i = bytes; i-- > 0;) value = value << 8 | data[offset + static_cast<std::size_t>(i)];
  return value;
}

class EvpParser {
 public:
  EvpParser(const Bytes& data, const std::string& file) : data_(data), file_(file) {}

  Recordings run(const std::string& name) {
    Recordings recordings;
    recordings.name = name;
    recordings.shape = {2, static_cast<int>(kSide), static_cast<int>(kSide)};
    recordings.classes = kClasses;
    const std::size_t count = read_count();
    std::size_t at = kHeaderBytes + count * kEntryBytes;
    recordings.events.reserve((data_.size() - at) / kEventBytes);
    for (std::size_t r = 0; r < count; ++r) {
      const std::size_t entry = kHeaderBytes + r * kEntryBytes;
      const std::size_t bytes = little_endian(data_, entry, 4);
      check_entry(r, bytes, at, little_endian(data_, entry + 4, 2), little_endian(data_, entry + 6, 2));
      recordings.labels.push_back(static_cast<std::uint16_t>(little_endian(data_, entry + 4, 2)));
      for (std::size_t end = at + bytes; at < end; at += kEventBytes) read_event(r, at, recordings);
      recordings.begin.push_back(recordings.events.size());
    }
    if (at != data_.size())
      fail(std::to_string(data_.size() - at) + " bytes after the last recording", "the end");
    return recordings;
  }

 private:
  [[noreturn]] void fail(const std::string& found, const std::string& expected) const {
    throw InputError({file_}, found, expected);
  }
  static std::string name_of(std::size_t recording) { return " in recording " + std::to_string(recording); }

  std::size_t read_count() const {
    if (data_.size() < kHeaderBytes || data_[0] != 'E' || data_[1] != 'V' || data_[2] != 'P' ||
        data_[3] != '1') {
      fail("no \"EVP1\" at the beginning", "an .evp file");
    }
    const std::size_t count = little_endian(data_, 4, 4);
    const std::size_t room = (data_.size() - kHeaderBytes) / kEntryBytes;
    if (count > room)
      fail("a header of " + std::to_string(count) + " recordings", "at most " + std::to_string(room));
    return count;
  }

  void check_entry(std::size_t recording, std::size_t bytes, std::size_t at, std::uint32_t label,
                   std::uint32_t split) const {
    if (bytes % kEventBytes != 0) {
      fail(std::to_string(bytes) + " bytes" + name_of(recording), "a multiple of 5");
    }
    if (bytes > data_.size() - at) {
      fail("only " + std::to_string(data_.size() - at) + " bytes left" + name_of(recording),
           std::to_string(bytes));
    }
    if (label >= kClasses) fail("label " + std::to_string(label) + name_of(recording), "0 to 9");
    if (split > 1) fail("split " + std::to_string(split) + name_of(recording), "0 or 1");
  }

  void read_event(std::size_t recording, std::size_t at, Recordings& out) const {
    const std::uint32_t x = data_[at], y = data_[at + 1];
    const std::uint32_t rest =
        std::uint32_t{data_[at + 2]} << 16 | std::uint32_t{data_[at + 3]} << 8 | std::uint32_t{data_[at + 4]};
    if (x >= kSide || y >= kSide) {
      fail("pixel " + std::to_string(x) + ", " + std::to_string(y) + name_of(recording), "0 to 33 each");
    }
    const PixelEvent event{rest & 0x7fffff, (rest >> 23) * kSide * kSide + y * kSide + x};
    if (out.events.size() > out.begin.back() && event.microseconds < out.events.back().microseconds) {
      fail("time " + std::to_string(event.microseconds) + " after " +
               std::to_string(out.events.back().microseconds) + name_of(recording),
           "times that do not go back");
    }
    out.events.push_back(event);
  }

  const Bytes& data_;
  const std::string& file_;
};

}  // namespace

Recordings parse_evp(const Bytes& data, const std::string& file, const std::string& name) {
  return EvpParser(data, file).run(name);
}

Recordings read_evp(const fs::path& path, const std::string& name) {
  return parse_evp(read_file(path), path.string(), name);
}

std::vector<std::string> known_recording_names() {
  return {kNmnist};
}

Recordings load_recordings(const std::string& name, const fs::path& directory) {
  if (name != kNmnist) {
    throw InputError({}, "the recordings \"" + name + "\"",
                     std::string(kNmnist) + did_you_mean(name, known_recording_names()));
  }
  const char* variable = std::getenv("WEFT_DATA");
  fs::path root = directory;
  if (root.empty() && variable != nullptr) root = variable;
  const fs::path file = root / kNmnist / kNmnistFile;
  std::error_code ignored;
  if (root.empty() || !fs::exists(file, ignored)) {
    throw InputError({}, "the recordings \"nmnist\" were not found" +
                             (root.empty() ? std::string() : " at " + file.string()) + "; put " +
                             kNmnistFile + " into DIR/nmnist and give --data DIR or set WEFT_DATA=DIR");
  }
  return read_evp(file, name);
}

}  // namespace weft
