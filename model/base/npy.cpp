// NumPy's array format (NEP 1), versions 1.0 and 2.0: a magic, a Python dictionary that describes the array,
// then the numbers. The reader takes what NumPy writes for plain C-ordered little-endian numbers and nothing
// else.
#include <algorithm>
#include <optional>
#include <string_view>

#include "model/base/error.hpp"
#include "model/base/npz.hpp"

namespace weft {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "numbers are copied as they lie in memory");

namespace {

constexpr std::string_view kMagic("\x93NUMPY", 6);
constexpr int kMostDimensions = 32;  // as in NumPy
constexpr std::size_t kMostHeaderBytes = 65536;

// Bytes per item, or 0 for a dtype that we do not know.
std::size_t item_bytes(std::string_view dtype) {
  if (dtype == "f4" || dtype == "i4" || dtype == "u4") return 4;
  if (dtype == "f8" || dtype == "i8" || dtype == "u8") return 8;
  if (dtype == "i2" || dtype == "u2") return 2;
  if (dtype == "i1" || dtype == "u1") return 1;
  return 0;
}

std::string shape_text(const std::vector<std::int64_t>& shape) {
  std::string text = "(";
  for (std::size_t i = 0; i < shape.size(); ++i) text += (i > 0 ? ", " : "") + std::to_string(shape[i]);
  return text + (shape.size() == 1 ? ",)" : ")");
}

struct NpyHeader {
  std::optional<std::string> dtype;
  std::optional<bool> fortran_order;
  std::optional<std::vector<std::int64_t>> shape;
};

// Reads the dictionary of a header: the three known keys in any order, each once.
class HeaderParser {
 public:
  HeaderParser(std::string_view text, const std::string& name) : text_(text), name_(name) {}

  NpyHeader parse() {
    NpyHeader header;
    expect('{');
    while (!accept('}')) {
      const std::string key = quoted();
      expect(':');
      if (key == "descr" && !header.dtype) {
        header.dtype = descriptor();
      } else if (key == "fortran_order" && !header.fortran_order) {
        header.fortran_order = boolean();
      } else if (key == "shape" && !header.shape) {
        header.shape = shape();
      } else {
        fail("an unknown or repeated key \"" + key + "\"", "descr, fortran_order and shape");
      }
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    skip_space();
    if (!text_.empty()) fail("text after the dictionary", "spaces and a line end");
    if (!header.dtype || !header.fortran_order || !header.shape) {
      fail("a header without all of its keys", "descr, fortran_order and shape");
    }
    return header;
  }

 private:
  [[noreturn]] void fail(const std::string& found, const std::string& expected) const {
    throw InputError({name_}, found + " in the npy header", expected);
  }
  void skip_space() {
    const std::size_t start = text_.find_first_not_of(" \n\t\r");
    text_.remove_prefix(start == std::string_view::npos ? text_.size() : start);
  }
  bool accept(char c) {
    skip_space();
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  void expect(char c) {
    if (accept(c)) return;
    fail(text_.empty() ? "the end" : "\"" + std::string(text_.substr(0, 12)) + "\"",
         std::string("'") + c + "'");
  }
  std::string quoted() {
    skip_space();
    const char quote = !text_.empty() && text_.front() == '"' ? '"' : '\'';
    expect(quote);
    const std::size_t end = text_.find(quote);
    if (end == std::string_view::npos) fail("a text without an end", "a closing quote");
    std::string value(text_.substr(0, end));
    text_.remove_prefix(end + 1);
    return value;
  }
  std::string descriptor() {
    skip_space();
    if (!text_.empty() && text_.front() == '[') fail("a structured dtype", "numbers such as '<f4'");
    const std::string text = quoted();
    const std::string type = text.empty() ? text : text.substr(1);
    const std::size_t bytes = item_bytes(type);
    if (!text.empty() && text[0] == '>' && bytes > 0)
      fail("big-endian data ('" + text + "')", "little-endian");
    const bool order_known = !text.empty() && (text[0] == '<' || (text[0] == '|' && bytes == 1));
    if (bytes == 0 || !order_known)
      fail("the dtype '" + text.substr(0, 20) + "'", "a number such as '<f4' or '|u1'");
    return type;
  }
  bool boolean() {
    skip_space();
    for (const bool value : {false, true}) {
      const std::string_view word = value ? "True" : "False";
      if (text_.substr(0, word.size()) != word) continue;
      text_.remove_prefix(word.size());
      return value;
    }
    fail("fortran_order neither True nor False", "one of them");
  }
  std::vector<std::int64_t> shape() {
    std::vector<std::int64_t> shape;
    expect('(');
    while (!accept(')')) {
      shape.push_back(number());
      if (shape.size() > kMostDimensions) fail("an array of more than 32 dimensions", "at most 32");
      if (!accept(',')) {
        expect(')');
        break;
      }
    }
    return shape;
  }
  std::int64_t number() {
    skip_space();
    std::int64_t value = 0;
    std::size_t digits = 0;
    for (; digits < text_.size() && text_[digits] >= '0' && text_[digits] <= '9'; ++digits) {
      if (__builtin_mul_overflow(value, 10, &value) ||
          __builtin_add_overflow(value, text_[digits] - '0', &value)) {
        fail("a dimension beyond 64 bits", "a smaller one");
      }
    }
    if (digits == 0) fail("a dimension that is no number", "a number of at least 0");
    text_.remove_prefix(digits);
    return value;
  }

  std::string_view text_;
  const std::string& name_;
};

// The bytes that the shape asks for. Throws where any product of its dimensions overflows.
std::int64_t data_bytes(const NpyArray& array, const std::string& name) {
  std::int64_t bytes = static_cast<std::int64_t>(item_bytes(array.dtype));
  bool empty = false;
  for (const std::int64_t dimension : array.shape) {
    if (dimension == 0) {
      empty = true;
    } else if (__builtin_mul_overflow(bytes, dimension, &bytes)) {
      throw InputError({name}, "the shape " + shape_text(array.shape), "one that fits into 64 bits");
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
    internal_error("an array of shape " + shape_text(array.shape) + " from " + std::to_string(items.size()) +
                   " items");
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
  NpyHeader header = HeaderParser(text.substr(begin, header_bytes), name).parse();
  if (*header.fortran_order) throw InputError({name}, "an array in Fortran order", "C order");

  NpyArray array;
  array.dtype = std::move(*header.dtype);
  array.shape = std::move(*header.shape);
  const std::int64_t expected = data_bytes(array, name);
  const auto found = static_cast<std::int64_t>(text.size() - begin - header_bytes);
  if (found != expected) {
    throw InputError(
        {name}, std::to_string(found) + " bytes of data",
        std::to_string(expected) + " for the shape " + shape_text(array.shape) + " of " + array.dtype);
  }
  array.data.assign(data.end() - static_cast<std::ptrdiff_t>(found), data.end());
  return array;
}

Bytes format_npy(const NpyArray& array) {
  if (item_bytes(array.dtype) == 0 ||
      data_bytes(array, "array") != static_cast<std::int64_t>(array.data.size())) {
    internal_error("an npy array of " + std::to_string(array.data.size()) + " bytes with the shape " +
                   shape_text(array.shape) + " of " + array.dtype);
  }
  std::string header = "{'descr': '" + std::string(item_bytes(array.dtype) == 1 ? "|" : "<") + array.dtype +
                       "', 'fortran_order': False, 'shape': " + shape_text(array.shape) + ", }";
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
