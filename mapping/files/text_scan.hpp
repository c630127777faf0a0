// Lines of words with their numbers, and the findings about them: what the three checks have in common.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mapping/files/netlist.hpp"
#include "mapping/files/text_files.hpp"

namespace weft::mapping {

struct TextLine {
  int number = 0;
  std::vector<std::string_view> words;  // at least one; views into the text
};

// Remarks and empty lines are left out.
std::vector<TextLine> scan_lines(const std::string& text);

// Digits alone, at most 18 of them, without leading zeros: a number has one form.
std::optional<std::int64_t> scan_number(std::string_view word);

struct TilePosition {
  std::int64_t x = 0, y = 0;
};
// "(3,2)".
std::optional<TilePosition> scan_position(std::string_view word);

// Collects what is found in one file; the first thousand are kept.
class Findings {
 public:
  Findings(std::string file, std::vector<TextFinding>& all) : file_(std::move(file)), all_(all) {}
  void add(const TextLine& line, const char* rule, const std::string& detail) {
    add(line.number, rule, detail);
  }
  // What a file holds is shown without control characters and not at any length.
  void add(int line, const char* rule, const std::string& detail);

 private:
  static constexpr std::size_t kMost = 1000;
  std::string file_;
  std::vector<TextFinding>& all_;
};

// What a header line must look like: words that begin with "=" are taken as they are after it, others name
// what stands there ("=Netlist_ID:", "digest"). False, with a finding, where the line looks otherwise.
bool expect_words(const TextLine& line, const std::vector<std::string_view>& form, Findings& findings);

// The lines after a header of these forms; as many findings as header lines are wrong or missing.
class TextHeader {
 public:
  TextHeader(const std::vector<TextLine>& lines, Findings& findings) : lines_(lines), findings_(findings) {}
  // The next line if it has the form; null, with a finding, otherwise. A line of another form is passed over
  // only if it starts with the same word.
  const TextLine* next(const std::vector<std::string_view>& form);
  std::size_t position() const { return at_; }

 private:
  const std::vector<TextLine>& lines_;
  Findings& findings_;
  std::size_t at_ = 0;
};

// "Array size: W x H tiles" against the fabric.
void check_array_size(TextHeader& header, const Fabric& fabric, Findings& findings);
// A word that must be this digest.
void check_digest(const TextLine& line, std::string_view word, const Digest& expected, const char* rule,
                  const std::string& what, Findings& findings);

// Finds blocks by name.
class BlockNames {
 public:
  explicit BlockNames(const Netlist& netlist);
  std::optional<BlockId> find(std::string_view name) const;

 private:
  std::vector<std::pair<std::string_view, BlockId>> names_;  // sorted
};

// "core_3.17@2" or "out_4"; nothing where it is neither, or of a block that does not exist.
std::optional<BlockSink> scan_sink(std::string_view word, const Netlist& netlist, const BlockNames& names);

// The checks of one file each; that of the .net file returns the names that it gives the nets.
std::vector<std::string> check_net_file(const std::string& text, const Netlist& netlist, const Image& image,
                                        Findings& findings);
void check_place_file(const std::string& text, const Netlist& netlist, const Fabric& fabric,
                      const Digest& net_file, Findings& findings);
void check_route_file(const std::string& text, const Netlist& netlist, const Image& image,
                      const Fabric& fabric, const Digest& place_file,
                      const std::vector<std::string>& net_names, Findings& findings);

}  // namespace weft::mapping
