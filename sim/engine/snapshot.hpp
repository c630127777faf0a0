// The fabric's state between two steps, out of the engine's records and back into them.
#pragma once

#include <cstdint>

#include "model/fabric/checkpoint.hpp"
#include "sim/engine/context.hpp"

namespace weft::sim {

// Whether nothing is under way but credits, as it may be when a tick ends.
bool only_credits_outstanding(const Context& context);

// After `steps` steps, at their last one's end: counters, pointers, ports, pending values and credits,
// spiking neurons. Only credits are outstanding.
void save_state(const Context& context, std::uint64_t steps, Checkpoint& checkpoint);

// Into a fabric at reset, before the cycle checkpoint.next_cycle. The checkpoint has passed
// check_checkpoint().
void load_state(const Checkpoint& checkpoint, Context& context);

}  // namespace weft::sim
