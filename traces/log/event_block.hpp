// Inside of the event log: the encoding of one block, and the file's fixed numbers (FORMAT.md).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "model/base/files.hpp"
#include "model/fabric/event.hpp"

namespace weft::traces {

constexpr std::array<char, 8> kLogMagic = {'W', 'E', 'F', 'T', 'L', 'O', 'G', '\n'};
constexpr std::uint32_t kLogVersion = 4;
constexpr std::size_t kLogHeaderBytes = 8 + 4 + 16 + 4 + 4 + 8 + 11 * 4 + 8;
constexpr std::array<char, 4> kBlockMark = {'B', 'L', 'K', '1'};
constexpr std::array<char, 4> kEndMark = {'E', 'N', 'D', '1'};
constexpr std::size_t kBlockPrefixBytes = 4 + 4 + 4 + 4 + 8;  // also the size of the end mark
constexpr std::uint32_t kMostBlockEvents = 1u << 16;          // in one block
constexpr std::uint32_t kBlockEvents = 1u << 14;  // as written: what waits for the thread stays in the cache
constexpr std::size_t kMostEventBytes = 1 + 1 + 10 + 5 + 5 + 5;

// Little-endian numbers.
void put_u32(Bytes& to, std::uint32_t value);
void put_u64(Bytes& to, std::uint64_t value);
std::uint32_t get_u32(const std::uint8_t* from);
std::uint64_t get_u64(const std::uint8_t* from);
// Of the first bytes and what follows them.
std::uint64_t checksum(const Bytes& first, const Bytes& rest = {});

// Events on their way to the thread that writes them: half the size of what the simulator tells, since what
// one core writes and another reads costs more than to make it smaller.
class PackedEvents {
 public:
  struct Packed {
    std::uint32_t subject = 0;
    std::int32_t value = 0;
    std::uint16_t tile = 0;
    std::uint8_t kind_and_core = 0;  // kind below, core above
    std::uint8_t detail = 0;

    std::uint32_t kind() const { return kind_and_core & 15u; }
    std::uint32_t core() const { return kind_and_core >> 4; }
  };
  // Events of one cycle that follow each other.
  struct Run {
    std::uint64_t cycle = 0;
    std::uint32_t begin = 0;
  };

  void add(const Event* first, std::size_t count);
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  const Packed* begin() const { return events_.data(); }
  const Packed* end() const { return events_.data() + size_; }
  const Run* runs() const { return runs_.data(); }
  std::size_t run_count() const { return run_count_; }
  void clear() { size_ = run_count_ = 0; }

 private:
  std::vector<Packed> events_;  // the first size_ of them, and room for one more
  std::vector<Run> runs_;       // likewise
  std::size_t size_ = 0, run_count_ = 0;
};
static_assert(kEventKinds <= 16,
              "a packed event has as many bits; of tiles there are 2^16, of a tile's cores 16");

// A column per field, one after the other; differences as zigzag varints. Tile and core share a column: a
// tile has `cores` of them.
Bytes encode_events(const std::vector<Event>& events, std::uint32_t cores);

// Encodes and compresses block after block in the same memory.
class BlockEncoder {
 public:
  explicit BlockEncoder(std::uint32_t cores);
  ~BlockEncoder();
  // Both are valid until the next call.
  const Bytes& encode(const PackedEvents& events);
  const Bytes& compress(const Bytes& columns);

 private:
  struct Compressor;
  std::uint32_t cores_;
  Bytes scratch_, columns_, packed_;
  std::unique_ptr<Compressor> compressor_;
};

// The inverse. Returns what is wrong in a few words, empty if nothing is.
std::string decode_events(const Bytes& data, std::uint32_t count, std::uint32_t tiles, std::uint32_t cores,
                          std::vector<Event>& events);

Bytes compress_block(const Bytes& data);
// `size` is the expected size; returns what is wrong in a few words, empty if nothing is.
std::string decompress_block(const Bytes& data, std::uint32_t size, Bytes& out);

}  // namespace weft::traces
