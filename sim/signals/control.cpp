// Steps and the end. Invariant: a step's last cycle of work is its first one, or the latest at whose start
// something was not quiet; with a barrier the step is over behind it, with a tick when the clock says so.
#include "sim/signals/control.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "model/base/error.hpp"

namespace weft::sim::signals {

Control::Control(const sc_core::sc_module_name& name, const Inspection& inspection,
                 std::uint64_t watchdog_cycles, Ledger& ledger)
    : sc_module(name), ledger_(ledger), inspection_(inspection), watchdog_cycles_(watchdog_cycles) {
  // Not dont_initialize(): its first call comes before the first rising edge.
  SC_METHOD(on_falling_edge);
  sensitive << clock.neg();
}

void Control::on_falling_edge() {
  try {
    bool quiet = true;
    for (int i = 0; i < busy.size() && quiet; ++i) quiet = !busy[i]->read();
    decide(next_++, quiet);
  } catch (...) {
    if (ledger_.failure == nullptr) ledger_.failure = std::current_exception();
    sc_core::sc_pause();
  }
}

void Control::finish(std::uint64_t end) {
  end_ = end;
  finished_ = true;
  sc_core::sc_pause();
}

void Control::guard(std::uint64_t cycle) const {
  if (cycle - std::min(cycle, ledger_.last_progress) <= watchdog_cycles_) return;
  internal_error(fmt::format("stuck: no progress from cycle {} to cycle {}{}", ledger_.last_progress, cycle,
                             inspection_.waiting()));
}

Barrier::Barrier(const sc_core::sc_module_name& name, const Schedule& schedule, const Inspection& inspection,
                 std::uint64_t watchdog_cycles, Progress* progress, Ledger& ledger)
    : Control(name, inspection, watchdog_cycles, ledger),
      schedule_(schedule),
      spec_(ledger.fabric.step),
      progress_(progress) {
  if (schedule.steps() == 0) end_ = 0;
  SC_METHOD(count);
  sensitive << clock.pos();
  dont_initialize();
}

void Barrier::decide(std::uint64_t next, bool quiet) {
  if (in_step_) {
    if (step_is_over(next, quiet)) {
      end_step(next, quiet);
    } else if (!quiet) {
      last_work_ = next;
      guard(next);
    }
  }
  if (quiet) ledger_.last_progress = next;
  const bool begins = !in_step_ && next == begin_at_ && next < end_;
  begin.write(begins);
  if (begins) {
    in_step_ = true;
    last_work_ = next;
    begins_.push_back(next);
    ledger_.last_progress = next;
    ledger_.tell(next, TileId(0), EventKind::StepBegin, static_cast<std::uint32_t>(begins_.size() - 1), 0);
  }
  // One rising edge more than the run has cycles: the last flits are read from their wires.
  if (next == end_) ledger_.over = true;
  if (next > end_) finish(end_);
}

bool Barrier::step_is_over(std::uint64_t next, bool quiet) const {
  if (spec_.synchronization == Synchronization::Barrier) return quiet;
  return next == begins_.back() + static_cast<std::uint64_t>(spec_.tick_cycles);
}

void Barrier::end_step(std::uint64_t next, bool quiet) {
  const std::uint64_t number = lasts_.size();
  inspection_.check_flits();
  if (quiet) {
    inspection_.check_credits();
  } else {
    inspection_.count_late(number);
  }
  ledger_.tell(last_work_, TileId(0), EventKind::StepEnd, static_cast<std::uint32_t>(number), 0);
  in_step_ = false;
  lasts_.push_back(last_work_);
  begin_at_ = next;
  if (spec_.synchronization == Synchronization::Barrier) begin_at_ += inspection_.barrier_cycles();
  const bool more = lasts_.size() < schedule_.steps();
  if (progress_ != nullptr) {
    progress_->update(static_cast<std::int64_t>(lasts_.size()), static_cast<std::int64_t>(schedule_.steps()));
    interrupted_ = more && progress_->stop_requested();
  }
  if (!more || interrupted_) end_ = begin_at_;
}

void Barrier::count() {
  if (!begin.read()) return;
  const std::uint64_t current = begins_.size() - 1;
  step.write(current);
  frame.write(std::min(current / schedule_.interval, schedule_.frames - 1));
}

Curfew::Curfew(const sc_core::sc_module_name& name, const TrafficParams& params, const Inspection& inspection,
               Progress* progress, Ledger& ledger)
    : Control(name, inspection, params.watchdog_cycles, ledger),
      create_to_(params.warmup_cycles + params.measure_cycles + params.cooldown_cycles),
      progress_(progress) {}

void Curfew::decide(std::uint64_t next, bool quiet) {
  constexpr std::uint64_t kCyclesPerUpdate = 4096;
  if (progress_ != nullptr && next % kCyclesPerUpdate == 0) {
    progress_->update(static_cast<std::int64_t>(std::min(next, create_to_)),
                      static_cast<std::int64_t>(create_to_));
    interrupted_ = progress_->stop_requested();
  }
  if (quiet) ledger_.last_progress = next;
  if (quiet && next >= create_to_) {
    inspection_.check_flits();
    inspection_.check_credits();
    return finish(next);
  }
  if (interrupted_) return finish(next);
  guard(next);
}

}  // namespace weft::sim::signals
