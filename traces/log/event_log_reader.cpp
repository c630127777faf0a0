// Reads an event log strictly: each number is checked before it is used, each block's checksum before it is
// unpacked, and memory never exceeds that of one block, whatever the file claims.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <sstream>

#include "traces/log/event_block.hpp"
#include "traces/log/event_log.hpp"

namespace weft::traces {
namespace {

constexpr std::uint32_t kMostTilesPerSide = 256;
constexpr std::uint32_t kMostCores = 16;         // of a tile
constexpr std::uint32_t kMostCycles = 1u << 24;  // of one timing parameter; the same bounds buffers

template <std::size_t size>
bool starts_with(const std::uint8_t* data, const std::array<char, size>& mark) {
  return std::memcmp(data, mark.data(), size) == 0;
}

}  // namespace

EventLogReader::EventLogReader(const std::filesystem::path& file)
    : name_(file.string()), in_(std::make_unique<std::ifstream>(file, std::ios::binary)) {
  if (std::error_code error; std::filesystem::is_directory(file, error) || !*in_) {
    throw InputError({name_}, "cannot open the event log");
  }
  read_header();
}

EventLogReader::EventLogReader(const Bytes& data, const std::string& name)
    : name_(name), in_(std::make_unique<std::istringstream>(std::string(data.begin(), data.end()))) {
  read_header();
}

EventLogReader::~EventLogReader() = default;

bool EventLogReader::read(void* to, std::size_t size) {
  in_->read(static_cast<char*>(to), static_cast<std::streamsize>(size));
  offset_ += static_cast<std::uint64_t>(in_->gcount());
  if (in_->bad()) throw InputError({name_}, "cannot read the event log");
  return static_cast<std::size_t>(in_->gcount()) == size;
}

void EventLogReader::damaged(const std::string& found, const std::string& expected) const {
  throw InputError({name_}, "event log, block " + std::to_string(blocks_) + " at byte " +
                                std::to_string(block_offset_) + ": found " + found + ", expected " +
                                expected);
}

void EventLogReader::read_header() {
  Bytes header(kLogHeaderBytes);
  const auto refuse = [&](const std::string& found, const std::string& expected) {
    throw InputError({name_}, found, expected);
  };
  const bool whole = read(header.data(), header.size());
  if (offset_ < kLogMagic.size() || !starts_with(header.data(), kLogMagic)) {
    refuse("another kind of file", "an event log");
  }
  if (!whole) refuse("a header of " + std::to_string(offset_) + " bytes", std::to_string(kLogHeaderBytes));
  const std::uint8_t* data = header.data() + kLogMagic.size();
  const std::uint32_t version = get_u32(data);
  if (version != kLogVersion) {
    refuse("event log version " + std::to_string(version),
           "version " + std::to_string(kLogVersion) +
               (version < kLogVersion ? "; run it again with --events" : ""));
  }
  if (get_u64(header.data() + kLogHeaderBytes - 8) != checksum(Bytes(header.begin(), header.end() - 8))) {
    refuse("an event log whose header does not match its checksum", "an undamaged header");
  }
  header_.fabric.high = get_u64(data + 4);
  header_.fabric.low = get_u64(data + 12);
  header_.width = get_u32(data + 20);
  header_.height = get_u32(data + 24);
  const std::uint64_t clock_bits = get_u64(data + 28);
  std::memcpy(&header_.clock_hz, &clock_bits, sizeof clock_bits);
  const std::uint8_t* timing = data + 36;
  for (std::uint32_t* field : {&header_.buffer_depth, &header_.pipeline_cycles, &header_.link_cycles,
                               &header_.credit_cycles, &header_.row_cycles, &header_.neuron_lanes,
                               &header_.port_cycles, &header_.row_lanes, &header_.flit_cycles}) {
    *field = get_u32(timing);
    timing += 4;
    if (*field > kMostCycles ||
        (*field == 0 && field != &header_.row_cycles && field != &header_.buffer_depth)) {
      refuse("a fabric whose timing has a " + std::to_string(*field), "1 to " + std::to_string(kMostCycles));
    }
  }
  const std::uint32_t routing = get_u32(timing);
  if (routing > static_cast<std::uint32_t>(Routing::Circuit))
    refuse("a routing of number " + std::to_string(routing), "0 to 2");
  header_.routing = static_cast<Routing>(routing);
  header_.cores = get_u32(timing + 4);
  if (header_.circuits() != (header_.buffer_depth == 0))
    refuse("buffers of " + std::to_string(header_.buffer_depth) + " flits with " +
               to_string(header_.routing) + " routing",
           "none with circuits, and some without");
  if (header_.width < 1 || header_.width > kMostTilesPerSide || header_.height < 1 ||
      header_.height > kMostTilesPerSide) {
    refuse("a fabric of " + std::to_string(header_.width) + " x " + std::to_string(header_.height) + " tiles",
           "1 x 1 to 256 x 256");
  }
  if (header_.cores < 1 || header_.cores > kMostCores)
    refuse("tiles of " + std::to_string(header_.cores) + " cores", "1 to " + std::to_string(kMostCores));
  if (!(header_.clock_hz > 0 && std::isfinite(header_.clock_hz))) {
    refuse("a clock of " + std::to_string(header_.clock_hz) + " Hz", "a finite clock above 0");
  }
}

void EventLogReader::check_end(const std::uint8_t* prefix) {
  if (get_u64(prefix + 16) != checksum(Bytes(prefix, prefix + 16)))
    damaged("an end mark that does not match its checksum", "a match");
  if (get_u32(prefix + 4) != static_cast<std::uint32_t>(blocks_) || get_u64(prefix + 8) != events_) {
    damaged("an end mark for " + std::to_string(get_u64(prefix + 8)) + " events in " +
                std::to_string(get_u32(prefix + 4)) + " blocks",
            std::to_string(events_) + " in " + std::to_string(blocks_));
  }
  char surplus = 0;
  if (read(&surplus, 1)) damaged("data after the end mark", "the end of the file");
}

bool EventLogReader::next(std::vector<Event>& events) {
  events.clear();
  if (ended_) return false;
  block_offset_ = offset_;
  std::uint8_t prefix[kBlockPrefixBytes] = {};
  const bool whole = read(prefix, sizeof prefix);
  const std::uint64_t got = offset_ - block_offset_;
  const std::size_t mark_bytes = std::min<std::size_t>(static_cast<std::size_t>(got), 4);
  const bool is_block = std::memcmp(prefix, kBlockMark.data(), mark_bytes) == 0;
  const bool is_end = std::memcmp(prefix, kEndMark.data(), mark_bytes) == 0;
  if (!is_block && !is_end) damaged("no block mark", "a block or the end mark");
  if (!whole || is_end) {
    truncated_ = !whole;
    ended_ = true;
    if (whole) check_end(prefix);
    return false;
  }
  const std::uint32_t count = get_u32(prefix + 4), size = get_u32(prefix + 8),
                      packed_size = get_u32(prefix + 12);
  if (count < 1 || count > kMostBlockEvents) {
    damaged(std::to_string(count) + " events", "1 to " + std::to_string(kMostBlockEvents));
  }
  const std::size_t most = count * kMostEventBytes;
  if (size > most || packed_size > most + most / 128 + 1024) {
    damaged("a size of " + std::to_string(std::max(size, packed_size)) + " bytes",
            "at most " + std::to_string(most));
  }
  Bytes packed(packed_size);
  if (!read(packed.data(), packed.size())) {
    truncated_ = ended_ = true;
    return false;
  }
  if (get_u64(prefix + 16) != checksum(Bytes(prefix, prefix + 16), packed)) {
    damaged("content that does not match its checksum", "a match");
  }
  Bytes columns;
  std::string wrong = decompress_block(packed, size, columns);
  if (wrong.empty())
    wrong = decode_events(columns, count, header_.width * header_.height, header_.cores, events);
  if (!wrong.empty()) {
    events.clear();
    damaged(wrong, "what the format allows");
  }
  ++blocks_;
  events_ += events.size();
  return true;
}

}  // namespace weft::traces
