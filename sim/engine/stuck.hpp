// What a fabric that does not get on waits for.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "sim/engine/context.hpp"

namespace weft::sim {

// How a flit is called in a message: "key 7", "a packet to tile_1_2".
using FlitName = std::function<std::string(const Flit&)>;

// A line for each of the first tiles in which something waits: what, and why it cannot go on; and, where
// buffers wait for each other, one circle of them. `cycle` is the last one that was run.
std::string describe_stuck(const Context& context, std::uint64_t cycle, const FlitName& name);

}  // namespace weft::sim
