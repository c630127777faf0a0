// Each chain is followed by the rules of sim/TIMING.md as if nothing else were there: queues never full,
// every grant at once. So each is a lower bound of the step, and the longest the best of them.
#include "mapping/critical_path.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace weft::mapping {
namespace {

class Chains {
 public:
  Chains(const Image& image, const Fabric& fabric) : image_(image), fabric_(fabric) {
    const RouterSpec& router = fabric.router;
    flit_cycles_ = router.link_bits == 0 ? 1 : (router.flit_bits + router.link_bits - 1) / router.link_bits;
    circuits_ = router.routing == Routing::Circuit;
    loads_.resize(static_cast<std::size_t>(fabric.tiles()) * kDirections, 0);
  }

  CriticalPathReport run() {
    for (std::uint32_t t = 0; t < image_.tiles.size(); ++t) {
      const CoreImage& all = image_.tiles[TileId(t)].core;
      for (std::size_t k = 0; k < all.cores(); ++k) follow_core(TileId(t), all, k);
    }
    follow_ports();
    follow_links();
    longest_.cycles = longest_.rows + longest_.updates + longest_.messages + longest_.links;
    return longest_;
  }

 private:
  struct End {
    int links = 0;
    TileId tile;
  };

  // The tile that the key's flits reach last, over most links; counts them on the links they cross.
  End follow(TileId start, MessageKey key) {
    End farthest{0, start};
    std::vector<End> stops{farthest};
    while (!stops.empty()) {
      const End at = stops.back();
      stops.pop_back();
      if (at.links > farthest.links) farthest = at;
      const std::vector<RouteEntry>& routes = image_.tiles[at.tile].routes;
      const auto route = std::lower_bound(routes.begin(), routes.end(), key,
                                          [](const RouteEntry& r, MessageKey k) { return r.key < k; });
      for (int d = 1; d < kDirections; ++d) {
        const auto side = static_cast<Direction>(d);
        if ((route->directions & direction_bit(side)) == 0) continue;
        ++loads_[at.tile.index() * kDirections + static_cast<std::size_t>(d)];
        if (side != Direction::Edge) stops.push_back({at.links + 1, neighbor(fabric_, at.tile, side)});
      }
    }
    return farthest;
  }

  // From the flit's arrival in a router's buffer to its grant in the last one.
  std::int64_t way_cycles(int links) const {
    const RouterSpec& router = fabric_.router;
    if (circuits_)
      return router.pipeline_cycles + std::int64_t{links} * (router.link_cycles + router.pipeline_cycles);
    return router.pipeline_cycles +
           std::int64_t{links} * (router.link_cycles + flit_cycles_ - 1 + router.pipeline_cycles);
  }

  void keep(const CriticalPathReport& chain) {
    const auto cycles = [](const CriticalPathReport& c) { return c.rows + c.updates + c.messages + c.links; };
    if (longest_.kind.empty() || cycles(chain) > cycles(longest_)) longest_ = chain;
  }

  std::int64_t rows_of(const CoreImage& all, const CoreEnd& begin, const CoreEnd& end) const {
    const auto axons = static_cast<std::int64_t>(end.axons - begin.axons);
    if (fabric_.core.kind == CoreKind::Memory) {
      std::int64_t cycles = 0;
      for (std::uint32_t a = begin.axons; a < end.axons; ++a)
        cycles += row_cycles(fabric_.core, all.row_begin[a + 1] - all.row_begin[a]);
      return cycles;
    }
    const std::int64_t at_once = rows_at_once(fabric_.core);
    return (axons + at_once - 1) / at_once * fabric_.core.row_cycles;
  }

  void follow_core(TileId tile, const CoreImage& all, std::size_t k) {
    const CoreEnd begin = core_begin(all, k), end = core_end(all, k);
    const std::int64_t at_once = updates_at_once(fabric_.core);
    const std::int64_t neurons = end.neurons - begin.neurons;
    CriticalPathReport chain;
    chain.kind = "core";
    chain.from = chain.to = tile_name(fabric_, tile);
    chain.rows = rows_of(all, begin, end);
    chain.updates = (neurons + at_once - 1) / at_once;
    keep(chain);
    std::int64_t left = 0;  // cycle, from the first update on, in which the last message left the queue
    for (std::int64_t n = 0; n < neurons; ++n) {
      const NeuronConfig& neuron = all.neurons[begin.neurons + static_cast<std::size_t>(n)];
      if (neuron.key == kNoKey) continue;
      const std::int64_t group = n / at_once;
      for (std::uint32_t m = 0; m < neuron.messages; ++m) {
        const End end_of_way = follow(tile, MessageKey(neuron.key.value() + m));
        left = std::max(left, group) + 1;
        if (circuits_) left = group;
        chain.to = tile_name(fabric_, end_of_way.tile);
        chain.updates = group + 1;
        chain.messages = left - group;
        chain.links = way_cycles(end_of_way.links) + (circuits_ ? 0 : 1);
        keep(chain);
      }
    }
  }

  void follow_ports() {
    const std::vector<TileId> ports = port_tiles(fabric_);
    std::vector<std::int64_t> entered(ports.size(), 0);
    for (const InputBinding& input : image_.inputs) {
      const TileId tile = ports[input.port.index()];
      const End end_of_way = follow(tile, input.key);
      CriticalPathReport chain;
      chain.kind = "port";
      chain.from = tile_name(fabric_, tile);
      chain.to = tile_name(fabric_, end_of_way.tile);
      chain.messages = 1 + fabric_.ports.cycles_per_flit * entered[input.port.index()]++;
      chain.links = way_cycles(end_of_way.links) + (circuits_ ? 0 : 1);
      keep(chain);
    }
  }

  // Also the ports' outputs, which are links of their own speed.
  void follow_links() {
    if (circuits_) return;
    for (std::size_t at = 0; at < loads_.size(); ++at) {
      const TileId tile(static_cast<std::uint32_t>(at / kDirections));
      const auto side = static_cast<Direction>(at % kDirections);
      if (loads_[at] == 0) continue;
      CriticalPathReport chain;
      chain.kind = side == Direction::Edge ? "port" : "link";
      chain.from = tile_name(fabric_, tile);
      chain.to = side == Direction::Edge ? "out" : tile_name(fabric_, neighbor(fabric_, tile, side));
      const std::int64_t each = side == Direction::Edge ? fabric_.ports.cycles_per_flit : flit_cycles_;
      chain.messages = (loads_[at] - 1) * each + 1;
      chain.links = way_cycles(side == Direction::Edge ? 0 : 1);
      keep(chain);
    }
  }

  const Image& image_;
  const Fabric& fabric_;
  std::int64_t flit_cycles_ = 1;
  bool circuits_ = false;
  std::vector<std::int64_t> loads_;  // flits, by tile and side
  CriticalPathReport longest_;
};

}  // namespace

CriticalPathReport critical_path(const Image& image, const Fabric& fabric) {
  return Chains(image, fabric).run();
}

}  // namespace weft::mapping
