// A parser for the one Python dictionary that NumPy writes: three known keys in any order, each once.
#include "model/base/npy_header.hpp"

#include <optional>

#include "model/base/error.hpp"

namespace weft {
namespace {

constexpr std::size_t kMostDimensions = 32;  // as in NumPy

// Reads the dictionary of a header: the three known keys in any order, each once.
class HeaderParser {
 public:
  HeaderParser(std::string_view text, const std::string& name) : text_(text), name_(name) {}

  NpyHeader parse() {
    std::optional<std::string> dtype;
    std::optional<bool> fortran_order;
    std::optional<std::vector<std::int64_t>> dimensions;
    expect('{');
    while (!accept('}')) {
      const std::string key = quoted();
      expect(':');
      if (key == "descr" && !dtype) {
        dtype = descriptor();
      } else if (key == "fortran_order" && !fortran_order) {
        fortran_order = boolean();
      } else if (key == "shape" && !dimensions) {
        dimensions = shape();
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
    if (!dtype || !fortran_order || !dimensions) {
      fail("a header without all of its keys", "descr, fortran_order and shape");
    }
    if (*fortran_order) throw InputError({name_}, "an array in Fortran order", "C order");
    return {*dtype, *dimensions};
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
    const std::size_t bytes = npy_item_bytes(type);
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

}  // namespace

std::size_t npy_item_bytes(std::string_view dtype) {
  if (dtype == "f4" || dtype == "i4" || dtype == "u4") return 4;
  if (dtype == "f8" || dtype == "i8" || dtype == "u8") return 8;
  if (dtype == "i2" || dtype == "u2") return 2;
  if (dtype == "i1" || dtype == "u1") return 1;
  return 0;
}

std::string npy_shape_text(const std::vector<std::int64_t>& shape) {
  std::string text = "(";
  for (std::size_t i = 0; i < shape.size(); ++i) text += (i > 0 ? ", " : "") + std::to_string(shape[i]);
  return text + (shape.size() == 1 ? ",)" : ")");
}

NpyHeader parse_npy_header(std::string_view text, const std::string& name) {
  return HeaderParser(text, name).parse();
}

}  // namespace weft
