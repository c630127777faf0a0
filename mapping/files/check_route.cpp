// The .route file, net by net: the links in their order must grow a tree from the source to every sink, and
// be those of the image. Places are the image's; that the .place file agrees is checked there.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "mapping/files/text_scan.hpp"

namespace weft::mapping {
namespace {

class RouteCheck {
 public:
  RouteCheck(const Netlist& netlist, const Fabric& fabric, const std::vector<std::string>& net_names,
             Findings& findings)
      : netlist_(netlist),
        fabric_(fabric),
        net_names_(net_names),
        findings_(findings),
        names_(netlist),
        has_tracks_(fabric.router.routing == Routing::Circuit),
        line_(netlist.nets.size(), 0),
        reached_by_(static_cast<std::size_t>(fabric.tiles()), kNobody) {}

  void check(const TextLine& line) {
    last_ = line.number;
    if (line.words.front() == "Net") {
      close();
      open(line);
    } else if (line.words.front() != "Node:") {
      findings_.add(line, "syntax", "a line that begins with neither Net nor Node:");
    } else if (net_ == nullptr) {
      if (!skipping_) findings_.add(line, "syntax", "a node before the first net");
    } else {
      node(line);
    }
  }

  void finish() {
    close();
    for (std::size_t n = 0; n < line_.size(); ++n) {
      if (line_[n] == 0) findings_.add(last_, "net-missing", fmt::format("net {} is not in the file", n));
    }
  }

 private:
  static constexpr std::int64_t kNobody = -1;

  std::string at(TileId tile) const { return fmt::format("({},{})", fabric_.x(tile), fabric_.y(tile)); }

  void open(const TextLine& line) {
    skipping_ = true;
    if (!expect_words(line, {"=Net", "number", "(name)"}, findings_)) return;
    const auto number = scan_number(line.words[1]);
    if (!number || *number >= static_cast<std::int64_t>(netlist_.nets.size())) {
      findings_.add(line, "net-unknown",
                    fmt::format("net {}, the image has {} nets", line.words[1], netlist_.nets.size()));
      return;
    }
    number_ = *number;
    if (line_[static_cast<std::size_t>(number_)] != 0) {
      findings_.add(
          line, "net-twice",
          fmt::format("net {} is on line {} already", number_, line_[static_cast<std::size_t>(number_)]));
      return;
    }
    line_[static_cast<std::size_t>(number_)] = line.number;
    net_ = &netlist_.nets[static_cast<std::size_t>(number_)];
    const std::string& name = net_names_[static_cast<std::size_t>(number_)];
    if (!name.empty() && line.words[2] != "(" + name + ")")
      findings_.add(line, "net-name",
                    fmt::format("net {} is {} in the .net file, not {}", number_, name, line.words[2]));
    has_source_ = false;
    sinks_.clear();
  }

  void close() {
    if (net_ != nullptr) {
      if (!has_source_) findings_.add(last_, "route-source", fmt::format("net {} has no SOURCE", number_));
      std::sort(sinks_.begin(), sinks_.end());
      for (const BlockSink& sink : net_->sinks) {
        if (!std::binary_search(sinks_.begin(), sinks_.end(), sink))
          findings_.add(
              last_, "route-open",
              fmt::format("net {} ends before it has come to {}", number_, sink_text(netlist_, sink)));
      }
    }
    net_ = nullptr;
  }

  void node(const TextLine& line) {
    const std::string_view kind = line.words.size() > 1 ? line.words[1] : "";
    if (kind == "SOURCE") {
      if (expect_words(line, {"=Node:", "=SOURCE", "(x,y)", "source"}, findings_)) source(line);
    } else if (kind == "CHANX" || kind == "CHANY") {
      std::vector<std::string_view> form = {"=Node:", "CHANX or CHANY", "(x,y)", "=to", "(x,y)"};
      if (has_tracks_) form.insert(form.end(), {"=Track:", "number"});
      if (expect_words(line, form, findings_)) link(line);
    } else if (kind == "SINK" || kind == "OPAD") {
      if (expect_words(line, {"=Node:", "SINK or OPAD", "(x,y)", "sink"}, findings_)) sink(line);
    } else {
      findings_.add(line, "syntax", "a node that is not SOURCE, CHANX, CHANY, SINK or OPAD");
    }
  }

  // False, with a finding, for what is no tile.
  bool tile(const TextLine& line, std::size_t word, TileId& result) {
    const auto position = scan_position(line.words[word]);
    if (!position) {
      findings_.add(line, "syntax", fmt::format("\"{}\" is no tile, expected (x,y)", line.words[word]));
    } else if (position->x >= fabric_.width || position->y >= fabric_.height) {
      findings_.add(line, "outside-array",
                    fmt::format("{} of {} x {} tiles", line.words[word], fabric_.width, fabric_.height));
    } else {
      result = fabric_.tile(static_cast<int>(position->x), static_cast<int>(position->y));
      return true;
    }
    return false;
  }

  bool reached(TileId tile) const { return reached_by_[tile] == number_; }

  void source(const TextLine& line) {
    TileId start;
    if (!tile(line, 2, start)) return;
    const std::string expected = source_text(netlist_, *net_);
    const TileId home = netlist_.blocks[net_->source].tile;
    if (has_source_) {
      findings_.add(line, "route-source", fmt::format("net {} has a SOURCE already", number_));
    } else if (start != home || line.words[3] != expected) {
      findings_.add(line, "route-source",
                    fmt::format("net {} starts at {} {}, in the image at {} {}", number_, at(start),
                                line.words[3], at(home), expected));
    }
    has_source_ = true;
    reached_by_[start] = number_;
  }

  void link(const TextLine& line) {
    TileId from, to;
    if (!tile(line, 2, from) || !tile(line, 4, to)) return;
    Direction side = Direction::Local;
    for (Direction d : {Direction::North, Direction::East, Direction::South, Direction::West}) {
      if (has_neighbor(fabric_, from, d) && neighbor(fabric_, from, d) == to) side = d;
    }
    const bool row = side == Direction::East || side == Direction::West;
    if (side == Direction::Local || row != (line.words[1] == "CHANX")) {
      findings_.add(line, "route-link",
                    fmt::format("no {} leads from {} to {}", line.words[1], at(from), at(to)));
    } else if (!reached(from)) {
      findings_.add(line, "route-detached", fmt::format("net {} has not come to {}", number_, at(from)));
    } else if (reached(to)) {
      findings_.add(line, "route-loop", fmt::format("net {} comes to {} a second time", number_, at(to)));
      return;
    } else {
      const auto hop = std::find_if(net_->hops.begin(), net_->hops.end(),
                                    [&](const Hop& h) { return h.from == from && h.direction == side; });
      if (hop == net_->hops.end()) {
        findings_.add(line, "image-route",
                      fmt::format("net {} does not take {} to {} in the image", number_, at(from), at(to)));
      } else if (has_tracks_) {
        track(line, *hop);
      }
    }
    reached_by_[to] = number_;
  }

  // A link's track is there, is nobody else's, and is the image's.
  void track(const TextLine& line, const Hop& hop) {
    const auto number = scan_number(line.words[6]);
    if (!number || *number >= fabric_.router.tracks) {
      findings_.add(line, "route-track", fmt::format("track {} of {}", line.words[6], fabric_.router.tracks));
      return;
    }
    const auto [taken, is_new] = taken_.emplace(std::tuple(hop.from, hop.direction, *number), number_);
    if (!is_new) {
      findings_.add(line, "track-taken",
                    fmt::format("track {} to the {} of {} is net {}'s", *number, to_string(hop.direction),
                                at(hop.from), taken->second));
    } else if (*number != hop.track) {
      findings_.add(line, "image-track",
                    fmt::format("net {} takes track {} in the image, not {}", number_, hop.track, *number));
    }
  }

  void sink(const TextLine& line) {
    TileId where;
    if (!tile(line, 2, where)) return;
    const auto sink = scan_sink(line.words[3], netlist_, names_);
    if (!sink || !std::binary_search(net_->sinks.begin(), net_->sinks.end(), *sink)) {
      findings_.add(line, "route-sink", fmt::format("{} does not listen to net {}", line.words[3], number_));
      return;
    }
    const Block& block = netlist_.blocks[sink->block];
    if ((block.kind == BlockKind::Output) != (line.words[1] == "OPAD")) {
      findings_.add(line, "route-sink", fmt::format("{} is no {}", block.name, line.words[1]));
    } else if (block.tile != where) {
      findings_.add(line, "route-sink",
                    fmt::format("{} stands on {}, not on {}", block.name, at(block.tile), at(where)));
    } else if (!reached(where)) {
      findings_.add(line, "route-detached", fmt::format("net {} has not come to {}", number_, at(where)));
    } else if (std::find(sinks_.begin(), sinks_.end(), *sink) != sinks_.end()) {
      findings_.add(line, "route-sink", fmt::format("{} is named twice", line.words[3]));
    }
    sinks_.push_back(*sink);
  }

  const Netlist& netlist_;
  const Fabric& fabric_;
  const std::vector<std::string>& net_names_;
  Findings& findings_;
  BlockNames names_;
  const bool has_tracks_;
  std::map<std::tuple<TileId, Direction, std::int64_t>, std::int64_t> taken_;  // tracks, by net
  std::vector<int> line_;                                                      // by net; 0: not seen
  IdVector<TileId, std::int64_t> reached_by_;                                  // the last net that came here
  const BlockNet* net_ = nullptr;                                              // the open one
  std::int64_t number_ = 0;
  bool skipping_ = false;  // the nodes of a net that was refused
  bool has_source_ = false;
  std::vector<BlockSink> sinks_;  // of the open net, so far
  int last_ = 1;
};

}  // namespace

void check_route_file(const std::string& text, const Netlist& netlist, const Image& image,
                      const Fabric& fabric, const Digest& place_file,
                      const std::vector<std::string>& net_names, Findings& findings) {
  const std::vector<TextLine> lines = scan_lines(text);
  TextHeader header(lines, findings);
  if (const TextLine* line = header.next({"=Placement_File:", "file", "=Placement_ID:", "digest"}))
    check_digest(*line, line->words[3], place_file, "placement-id",
                 "made for another .place file than this one", findings);
  if (const TextLine* line = header.next({"=Image_ID:", "digest"}))
    check_digest(*line, line->words[1], digest(image), "image-id", "made with another image than this one",
                 findings);
  check_array_size(header, fabric, findings);
  header.next({"=Routing:"});
  RouteCheck check(netlist, fabric, net_names, findings);
  for (std::size_t i = header.position(); i < lines.size(); ++i) check.check(lines[i]);
  check.finish();
}

}  // namespace weft::mapping
