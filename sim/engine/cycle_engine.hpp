// What drives cycles: the SystemC side knows an engine by this alone, be it one of networks or of synthetic
// traffic.
#pragma once

#include <cstdint>

#include "sim/engine/context.hpp"

namespace weft::sim {

class CycleEngine {
 public:
  virtual ~CycleEngine() = default;

  // The next cycle in which something can happen; kNever when the run is over.
  virtual std::uint64_t next_event() const = 0;
  // Runs that cycle. `cycle` may also be any other one that is later than the last that was run and not after
  // next_event(): then nothing happens in it.
  virtual void run_cycle(std::uint64_t cycle) = 0;
  // Runs all cycles before `horizon` in which something can happen, but stops behind a step's end.
  virtual void run_step(std::uint64_t horizon) = 0;

  bool finished() const { return next_event() == kNever; }
  // The last cycle that was run.
  virtual std::uint64_t cycle() const = 0;
  virtual const Context& context() const = 0;

 protected:
  CycleEngine() = default;
  CycleEngine(const CycleEngine&) = default;
  CycleEngine& operator=(const CycleEngine&) = default;
};

}  // namespace weft::sim
