// A port at the fabric's edge (sim/TIMING.md sections 6 and 7): injects the inputs of frames, collects
// results.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "sim/signals/clocked.hpp"
#include "sim/signals/schedule.hpp"

namespace weft::sim::signals {

class Port final : public Unit {
 public:
  Port(const sc_core::sc_module_name& name, TileId tile, PortId port, const Image& image,
       const Stimulus& stimulus, const Schedule& schedule, Results& results, Ledger& ledger);

  std::size_t messages_held() const override { return list_.size(); }

 private:
  void rising_edge(std::uint64_t cycle) override;
  void last_edge(std::uint64_t cycle) override;
  void collect(const Flit& flit, std::uint64_t granted);
  void begin_step();
  void inject(std::uint64_t cycle);

  std::vector<InputBinding> inputs_;
  std::vector<OutputBinding> outputs_;
  const Stimulus& stimulus_;
  const Schedule& schedule_;
  Results& results_;

  std::uint64_t steps_begun_ = 0;
  std::deque<Flit> list_;   // to inject in this step
  std::uint64_t free_ = 0;  // the first cycle in which the port may inject again
};

}  // namespace weft::sim::signals
