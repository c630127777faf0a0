// What is always checked: conservation and credits at each step's end, and that a run gets on.
#pragma once

#include <cstdint>
#include <string>

#include "sim/engine/context.hpp"

namespace weft::sim {

// At a step's end: all that was sent has arrived, as often as its routes say. Throws an Internal error.
void check_step(const Context& context);

// Throws an Internal error that names the tiles in which something waits, and for what (stuck.hpp).
// `more`: lines of others than the fabric.
[[noreturn]] void report_stuck(const Context& context, std::uint64_t cycle, const std::string& more = {});

// True if some core or port has a cycle ahead in which it will act by itself.
bool something_scheduled(const Context& context, std::uint64_t cycle);

}  // namespace weft::sim
