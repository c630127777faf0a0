// NumPy's array format (NEP 1), versions 1.0 and 2.0: a magic, a Python dictionary that describes the array,
// then the numbers. The reader takes what NumPy writes for plain C-ordered little-endian numbers and nothing
// else.
#include <algorithm>
#include <string_view>

#include "model/base/error.hpp"
#include "model/base/npy_header.hpp"
#include "model/base/npz.hpp"

namespace weft {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "numbers are copied as they lie in memory");

namespace {

constexpr std::string_view kMagic("\x93NUMPY", 6);
constexpr std::size_t kMostHeaderBytes = 65536;

// The bytes that the shape asks for. Throws where any product of its dimensions overflows.
std::int64_t data_bytes(const NpyArray& array, const std::string& name) {
  std::int64_t bytes = static_cast<std::int64_t>(npy_item_bytes(array.dtype));
  bool empty = false;
  for (const std::int64_t dimension : array.shape) {
    if (dimension == 0) {
      empty = true;
    } else if (__builtin_mul_overflow(bytes, dimension, &bytes)) {
      throw InputError({name}, "the shape " + npy_shape_text(array.shape), "one that fits into 64 bits");
    }
  }
  return empty ? 0 : bytes;
}

template <class T>
constexpr const char* dtype_of() {
  if constexpr (std::is_floating_point_v<T>) return sizeof(T) == 4 ? "f4" : "f8";
  constexpr const char* kSigned[] = {"", "i1", "i2", "", "i4", "", "", "", "i8"};
  constexpr const char* kUnsigned[] = {"", "u1", "u2", "", "u4", "", "", "", "u8"};
  return std::is_signed_v<T> ? kSigned[sizeof(T)] : kUnsigned[sizeof(T)];
}

}  // namespace

std::int64_t NpyArray::count() const {
  std::int64_t product = 1;
  for (const std::int64_t dimension : shape) product *= dimension;
  return product;
}

template <class T>
NpyArray NpyArray::from(const std::vector<T>& items, std::vector<std::int64_t> shape) {
  NpyArray array;
  array.dtype = dtype_of<T>();
  array.shape = std::move(shape);
  if (array.count() != static_cast<std::int64_t>(items.size())) {
    internal_error("an array of shape " + npy_shape_text(array.shape) + " from " +
                   std::to_string(items.size()) + " items");
  }
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(items.data());
  array.data.assign(bytes, bytes + items.size() * sizeof(T));
  return array;
}

template <class T>
NpyArray NpyArray::from(const std::vector<T>& items) {
  return from(items, {static_cast<std::int64_t>(items.size())});
}

template <class T>
std::vector<T> NpyArray::as(const std::string& name) const {
  if (dtype != dtype_of<T>())
    throw InputError({name}, "an array of " + dtype, std::string("one of ") + dtype_of<T>());
  std::vector<T> items(data.size() / sizeof(T));
  std::copy(data.begin(), data.begin() + static_cast<std::ptrdiff_t>(items.size() * sizeof(T)),
            reinterpret_cast<std::uint8_t*>(items.data()));
  return items;
}

#define WEFT_NPY_TYPE(T)                                                                 \
  template NpyArray NpyArray::from<T>(const std::vector<T>&);                            \
  template NpyArray NpyArray::from<T>(const std::vector<T>&, std::vector<std::int64_t>); \
  template std::vector<T> NpyArray::as<T>(const std::string&) const;
WEFT_NPY_TYPE(float)
WEFT_NPY_TYPE(double)
WEFT_NPY_TYPE(std::int8_t)
WEFT_NPY_TYPE(std::uint8_t)
WEFT_NPY_TYPE(std::int16_t)
WEFT_NPY_TYPE(std::uint16_t)
WEFT_NPY_TYPE(std::int32_t)
WEFT_NPY_TYPE(std::uint32_t)
WEFT_NPY_TYPE(std::int64_t)
WEFT_NPY_TYPE(std::uint64_t)
#undef WEFT_NPY_TYPE

NpyArray parse_npy(const Bytes& data, const std::string& name) {
  const std::string_view text(reinterpret_cast<const char*>(data.data()), data.size());
  if (text.substr(0, kMagic.size()) != kMagic) throw InputError({name}, "no npy magic", "a NumPy array");
  if (text.size() < 10) throw InputError({name}, "a truncated npy header", "at least 10 bytes");
  const int major = data[6], minor = data[7];
  if ((major != 1 && major != 2) || minor != 0) {
    throw InputError({name}, "npy version " + std::to_string(major) + "." + std::to_string(minor),
                     "1.0 or 2.0");
  }
  std::size_t header_bytes = data[8] | static_cast<std::size_t>(data[9]) << 8;
  std::size_t begin = 10;
  if (major == 2) {
    if (text.size() < 12) throw InputError({name}, "a truncated npy header", "at least 12 bytes");
    header_bytes |= static_cast<std::size_t>(data[10]) << 16 | static_cast<std::size_t>(data[11]) << 24;
    begin = 12;
  }
  if (header_bytes > kMostHeaderBytes || header_bytes > text.size() - begin) {
    throw InputError({name}, "an npy header of " + std::to_string(header_bytes) + " bytes",
                     "at most " + std::to_string(std::min(kMostHeaderBytes, text.size() - begin)));
  }
  NpyHeader header = parse_npy_header(text.substr(begin, header_bytes), name);
  NpyArray array;
  array.dtype = std::move(header.dtype);
  array.shape = std::move(header.shape);
  const std::int64_t expected = data_bytes(array, name);
  const auto found = static_cast<std::int64_t>(text.size() - begin - header_bytes);
  if (found != expected) {
    throw InputError(
        {name}, std::to_string(found) + " bytes of data",
        std::to_string(expected) + " for the shape " + npy_shape_text(array.shape) + " of " + array.dtype);
  }
  array.data.assign(data.end() - static_cast<std::ptrdiff_t>(found), data.end());
  return array;
}

Bytes format_npy(const NpyArray& array) {
  if (npy_item_bytes(array.dtype) == 0 ||
      data_bytes(array, "array") != static_cast<std::int64_t>(array.data.size())) {
    internal_error("an npy array of " + std::to_string(array.data.size()) + " bytes with the shape " +
                   npy_shape_text(array.shape) + " of " + array.dtype);
  }
  std::string header = "{'descr': '" + std::string(npy_item_bytes(array.dtype) == 1 ? "|" : "<") +
                       array.dtype + "', 'fortran_order': False, 'shape': " + npy_shape_text(array.shape) +
                       ", }";
  constexpr std::size_t kPreamble = 10, kAlignment = 64;  // the data begin at a multiple of 64 bytes
  header.append(kAlignment - (kPreamble + header.size() + 1) % kAlignment, ' ');
  header += '\n';

  std::string start(kMagic);
  start += {1, 0, static_cast<char>(header.size() & 255), static_cast<char>(header.size() >> 8)};
  start += header;
  Bytes out;
  out.reserve(start.size() + array.data.size());
  out.assign(start.begin(), start.end());
  out.insert(out.end(), array.data.begin(), array.data.end());
  return out;
}

}  // namespace weft
