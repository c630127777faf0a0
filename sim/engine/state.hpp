// The fabric's state: plain structs, packed so that a router is four cache lines. What happens to it in a
// cycle is in router.hpp, core.hpp and port.hpp; when, in engine.cpp.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "model/fabric/outcome.hpp"
#include "sim/engine/calendar.hpp"
#include "sim/engine/program.hpp"
#include "sim/engine/wheel.hpp"

namespace weft::sim {

// Conservation and credits are checked in every run. The benchmarks alone build this once without, to see
// what that costs.
#ifdef WEFT_SIM_UNCHECKED
constexpr bool kChecked = false;
#else
constexpr bool kChecked = true;
#endif

// Whether anybody can watch. The benchmarks alone build this once without, likewise.
#ifdef WEFT_SIM_UNTRACED
constexpr bool kTraced = false;
#else
constexpr bool kTraced = true;
#endif

// A buffer or an output side of a tile: tile * 8 + Direction.
constexpr std::uint32_t side_index(std::uint32_t tile, Direction side) {
  return tile << 3 | static_cast<std::uint32_t>(side);
}

struct Flit {
  std::uint32_t entry = 0;  // of the tile it is in
  std::int32_t value = 0;
};

// What a tile has to do beside routing; bits of RouterState::duties.
enum Duty : std::uint8_t {
  kCoreDuty = 1,    // a core has messages to hand over
  kQueueDuty = 2,   // an output queue is not empty
  kPortDuty = 4,    // the port has flits to inject
  kEdgeDuty = 8,    // the Edge output is closed until PortState::output_free
  kSourceDuty = 16  // the source of synthetic traffic has flits
};

// A tile's y in the low byte, its x above: compared as numbers, x decides before y, as in dimension order.
using Place = std::uint16_t;
constexpr Place make_place(int x, int y) {
  return static_cast<Place>(x << 8 | y);
}

// Sets of (output, input) pairs of a router: byte o, bit i.
constexpr std::uint64_t kColumn = 0x0000010101010101u;  // input 0 with all outputs
constexpr std::uint64_t kRow = 0xff;                    // output 0 with all inputs

// An input buffer, a ring of slots in State::flits, and what its sender knows of it.
struct Buffer {
  std::uint32_t head = 0;     // slot of the flit that leaves next
  std::uint32_t tail = 0;     // slot of the next flit to be sent
  std::uint16_t count = 0;    // flits that may leave once they are the head; others are in State::wheel still
  std::uint16_t credits = 0;  // slots that the sender may fill: the neighbor's output, the core or the port
  std::uint32_t id = 0;       // side_index
};

// What may be granted in a cycle is what all four sets have.
struct alignas(64) RouterState {
  std::uint64_t pending = 0;  // outputs to which the flits of the packet at the head have yet to be sent
  std::uint64_t waiting = 0;  // inputs with a flit that may leave, with all outputs
  std::uint64_t open = 0;     // outputs with a credit and a free link, Local, a free Edge; with all inputs
  std::uint64_t admitted = ~std::uint64_t{0};  // all but those of outputs that another input holds
  std::uint8_t duties = 0;
  std::array<std::uint8_t, kDirections> pointer{};  // round-robin, per output; 6 is 0
  Place place = 0;
  std::array<std::uint64_t, kDirections> sent{};  // per output: TileCounters::flits
  std::array<Buffer*, kDirections> far{};         // per output: the buffer it feeds; null without
  std::array<Buffer, kDirections> inputs{};

  std::uint64_t requests() const { return pending & waiting; }
  std::uint64_t grantable() const { return pending & waiting & open & admitted; }
  void open_side(std::uint32_t side) { open |= kRow << (8 * side); }
  void close_side(std::uint32_t side) { open &= ~(kRow << (8 * side)); }
  bool can_take(Direction input) const { return inputs[static_cast<std::size_t>(input)].credits != 0; }
};
static_assert(sizeof(RouterState) == 256, "a router is four cache lines");

struct Emission {
  std::uint32_t neuron = 0;
  std::uint32_t group = 0;  // neuron / CoreProgram::updates_at_once
  std::uint32_t entry = kNone;
  std::int32_t value = 0;
};

// What is looked at in most cycles comes first, in two cache lines.
struct alignas(64) CoreState {
  std::uint64_t next_push = 0;    // the next cycle in which the core hands over; valid while it does
  std::uint32_t queue_count = 0;  // the output queue, a ring
  std::uint32_t queue_head = 0;
  std::vector<Flit> queue;
  std::size_t cursor = 0;  // of `emissions`: the next to hand over
  // This step: neurons with a message (with a nonzero value, when observed), ascending.
  std::vector<Emission> emissions;
  std::uint64_t first_update = 0;     // cycle in which group 0 would have updated, all stalls so far included
  std::uint64_t idle_from = 0;        // valid while it hands nothing over
  std::uint64_t stall_cycle = 0;      // the last cycle in which it left messages over
  std::uint32_t begun_group = kNone;  // the group that has updated in this step last
  bool stalled = false;               // the last cycle in which it handed over was that
  bool handing = false;               // it has messages to hand over
  bool observed = false;              // somebody looks: what only they need is kept too
  std::uint32_t turn = 0;             // the first core of a tile: whose queue is asked first

  // See AxonBuffers; the first core of a tile has those of all its cores.
  std::vector<std::int32_t> axon_values;
  std::vector<std::uint64_t> axon_bits;
  TreeTotals sent;                       // what this step's emissions come to
  std::vector<SpikeState> spike_states;  // as SpikeTable has them
  std::vector<Emission> silent;  // emissions of a step without an active line; not of cores that remember
  TreeTotals silent_sent;
  bool silent_known = false;
  std::vector<std::pair<std::uint32_t, std::uint64_t>>
      row_starts;  // observed only: a group's first axon and cycle
  // What each neuron's potential (TIMING.md section 10) is before and after its update of this step, where
  // somebody looks, and how many steps have been kept so.
  bool keeps_potentials = false;
  std::vector<std::int32_t> potential_before, potential_after;
  std::uint64_t steps_kept = 0;
};

// A flit of a port's list.
struct PortFlit {
  std::uint32_t input = 0;  // index into PortProgram::inputs
  std::int32_t value = 0;
};

struct PortState {
  std::uint32_t next = 0;  // index into PortProgram::inputs; valid with kPortDuty
  std::uint64_t input_free = 0;
  std::uint64_t output_free = 0;
  // What earlier ticks left of their lists goes first; empty once it has been injected.
  std::vector<PortFlit> late;
  std::size_t late_next = 0;
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
  std::size_t size() const {
    std::size_t items = 0;
    for (const DueList<T>& slot : slots_) items += slot.size();
    return items;
  }
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

// Where deliveries to a tile's cores are written. CoreProgram::axon_buffers buffers, one per step modulo
// their number: values and a bit per active line.
struct AxonBuffers {
  std::int32_t* values = nullptr;
  std::uint64_t* bits = nullptr;
  std::uint32_t lines = 0;  // see CoreProgram
  std::uint32_t words = 0;  // of bits, per buffer
  std::uint64_t mask = 0;   // number of buffers - 1
};

struct State {
  explicit State(const Program& program);
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  // The slot behind `slot` in the ring of its buffer.
  static std::uint32_t next_slot(std::uint32_t slot, std::uint32_t ring_mask) {
    return (slot & ~ring_mask) | ((slot + 1) & ring_mask);
  }
  // A flit goes into a buffer that has a free slot, to be leavable in the cycle of `slot`.
  void fill(Buffer& buffer, Flit flit, const WheelSlot& slot) {
    flits[buffer.tail] = flit;
    buffer.tail = next_slot(buffer.tail, ring_mask);
    --buffer.credits;
    slot.arrive(buffer.id);
  }
  // A flit of the tile's own goes into the Local or Edge buffer, to be leavable in the cycle of `slot`. Ahead
  // of the tile's router in a cycle. The caller has looked for a free slot.
  void put(std::uint32_t tile, Direction side, Flit flit, const WheelSlot& slot) {
    fill(routers[tile].inputs[static_cast<std::size_t>(side)], flit, slot);
  }

  std::vector<RouterState> routers;
  std::vector<Flit> flits;  // the slots of all buffers that exist, a ring of 2^ring_shift for each
  unsigned ring_shift = 0;
  std::uint32_t ring_mask = 0;
  std::vector<CoreState> cores;    // index: Program::cores
  std::vector<AxonBuffers> axons;  // per tile
  std::vector<PortState> ports;
  std::vector<TileCounters> counters;  // but for their flits; with axons empty without cores and ports

  Wheel wheel;                              // tiles with something to do, and flits that become leavable
  std::vector<std::uint32_t> active_tiles;  // scratch: those of the cycle that is run
  DelayLine<std::uint32_t> credits;    // buffers (side_index) in which a slot becomes free for their senders
  DelayLine<std::uint32_t> link_ends;  // outputs (side_index) whose link has carried its flit; S > 1 only
  std::vector<std::uint8_t> carrying;  // per tile: sides whose link carries a flit; S > 1 only
  Calendar calendar;

  // Flits in queues, buffers and on links, credits on their way, cores with messages, ports with flits: 0 is
  // quiet.
  std::int64_t outstanding = 0;
  std::uint64_t last_work = 0;      // the latest cycle known to have work
  std::uint64_t last_progress = 0;  // for the watchdog
  TreeTotals expected;              // of all that was sent
  TreeTotals done;

  // Circuits, where it is wanted: the cycle and side_index of each value of this step that leaves a tile,
  // ascending.
  std::vector<std::pair<std::uint64_t, std::uint32_t>> crossings;
  bool keeps_crossings = false;

  std::uint64_t step = 0;
  std::uint64_t interval_steps = 1;     // between frames
  std::uint64_t step_begin = 0;         // T(step)
  const std::int32_t* frame = nullptr;  // the input values that enter in this step
  std::int32_t* outputs = nullptr;      // where this step's outputs are added; null if they are of no frame
  std::uint64_t last_output = 0;        // cycle of the last output of this step
  bool any_output = false;
};

}  // namespace weft::sim
