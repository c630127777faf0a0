// Gzip by zlib, which checks the length and the CRC at the end of each member. Output grows as data come, so
// that a damaged header cannot ask for memory.
#include <zlib.h>

#include <algorithm>
#include <memory>
#include <new>

#include "model/base/error.hpp"
#include "model/base/files.hpp"

namespace weft {
namespace {

struct EndInflate {
  void operator()(z_stream* stream) const { inflateEnd(stream); }
};

bool is_gzip(const Bytes& data, std::size_t offset) {
  return data.size() - offset >= 2 && data[offset] == 0x1f && data[offset + 1] == 0x8b;
}

// Inflates the member at `offset`, appends to `out`, returns the offset behind it.
std::size_t inflate_member(const Bytes& data, std::size_t offset, const std::string& name,
                           std::uint64_t limit, Bytes& out) {
  z_stream stream{};
  if (inflateInit2(&stream, 15 + 16) != Z_OK) throw std::bad_alloc();
  const std::unique_ptr<z_stream, EndInflate> guard(&stream);
  constexpr std::size_t kMostInput = std::size_t{1} << 30;  // zlib counts in 32 bits
  std::uint8_t chunk[65536];
  for (;;) {
    const std::size_t given = std::min(data.size() - offset, kMostInput);
    stream.next_in = const_cast<Bytef*>(data.data() + offset);
    stream.avail_in = static_cast<uInt>(given);
    stream.next_out = chunk;
    stream.avail_out = sizeof chunk;
    const int result = inflate(&stream, Z_NO_FLUSH);
    offset += given - stream.avail_in;
    out.insert(out.end(), chunk, chunk + (sizeof chunk - stream.avail_out));
    if (out.size() > limit) {
      throw InputError({name}, "gzip data of more than " + std::to_string(limit) + " bytes when inflated");
    }
    if (result == Z_STREAM_END) return offset;
    if (result == Z_BUF_ERROR || (result == Z_OK && offset == data.size() && stream.avail_out > 0)) {
      throw InputError({name}, "truncated gzip data");
    }
    if (result != Z_OK) {
      throw InputError({name},
                       std::string("damaged gzip data: ") + (stream.msg ? stream.msg : "not inflatable"));
    }
  }
}

}  // namespace

Bytes gunzip(const Bytes& data, const std::string& name, std::uint64_t limit) {
  if (!is_gzip(data, 0)) return data;
  Bytes out;
  std::size_t offset = 0;
  while (offset < data.size()) {
    if (!is_gzip(data, offset)) {
      throw InputError({name}, std::to_string(data.size() - offset) + " surplus bytes after the gzip data");
    }
    offset = inflate_member(data, offset, name, limit, out);
  }
  return out;
}

}  // namespace weft
