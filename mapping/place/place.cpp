// Cores and ports in turn: with ports fixed the cores are annealed, with cores fixed the ports are a
// transport problem (goods: the inputs that the same cores read; bins: ports). First each of several compact
// starts is annealed from hot, then the best of them again and again from ever cooler.
//
// Last, where some link carries more than a step has time for, a few rounds with a price on that.
//
// Invariant: the best placement seen, measured with ports chosen for it, is what each round starts from.
#include "mapping/place/place.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <string>
#include <utility>

#include "mapping/place/anneal.hpp"
#include "mapping/place/plane_start.hpp"
#include "mapping/place/ports.hpp"
#include "mapping/place/starts.hpp"
#include "mapping/progress_share.hpp"

namespace weft::mapping {
namespace {

// Unicast: a path for each pair of cores that exchange flits, whatever the direction, as long there as back.
std::vector<PlacedTree> trees_between_cores(const Nets& nets, Routing routing, const Traffic& traffic) {
  std::vector<PlacedTree> trees;
  std::map<std::pair<CoreId, CoreId>, std::int64_t> pairs;
  for (const Net& net : nets.between_cores) {
    const std::int64_t flits = traffic.of(net);
    if (routing != Routing::Unicast) {
      trees.push_back({net.source, net.targets, TileId(), flits});
      continue;
    }
    for (const CoreId target : net.targets) {
      if (target != net.source) pairs[std::minmax(net.source, target)] += flits;
    }
  }
  for (const auto& [pair, flits] : pairs) trees.push_back({pair.first, {pair.second}, TileId(), flits});
  return trees;
}

class Placer {
 public:
  Placer(const Fabric& fabric, const Nets& nets, const IdVector<CoreId, Region>& regions, Random random,
         const PlaceParams& params, const Traffic& traffic, Progress* progress)
      : fabric_(fabric),
        nets_(nets),
        regions_(regions),
        random_(random),
        params_(params),
        traffic_(traffic),
        progress_(progress),
        ports_(port_tiles(fabric)),
        between_cores_(trees_between_cores(nets, fabric.router.routing, traffic)) {}

  Placement run(std::uint32_t cores, std::uint32_t inputs, const std::vector<NodeId>& outputs) {
    anneal_.moves = std::min<std::int64_t>(params_.moves, std::int64_t{3000} * cores) / kPasses;
    find_starts(cores);
    constexpr std::uint32_t kFewCores = 32;  // so few that several tries from each start cost nothing
    const int tries = static_cast<int>(starts_.size()) * (cores <= kFewCores ? 4 : 1);
    const int spread = params_.congestion ? kSpreadRounds : 0;
    passes_ = tries + params_.rounds + spread;
    anneal_.work = kPasses * anneal_.work / (tries + params_.rounds);
    for (int s = 0; s < tries && (s == 0 || !stopped()); ++s) {
      const std::size_t start = static_cast<std::size_t>(s) % starts_.size();
      settle(starts_[start].tile_of);
      anneal_.cooling = start >= planned_ ? kPlannedCooling : 1;
      pass(starts_[start].name);
    }
    for (int round = 0; round < params_.rounds && !stopped(); ++round) {
      settle(best_);
      anneal_.cooling = 2 << round;
      pass("best");
    }
    settle(best_);
    if (params_.congestion) spread_load();
    return finish(inputs, outputs);
  }

 private:
  void find_starts(std::uint32_t cores) {
    planned_ = std::numeric_limits<std::size_t>::max();
    if (!regions_.empty()) {
      starts_.push_back({"regions", start_in_regions(fabric_, regions_)});
      return;
    }
    starts_ = compact_starts(fabric_, cores, ports_);
    if (between_cores_.empty()) return;
    planned_ = starts_.size();
    for (int strong_percent : {50, 67})
      starts_.push_back({"plane", plane_start(fabric_, between_cores_, cores, strong_percent)});
  }

  bool stopped() const { return progress_ != nullptr && progress_->stop_requested(); }

  // Puts the cores there, and chooses ports for them.
  void settle(const IdVector<CoreId, TileId>& tile_of) {
    at_ = tile_of;
    inputs_ = choose_ports(fabric_, nets_.from_inputs, ports_, true, at_, traffic_);
    outputs_ = choose_ports(fabric_, nets_.to_outputs, ports_, false, at_, traffic_);
  }

  std::int64_t flits_of(const std::vector<NodeId>& senders) const {
    std::int64_t flits = 0;
    for (const NodeId sender : senders) flits += traffic_.of(sender);
    return flits;
  }

  std::vector<PlacedTree> make_trees() const {
    std::vector<PlacedTree> trees = between_cores_;
    for (std::size_t p = 0; p < ports_.size(); ++p) {
      for (std::size_t n = 0; n < inputs_.size(); ++n) {
        if (!inputs_[n][p].empty())
          trees.push_back({kNoCore, nets_.from_inputs[n].targets, ports_[p], flits_of(inputs_[n][p])});
      }
      for (std::size_t n = 0; n < outputs_.size(); ++n) {
        if (!outputs_[n][p].empty())
          trees.push_back({nets_.to_outputs[n].source, {}, ports_[p], flits_of(outputs_[n][p])});
      }
    }
    return trees;
  }

  // Anneals from where the cores are, and keeps the result if it is the best so far.
  void pass(const std::string& start) {
    const int number = static_cast<int>(log_.size());
    ProgressShare share(progress_, 1000 * number / passes_, 1000 * (number + 1) / passes_);
    const Annealed annealed = anneal(fabric_, make_trees(), at_, regions_,
                                     random_.fork("round " + std::to_string(number)), anneal_, &share);
    settle(annealed.tile_of);
    const std::vector<PlacedTree> trees = make_trees();
    const LinkLoads links = link_loads(fabric_, trees, at_, std::max<std::int64_t>(0, anneal_.free_flits));
    std::int64_t cost = total_hops(fabric_, trees, at_);
    log_.push_back({number + 1, start, annealed.moves, annealed.accepted, cost, links.busiest()});
    if (anneal_.free_flits >= 0) cost += links.cost();
    if (cost >= least_) return;
    least_ = cost;
    best_ = at_;
  }

  // Flits that a step takes time for whatever the links do: those of the core or the port that has most, at
  // one a cycle or what a port takes for one, in flits of a link.
  std::int64_t unavoidable_flits() const {
    std::int64_t most = 0;
    std::map<CoreId, std::int64_t> sent;
    for (const std::vector<Net>* list : {&nets_.between_cores, &nets_.to_outputs}) {
      for (const Net& net : *list) {
        const auto copies = fabric_.router.routing == Routing::Unicast
                                ? std::max<std::int64_t>(1, static_cast<std::int64_t>(net.targets.size()))
                                : std::int64_t{1};
        most = std::max(most, sent[net.source] += copies * traffic_.of(net));
      }
    }
    for (std::size_t p = 0; p < ports_.size(); ++p) {
      for (const PortShares* shares : {&inputs_, &outputs_}) {
        std::int64_t flits = 0;
        for (const auto& of_net : *shares) flits += flits_of(of_net[p]);
        most = std::max(most, flits * fabric_.ports.cycles_per_flit);
      }
    }
    const int link_bits = fabric_.router.link_bits;
    return link_bits == 0 ? most : most / ((fabric_.router.flit_bits + link_bits - 1) / link_bits);
  }

  // Once more from the best, with a price on links that carry more than a step has time for.
  void spread_load() {
    const std::int64_t free = unavoidable_flits();
    const std::vector<PlacedTree> trees = make_trees();
    const LinkLoads links = link_loads(fabric_, trees, at_, free);
    if (links.cost() == 0) return;
    least_ = total_hops(fabric_, trees, at_) + links.cost();
    anneal_.free_flits = free;
    for (int round = 0; round < kSpreadRounds && !stopped(); ++round) {
      settle(best_);
      anneal_.cooling = 4 << round;
      pass("spread load");
    }
    settle(best_);
  }

  Placement finish(std::uint32_t inputs, const std::vector<NodeId>& outputs) {
    Placement result;
    result.tile_of = at_;
    result.hops = total_hops(fabric_, make_trees(), at_);
    result.log = std::move(log_);
    result.input_port = IdVector<NodeId, PortId>(inputs);
    std::vector<std::pair<NodeId, PortId>> of_output;
    for (std::uint32_t p = 0; p < ports_.size(); ++p) {
      for (const auto& net : inputs_) {
        for (const NodeId input : net[p]) result.input_port[input] = PortId(p);
      }
      for (const auto& net : outputs_) {
        for (const NodeId node : net[p]) of_output.push_back({node, PortId(p)});
      }
    }
    std::sort(of_output.begin(), of_output.end());
    for (const NodeId output : outputs) {
      result.output_port.push_back(
          std::lower_bound(of_output.begin(), of_output.end(), std::make_pair(output, PortId(0)))->second);
    }
    return result;
  }

  static constexpr std::int64_t kPasses = 3;
  static constexpr int kPlannedCooling = 16, kSpreadRounds = 3;
  const Fabric& fabric_;
  const Nets& nets_;
  const IdVector<CoreId, Region>& regions_;
  Random random_;
  const PlaceParams& params_;
  const Traffic& traffic_;
  Progress* progress_;
  const std::vector<TileId> ports_;
  const std::vector<PlacedTree> between_cores_;
  std::vector<PlaceStart> starts_;
  std::size_t planned_ = 0;  // from here on starts are nearly right
  AnnealParams anneal_;
  int passes_ = 1;
  IdVector<CoreId, TileId> at_, best_;
  PortShares inputs_, outputs_;  // for at_
  std::int64_t least_ = std::numeric_limits<std::int64_t>::max();
  std::vector<PlaceRound> log_;
};

}  // namespace

Placement place(const Fabric& fabric, const Nets& nets, std::uint32_t cores, std::uint32_t inputs,
                const std::vector<NodeId>& outputs, const IdVector<CoreId, Region>& regions, Random random,
                const PlaceParams& params, const Traffic& traffic, Progress* progress) {
  return Placer(fabric, nets, regions, random, params, traffic, progress).run(cores, inputs, outputs);
}

}  // namespace weft::mapping
