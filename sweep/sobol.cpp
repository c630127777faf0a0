// The Sobol sequence by the binary digits of the index: digit i puts direction number i into the coordinate
// by exclusive or. Direction numbers follow from a primitive polynomial and a few odd starting values
// (Bratley and Fox, ACM TOMS 1988); dimension 0 is van der Corput's sequence.
#include <array>
#include <cstdint>

#include "sweep/points.hpp"

namespace weft::sweep {
namespace {

constexpr int kBits = 32;

struct Polynomial {
  int degree;
  std::uint32_t inner;  // the coefficients but the first and the last
  std::array<std::uint32_t, 6> start;
};

// Dimensions 1 to 15 of the set "new-joe-kuo-6".
constexpr std::array<Polynomial, kMostSobolAxes - 1> kPolynomials = {{{1, 0, {1}},
                                                                      {2, 1, {1, 3}},
                                                                      {3, 1, {1, 3, 1}},
                                                                      {3, 2, {1, 1, 1}},
                                                                      {4, 1, {1, 1, 3, 3}},
                                                                      {4, 4, {1, 3, 5, 13}},
                                                                      {5, 2, {1, 1, 5, 5, 17}},
                                                                      {5, 4, {1, 1, 5, 5, 5}},
                                                                      {5, 7, {1, 1, 7, 11, 19}},
                                                                      {5, 11, {1, 1, 5, 1, 1}},
                                                                      {5, 13, {1, 1, 1, 3, 11}},
                                                                      {5, 14, {1, 3, 5, 5, 31}},
                                                                      {6, 1, {1, 3, 3, 9, 7, 49}},
                                                                      {6, 13, {1, 1, 1, 15, 21, 21}},
                                                                      {6, 16, {1, 3, 1, 13, 27, 49}}}};

std::array<std::uint32_t, kBits> directions(int dimension) {
  std::array<std::uint32_t, kBits> v{};
  if (dimension == 0) {
    for (int i = 0; i < kBits; ++i) v[static_cast<std::size_t>(i)] = 1u << (kBits - 1 - i);
    return v;
  }
  const Polynomial& p = kPolynomials[static_cast<std::size_t>(dimension - 1)];
  for (int i = 0; i < kBits; ++i) {
    std::uint32_t& now = v[static_cast<std::size_t>(i)];
    if (i < p.degree) {
      now = p.start[static_cast<std::size_t>(i)] << (kBits - 1 - i);
      continue;
    }
    const std::uint32_t before = v[static_cast<std::size_t>(i - p.degree)];
    now = before ^ (before >> p.degree);
    for (int k = 1; k < p.degree; ++k)
      if ((p.inner >> (p.degree - 1 - k)) & 1u) now ^= v[static_cast<std::size_t>(i - k)];
  }
  return v;
}

}  // namespace

double sobol_coordinate(int dimension, std::uint32_t index) {
  static const auto table = [] {
    std::array<std::array<std::uint32_t, kBits>, kMostSobolAxes> all;
    for (int d = 0; d < kMostSobolAxes; ++d) all[static_cast<std::size_t>(d)] = directions(d);
    return all;
  }();
  std::uint32_t bits = 0;
  for (std::size_t i = 0; index != 0; ++i, index >>= 1)
    if (index & 1u) bits ^= table[static_cast<std::size_t>(dimension)][i];
  return static_cast<double>(bits) / 4294967296.0;
}

}  // namespace weft::sweep
