// The signals of TIMING.md section 10, sampled in each cycle of the sink's window. Costs nothing without a
// sink and nothing outside its window.
#pragma once

#include <cstdint>
#include <vector>

#include "model/fabric/event.hpp"
#include "sim/engine/context.hpp"

namespace weft::sim {

enum class SignalKind : std::uint8_t {
  Step,
  Frame,
  CoreState,
  CoreAxon,
  CoreNeuron,
  CoreQueue,
  Occupancy,
  Valid,
  Stalled,
  Credits,
  Values  // circuits
};

struct Signal {
  SignalKind kind = SignalKind::Step;
  std::uint32_t core = 0;  // Core*: index into Program::cores
  std::uint32_t side = 0;  // others: side_index
};

struct SignalList {
  std::vector<SignalInfo> infos;
  std::vector<Signal> signals;
};
// In the hierarchy's order: fabric, then tile by tile its core and its router's sides.
SignalList list_signals(const Program& program, std::uint64_t steps, std::uint64_t frames);

// The core's signals in `cycle`, after what was decided in it; also the probes of the SystemC modules.
enum class CorePhase : std::uint8_t { Idle = 0, Rows = 1, Update = 2, Stall = 3 };
CorePhase core_phase(const Context& context, std::uint32_t core, std::uint64_t cycle);
std::uint32_t core_axon(const Context& context, std::uint32_t core, std::uint64_t cycle);
std::uint32_t core_neuron(const Context& context, std::uint32_t core, std::uint64_t cycle);
// Flits in an input buffer at the start of the cycle after `cycle`, or of `cycle` if it has not been run yet.
std::uint32_t occupancy(const Context& context, std::uint32_t buffer, std::uint64_t cycle);

class SignalRecorder {
 public:
  SignalRecorder(Context& context, SignalSink& sink, std::uint64_t steps, std::uint64_t frames,
                 std::uint64_t interval);

  // True if `cycle` is in the window: then it must be run, and sampled before and after its decisions.
  bool wants(std::uint64_t cycle) const {
    return !(states_.empty() && decisions_.empty()) && cycle >= from_ && cycle < to_;
  }
  // The first cycle from `cycle` on that is in the window, or kNever.
  std::uint64_t next(std::uint64_t cycle) const;
  void sample_start(std::uint64_t cycle);
  void sample_decisions(std::uint64_t cycle);

 private:
  struct Chosen {
    std::uint32_t number = 0;
    Signal signal;
    std::uint64_t last = 0;
  };
  // The chosen signals of one core or one router. While it rests, its signals cannot change.
  struct Part {
    enum class Kind : std::uint8_t { Other, Core, Router } kind = Kind::Other;
    std::uint32_t number = 0;                         // of the core, or the router's tile
    std::uint32_t states_end = 0, decisions_end = 0;  // begins are the ends of the part before
    bool rested = false;                              // when it was last looked at, and it was told so
    bool passed_over = false;                         // in this cycle
  };
  static Part part_of(const Signal& signal);
  bool router_rests(std::uint32_t tile, std::uint64_t cycle) const;
  void count_crossings(std::uint64_t cycle);
  void report(Chosen& chosen, std::uint64_t cycle, std::uint64_t value);
  std::uint64_t start_value(const Signal& signal, std::uint64_t cycle) const;
  std::uint64_t decided_value(const Signal& signal, std::uint64_t cycle) const;

  Context& context_;
  SignalSink& sink_;
  std::uint64_t from_ = 0;
  std::uint64_t to_ = 0;
  std::uint64_t frames_ = 0;
  std::uint64_t interval_ = 1;
  bool first_ = true;
  std::vector<Chosen> states_;            // chosen signals that show the start of a cycle
  std::vector<Chosen> decisions_;         // and those that show what is decided in it
  std::vector<Part> parts_;               // in the order of both
  bool circuits_ = false;                 // a chosen signal is of circuits
  std::vector<std::uint16_t> crossings_;  // per side, of circuits; this cycle
  std::vector<std::uint8_t> requested_;   // per tile with a chosen signal of its router; this cycle
  std::vector<std::uint8_t> grants_;      // per tile; this cycle
};

}  // namespace weft::sim
