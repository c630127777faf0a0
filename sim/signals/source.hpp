// Sources of synthetic traffic (sim/TIMING.md section 12): one in each tile in place of a core; and the rules
// of its packets on their way.
#pragma once

#include <cstdint>
#include <deque>
#include <unordered_map>

#include "model/base/random.hpp"
#include "sim/engine/source.hpp"
#include "sim/signals/clocked.hpp"
#include "sim/signals/routing.hpp"

namespace weft::sim::signals {

// Dimension order, and the figures of the measurement.
class PacketRouting final : public RouteRule {
 public:
  PacketRouting(const TrafficParams& params, Ledger& ledger) : params_(params), ledger_(ledger) {}
  unsigned sides(TileId tile, const Flit& flit) const override;
  int packet_flits() const override { return params_.packet_flits; }
  void granted(std::uint64_t cycle, TileId tile, Direction side, const Flit& flit) override;

  // A packet is created; its number.
  std::uint32_t create(std::uint64_t cycle, TileId from, TileId to);
  void inject(std::uint32_t packet, std::uint64_t cycle) { under_way_[packet].injected = cycle; }
  TrafficResult result(std::uint64_t cycles) const;
  std::uint64_t hops_due() const { return hops_due_; }
  std::uint64_t flits_due() const;

 private:
  struct Packet {
    std::uint64_t created = 0;
    std::uint64_t injected = 0;
  };
  bool measures(std::uint64_t cycle) const;

  const TrafficParams params_;
  Ledger& ledger_;
  std::unordered_map<std::uint32_t, Packet> under_way_;  // by number; never walked through
  std::uint64_t hops_due_ = 0;
  TrafficResult result_;
};

class Source final : public Unit {
 public:
  Source(const sc_core::sc_module_name& name, TileId tile, const TrafficParams& params, const GapTable& gaps,
         const Destinations& destinations, PacketRouting& packets, Ledger& ledger);

 private:
  void rising_edge(std::uint64_t cycle) override;
  void send_first(std::uint64_t cycle);
  void create(std::uint64_t cycle);

  const int packet_flits_;
  const std::uint64_t create_to_;
  const GapTable& gaps_;
  const Destinations& destinations_;
  PacketRouting& packets_;
  Random random_;
  std::uint64_t next_creation_ = ~std::uint64_t{0};
  std::deque<Flit> queue_;
};

}  // namespace weft::sim::signals
