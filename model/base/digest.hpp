// A 128-bit digest of a value: what an artefact records of the things it was made from.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace weft {

struct Digest {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  std::string hex() const;                        // 32 lower-case digits
  static Digest from_hex(std::string_view text);  // throws InputError unless 32 hex digits
  friend bool operator==(const Digest& a, const Digest& b) { return a.high == b.high && a.low == b.low; }
  friend bool operator!=(const Digest& a, const Digest& b) { return !(a == b); }
};

// Feeds values in order. Each add_* puts the length or width first, so that ("ab","c") and ("a","bc") differ;
// numbers go in as little-endian fixed-width integers, floats by their bits.
class DigestBuilder {
 public:
  DigestBuilder();
  ~DigestBuilder();
  DigestBuilder(DigestBuilder&&) noexcept;
  DigestBuilder& operator=(DigestBuilder&&) noexcept;

  DigestBuilder& add(std::int64_t number);
  DigestBuilder& add(double number);
  template <class T, std::enable_if_t<std::is_integral_v<T>, int> = 0>
  DigestBuilder& add(T number) {
    return add(static_cast<std::int64_t>(number));
  }
  DigestBuilder& add(std::string_view text);
  DigestBuilder& add(const Digest& digest);
  DigestBuilder& add_bytes(const void* data, std::size_t size);
  template <class T>
  DigestBuilder& add_array(const std::vector<T>& items) {
    static_assert(std::is_arithmetic_v<T>, "padding bytes of a struct are not part of its value");
    return add_bytes(items.data(), items.size() * sizeof(T));
  }
  Digest finish() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace weft
