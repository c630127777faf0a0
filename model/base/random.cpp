// xoshiro256**: 256 bits of state, all arithmetic on unsigned integers. A fork mixes the seed with an
// FNV-1a hash of the name, so that it does not depend on how many numbers its parent has drawn.
#include "model/base/random.hpp"

namespace weft {
namespace {

std::uint64_t splitmix64(std::uint64_t& state) {
  std::uint64_t z = (state += 0x9e3779b97f4a7c15ULL);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

std::uint64_t rotate_left(std::uint64_t x, int k) {
  return (x << k) | (x >> (64 - k));
}

}  // namespace

Random::Random(std::uint64_t seed) : seed_(seed) {
  std::uint64_t mixer = seed;
  for (std::uint64_t& word : state_) word = splitmix64(mixer);
}

Random Random::fork(std::string_view name) const {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  std::uint64_t mixer = seed_ ^ hash;
  return Random(splitmix64(mixer));
}

std::uint64_t Random::bits() {
  const std::uint64_t result = rotate_left(state_[1] * 5, 7) * 9;
  const std::uint64_t t = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= t;
  state_[3] = rotate_left(state_[3], 45);
  return result;
}

std::uint64_t Random::below(std::uint64_t bound) {
  const std::uint64_t threshold = (0 - bound) % bound;  // 2^64 mod bound: below it a draw would be biased
  std::uint64_t draw = bits();
  while (draw < threshold) draw = bits();
  return draw % bound;
}

double Random::uniform() {
  return static_cast<double>(bits() >> 11) * 0x1p-53;
}

double Random::uniform(double low, double high) {
  return low + (high - low) * uniform();
}

double Random::normal() {
  double sum = -6.0;  // Irwin-Hall: twelve uniforms have variance one; the tails end at six sigma
  for (int i = 0; i < 12; ++i) sum += uniform();
  return sum;
}

}  // namespace weft
