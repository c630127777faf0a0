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
#include <new>

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

void PackedEvents::add(const Event* first, std::size_t count) {
  if (events_.size() < size_ + count) {
    const std::size_t room = std::max(size_ + count, std::size_t{kBlockEvents});
    events_.resize(room);
    runs_.resize(room + 1);
  }
  Packed* to = events_.data() + size_;
  Run* run = runs_.data() + run_count_;
  std::uint64_t cycle = run_count_ == 0 ? ~first->cycle : run[-1].cycle;
  for (std::size_t i = 0; i < count; ++i) {
    const Event& event = first[i];
    to[i] = {event.subject, event.value, static_cast<std::uint16_t>(event.tile.value()),
             static_cast<std::uint8_t>(static_cast<unsigned>(event.kind) | event.core * 16u), event.detail};
    *run = {event.cycle, static_cast<std::uint32_t>(size_ + i)};
    run += event.cycle != cycle ? 1 : 0;
    cycle = event.cycle;
  }
  size_ += count;
  run_count_ = static_cast<std::size_t>(run - runs_.data());
}

struct BlockEncoder::Compressor {
  Compressor() : context(ZSTD_createCCtx()) {
    if (context == nullptr) throw std::bad_alloc();
  }
  ~Compressor() { ZSTD_freeCCtx(context); }
  ZSTD_CCtx* context;
};

BlockEncoder::BlockEncoder(std::uint32_t cores)
    : cores_(cores), compressor_(std::make_unique<Compressor>()) {}
BlockEncoder::~BlockEncoder() = default;

const Bytes& BlockEncoder::encode(const PackedEvents& events) {
  // One pass over the events: each column has room for its worst case, and they move together afterwards.
  constexpr std::array<std::size_t, 6> kMostBytes = {1, 1, 10, 5, 5, 5};
  if (scratch_.size() < events.size() * kMostEventBytes) scratch_.resize(events.size() * kMostEventBytes);
  std::array<std::uint8_t*, 6> begins{}, ends{};
  std::uint8_t* place = scratch_.data();
  for (std::size_t column = 0; column < kMostBytes.size(); ++column) {
    begins[column] = ends[column] = place;
    place += events.size() * kMostBytes[column];
  }
  auto [kinds, details, cycles, tiles, subjects, values] = ends;
  std::uint64_t cycle = 0;
  for (std::size_t i = 0; i < events.run_count(); ++i) {
    const PackedEvents::Run& run = events.runs()[i];
    const std::size_t end = i + 1 < events.run_count() ? events.runs()[i + 1].begin : events.size();
    cycles = put_varint(cycles, zigzag(static_cast<std::int64_t>(run.cycle - cycle)));  // modulo 2^64
    cycles = std::fill_n(cycles, end - run.begin - 1, std::uint8_t{0});
    cycle = run.cycle;
  }
  std::int64_t tile = 0;
  std::array<std::int64_t, 16> last{};  // subject of each kind
  for (const PackedEvents::Packed& event : events) {
    *kinds++ = static_cast<std::uint8_t>(event.kind());
    *details++ = event.detail;
    const std::int64_t core = std::int64_t{event.tile} * cores_ + event.core();
    tiles = put_varint(tiles, zigzag(core - tile));
    tile = core;
    std::int64_t& subject = last[event.kind()];
    subjects = put_varint(subjects, zigzag(std::int64_t{event.subject} - subject));
    subject = event.subject;
    values = put_varint(values, zigzag(event.value));
  }
  ends = {kinds, details, cycles, tiles, subjects, values};
  columns_.clear();
  for (std::size_t column = 0; column < kMostBytes.size(); ++column)
    columns_.insert(columns_.end(), begins[column], ends[column]);
  return columns_;
}

Bytes encode_events(const std::vector<Event>& events, std::uint32_t cores) {
  PackedEvents packed;
  if (!events.empty()) packed.add(events.data(), events.size());
  return BlockEncoder(cores).encode(packed);
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

const Bytes& BlockEncoder::compress(const Bytes& columns) {
  constexpr int level = -5;  // 1 takes half as much time again for 20 to 25% less
  packed_.resize(ZSTD_compressBound(columns.size()));
  const std::size_t size = ZSTD_compressCCtx(compressor_->context, packed_.data(), packed_.size(),
                                             columns.data(), columns.size(), level);
  if (ZSTD_isError(size)) internal_error(std::string("zstd: ") + ZSTD_getErrorName(size));
  packed_.resize(size);
  return packed_;
}

Bytes compress_block(const Bytes& data) {
  return BlockEncoder(1).compress(data);
}

std::string decompress_block(const Bytes& data, std::uint32_t size, Bytes& out) {
  out.resize(size);
  const std::size_t got = ZSTD_decompress(out.data(), out.size(), data.data(), data.size());
  if (ZSTD_isError(got)) return ZSTD_getErrorName(got);
  if (got != size) return "fewer bytes than announced";
  return "";
}

}  // namespace weft::traces
