// The .place file line by line: first the rules of the fabric, then whether the image says the same.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "mapping/files/text_scan.hpp"

namespace weft::mapping {
namespace {

class PlaceCheck {
 public:
  PlaceCheck(const Netlist& netlist, const Fabric& fabric, Findings& findings)
      : netlist_(netlist),
        fabric_(fabric),
        findings_(findings),
        names_(netlist),
        ports_(port_tiles(fabric)),
        line_(netlist.blocks.size(), 0) {}

  void check(const TextLine& line) {
    last_ = line.number;
    if (!expect_words(line, {"block", "x", "y", "subblk", "#number"}, findings_)) return;
    const auto id = names_.find(line.words[0]);
    if (!id) {
      findings_.add(line, "block-unknown", fmt::format("the image has no block {}", line.words[0]));
      return;
    }
    const Block& block = netlist_.blocks[*id];
    if (line_[id->index()] != 0) {
      findings_.add(line, "block-twice",
                    fmt::format("{} is on line {} already", block.name, line_[id->index()]));
      return;
    }
    line_[id->index()] = line.number;
    if (line.words[4] != fmt::format("#{}", id->value()))
      findings_.add(line, "block-number",
                    fmt::format("{} is block #{}, not {}", block.name, id->value(), line.words[4]));
    const auto x = scan_number(line.words[1]), y = scan_number(line.words[2]),
               slot = scan_number(line.words[3]);
    if (!x || !y || !slot) {
      findings_.add(line, "syntax", "x, y and subblk are whole numbers");
      return;
    }
    if (*x >= fabric_.width || *y >= fabric_.height) {
      findings_.add(
          line, "outside-array",
          fmt::format("{} at ({},{}) of {} x {} tiles", block.name, *x, *y, fabric_.width, fabric_.height));
      return;
    }
    place(line, block, fabric_.tile(static_cast<int>(*x), static_cast<int>(*y)), *slot);
  }

  void finish() {
    for (std::uint32_t b = 0; b < line_.size(); ++b) {
      if (line_[b] == 0)
        findings_.add(last_, "block-missing", netlist_.blocks[BlockId(b)].name + " is not in the file");
    }
  }

 private:
  std::string at(TileId tile) const { return fmt::format("({},{})", fabric_.x(tile), fabric_.y(tile)); }

  void place(const TextLine& line, const Block& block, TileId tile, std::int64_t slot) {
    const bool core = block.kind == BlockKind::Core;
    if (!core && !std::binary_search(ports_.begin(), ports_.end(), tile)) {
      findings_.add(line, "no-port", fmt::format("{} on {}, which has no port", block.name, at(tile)));
      return;
    }
    const bool one_core = core && fabric_.cores_per_tile == 1;
    if (core && slot >= fabric_.cores_per_tile) {
      findings_.add(line, one_core ? "one-core-per-tile" : "cores-per-tile",
                    one_core ? fmt::format("subblk {} of a tile that has subblk 0 alone", slot)
                             : fmt::format("subblk {} of a tile that has subblk 0 to {}", slot,
                                           fabric_.cores_per_tile - 1));
    }
    const auto [other, is_free] = taken_.insert({std::make_tuple(core, tile, one_core ? 0 : slot), &block});
    if (!is_free) {
      findings_.add(
          line, "tile-taken",
          one_core ? fmt::format("{} on {}, where {} is already", block.name, at(tile), other->second->name)
                   : fmt::format("{} as subblk {} on {}, which {} is already", block.name, slot, at(tile),
                                 other->second->name));
      return;
    }
    if (tile != block.tile || (!one_core && slot != block.slot))
      findings_.add(line, "image-place",
                    fmt::format("{} on {} subblk {}, in the image on {} subblk {}", block.name, at(tile),
                                slot, at(block.tile), block.slot));
  }

  const Netlist& netlist_;
  const Fabric& fabric_;
  Findings& findings_;
  BlockNames names_;
  const std::vector<TileId> ports_;
  std::vector<int> line_;  // 0: not seen
  std::map<std::tuple<bool, TileId, std::int64_t>, const Block*> taken_;
  int last_ = 1;
};

}  // namespace

void check_place_file(const std::string& text, const Netlist& netlist, const Fabric& fabric,
                      const Digest& net_file, Findings& findings) {
  const std::vector<TextLine> lines = scan_lines(text);
  TextHeader header(lines, findings);
  if (const TextLine* line = header.next({"=Netlist_File:", "file", "=Netlist_ID:", "digest"}))
    check_digest(*line, line->words[3], net_file, "netlist-id", "made for another .net file than this one",
                 findings);
  check_array_size(header, fabric, findings);
  PlaceCheck check(netlist, fabric, findings);
  for (std::size_t i = header.position(); i < lines.size(); ++i) check.check(lines[i]);
  check.finish();
}

}  // namespace weft::mapping
