// One walk over the netlist for each file.
#include <fmt/format.h>

#include <iterator>

#include "mapping/files/netlist.hpp"
#include "mapping/files/text_files.hpp"

namespace weft::mapping {
namespace {

std::string as_word(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) <= ' ' || c == 127) c = '_';
  }
  return text.empty() ? "_" : text;
}

std::string at(const Fabric& fabric, TileId tile) {
  return fmt::format("({},{})", fabric.x(tile), fabric.y(tile));
}

std::string format_net(const Netlist& netlist, const Image& image, const Fabric& fabric) {
  std::string text = fmt::format(
      "# What each block holds and what each net connects.\n"
      "Network: {} Network_ID: {}\nFabric: {} Fabric_ID: {}\nBlocks: {} Nets: {}\n\n"
      "#block name\tkind\taxons\tneurons\tsynapses\tblock number\n"
      "#----------\t----\t-----\t-------\t--------\t------------\n",
      as_word(image.name), image.network.hex(), as_word(fabric.name), image.fabric.hex(),
      netlist.blocks.size(), netlist.nets.size());
  const auto out = std::back_inserter(text);
  for (std::uint32_t b = 0; b < netlist.blocks.size(); ++b) {
    const Block& block = netlist.blocks[BlockId(b)];
    fmt::format_to(out, "{}\t{}\t{}\t{}\t{}\t#{}\n", block.name, to_string(block.kind), block.axons,
                   block.neurons, block.synapses, b);
  }
  text +=
      "\n#Net number, name, source (core.neuron), sinks (core.axon@delay in steps, or core.+neuron@delay: "
      "its "
      "sum)\n";
  for (std::size_t n = 0; n < netlist.nets.size(); ++n) {
    const BlockNet& net = netlist.nets[n];
    fmt::format_to(out, "Net {} {} {}", n, net.name, source_text(netlist, net));
    for (const BlockSink& sink : net.sinks) fmt::format_to(out, " {}", sink_text(netlist, sink));
    text += '\n';
  }
  return text;
}

std::string format_place(const Netlist& netlist, const Fabric& fabric, const std::string& net_file,
                         const std::string& net) {
  std::string text = fmt::format(
      "Netlist_File: {} Netlist_ID: {}\nArray size: {} x {} tiles\n\n"
      "#block name\tx\ty\tsubblk\tblock number\n"
      "#----------\t--\t--\t------\t------------\n",
      net_file, text_digest(net).hex(), fabric.width, fabric.height);
  const auto out = std::back_inserter(text);
  for (std::uint32_t b = 0; b < netlist.blocks.size(); ++b) {
    const Block& block = netlist.blocks[BlockId(b)];
    fmt::format_to(out, "{}\t{}\t{}\t{}\t#{}\n", block.name, fabric.x(block.tile), fabric.y(block.tile),
                   block.slot, b);
  }
  return text;
}

void format_sinks(std::string& text, const Netlist& netlist, const Fabric& fabric, const BlockNet& net,
                  TileId tile) {
  for (const BlockSink& sink : net.sinks) {
    if (netlist.blocks[sink.block].tile != tile) continue;
    const bool pad = netlist.blocks[sink.block].kind == BlockKind::Output;
    fmt::format_to(std::back_inserter(text), "Node: {} {} {}\n", pad ? "OPAD" : "SINK", at(fabric, tile),
                   sink_text(netlist, sink));
  }
}

std::string format_route(const Netlist& netlist, const Image& image, const Fabric& fabric,
                         const std::string& place_file, const std::string& place) {
  std::string text = fmt::format(
      "Placement_File: {} Placement_ID: {}\nImage_ID: {}\nArray size: {} x {} tiles\n\nRouting:\n",
      place_file, text_digest(place).hex(), digest(image).hex(), fabric.width, fabric.height);
  const auto out = std::back_inserter(text);
  for (std::size_t n = 0; n < netlist.nets.size(); ++n) {
    const BlockNet& net = netlist.nets[n];
    const TileId start = netlist.blocks[net.source].tile;
    fmt::format_to(out, "\nNet {} ({})\nNode: SOURCE {} {}\n", n, net.name, at(fabric, start),
                   source_text(netlist, net));
    format_sinks(text, netlist, fabric, net, start);
    for (const Hop& hop : net.hops) {
      const bool row = hop.direction == Direction::East || hop.direction == Direction::West;
      const TileId to = neighbor(fabric, hop.from, hop.direction);
      fmt::format_to(out, "Node: {} {} to {}", row ? "CHANX" : "CHANY", at(fabric, hop.from), at(fabric, to));
      if (fabric.router.routing == Routing::Circuit) fmt::format_to(out, " Track: {}", hop.track);
      text += '\n';
      format_sinks(text, netlist, fabric, net, to);
    }
  }
  return text;
}

}  // namespace

Digest text_digest(const std::string& text) {
  DigestBuilder builder;
  builder.add(std::string_view(text));
  return builder.finish();
}

TextFiles format_text_files(const Image& image, const Fabric& fabric,
                            const std::vector<std::string>& population_names, const std::string& base_name) {
  const Netlist netlist = read_netlist(image, fabric, population_names);
  TextFiles files;
  files.net = format_net(netlist, image, fabric);
  files.place = format_place(netlist, fabric, as_word(base_name) + ".net", files.net);
  files.route = format_route(netlist, image, fabric, as_word(base_name) + ".place", files.place);
  return files;
}

}  // namespace weft::mapping
