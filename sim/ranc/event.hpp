// What a RANC run tells about a tick, in the terms of the logs that were recorded from its Verilog.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace weft::sim {

enum class RancEventKind : std::uint8_t {
  Input,     // the last of `index` packets was accepted at tile 0
  Spike,     // neuron `index` of `tile` fired
  Delivery,  // a packet reached axon `index` of `tile` with tick offset `offset`
  Output     // a packet left the output bus `tile` as output `index`
};

struct RancEvent {
  RancEventKind kind{};
  std::uint8_t offset = 0;
  std::uint16_t tile = 0;
  std::uint32_t index = 0;
  std::uint64_t cycle = 0;  // within the tick
  friend bool operator==(const RancEvent& a, const RancEvent& b) {
    return a.kind == b.kind && a.offset == b.offset && a.tile == b.tile && a.index == b.index &&
           a.cycle == b.cycle;
  }
};

// A tile's cycles within a tick.
struct RancTileTime {
  std::uint64_t busy = 0;     // its core worked
  std::uint64_t stalled = 0;  // of those: a spike waited for a full local FIFO
  bool missed = false;        // the tick's pulse came while it worked, and was ignored
};

struct RancTick {
  std::vector<RancEvent> events;    // in order of their cycles
  std::vector<RancTileTime> tiles;  // [tiles]
};

struct RancRunParams {
  std::uint64_t tick_cycles = 0;        // P; 0: as few as no core without a stall misses a tick with
  std::uint64_t first_burst_cycle = 0;  // of tick 0: until then, reset holds the input back
  std::function<bool()> interrupted;    // asked after each tick; true ends the run there
};

}  // namespace weft::sim
