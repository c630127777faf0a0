// What a tick leaves undone (TIMING.md section 2).
#pragma once

#include <cstdint>
#include <vector>

#include "sim/engine/context.hpp"

namespace weft::sim {

// Counts what is not done at the start of `end`, in which a tick has ended, and names the first of it.
// `cycle` is the last that was run; nothing happens between the two.
void count_late(Context& context, std::uint64_t cycle, std::uint64_t end, std::vector<LateWork>& first);

// Counters are in part a promise: a core's rows and updates are counted when its step begins, the stall
// cycles it sleeps through when it goes on. For cores that never went on before the run's end, `cycles`, this
// adds what they slept.
void settle_late(const Context& context, std::uint64_t cycles, IdVector<TileId, TileCounters>& counters);

}  // namespace weft::sim
