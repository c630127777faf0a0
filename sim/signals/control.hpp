// What ends steps and runs. It works at the falling edge, between two rising ones: by then a cycle's
// decisions have settled, and what it says is there before the next cycle begins.
#pragma once

#include <cstdint>
#include <string>
#include <systemc>
#include <vector>

#include "model/base/progress.hpp"
#include "sim/signals/ledger.hpp"
#include "sim/signals/schedule.hpp"
#include "sim/traffic.hpp"

namespace weft::sim::signals {

// What Control asks about all tiles at once.
class Inspection {
 public:
  virtual ~Inspection() = default;
  // Throws an Internal error unless every flit is accounted for.
  virtual void check_flits() const = 0;
  // All is quiet: throws an Internal error unless every credit is at home.
  virtual void check_credits() const = 0;
  // The step's tick is over: counts what is not done.
  virtual void count_late(std::uint64_t) const {}
  virtual std::uint64_t barrier_cycles() const { return 0; }
  // "\n  tile_1_0; east input: 3 flits", for each tile that holds flits; some of them, if there are many.
  virtual std::string waiting() const = 0;
};

class Control : public sc_core::sc_module {
 public:
  sc_core::sc_in<bool> clock{"clock"};
  // The wires by which all modules say whether they are busy at the start of the next cycle.
  sc_core::sc_port<sc_core::sc_signal_in_if<bool>, 0> busy{"busy"};

  bool finished() const { return finished_; }
  // The cycle behind the last one; known once the run is about to end.
  std::uint64_t end() const { return end_; }

 protected:
  SC_HAS_PROCESS(Control);
  Control(const sc_core::sc_module_name& name, const Inspection& inspection, std::uint64_t watchdog_cycles,
          Ledger& ledger);

  // Called once before cycle 0 and in the middle of each cycle, with the number of the next one. `quiet`: the
  // fabric is at its start.
  virtual void decide(std::uint64_t next, bool quiet) = 0;
  void finish(std::uint64_t end);
  // Throws an Internal error if nothing has moved for too long.
  void guard(std::uint64_t cycle) const;

  Ledger& ledger_;
  const Inspection& inspection_;
  std::uint64_t end_ = ~std::uint64_t{0};

 private:
  void on_falling_edge();

  const std::uint64_t watchdog_cycles_;
  std::uint64_t next_ = 0;
  bool finished_ = false;
};

// Networks: steps, ended by a barrier or by ticks of the clock (section 2).
class Barrier final : public Control {
 public:
  Barrier(const sc_core::sc_module_name& name, const Schedule& schedule, const Inspection& inspection,
          std::uint64_t watchdog_cycles, Progress* progress, Ledger& ledger);

  sc_core::sc_signal<bool> begin{"begin"};  // a step begins with the next rising edge
  sc_core::sc_out<std::uint64_t> step{"step"};
  sc_core::sc_out<std::uint64_t> frame{"frame"};

  const std::vector<std::uint64_t>& begins() const { return begins_; }  // of the steps so far
  const std::vector<std::uint64_t>& lasts() const { return lasts_; }    // their last cycles of work
  bool interrupted() const { return interrupted_; }

 private:
  SC_HAS_PROCESS(Barrier);
  void decide(std::uint64_t next, bool quiet) override;
  bool step_is_over(std::uint64_t next, bool quiet) const;
  void end_step(std::uint64_t next, bool quiet);
  void count();

  const Schedule& schedule_;
  const StepSpec& spec_;
  Progress* progress_;
  bool in_step_ = false;
  bool interrupted_ = false;
  std::uint64_t begin_at_ = 0;
  std::uint64_t last_work_ = 0;  // of this step, so far
  std::vector<std::uint64_t> begins_;
  std::vector<std::uint64_t> lasts_;
};

// Synthetic traffic: the end of the run (section 12).
class Curfew final : public Control {
 public:
  Curfew(const sc_core::sc_module_name& name, const TrafficParams& params, const Inspection& inspection,
         Progress* progress, Ledger& ledger);

  bool interrupted() const { return interrupted_; }

 private:
  void decide(std::uint64_t next, bool quiet) override;

  const std::uint64_t create_to_;
  Progress* progress_;
  bool interrupted_ = false;
};

}  // namespace weft::sim::signals
