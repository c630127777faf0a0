// One block of events as bytes. Fields are stored column by column, each as a difference to what it most
// likely equals: a cycle and a tile to those of the event before, a subject to the last one of the same kind.
// Small differences make single bytes, and equal columns make long repetitions for the compressor.
//
// Invariant: decode(encode(events)) equals events, whatever their order; and decode accepts nothing that
// encode would have written differently.
#include "traces/log/event_block.hpp"

#include <zstd.h>

#include <algorithm>
#include <array>

#include "model/base/digest.hpp"

namespace weft::traces {
namespace {

std::uint64_t zigzag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}
std::int64_t unzigzag(std::uint64_t value) {
  return static_cast<std::int64_t>((value >> 1) ^ (0 - (value & 1)));
}

// Appends to memory with room for 5 bytes at least, or 10 for values of 2^35 or more. Lengths change from
// event to event in no order, so there is no branch on them for usual values.
std::uint8_t* put_varint(std::uint8_t* to, std::uint64_t value) {
  if (value < std::uint64_t{1} << 28) {
    const auto v = static_cast<std::uint32_t>(value);
    const int more = (31 - __builtin_clz(v | 1)) / 7;  // bytes after the first
    const std::uint32_t sevens =
        (v & 0x7fu) | (v & 0x3f80u) << 1 | (v & 0x1fc000u) << 2 | (v & 0xfe00000u) << 3;
    const std::uint32_t bytes = sevens | (0x808080u & ((1u << (8 * more)) - 1));
    for (int i = 0; i < 4; ++i) to[i] = static_cast<std::uint8_t>(bytes >> (8 * i));
    return to + more + 1;
  }
  for (; value >= 0x80; value >>= 7) *to++ = static_cast<std::uint8_t>(value | 0x80);
  *to++ = static_cast<std::uint8_t>(value);
  return to;
}

// Reads with a sticky error.
class Cursor {
 public:
  explicit Cursor(const Bytes& data) : data_(data) {}
  std::uint8_t byte() {
    if (place_ < data_.size()) return data_[place_++];
    fail("a column that ends too early");
    return 0;
  }
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const std::uint8_t next = byte();
      if (shift == 63 && next > 1) break;
      value |= std::uint64_t{next & 0x7fu} << shift;
      if (next < 0x80) {
        if (next == 0 && shift > 0) fail("a number with surplus digits");
        return value;
      }
    }
    fail("a number of more than 64 bits");
    return 0;
  }
  // base + a stored difference, which must lie in [low, high].
  std::int64_t near(std::int64_t base, std::int64_t low, std::int64_t high, const char* what) {
    const std::int64_t difference = unzigzag(varint());
    if (difference < low - base || difference > high - base) {
      fail(what);
      return base;
    }
    return base + difference;
  }
  void fail(const char* what) {
    if (error_.empty()) error_ = what;
  }
  bool at_end() const { return place_ == data_.size(); }
  const std::string& error() const { return error_; }

 private:
  const Bytes& data_;
  std::size_t place_ = 0;
  std::string error_;
};

}  // namespace

void put_u32(Bytes& to, std::uint32_t value) {
  for (int i = 0; i < 4; ++i) to.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

void put_u64(Bytes& to, std::uint64_t value) {
  for (int i = 0; i < 8; ++i) to.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

std::uint32_t get_u32(const std::uint8_t* from) {
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value |= std::uint32_t{from[i]} << (8 * i);
  return value;
}

std::uint64_t get_u64(const std::uint8_t* from) {
  std::uint64_t value = 0;
  for (int i = 0; i < 8; ++i) value |= std::uint64_t{from[i]} << (8 * i);
  return value;
}

std::uint64_t checksum(const Bytes& first, const Bytes& rest) {
  return DigestBuilder()
      .add_bytes(first.data(), first.size())
      .add_bytes(rest.data(), rest.size())
      .finish()
      .low;
}

Bytes encode_events(const std::vector<Event>& events, std::uint32_t cores) {
  // One pass over the events: each column has room for its worst case, and they move together afterwards.
  constexpr std::array<std::size_t, 6> kMostBytes = {1, 1, 10, 5, 5, 5};
  Bytes out(events.size() * kMostEventBytes);
  std::array<std::uint8_t*, 6> begins{}, ends{};
  std::uint8_t* place = out.data();
  for (std::size_t column = 0; column < kMostBytes.size(); ++column) {
    begins[column] = ends[column] = place;
    place += events.size() * kMostBytes[column];
  }
  auto [kinds, details, cycles, tiles, subjects, values] = ends;
  std::uint64_t cycle = 0;
  std::int64_t tile = 0;
  std::array<std::int64_t, kEventKinds> last{};  // subject of each kind
  for (const Event& event : events) {
    *kinds++ = static_cast<std::uint8_t>(event.kind);
    *details++ = event.detail;
    cycles = put_varint(cycles, zigzag(static_cast<std::int64_t>(event.cycle - cycle)));  // modulo 2^64
    cycle = event.cycle;
    const std::int64_t core = std::int64_t{event.tile.value()} * cores + event.core;
    tiles = put_varint(tiles, zigzag(core - tile));
    tile = core;
    std::int64_t& subject = last[static_cast<std::size_t>(event.kind)];
    subjects = put_varint(subjects, zigzag(std::int64_t{event.subject} - subject));
    subject = event.subject;
    values = put_varint(values, zigzag(event.value));
  }
  ends = {kinds, details, cycles, tiles, subjects, values};
  std::uint8_t* to = out.data();
  for (std::size_t column = 0; column < kMostBytes.size(); ++column) {
    to = std::copy(begins[column], ends[column], to);
  }
  out.resize(static_cast<std::size_t>(to - out.data()));
  return out;
}

std::string decode_events(const Bytes& data, std::uint32_t count, std::uint32_t tiles, std::uint32_t cores,
                          std::vector<Event>& events) {
  events.clear();
  if (data.size() / 2 < count) return "a column that ends too early";
  events.resize(count);
  Cursor cursor(data);
  for (Event& event : events) {
    const std::uint8_t kind = cursor.byte();
    if (kind >= kEventKinds) return "an unknown kind of event";
    event.kind = static_cast<EventKind>(kind);
  }
  for (Event& event : events) event.detail = cursor.byte();
  std::uint64_t cycle = 0;
  for (Event& event : events) event.cycle = cycle += static_cast<std::uint64_t>(unzigzag(cursor.varint()));
  std::int64_t tile = 0;
  for (Event& event : events) {
    tile = cursor.near(tile, 0, std::int64_t{tiles} * cores - 1, "a tile outside the fabric");
    event.tile = TileId(static_cast<std::uint32_t>(tile / cores));
    event.core = static_cast<std::uint8_t>(tile % cores);
  }
  std::array<std::int64_t, kEventKinds> subjects{};
  for (Event& event : events) {
    std::int64_t& last = subjects[static_cast<std::size_t>(event.kind)];
    last = cursor.near(last, 0, 0xffffffff, "a subject of more than 32 bits");
    event.subject = static_cast<std::uint32_t>(last);
  }
  for (Event& event : events) {
    event.value =
        static_cast<std::int32_t>(cursor.near(0, -0x80000000LL, 0x7fffffff, "a value of more than 32 bits"));
  }
  if (cursor.error().empty() && !cursor.at_end()) cursor.fail("surplus bytes after the last column");
  return cursor.error();
}

Bytes compress_block(const Bytes& data) {
  constexpr int level = 1;  // 3 takes more than twice the time for 5% less
  Bytes out(ZSTD_compressBound(data.size()));
  const std::size_t size = ZSTD_compress(out.data(), out.size(), data.data(), data.size(), level);
  if (ZSTD_isError(size)) internal_error(std::string("zstd: ") + ZSTD_getErrorName(size));
  out.resize(size);
  return out;
}

std::string decompress_block(const Bytes& data, std::uint32_t size, Bytes& out) {
  out.resize(size);
  const std::size_t got = ZSTD_decompress(out.data(), out.size(), data.data(), data.size());
  if (ZSTD_isError(got)) return ZSTD_getErrorName(got);
  if (got != size) return "fewer bytes than announced";
  return "";
}

}  // namespace weft::traces
