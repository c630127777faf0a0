// A row-major matrix of integers: rows x columns.
#pragma once

#include <cstdint>
#include <vector>

namespace weft {

struct IntMatrix {
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::vector<std::int32_t> values;

  const std::int32_t* row(std::int64_t index) const { return values.data() + index * columns; }
};

}  // namespace weft
