// The .net file line by line: each block and each net once, with what the image has.
#include <fmt/format.h>

#include <algorithm>

#include "mapping/files/text_scan.hpp"

namespace weft::mapping {
namespace {

class NetCheck {
 public:
  NetCheck(const Netlist& netlist, Findings& findings)
      : netlist_(netlist),
        findings_(findings),
        names_(netlist),
        block_line_(netlist.blocks.size(), 0),
        net_line_(netlist.nets.size(), 0),
        net_name_(netlist.nets.size()) {}

  void check(const TextLine& line) {
    last_ = line.number;
    if (line.words.front() == "Net") {
      net(line);
    } else {
      block(line);
    }
  }

  std::vector<std::string> finish() {
    for (std::uint32_t b = 0; b < block_line_.size(); ++b) {
      if (block_line_[b] == 0)
        findings_.add(last_, "block-missing", netlist_.blocks[BlockId(b)].name + " is not in the file");
    }
    for (std::size_t n = 0; n < net_line_.size(); ++n) {
      if (net_line_[n] == 0) findings_.add(last_, "net-missing", fmt::format("net {} is not in the file", n));
    }
    return std::move(net_name_);
  }

 private:
  void block(const TextLine& line) {
    if (!expect_words(line, {"block", "kind", "axons", "neurons", "synapses", "#number"}, findings_)) return;
    const auto id = names_.find(line.words[0]);
    if (!id) {
      findings_.add(line, "block-unknown", fmt::format("the image has no block {}", line.words[0]));
      return;
    }
    const Block& block = netlist_.blocks[*id];
    int& seen = block_line_[id->index()];
    if (seen != 0) {
      findings_.add(line, "block-twice", fmt::format("{} is on line {} already", block.name, seen));
      return;
    }
    seen = line.number;
    const auto expect = [&](std::size_t word, const char* rule, const std::string& value, const char* what) {
      if (line.words[word] != value)
        findings_.add(line, rule,
                      fmt::format("{}: {} {}, the image has {}", block.name, what, line.words[word], value));
    };
    expect(1, "block-kind", to_string(block.kind), "kind");
    expect(2, "block-size", std::to_string(block.axons), "axons");
    expect(3, "block-size", std::to_string(block.neurons), "neurons");
    expect(4, "block-size", std::to_string(block.synapses), "synapses");
    expect(5, "block-number", fmt::format("#{}", id->value()), "number");
  }

  void net(const TextLine& line) {
    const auto number = line.words.size() < 5 ? std::nullopt : scan_number(line.words[1]);
    if (!number) {
      expect_words(line, {"=Net", "number", "name", "source", "sinks..."}, findings_);
      if (line.words.size() == 5) findings_.add(line, "syntax", fmt::format("net number {}", line.words[1]));
      return;
    }
    if (*number >= static_cast<std::int64_t>(netlist_.nets.size())) {
      findings_.add(line, "net-unknown",
                    fmt::format("net {}, the image has {} nets", *number, netlist_.nets.size()));
      return;
    }
    const BlockNet& net = netlist_.nets[static_cast<std::size_t>(*number)];
    int& seen = net_line_[static_cast<std::size_t>(*number)];
    if (seen != 0) {
      findings_.add(line, "net-twice", fmt::format("net {} is on line {} already", *number, seen));
      return;
    }
    seen = line.number;
    net_name_[static_cast<std::size_t>(*number)] = line.words[2];
    const std::string source = source_text(netlist_, net);
    if (line.words[3] != source)
      findings_.add(
          line, "net-source",
          fmt::format("net {} comes from {}, in the image from {}", *number, line.words[3], source));
    sinks(line, net, *number);
  }

  void sinks(const TextLine& line, const BlockNet& net, std::int64_t number) {
    std::vector<BlockSink> found;
    for (std::size_t w = 4; w < line.words.size(); ++w) {
      const auto sink = scan_sink(line.words[w], netlist_, names_);
      if (!sink || !std::binary_search(net.sinks.begin(), net.sinks.end(), *sink)) {
        findings_.add(line, "net-sink", fmt::format("{} does not listen to net {}", line.words[w], number));
      } else {
        found.push_back(*sink);
      }
    }
    std::sort(found.begin(), found.end());
    for (std::size_t i = 1; i < found.size(); ++i) {
      if (found[i] == found[i - 1])
        findings_.add(line, "net-sink", fmt::format("{} is named twice", sink_text(netlist_, found[i])));
    }
    for (const BlockSink& sink : net.sinks) {
      if (!std::binary_search(found.begin(), found.end(), sink))
        findings_.add(
            line, "net-sink",
            fmt::format("{} listens to net {} and is not named", sink_text(netlist_, sink), number));
    }
  }

  const Netlist& netlist_;
  Findings& findings_;
  BlockNames names_;
  std::vector<int> block_line_, net_line_;  // 0: not seen
  std::vector<std::string> net_name_;
  int last_ = 1;
};

}  // namespace

std::vector<std::string> check_net_file(const std::string& text, const Netlist& netlist, const Image& image,
                                        Findings& findings) {
  const std::vector<TextLine> lines = scan_lines(text);
  TextHeader header(lines, findings);
  if (const TextLine* line = header.next({"=Network:", "name", "=Network_ID:", "digest"}))
    check_digest(*line, line->words[3], image.network, "network-id", "the image is of another network",
                 findings);
  if (const TextLine* line = header.next({"=Fabric:", "name", "=Fabric_ID:", "digest"}))
    check_digest(*line, line->words[3], image.fabric, "fabric-id", "the image is for another fabric",
                 findings);
  if (const TextLine* line = header.next({"=Blocks:", "number", "=Nets:", "number"})) {
    if (scan_number(line->words[1]) != static_cast<std::int64_t>(netlist.blocks.size()) ||
        scan_number(line->words[3]) != static_cast<std::int64_t>(netlist.nets.size()))
      findings.add(
          *line, "block-count",
          fmt::format("the image has {} blocks and {} nets", netlist.blocks.size(), netlist.nets.size()));
  }
  NetCheck check(netlist, findings);
  for (std::size_t i = header.position(); i < lines.size(); ++i) check.check(lines[i]);
  return check.finish();
}

}  // namespace weft::mapping
