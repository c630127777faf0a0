// a / b rounded up, of what is not negative.
#pragma once

#include <cstdint>

namespace weft::mapping {

constexpr std::int64_t ceil_div(std::int64_t a, std::int64_t b) {
  return (a + b - 1) / b;
}

}  // namespace weft::mapping
