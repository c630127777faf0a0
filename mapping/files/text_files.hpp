// A mapping as three text files in the manner of VPR's .net, .place and .route: to be read by people and
// scripts, and checked against the image when somebody has edited them.
//
//   .net    the blocks with their sizes, and each net with its source and sinks; no places
//   .place  the tile of each block, a core's number in its tile (subblk); names the .net by its digest
//   .route  the tree of each net, link by link (and track by track, of circuits); names the .place and the
//   image by their digests
//
// Lines that begin with # are remarks.
#pragma once

#include <string>
#include <vector>

#include "mapping/place/regions.hpp"
#include "model/base/digest.hpp"
#include "model/fabric/fabric.hpp"
#include "model/fabric/image.hpp"

namespace weft::mapping {

struct TextFiles {
  std::string net, place, route;
};

// `image` must be valid for `fabric`; `base_name` is that of the files without their endings.
TextFiles format_text_files(const Image& image, const Fabric& fabric,
                            const std::vector<std::string>& population_names, const std::string& base_name);

// The digest by which one file names another.
Digest text_digest(const std::string& text);

// What does not agree, where: "image.place:12: tile-taken: core_3 on (2,1), where core_0 is already".
struct TextFinding {
  std::string file;
  int line = 0;
  std::string rule;
  std::string detail;
};
std::string describe(const std::vector<TextFinding>& findings, std::size_t limit = 20);

struct NamedText {
  std::string file;
  std::string text;
};

// Every block, place, net and link of the files, by the rules of the fabric and against the image. `image`
// must be valid for `fabric`. Empty: the files say what the image says. At most 1000 findings.
std::vector<TextFinding> check_text_files(const NamedText& net, const NamedText& place,
                                          const NamedText& route, const Image& image, const Fabric& fabric);

// A .place file as constraints: each core that it names stands on the tile that it says; the numbers of cores
// that share a tile are the mapper's. Inputs and outputs are left to
// the placer. `netlist` is the .net file that it was made for. Throws InputError with the line.
struct HandPlacement {
  std::vector<FixedRegion> fix;
  Digest netlist;
};
HandPlacement read_hand_placement(const NamedText& place);

}  // namespace weft::mapping
