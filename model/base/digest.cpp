// XXH3 with 128 bits over a stream of (length, bytes) records: the lengths make the stream uniquely
// decodable.
#include "model/base/digest.hpp"

#include <xxhash.h>

#include <cstdio>
#include <new>

#include "model/base/error.hpp"

namespace weft {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "numbers are hashed as they lie in memory");

namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string Digest::hex() const {
  char text[33];
  std::snprintf(text, sizeof text, "%016llx%016llx", static_cast<unsigned long long>(high),
                static_cast<unsigned long long>(low));
  return text;
}

Digest Digest::from_hex(std::string_view text) {
  Digest digest;
  bool good = text.size() == 32;
  for (std::size_t i = 0; good && i < 32; ++i) {
    const int value = hex_digit(text[i]);
    good = value >= 0;
    std::uint64_t& half = i < 16 ? digest.high : digest.low;
    half = half << 4 | static_cast<std::uint64_t>(value & 15);
  }
  if (!good) {
    const std::string found(text.substr(0, 40));
    throw InputError({}, "\"" + found + "\"", "a digest of 32 hexadecimal digits");
  }
  return digest;
}

struct DigestBuilder::State {
  struct Free {
    void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
  };
  std::unique_ptr<XXH3_state_t, Free> hash{XXH3_createState()};
};

DigestBuilder::DigestBuilder() : state_(std::make_unique<State>()) {
  if (!state_->hash) throw std::bad_alloc();
  XXH3_128bits_reset(state_->hash.get());
}
DigestBuilder::~DigestBuilder() = default;
DigestBuilder::DigestBuilder(DigestBuilder&&) noexcept = default;
DigestBuilder& DigestBuilder::operator=(DigestBuilder&&) noexcept = default;

DigestBuilder& DigestBuilder::add(std::int64_t number) {
  return add_bytes(&number, sizeof number);
}

DigestBuilder& DigestBuilder::add(double number) {
  return add_bytes(&number, sizeof number);
}

DigestBuilder& DigestBuilder::add(std::string_view text) {
  return add_bytes(text.data(), text.size());
}

DigestBuilder& DigestBuilder::add(const Digest& digest) {
  const std::uint64_t halves[2] = {digest.high, digest.low};
  return add_bytes(halves, sizeof halves);
}

DigestBuilder& DigestBuilder::add_bytes(const void* data, std::size_t size) {
  const std::uint64_t length = size;
  XXH3_128bits_update(state_->hash.get(), &length, sizeof length);
  if (size > 0) XXH3_128bits_update(state_->hash.get(), data, size);
  return *this;
}

Digest DigestBuilder::finish() const {
  const XXH128_hash_t hash = XXH3_128bits_digest(state_->hash.get());
  return {hash.high64, hash.low64};
}

}  // namespace weft
