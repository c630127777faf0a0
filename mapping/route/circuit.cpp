// Invariant: the load of a channel is the number of nets whose trees hold it. All decisions are on integers,
// nets are taken in a fixed order (most sinks first), so the result is the same everywhere.
#include "mapping/route/circuit.hpp"

#include <algorithm>
#include <numeric>

#include "mapping/route/circuit_search.hpp"

namespace weft::mapping {
namespace {

constexpr std::int64_t kMostPresent = 1 << 20;  // keeps costs within 64 bits on the longest way

class Negotiator {
 public:
  Negotiator(const Fabric& fabric, const std::vector<CircuitNet>& nets, int tracks,
             const CircuitParams& params)
      : fabric_(fabric),
        nets_(nets),
        tracks_(tracks),
        params_(params),
        search_(fabric),
        load_(search_.channels(), 0),
        history_(search_.channels(), 0),
        cost_(search_.channels(), kBaseCost),
        trees_(nets.size()),
        present_(kBaseCost * params.present_percent / 100) {
    order_.resize(nets.size());
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    std::stable_sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) {
      return nets[a].sinks.size() > nets[b].sinks.size();
    });
  }

  CircuitRouting run(Progress* progress) {
    CircuitRouting result;
    std::int64_t fewest = -1;
    int since = 0;
    for (int iteration = 1; iteration <= params_.iterations; ++iteration) {
      const std::int64_t ripped = lay(iteration == 1);
      const std::int64_t overused = count_overused();
      result.log.push_back({iteration, overused, ripped, wirelength()});
      if (progress != nullptr) progress->update(iteration, params_.iterations);
      result.legal = overused == 0;
      if (result.legal) break;
      since = fewest < 0 || overused < fewest ? 0 : since + 1;
      if (since == 0) fewest = overused;
      if (since == params_.patience) break;
      raise_costs();
    }
    for (const std::vector<Channel>& tree : trees_) result.trees.push_back(branches(tree));
    for (std::size_t n = 0; n < nets_.size(); ++n) {
      if (result.trees[n].empty()) result.trees[n].push_back({nets_[n].source, 0});
    }
    return result;
  }

 private:
  // Lays nets, all or those on links with too many; how many.
  std::int64_t lay(bool all) {
    std::int64_t laid = 0;
    for (const std::size_t n : order_) {
      const bool congested = std::any_of(trees_[n].begin(), trees_[n].end(),
                                         [&](Channel channel) { return load_[channel] > tracks_; });
      if (!all && !congested) continue;
      ++laid;
      for (const Channel channel : trees_[n]) change_load(channel, -1);
      trees_[n].clear();
      search_.begin_tree(nets_[n].source);
      for (const TileId sink : nearest_first(nets_[n])) search_.reach(sink, cost_, trees_[n]);
      for (const Channel channel : trees_[n]) change_load(channel, 1);
    }
    return laid;
  }

  std::vector<TileId> nearest_first(const CircuitNet& net) const {
    std::vector<TileId> sinks = net.sinks;
    std::stable_sort(sinks.begin(), sinks.end(), [&](TileId a, TileId b) {
      return search_.distance(net.source, a) < search_.distance(net.source, b);
    });
    return sinks;
  }

  // What one more net pays for a channel: (base + history) * (1 + present * tracks too many).
  void change_load(Channel channel, int by) {
    load_[channel] += by;
    set_cost(channel);
  }
  void set_cost(Channel channel) {
    const std::int64_t over = std::max<std::int64_t>(0, load_[channel] + 1 - tracks_);
    const std::int64_t own = kBaseCost + history_[channel];
    cost_[channel] =
        own + own * (over * present_ / kBaseCost) + own * (over * present_ % kBaseCost) / kBaseCost;
  }

  void raise_costs() {
    present_ = std::min(kMostPresent, present_ + present_ * params_.growth_percent / 100 + 1);
    for (Channel channel = 0; channel < load_.size(); ++channel) {
      if (load_[channel] > tracks_) {
        history_[channel] += (load_[channel] - tracks_) * kBaseCost * params_.history_percent / 100;
      }
      set_cost(channel);
    }
  }

  std::int64_t count_overused() const {
    std::int64_t over = 0;
    for (const std::int64_t load : load_) over += std::max<std::int64_t>(0, load - tracks_);
    return over;
  }
  std::int64_t wirelength() const { return std::accumulate(load_.begin(), load_.end(), std::int64_t{0}); }

  std::vector<TreeBranch> branches(const std::vector<Channel>& tree) const {
    std::vector<TreeBranch> result;
    for (const Channel channel : tree) {
      result.push_back({TileId(channel / 4), direction_bit(static_cast<Direction>(channel % 4 + 1))});
      result.push_back({search_.end(channel), 0});
    }
    std::stable_sort(result.begin(), result.end(),
                     [](const TreeBranch& a, const TreeBranch& b) { return a.tile < b.tile; });
    std::size_t kept = 0;
    for (std::size_t i = 1; i < result.size(); ++i) {
      if (result[i].tile == result[kept].tile) {
        result[kept].directions = static_cast<std::uint8_t>(result[kept].directions | result[i].directions);
      } else {
        result[++kept] = result[i];
      }
    }
    if (!result.empty()) result.resize(kept + 1);
    return result;
  }

  const Fabric& fabric_;
  const std::vector<CircuitNet>& nets_;
  const std::int64_t tracks_;
  const CircuitParams& params_;
  CircuitSearch search_;
  std::vector<std::int64_t> load_, history_, cost_;  // by channel
  std::vector<std::vector<Channel>> trees_;          // by net
  std::vector<std::size_t> order_;
  std::int64_t present_;  // in units of 1 / kBaseCost
};

}  // namespace

CircuitRouting route_circuits(const Fabric& fabric, const std::vector<CircuitNet>& nets, int tracks,
                              const CircuitParams& params, Progress* progress) {
  return Negotiator(fabric, nets, tracks, params).run(progress);
}

ChannelWidth smallest_channel_width(const Fabric& fabric, const std::vector<CircuitNet>& nets, int bound,
                                    const CircuitParams& params, Progress* progress) {
  const int unlimited = static_cast<int>(nets.size()) + 1;
  ChannelWidth best{0, route_circuits(fabric, nets, unlimited, params, nullptr)};
  const std::vector<std::int64_t> loads = channel_loads(fabric, best.routing);
  best.tracks = std::max(bound, static_cast<int>(*std::max_element(loads.begin(), loads.end())));
  int low = bound;  // nothing below it will do
  for (int tried = bound; low < best.tracks; tried = low + (best.tracks - low) / 2) {
    CircuitRouting routing = route_circuits(fabric, nets, tried, params, progress);
    if (routing.legal) {
      best = {tried, std::move(routing)};
    } else {
      low = tried + 1;
    }
  }
  return best;
}

std::vector<std::int64_t> channel_loads(const Fabric& fabric, const CircuitRouting& routing) {
  std::vector<std::int64_t> loads(static_cast<std::size_t>(fabric.tiles()) * 4, 0);
  for (const std::vector<TreeBranch>& tree : routing.trees) {
    for (const TreeBranch& branch : tree) {
      for (std::size_t side = 0; side < 4; ++side) {
        loads[branch.tile.index() * 4 + side] += branch.directions >> (side + 1) & 1u;
      }
    }
  }
  return loads;
}

}  // namespace weft::mapping
