// Inside of the event log: the encoding of one block, and the file's fixed numbers (FORMAT.md).
#pragma once

#include <array>
#include <cstdint>
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

// A column per field, one after the other; differences as zigzag varints. Tile and core share a column: a
// tile has `cores` of them.
Bytes encode_events(const std::vector<Event>& events, std::uint32_t cores);
// The inverse. Returns what is wrong in a few words, empty if nothing is.
std::string decode_events(const Bytes& data, std::uint32_t count, std::uint32_t tiles, std::uint32_t cores,
                          std::vector<Event>& events);

Bytes compress_block(const Bytes& data);
// `size` is the expected size; returns what is wrong in a few words, empty if nothing is.
std::string decompress_block(const Bytes& data, std::uint32_t size, Bytes& out);

}  // namespace weft::traces
