// A router (sim/TIMING.md section 3): an input buffer and an output on each of its sides.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <string>

#include "sim/signals/node.hpp"
#include "sim/stall_rule.hpp"

namespace weft::sim::signals {

class Router final : public Node {
 public:
  Router(const sc_core::sc_module_name& name, TileId tile, RouteRule& routing, const StallRule& stalls,
         Ledger& ledger);

  bool credits_home() const override;
  std::size_t flits_held() const override;
  std::size_t sends_due() const override;
  std::string describe() const override;

 private:
  struct Arrival {
    std::uint64_t cycle = 0;  // at whose start the flit is in the buffer
    Flit flit;
  };
  struct Input {
    std::deque<Arrival> flits;  // in the buffer, and behind them those still on the link
    unsigned unsent = 0;        // sides to which the head has not been sent; 0: not looked at yet
    unsigned requests = 0;      // of them, those that it requests in this cycle
  };
  struct Output {
    int credits = 0;
    std::deque<std::uint64_t> credits_due;  // cycles in which those on their way arrive
    int pointer = 0;                        // round-robin
    int holder = -1;                        // the input whose packet is passing (section 12)
    std::uint64_t free =
        0;  // the first cycle in which it may grant again: a port or a narrow link takes its time
  };

  void rising_edge(std::uint64_t cycle) override;
  void receive_flit(int side, std::uint64_t cycle);
  void receive_credit(int side, std::uint64_t cycle);
  void look_at_head(int side, std::uint64_t cycle);
  int choose(int side, std::uint64_t cycle) const;
  bool has_room(int side, int input) const;
  void grant(int side, int winner, std::uint64_t cycle);
  void leave(int side);
  bool rests_from(std::uint64_t next_cycle);

  const StallRule stalls_;
  std::array<Input, kDirections> inputs_;
  std::array<Output, kDirections> outputs_;
  unsigned requested_ = 0;  // sides that some head requests in this cycle
  bool sent_ = false;       // in this cycle, what is not at its end at the start of the next
};

}  // namespace weft::sim::signals
