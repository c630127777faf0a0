// The fabric's state: plain structs, packed so that a router is one cache line. What happens to it in a cycle
// is in router.hpp, core.hpp and port.hpp; when, in engine.cpp.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "model/fabric/outcome.hpp"
#include "sim/engine/calendar.hpp"
#include "sim/engine/program.hpp"

namespace weft::sim {

// A buffer or an output side of a tile: tile * 8 + Direction.
constexpr std::uint32_t side_index(std::uint32_t tile, Direction side) {
  return tile << 3 | static_cast<std::uint32_t>(side);
}

struct Flit {
  std::uint32_t entry = 0;  // of the tile it is in
  std::int32_t value = 0;
};

// A flit that becomes leavable in an input buffer.
struct Arrival {
  std::uint32_t buffer = 0;  // side_index
  Flit flit;
};

// What a tile has to do beside routing; bits of RouterState::duties.
enum Duty : std::uint8_t {
  kCoreDuty = 1,    // the core has messages to hand over
  kQueueDuty = 2,   // the output queue is not empty
  kPortDuty = 4,    // the port has flits to inject
  kEdgeDuty = 8,    // the Edge output is closed until PortState::output_free
  kSourceDuty = 16  // the source of synthetic traffic has flits
};

// `count` is of flits that may leave once they are the head; those still in the pipeline are in
// State::arrivals. `used` of Local and Edge counts both.
struct alignas(64) RouterState {
  std::uint64_t pending = 0;  // byte i: sides to which the head of input i has yet to be sent
  std::uint64_t admitted = ~std::uint64_t{0};  // byte i: sides that no other input holds; packets only
  std::uint8_t open = 0;  // sides that can grant: those with a credit and a free link, Local, a free Edge
  std::uint8_t duties = 0;
  std::array<std::uint8_t, kDirections> pointer{};   // round-robin, per output
  std::array<std::uint16_t, kDirections> credits{};  // per output; North to West only
  std::array<std::uint16_t, kDirections> head{};     // per input, counts up modulo 2^16
  std::array<std::uint16_t, kDirections> count{};    // per input
  std::uint16_t local_used = 0;                      // flits in the Local input buffer
  std::uint16_t edge_used = 0;                       // flits in the Edge input buffer
};
static_assert(sizeof(RouterState) == 64, "a router is one cache line");

struct Emission {
  std::uint32_t neuron = 0;
  std::uint32_t group = 0;  // neuron / CoreProgram::updates_at_once
  std::uint32_t entry = kNone;
  std::int32_t value = 0;
};

struct CoreState {
  std::vector<std::int32_t> axon_values;  // see AxonBuffers

  std::vector<std::uint64_t> axon_bits;
  // This step: neurons with a message (with a nonzero value, when observed), ascending.
  std::vector<Emission> emissions;
  std::size_t cursor = 0;             // the next to hand over
  std::uint64_t first_update = 0;     // cycle in which group 0 would have updated, all stalls so far included
  std::uint64_t next_push = 0;        // the next cycle in which the core hands over; valid with kCoreDuty
  std::uint64_t idle_from = 0;        // valid without kCoreDuty
  std::uint32_t begun_group = kNone;  // the group that has updated in this step last
  bool stalled = false;               // the last cycle in which it handed over left messages over
  std::uint64_t stall_cycle = 0;      // that cycle
  std::vector<SpikeState> spike_states;  // as SpikeTable has them
  std::vector<Emission> silent;  // emissions of a step without an active axon; not of cores that remember
  bool silent_known = false;
  // The output queue, a ring.
  std::vector<Flit> queue;
  std::uint32_t queue_head = 0;
  std::uint32_t queue_count = 0;
  std::vector<std::pair<std::uint32_t, std::uint64_t>>
      row_starts;  // observed only: a group's first axon and cycle
};

struct PortState {
  std::uint32_t next = 0;  // index into PortProgram::inputs; valid with kPortDuty
  std::uint64_t input_free = 0;
  std::uint64_t output_free = 0;
};

// What arrives in one cycle: a list that is written through a bare pointer while routers run.
template <class T>
class DueList {
 public:
  // Room for `more` further items behind end(); what is written there counts after grow_to().
  T* prepare(std::size_t more) {
    if (items_.size() < size_ + more) items_.resize(2 * (size_ + more));
    return items_.data() + size_;
  }
  void grow_to(const T* end) { size_ = static_cast<std::size_t>(end - items_.data()); }
  void push_back(const T& item) {
    *prepare(1) = item;
    ++size_;
  }
  void clear() { size_ = 0; }
  // Takes out the items for which take(item) is true; the others keep their order.
  template <class Take>
  void take_if(Take&& take) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < size_; ++i) {
      if (!take(items_[i])) items_[kept++] = items_[i];
    }
    size_ = kept;
  }
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  const T* begin() const { return items_.data(); }
  const T* end() const { return items_.data() + size_; }

 private:
  std::vector<T> items_;
  std::size_t size_ = 0;
};

// Lists by the cycle in which they are due, for delays of 1 to `longest` cycles.
template <class T>
class DelayLine {
 public:
  explicit DelayLine(int longest) {
    std::size_t slots = 1;
    while (slots <= static_cast<std::size_t>(longest)) slots *= 2;
    slots_.resize(slots);
    mask_ = slots - 1;
  }
  DueList<T>& at(std::uint64_t cycle) { return slots_[cycle & mask_]; }
  const DueList<T>& at(std::uint64_t cycle) const { return slots_[cycle & mask_]; }
  // The earliest cycle after `now` that has something, or kNever.
  std::uint64_t next(std::uint64_t now) const {
    for (std::uint64_t c = now + 1; c < now + slots_.size(); ++c) {
      if (!at(c).empty()) return c;
    }
    return kNever;
  }

 private:
  std::vector<DueList<T>> slots_;  // a power of two
  std::uint64_t mask_ = 0;
};

// Where deliveries to a tile are written. CoreProgram::axon_buffers buffers, one per step modulo their
// number: values and a bit per active axon.
struct AxonBuffers {
  std::int32_t* values = nullptr;
  std::uint64_t* bits = nullptr;
  std::uint32_t axons = 0;
  std::uint32_t words = 0;  // of bits, per buffer
  std::uint64_t mask = 0;   // number of buffers - 1
};

struct State {
  explicit State(const Program& program);

  Flit& flit(std::uint32_t buffer, std::uint16_t position) {
    return flits[(static_cast<std::size_t>(buffer) << ring_shift) + (position & ring_mask)];
  }

  std::vector<RouterState> routers;
  std::vector<Flit> flits;  // per buffer a ring of 2^ring_shift
  unsigned ring_shift = 0;
  std::uint16_t ring_mask = 0;
  std::vector<CoreState> cores;    // index: Program::cores
  std::vector<AxonBuffers> axons;  // per tile
  std::vector<PortState> ports;
  std::vector<TileCounters> counters;  // but for their flits
  std::vector<std::uint64_t> sent;     // per output side (side_index): TileCounters::flits

  std::vector<std::uint64_t> active;        // a bit per tile that has something to do in this cycle
  std::vector<std::uint64_t> active_words;  // a bit per word of `active`
  DelayLine<Arrival> links;                 // flits from other routers
  DelayLine<Arrival> own;                   // flits from the tile's own core and port
  DelayLine<std::uint32_t> credits;         // side_index of the output that gets one back
  DelayLine<std::uint32_t> link_ends;       // of the output whose link has carried its flit; S > 1 only
  std::vector<std::uint8_t> carrying;       // per tile: sides whose link carries a flit; S > 1 only
  Calendar calendar;

  // Flits in queues, buffers and on links, credits on their way, cores with messages, ports with flits: 0 is
  // quiet.
  std::int64_t outstanding = 0;
  std::uint64_t last_work = 0;      // the latest cycle known to have work
  std::uint64_t last_progress = 0;  // for the watchdog
  TreeTotals expected;              // of all that was sent
  TreeTotals done;

  // Circuits, observed only: the cycle and side_index of each value of this step that leaves a tile,
  // ascending.
  std::vector<std::pair<std::uint64_t, std::uint32_t>> crossings;

  std::uint64_t step = 0;
  std::uint64_t interval_steps = 1;     // between frames
  std::uint64_t step_begin = 0;         // T(step)
  const std::int32_t* frame = nullptr;  // the input values that enter in this step
  std::int32_t* outputs = nullptr;      // where this step's outputs are added; null if they are of no frame
  std::uint64_t last_output = 0;        // cycle of the last output of this step
  bool any_output = false;

  void activate(std::uint32_t tile) {
    std::uint64_t& word = active[tile >> 6];
    if (word == 0) active_words[tile >> 12] |= std::uint64_t{1} << ((tile >> 6) & 63);
    word |= std::uint64_t{1} << (tile & 63);
  }
};

}  // namespace weft::sim
