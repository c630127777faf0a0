// A trigger is three words, or five with "for N": nothing to nest, so nothing to parse but words.
#include <cctype>
#include <charconv>
#include <optional>
#include <utility>

#include "model/base/error.hpp"
#include "traces/waveform/trigger.hpp"

namespace weft::traces {
namespace {

struct Word {
  std::string text;
  int column = 0;  // from 1
};

// Comparisons are words also without blanks around them.
std::vector<Word> split(const std::string& text) {
  const auto is_comparison = [](char c) { return c == '=' || c == '!' || c == '<' || c == '>'; };
  const auto is_blank = [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; };
  std::vector<Word> words;
  for (std::size_t at = 0; at < text.size();) {
    if (is_blank(text[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && !is_blank(text[end]) && is_comparison(text[end]) == is_comparison(text[at]))
      ++end;
    words.push_back({text.substr(at, end - at), static_cast<int>(at) + 1});
    at = end;
  }
  return words;
}

std::optional<std::uint64_t> number(const std::string& word) {
  const bool hexadecimal = word.size() > 2 && word[0] == '0' && word[1] == 'x';
  std::uint64_t value = 0;
  const char* begin = word.data() + (hexadecimal ? 2 : 0);
  const char* end = word.data() + word.size();
  const auto [stop, error] = std::from_chars(begin, end, value, hexadecimal ? 16 : 10);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

}  // namespace

Trigger parse_trigger(const std::string& text) {
  const std::vector<Word> words = split(text);
  const auto expect = [&](std::size_t index, bool right, const std::string& expected) {
    if (right) return;
    const bool there = index < words.size();
    const int column = there ? words[index].column : static_cast<int>(text.size()) + 1;
    throw InputError({"trigger '" + text + "'", 1, column},
                     there ? "\"" + words[index].text + "\"" : std::string("its end"), expected);
  };
  constexpr std::pair<const char*, Comparison> kComparisons[] = {
      {"==", Comparison::Equal},     {"!=", Comparison::NotEqual}, {"<", Comparison::Less},
      {"<=", Comparison::LessEqual}, {">", Comparison::Greater},   {">=", Comparison::GreaterEqual}};
  Trigger trigger;
  expect(0, !words.empty(), "the name of a signal");
  trigger.signal = words[0].text;
  const std::pair<const char*, Comparison>* comparison = nullptr;
  for (const auto& known : kComparisons) {
    if (words.size() > 1 && words[1].text == known.first) comparison = &known;
  }
  expect(1, comparison != nullptr, "one of == != < <= > >=");
  trigger.comparison = comparison->second;
  trigger.negative = words.size() > 2 && words[2].text[0] == '-';
  const std::optional<std::uint64_t> value =
      words.size() > 2 ? number(words[2].text.substr(trigger.negative ? 1 : 0)) : std::nullopt;
  expect(2, value.has_value(), "a number");
  trigger.value = trigger.negative ? ~*value + 1 : *value;
  trigger.negative = trigger.negative && *value != 0;
  if (words.size() == 3) return trigger;
  expect(3, words[3].text == "for", "\"for\" and a number of cycles, or the end");
  trigger.for_cycles = words.size() > 4 ? number(words[4].text).value_or(0) : 0;
  expect(4, trigger.for_cycles > 0, "a number of cycles, 1 or more");
  expect(5, words.size() == 5, "the end");
  return trigger;
}

}  // namespace weft::traces
