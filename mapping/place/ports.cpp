// A transport problem (goods: the senders of a net, bins: ports) says how many senders of each net use each
// port. Then those that send most get the ports with the fewest hops; but where ports have so much to do that
// a step may wait for them, they are dealt out from the one that sends most, each to the port with the least
// traffic of this net for its share.
#include "mapping/place/ports.hpp"

#include <algorithm>
#include <numeric>

#include "mapping/place/transport.hpp"
#include "mapping/route/tree.hpp"

namespace weft::mapping {
namespace {

constexpr std::int64_t kFewFlits = 16, kManyFlits = 64;  // a step takes longer than that anyhow

std::int64_t room_per_port(std::int64_t flits, std::int64_t ports) {
  const std::int64_t share = (flits + ports - 1) / ports;
  return std::max(share, std::clamp(2 * share, kFewFlits, kManyFlits));
}

// `cost` of each port; `even`: each port gets its part of those that send much.
std::vector<std::vector<NodeId>> deal(const Net& net, const std::vector<std::int64_t>& units,
                                      const std::vector<std::int64_t>& cost, bool even,
                                      const Traffic& traffic) {
  std::vector<std::vector<NodeId>> shares(units.size());
  std::size_t in_use = 0;
  for (const std::int64_t count : units) in_use += count > 0 ? 1 : 0;
  if (in_use == 1 || traffic.is_uniform()) {
    auto next = net.senders.begin();
    for (std::size_t p = 0; p < units.size(); ++p) {
      shares[p].assign(next, next + units[p]);
      next += units[p];
    }
    return shares;
  }
  std::vector<NodeId> senders = net.senders;
  std::stable_sort(senders.begin(), senders.end(),
                   [&](NodeId a, NodeId b) { return traffic.of(a) > traffic.of(b); });
  std::vector<std::int64_t> sent(units.size(), 0);
  const auto better = [&](std::size_t p, std::size_t than) {
    // Traffic per sender that the port takes, so that one with few of them does not get all that send much.
    return even ? sent[p] * units[than] < sent[than] * units[p] : cost[p] < cost[than];
  };
  for (const NodeId sender : senders) {
    std::size_t best = units.size();
    for (std::size_t p = 0; p < units.size(); ++p) {
      if (static_cast<std::int64_t>(shares[p].size()) == units[p]) continue;
      if (best == units.size() || better(p, best)) best = p;
    }
    shares[best].push_back(sender);
    sent[best] += traffic.of(sender);
  }
  for (std::vector<NodeId>& share : shares) std::sort(share.begin(), share.end());
  return shares;
}

}  // namespace

PortShares choose_ports(const Fabric& fabric, const std::vector<Net>& nets, const std::vector<TileId>& ports,
                        bool inward, const IdVector<CoreId, TileId>& tile_of, const Traffic& traffic) {
  RouteLength measure(fabric);
  std::vector<std::vector<std::int64_t>> cost;
  std::vector<std::int64_t> supply;
  std::int64_t senders = 0;
  std::vector<TileId> ends;
  for (const Net& net : nets) {
    ends.clear();
    for (CoreId target : net.targets) ends.push_back(tile_of[target]);
    supply.push_back(static_cast<std::int64_t>(net.senders.size()));
    senders += supply.back();
    const std::int64_t each = traffic.is_uniform() ? 1 : traffic.of(net) / supply.back() + 1;
    cost.emplace_back();
    for (TileId port : ports) {
      const std::int64_t hops =
          inward ? measure(port, ends) : measure(tile_of[net.source], std::vector<TileId>{port});
      cost.back().push_back(each * hops);
    }
  }
  const std::int64_t room = room_per_port(senders, static_cast<std::int64_t>(ports.size()));
  const auto units = share_out(cost, supply, room);
  PortShares shares;
  for (std::size_t n = 0; n < nets.size(); ++n)
    shares.push_back(deal(nets[n], units[n], cost[n], room > kManyFlits, traffic));
  return shares;
}

}  // namespace weft::mapping
