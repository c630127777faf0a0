// Where a tile's cores meet its router (sim/TIMING.md sections 5 and 16): what arrives goes to the cores that
// it is for; of what they send, one message enters per cycle, in turn. Most tiles have one core.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "model/fabric/image.hpp"
#include "sim/signals/clocked.hpp"
#include "sim/signals/core.hpp"
#include "sim/signals/routing.hpp"

namespace weft::sim::signals {

class Concentrator final : public Unit {
 public:
  using Cores = std::vector<std::unique_ptr<Core>>;
  Concentrator(const sc_core::sc_module_name& name, TileId tile, Cores joined, const Image& image,
               const TableRouting& routing, Ledger& ledger);

  std::size_t messages_held() const override;
  std::uint64_t cores_at_work() const override;

  const Cores cores;

 private:
  void rising_edge(std::uint64_t cycle) override;
  void deliver(const Flit& flit);
  Core* next_sender() const;
  void send_from(Core& core, std::uint64_t cycle);

  const Image& image_;
  const TableRouting& routing_;
  std::size_t turn_ = 0;  // the core whose queue is asked first
};

// The tile's cores that are in use: "core", or "core_0", "core_1", ... where a tile may have several.
Concentrator::Cores make_cores(TileId tile, const Image& image, std::uint64_t interval_steps, Ledger& ledger);

}  // namespace weft::sim::signals
