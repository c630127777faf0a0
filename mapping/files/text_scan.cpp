// See text_scan.hpp. Nothing here throws: whatever a file holds becomes a finding with its line.
#include "mapping/files/text_scan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace weft::mapping {
namespace {

std::string shown(std::string_view text, std::size_t most) {
  std::string result;
  for (char c : text.substr(0, most)) result += c >= ' ' && c < 127 ? c : '?';
  return text.size() > most ? result + "..." : result;
}

}  // namespace

void Findings::add(int line, const char* rule, const std::string& detail) {
  if (all_.size() < kMost) all_.push_back({file_, line, rule, shown(detail, 300)});
}

std::vector<TextLine> scan_lines(const std::string& text) {
  std::vector<TextLine> lines;
  const std::string_view all(text);
  int number = 0;
  for (std::size_t begin = 0; begin < all.size();) {
    const std::size_t end = std::min(all.find('\n', begin), all.size());
    const std::string_view line = all.substr(begin, end - begin);
    begin = end + 1;
    ++number;
    if (!line.empty() && line.front() == '#') continue;
    TextLine words{number, {}};
    for (std::size_t at = 0; at < line.size();) {
      const std::size_t from = line.find_first_not_of(" \t\r", at);
      if (from == std::string_view::npos) break;
      at = std::min(line.find_first_of(" \t\r", from), line.size());
      words.words.push_back(line.substr(from, at - from));
    }
    if (!words.words.empty()) lines.push_back(std::move(words));
  }
  return lines;
}

std::optional<std::int64_t> scan_number(std::string_view word) {
  std::int64_t value = 0;
  if (word.empty() || word.size() > 18 || word.front() == '-') return std::nullopt;
  if (word.size() > 1 && word.front() == '0') return std::nullopt;
  const auto [stop, code] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (code != std::errc() || stop != word.data() + word.size()) return std::nullopt;
  return value;
}

std::optional<TilePosition> scan_position(std::string_view word) {
  const std::size_t comma = word.find(',');
  if (word.size() < 5 || word.front() != '(' || word.back() != ')' || comma == std::string_view::npos)
    return std::nullopt;
  const auto x = scan_number(word.substr(1, comma - 1));
  const auto y = scan_number(word.substr(comma + 1, word.size() - comma - 2));
  if (!x || !y) return std::nullopt;
  return TilePosition{*x, *y};
}

bool expect_words(const TextLine& line, const std::vector<std::string_view>& form, Findings& findings) {
  bool right = line.words.size() == form.size();
  std::string expected;
  for (std::size_t i = 0; i < form.size(); ++i) {
    const bool literal = form[i].front() == '=';
    if (right && literal && line.words[i] != form[i].substr(1)) right = false;
    expected +=
        (i > 0 ? " " : "") + (literal ? std::string(form[i].substr(1)) : fmt::format("<{}>", form[i]));
  }
  if (right) return true;
  std::string found;
  for (std::size_t i = 0; i < std::min<std::size_t>(line.words.size(), 8); ++i)
    found += (i > 0 ? " " : "") + shown(line.words[i], 40);
  findings.add(line, "syntax", fmt::format("found \"{}\", expected \"{}\"", found, expected));
  return false;
}

const TextLine* TextHeader::next(const std::vector<std::string_view>& form) {
  if (at_ == lines_.size()) {
    findings_.add(lines_.empty() ? 1 : lines_.back().number, "header-missing",
                  fmt::format("the file ends before the line \"{} ...\"", form.front().substr(1)));
    return nullptr;
  }
  const TextLine& line = lines_[at_];
  if (expect_words(line, form, findings_)) {
    ++at_;
    return &line;
  }
  if (line.words.front() == form.front().substr(1)) ++at_;
  return nullptr;
}

void check_array_size(TextHeader& header, const Fabric& fabric, Findings& findings) {
  const TextLine* line = header.next({"=Array", "=size:", "width", "=x", "height", "=tiles"});
  if (line == nullptr) return;
  if (scan_number(line->words[2]) == std::int64_t{fabric.width} &&
      scan_number(line->words[4]) == std::int64_t{fabric.height})
    return;
  findings.add(*line, "array-size",
               fmt::format("{} x {} tiles, the fabric has {} x {}", line->words[2], line->words[4],
                           fabric.width, fabric.height));
}

void check_digest(const TextLine& line, std::string_view word, const Digest& expected, const char* rule,
                  const std::string& what, Findings& findings) {
  if (word == expected.hex()) return;
  findings.add(line, rule, fmt::format("{}, whose digest is {}, not {}", what, expected.hex(), word));
}

BlockNames::BlockNames(const Netlist& netlist) {
  for (std::uint32_t b = 0; b < netlist.blocks.size(); ++b)
    names_.push_back({netlist.blocks[BlockId(b)].name, BlockId(b)});
  std::sort(names_.begin(), names_.end());
}

std::optional<BlockId> BlockNames::find(std::string_view name) const {
  const auto at = std::lower_bound(names_.begin(), names_.end(), name,
                                   [](const auto& entry, std::string_view n) { return entry.first < n; });
  if (at == names_.end() || at->first != name) return std::nullopt;
  return at->second;
}

std::optional<BlockSink> scan_sink(std::string_view word, const Netlist& netlist, const BlockNames& names) {
  const std::size_t dot = word.find('.');
  const auto block = names.find(word.substr(0, dot));
  if (!block) return std::nullopt;
  if (dot == std::string_view::npos) {
    if (netlist.blocks[*block].kind != BlockKind::Output) return std::nullopt;
    return BlockSink{*block, 0, 0};
  }
  const std::size_t sign = word.find('@');
  if (sign == std::string_view::npos || sign < dot || netlist.blocks[*block].kind != BlockKind::Core)
    return std::nullopt;
  const bool to_sum = word[dot + 1] == '+';
  const std::size_t first = dot + (to_sum ? 2 : 1);
  const auto axon = scan_number(word.substr(first, std::max(sign, first) - first));
  const auto delay = scan_number(word.substr(sign + 1));
  if (!axon || !delay || *axon > 0xffffffff || *delay > 255) return std::nullopt;
  return BlockSink{*block, static_cast<std::uint32_t>(*axon), static_cast<int>(*delay), to_sum};
}

}  // namespace weft::mapping
