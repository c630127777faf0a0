// The SystemC ports of an edge port: a valid/ready channel in and one out, clocked (TIMING.md, "Guests").
#pragma once

#include <cstdint>
#include <systemc>

namespace weft::sim {

// May be left unbound.
template <class T>
using OptionalIn = sc_core::sc_port<sc_core::sc_signal_in_if<T>, 1, sc_core::SC_ZERO_OR_MORE_BOUND>;
template <class T>
using OptionalOut = sc_core::sc_port<sc_core::sc_signal_inout_if<T>, 1, sc_core::SC_ZERO_OR_MORE_BOUND>;

// A channel is bound whole or not at all. Unbound, flits enter from the stimulus and leave freely.
struct EdgePins {
  OptionalIn<bool> in_valid{"in_valid"};  // a flit is offered
  OptionalIn<std::uint32_t> in_key{"in_key"};
  OptionalIn<std::int32_t> in_value{"in_value"};
  OptionalOut<bool> in_ready{"in_ready"};    // it enters at this edge if it is offered
  OptionalOut<bool> out_valid{"out_valid"};  // a flit has left and waits
  OptionalOut<std::uint32_t> out_key{"out_key"};
  OptionalOut<std::int32_t> out_value{"out_value"};
  OptionalIn<bool> out_ready{"out_ready"};  // it is taken at this edge if one waits
};

}  // namespace weft::sim
