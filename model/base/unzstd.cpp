// Zstandard by libzstd, frame after frame. Output grows as data come, so that a damaged header cannot ask for
// memory.
#include <zstd.h>

#include <memory>
#include <new>

#include "model/base/error.hpp"
#include "model/base/files.hpp"

namespace weft {
namespace {

struct FreeStream {
  void operator()(ZSTD_DStream* stream) const { ZSTD_freeDStream(stream); }
};

bool is_zstd(const Bytes& data) {
  const std::uint8_t magic[] = {0x28, 0xb5, 0x2f, 0xfd};
  if (data.size() < sizeof magic) return false;
  for (std::size_t i = 0; i < sizeof magic; ++i) {
    if (data[i] != magic[i]) return false;
  }
  return true;
}

}  // namespace

Bytes unzstd(const Bytes& data, const std::string& name, std::uint64_t limit) {
  if (!is_zstd(data)) return data;
  const std::unique_ptr<ZSTD_DStream, FreeStream> stream(ZSTD_createDStream());
  if (!stream) throw std::bad_alloc();
  Bytes out, chunk(ZSTD_DStreamOutSize());
  ZSTD_inBuffer in{data.data(), data.size(), 0};
  std::size_t left = 1;  // of the frame; 0 at its end
  while (in.pos < in.size || left != 0) {
    ZSTD_outBuffer piece{chunk.data(), chunk.size(), 0};
    const std::size_t before = in.pos;
    left = ZSTD_decompressStream(stream.get(), &piece, &in);
    if (ZSTD_isError(left))
      throw InputError({name}, std::string("damaged zstd data: ") + ZSTD_getErrorName(left));
    out.insert(out.end(), chunk.begin(), chunk.begin() + static_cast<std::ptrdiff_t>(piece.pos));
    if (out.size() > limit)
      throw InputError({name}, "zstd data of more than " + std::to_string(limit) + " bytes when unpacked");
    if (left != 0 && piece.pos == 0 && in.pos == before) throw InputError({name}, "truncated zstd data");
  }
  return out;
}

}  // namespace weft
