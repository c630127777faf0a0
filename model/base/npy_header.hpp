// The dictionary at the front of an npy file, e.g. {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4),
// }. Private to the npy files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weft {

struct NpyHeader {
  std::string dtype;  // without byte order, as in NpyArray
  std::vector<std::int64_t> shape;
};

// Throws InputError for what is not a C-ordered little-endian array of numbers.
NpyHeader parse_npy_header(std::string_view text, const std::string& name);

// Bytes per item, or 0 for a dtype that we do not know.
std::size_t npy_item_bytes(std::string_view dtype);
std::string npy_shape_text(const std::vector<std::int64_t>& shape);  // "(3, 4)"

}  // namespace weft
