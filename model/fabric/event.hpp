// What can be seen of a run while it goes on: events and signals. The simulator calls these interfaces,
// traces/ implements them, app/ plugs them together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "model/fabric/fabric.hpp"

namespace weft {

enum class EventKind : std::uint8_t {
  StepBegin = 0,  // subject: step (low 32 bits)
  StepEnd = 1,    // subject: step; cycle: the last cycle with work
  Inject = 2,     // a flit enters at a port; subject: key, value
  Hop = 3,        // a flit leaves a router towards a neighbour; subject: key, detail: Direction
  Deliver = 4,    // a value is written to an axon buffer; subject: axon, detail: delay
  Row = 5,        // a core processes an active axon's row; subject: axon, value
  Update = 6,     // a neuron with a nonzero result updates; subject: neuron, value
  Send = 7,       // the router accepts a core's message; subject: key, value
  Stall = 8,      // a core cannot hand over a message in this cycle; subject: neuron
  Output = 9,     // a flit leaves at a port; subject: key, value
  Arrive =
      10,   // a router hands a flit to its own core; subject: key, value; its Delivers and Adds are told next
  Add = 11  // a value is added to a neuron's sum; subject: neuron, detail: delay
};
constexpr int kEventKinds = 12;
const char* to_string(EventKind kind);
// What follows an Arrive.
constexpr bool is_delivery(EventKind kind) {
  return kind == EventKind::Deliver || kind == EventKind::Add;
}

struct Event {
  std::uint64_t cycle = 0;
  TileId tile;
  EventKind kind = EventKind::StepBegin;
  std::uint8_t detail = 0;
  std::uint8_t core = 0;  // of the tile: whose axon or neuron it is, who sends (Send); otherwise 0
  std::uint32_t subject = 0;
  std::int32_t value = 0;
};

class EventSink {
 public:
  virtual ~EventSink() = default;
  // Cycles never decrease, except that a core's Row and Update events of a step may be told together.
  virtual void event(const Event& event) = 0;
  // Several at once, in their order: the simulator tells those of a cycle together.
  virtual void tell(const Event* first, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) event(first[i]);
  }
};

// A signal of the hierarchy, e.g. "fabric.tile_1_2.router.east.occupancy"; its value is a number of `width`
// bits, in two's complement where it is signed.
struct SignalInfo {
  std::string name;
  int width = 1;
  bool is_signed = false;
};
struct SignalChange {
  std::uint32_t signal = 0;  // index into what choose() was given
  std::uint64_t value = 0;
};

// The sink chooses the signals it wants once, before the run; then it is told each change. Changes come in
// ascending cycles; the first cycle of the window reports every chosen signal.
class SignalSink {
 public:
  virtual ~SignalSink() = default;
  // Whether choose() is to be offered each neuron's potential too: a fabric has as many as neurons.
  virtual bool wants_potentials() const { return false; }
  // One entry per signal: true to be told its changes.
  virtual std::vector<bool> choose(const std::vector<SignalInfo>& signals) = 0;
  virtual void change(std::uint64_t cycle, std::uint32_t signal, std::uint64_t value) = 0;
  // Several of one cycle at once, each signal at most once.
  virtual void tell(std::uint64_t cycle, const SignalChange* first, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) change(cycle, first[i].signal, first[i].value);
  }
  // The window of cycles [from, to) in which changes are wanted.
  virtual std::uint64_t from() const = 0;
  virtual std::uint64_t to() const = 0;
};

}  // namespace weft
