// Cores first, then keys, then routes: they are appended sender by sender in ascending key order, so that
// each list comes out sorted. Senders with one tree follow each other in the order of keys, so that a router
// can know them by one entry. Where cores share a tile, they stand in it in the order of their ids, one after
// the other.
#include "mapping/emit.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "mapping/axon_types.hpp"
#include "mapping/route/tables.hpp"
#include "model/base/error.hpp"

namespace weft::mapping {
namespace {

class Emitter {
 public:
  Emitter(const Fabric& fabric, const NeuronGraph& graph, const Lines& lines, const Clusters& clusters,
          const Placement& placement, const Routes& routes)
      : fabric_(fabric),
        graph_(graph),
        lines_(lines),
        clusters_(clusters),
        placement_(placement),
        routes_(routes) {
    if (graph.added.items() > 0) sums_of_ = inverted(graph.added, graph.nodes());
  }

  Image run(const EmitParams& params) {
    image_.name = params.name;
    image_.fabric = params.fabric;
    image_.network = params.network;
    image_.input_count = graph_.inputs;
    image_.output_count = static_cast<std::uint32_t>(graph_.outputs.size());
    image_.input_format = graph_.input_format;
    image_.depth_steps = graph_.depth_steps();
    image_.tables = graph_.tables;
    image_.tiles = IdVector<TileId, TileImage>(static_cast<std::size_t>(fabric_.tiles()));
    fill_cores();
    give_keys();
    fill_tables();
    bind();
    if (fabric_.router.routing == Routing::Multicast) share_entries(image_);
    return std::move(image_);
  }

 private:
  void fill_cores() {
    members_ = IdVector<CoreId, std::vector<NodeId>>(clusters_.cores);
    axons_ = IdVector<CoreId, std::vector<LineId>>(clusters_.cores);
    for (std::uint32_t n = graph_.inputs; n < graph_.nodes(); ++n) {
      members_[clusters_.core_of[NodeId(n)]].push_back(NodeId(n));
    }
    begin_ = IdVector<CoreId, CoreEnd>(clusters_.cores);
    cores_at_ = IdVector<TileId, std::vector<CoreId>>(image_.tiles.size());
    for (std::uint32_t c = 0; c < clusters_.cores; ++c) {
      const TileId tile = placement_.tile_of[CoreId(c)];
      cores_at_[tile].push_back(CoreId(c));
      append(CoreId(c), make_core(CoreId(c)), image_.tiles[tile].core);
    }
    for (std::uint32_t t = 0; t < image_.tiles.size(); ++t) {
      if (cores_at_[TileId(t)].size() < 2) image_.tiles[TileId(t)].core.ends.clear();
    }
  }

  // Behind the cores that the tile has already.
  void append(CoreId core, CoreImage own, CoreImage& all) {
    const CoreEnd begin{static_cast<std::uint32_t>(all.axons()),
                        static_cast<std::uint32_t>(all.neurons.size())};
    begin_[core] = begin;
    const std::uint32_t synapses = all.row_begin.back();
    for (std::size_t a = 1; a < own.row_begin.size(); ++a)
      all.row_begin.push_back(synapses + own.row_begin[a]);
    for (const std::uint16_t neuron : own.neuron)
      all.neuron.push_back(static_cast<std::uint16_t>(begin.neurons + neuron));
    all.weight.insert(all.weight.end(), own.weight.begin(), own.weight.end());
    all.neurons.insert(all.neurons.end(), own.neurons.begin(), own.neurons.end());
    all.axon_type.insert(all.axon_type.end(), own.axon_type.begin(), own.axon_type.end());
    all.ends.push_back(
        {static_cast<std::uint32_t>(all.axons()), static_cast<std::uint32_t>(all.neurons.size())});
  }

  // A core by itself.
  CoreImage make_core(CoreId core) {
    std::vector<LineId>& axons = axons_[core];
    for (NodeId node : members_[core]) {
      for (LineId line : lines_.of_node[node]) axons.push_back(line);
    }
    std::sort(axons.begin(), axons.end());
    axons.erase(std::unique(axons.begin(), axons.end()), axons.end());
    CoreImage image;
    std::vector<std::uint32_t> next(axons.size() + 1, 0);
    for (NodeId node : members_[core]) {
      for (LineId line : lines_.of_node[node]) ++next[axon_of(core, line) + 1];
    }
    for (std::size_t a = 1; a < next.size(); ++a) next[a] += next[a - 1];
    image.row_begin = next;
    image.neuron.resize(next.back());
    image.weight.resize(next.back());
    for (std::size_t i = 0; i < members_[core].size(); ++i) {
      const NodeId node = members_[core][i];
      const Range<Synapse> synapses = graph_.synapses[node];
      const Range<LineId> lines = lines_.of_node[node];
      for (std::size_t s = 0; s < synapses.size(); ++s) {
        const std::uint32_t at = next[axon_of(core, lines[s])]++;
        image.neuron[at] = static_cast<std::uint16_t>(i);
        image.weight[at] = synapses[s].weight;
      }
      image.neurons.push_back(graph_.configs[node]);
      if (is_spiking(image.neurons.back().model)) image.neurons.back().table = spike_rule(node);
    }
    if (fabric_.core.axon_types > 0 && image.axons() > 0) give_types(core, image);
    return image;
  }

  void give_types(CoreId core, CoreImage& image) {
    image.axon_type = assign_axon_types(image, fabric_.core.axon_types);
    if (!image.axon_type.empty()) return;
    throw Error(
        ErrorKind::Unacceptable,
        "the core of " + node_name(graph_, members_[core].front()) + " and " +
            std::to_string(members_[core].size() - 1) + " other neurons: their weights do not follow from " +
            std::to_string(fabric_.core.axon_types) +
            " types of its axons (core.axon_types); fewer neurons in a core (core.neurons) need less");
  }

  // A rule of the image for each rule of the graph and level: a frame's first messages arrive at the node's
  // level.
  std::uint16_t spike_rule(NodeId node) {
    const std::uint16_t rule = graph_.configs[node].table;
    const int level = graph_.levels[node];
    const auto next = static_cast<std::uint16_t>(image_.spike_rules.size());
    const auto [found, is_new] = rule_of_.emplace(std::pair(rule, level), next);
    if (is_new) image_.spike_rules.push_back({graph_.spike_rules[rule], level});
    return found->second;
  }

  std::size_t axon_of(CoreId core, LineId line) const {
    const std::vector<LineId>& axons = axons_[core];
    return static_cast<std::size_t>(std::lower_bound(axons.begin(), axons.end(), line) - axons.begin());
  }

  void give_keys() {
    first_route_ = IdVector<NodeId, std::size_t>(graph_.nodes(), 0);
    route_count_ = IdVector<NodeId, std::uint32_t>(graph_.nodes(), 0);
    for (std::size_t r = 0; r < routes_.routes.size(); ++r) {
      for (NodeId sender : routes_.routes[r].senders) {
        if (route_count_[sender]++ == 0) first_route_[sender] = r;
      }
    }
    key_of_ = IdVector<NodeId, MessageKey>(graph_.nodes(), kNoKey);
    std::vector<NodeId> inputs;
    for (std::uint32_t i = 0; i < graph_.inputs; ++i) inputs.push_back(NodeId(i));
    std::stable_sort(inputs.begin(), inputs.end(), [&](NodeId a, NodeId b) {
      const PortId port_a = placement_.input_port[a], port_b = placement_.input_port[b];
      return port_a != port_b ? port_a < port_b : first_route_[a] < first_route_[b];
    });
    for (const NodeId input : inputs) give_key(input);
    for (std::uint32_t t = 0; t < cores_at_.size(); ++t) {
      std::size_t next = 0;
      for (const CoreId core : cores_at_[TileId(t)]) {
        std::vector<NodeId> senders = members_[core];
        std::stable_sort(senders.begin(), senders.end(),
                         [&](NodeId a, NodeId b) { return first_route_[a] < first_route_[b]; });
        for (const NodeId sender : senders) give_key(sender);
        for (const NodeId member : members_[core]) {
          NeuronConfig& neuron = image_.tiles[TileId(t)].core.neurons[next++];
          neuron.key = key_of_[member];
          neuron.messages = std::max(1u, route_count_[member]);
        }
      }
    }
    const std::uint64_t room = std::uint64_t{1} << std::min(fabric_.router.key_bits, 32);
    if (keys_ > room) {
      throw Error(ErrorKind::Unacceptable,
                  "needs " + std::to_string(keys_) + " message keys, router.key_bits = " +
                      std::to_string(fabric_.router.key_bits) + " tells " + std::to_string(room) + " apart");
    }
  }

  void give_key(NodeId node) {
    if (route_count_[node] == 0) return;  // sends to nobody
    key_of_[node] = MessageKey(static_cast<std::uint32_t>(keys_));
    keys_ += route_count_[node];
    senders_.push_back(node);
  }

  void fill_tables() {
    // Lines are ascending by source, so those of a sender stand together.
    IdVector<NodeId, std::uint32_t> first_line(graph_.nodes() + 1, 0);
    for (const Line& line : lines_.lines) ++first_line[NodeId(line.source.value() + 1)];
    for (std::uint32_t n = 0; n < graph_.nodes(); ++n) first_line[NodeId(n + 1)] += first_line[NodeId(n)];
    for (NodeId sender : senders_) {
      const std::uint32_t lines = first_line[sender], end = first_line[NodeId(sender.value() + 1)];
      for (std::uint32_t r = 0; r < route_count_[sender]; ++r) {
        const Route& route = routes_.routes[first_route_[sender] + r];
        for (const TreeBranch& branch : route.tree) {
          fill_entry(sender, MessageKey(key_of_[sender].value() + r), branch, route.end, lines, end);
        }
      }
    }
  }

  void deliver_to_sums(NodeId part, CoreId core, TileImage& tile) const {
    if (sums_of_.keys() == 0) return;
    const std::vector<NodeId>& members = members_[core];
    for (NodeId sum : sums_of_[part]) {
      if (clusters_.core_of[sum] != core) continue;
      const auto at = std::lower_bound(members.begin(), members.end(), sum) - members.begin();
      tile.deliveries.push_back({static_cast<std::uint16_t>(begin_[core].neurons + at),
                                 static_cast<std::uint8_t>(graph_.delay(part, sum)), true});
    }
  }

  void deliver_to_core(NodeId sender, CoreId core, std::uint32_t first, std::uint32_t end,
                       TileImage& tile) const {
    for (std::uint32_t l = first; l < end; ++l) {
      const std::size_t axon = axon_of(core, LineId(l));
      if (axon == axons_[core].size() || axons_[core][axon] != LineId(l)) continue;
      tile.deliveries.push_back({static_cast<std::uint16_t>(begin_[core].axons + axon),
                                 static_cast<std::uint8_t>(lines_.lines[LineId(l)].delay)});
    }
    deliver_to_sums(sender, core, tile);
  }

  // The tile's cores take the flit of `sender` on their axons of the lines [first, end); with unicast, only
  // the core `listener` does.
  void fill_entry(NodeId sender, MessageKey key, const TreeBranch& branch, CoreId listener,
                  std::uint32_t first, std::uint32_t end) {
    TileImage& tile = image_.tiles[branch.tile];
    RouteEntry entry;
    entry.key = key;
    entry.directions = branch.directions;
    entry.delivery_begin = static_cast<std::uint32_t>(tile.deliveries.size());
    for (const CoreId core : cores_at_[branch.tile]) {
      if (listener == kNoCore || listener == core) deliver_to_core(sender, core, first, end, tile);
    }
    entry.delivery_end = static_cast<std::uint32_t>(tile.deliveries.size());
    if (entry.delivery_end > entry.delivery_begin) {
      entry.directions = static_cast<std::uint8_t>(entry.directions | direction_bit(Direction::Local));
    }
    tile.routes.push_back(entry);
  }

  void bind() {
    for (std::uint32_t i = 0; i < graph_.inputs; ++i) {
      if (key_of_[NodeId(i)] == kNoKey) continue;
      for (std::uint32_t r = 0; r < route_count_[NodeId(i)]; ++r) {
        image_.inputs.push_back(
            {i, placement_.input_port[NodeId(i)], MessageKey(key_of_[NodeId(i)].value() + r)});
      }
    }
    for (std::uint32_t o = 0; o < graph_.outputs.size(); ++o) {
      image_.outputs.push_back({placement_.output_port[o], key_of_[graph_.outputs[o]], o});
    }
  }

  const Fabric& fabric_;
  const NeuronGraph& graph_;
  const Lines& lines_;
  const Clusters& clusters_;
  const Placement& placement_;
  const Routes& routes_;
  Image image_;
  Csr<NodeId, NodeId> sums_of_;  // the sums that a partial sum is added to; no keys: there are none
  std::map<std::pair<std::uint16_t, int>, std::uint16_t> rule_of_;
  IdVector<CoreId, std::vector<NodeId>> members_;   // ascending: the core's neurons
  IdVector<CoreId, std::vector<LineId>> axons_;     // ascending
  IdVector<CoreId, CoreEnd> begin_;                 // in the lists of its tile
  IdVector<TileId, std::vector<CoreId>> cores_at_;  // ascending
  IdVector<NodeId, std::size_t> first_route_;
  IdVector<NodeId, std::uint32_t> route_count_;
  IdVector<NodeId, MessageKey> key_of_;
  std::vector<NodeId> senders_;  // ascending keys
  std::uint64_t keys_ = 0;
};

}  // namespace

Image emit(const Fabric& fabric, const NeuronGraph& graph, const Lines& lines, const Clusters& clusters,
           const Placement& placement, const Routes& routes, const EmitParams& params) {
  return Emitter(fabric, graph, lines, clusters, placement, routes).run(params);
}

}  // namespace weft::mapping
