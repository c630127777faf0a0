// Circuits (TIMING.md, "Circuits"): each sender has wires of its own, so nothing waits for anything. All that
// the values of a step will do is known in its first cycle and done then: axons get what they are for later
// steps, ports put out what they have, counters count, and who watches is told in the order of the cycles.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "sim/engine/context.hpp"

namespace weft::sim {

// A switch on a sender's circuit, `hops` links from where it begins.
struct CircuitStop {
  std::uint32_t tile = 0;
  std::uint32_t entry = 0;
  std::uint32_t hops = 0;
};

class Circuits {
 public:
  explicit Circuits(const Program& program);

  // Everything that the cores' emissions and the ports' inputs of the step come to. The cores have begun the
  // step, which begins in `cycle`. Afterwards nothing is outstanding and State::last_work is the step's last
  // cycle of work.
  void run_step(Context& context, std::uint64_t cycle);

 private:
  // A value that has reached a port and waits for its turn to leave.
  struct AtPort {
    std::uint32_t port = 0;
    std::uint64_t cycle = 0;
    std::uint32_t entry = 0;
    std::int32_t value = 0;
  };

  template <bool kWatched>
  void run_all(Context& context, std::uint64_t cycle);
  template <bool kWatched>
  void send_from_core(Context& context, std::uint32_t core);
  template <bool kWatched>
  void send_from_port(Context& context, std::uint32_t port, std::uint64_t cycle);
  template <bool kWatched>
  void send(Context& context, std::uint32_t entry, std::int32_t value, std::uint64_t cycle);
  template <bool kWatched>
  void leave_at_ports(Context& context);

  std::vector<std::uint32_t> first_stop_;  // by the entry where a circuit begins; kNone: none does
  std::vector<CircuitStop> stops_;         // of a circuit one after the other, the last of it has hops kNone
  std::uint64_t pipeline_cycles_ = 1, hop_cycles_ = 2;
  std::vector<AtPort> at_ports_;  // scratch
};

}  // namespace weft::sim
