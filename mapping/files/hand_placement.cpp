// Reads a .place file before there is an image: the form of the lines is checked here, whether cores and
// tiles exist where the constraints are used.
#include <fmt/format.h>

#include "mapping/files/text_scan.hpp"

namespace weft::mapping {
namespace {

// The number of "core_17"; nothing for other blocks.
std::optional<std::int64_t> core_number(std::string_view name) {
  constexpr std::string_view kPrefix = "core_";
  return name.substr(0, kPrefix.size()) == kPrefix ? scan_number(name.substr(kPrefix.size())) : std::nullopt;
}

bool is_pad(std::string_view name) {
  return name.substr(0, 3) == "in_" || name.substr(0, 4) == "out_";
}

}  // namespace

HandPlacement read_hand_placement(const NamedText& place) {
  const std::vector<TextLine> lines = scan_lines(place.text);
  std::vector<TextFinding> found;
  Findings findings(place.file, found);
  HandPlacement result;
  TextHeader header(lines, findings);
  if (const TextLine* line = header.next({"=Netlist_File:", "file", "=Netlist_ID:", "digest"})) {
    try {
      result.netlist = Digest::from_hex(line->words[3]);
    } catch (const Error&) {
      findings.add(*line, "netlist-id", "a digest that is not 32 hexadecimal digits");
    }
  }
  header.next({"=Array", "=size:", "width", "=x", "height", "=tiles"});
  for (std::size_t i = header.position(); i < lines.size(); ++i) {
    const TextLine& line = lines[i];
    if (!expect_words(line, {"block", "x", "y", "subblk", "#number"}, findings)) continue;
    if (is_pad(line.words[0])) continue;
    const auto core = core_number(line.words[0]);
    const auto x = scan_number(line.words[1]), y = scan_number(line.words[2]);
    constexpr std::int64_t kFar = 1 << 20;  // beyond any fabric, within an int
    if (!core) {
      findings.add(line, "block-unknown", fmt::format("{}, expected core_K, in_I or out_O", line.words[0]));
    } else if (!x || !y || *x > kFar || *y > kFar) {
      findings.add(line, "syntax", "x and y are whole numbers of tiles");
    } else {
      const int column = static_cast<int>(*x), row = static_cast<int>(*y);
      result.fix.push_back({"", *core, {column, column, row, row}, {place.file, line.number, 0}});
    }
  }
  if (!found.empty())
    throw InputError({found[0].file, found[0].line, 0}, found[0].rule + ": " + found[0].detail);
  return result;
}

}  // namespace weft::mapping
