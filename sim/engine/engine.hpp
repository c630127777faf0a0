// The engine: runs the fabric's cycles in order and leaves out those in which nothing can happen. Knows
// nothing of SystemC; fabric_module.hpp drives it.
#pragma once

#include <cstdint>
#include <memory>

#include "model/base/progress.hpp"
#include "model/fabric/event.hpp"
#include "model/fabric/image.hpp"
#include "model/fabric/outcome.hpp"
#include "sim/checkpointer.hpp"
#include "sim/engine/circuits.hpp"
#include "sim/engine/cycle_engine.hpp"
#include "sim/engine/guests.hpp"
#include "sim/engine/recorder.hpp"
#include "sim/run.hpp"

namespace weft::sim {

struct RouterCycle;

class Engine final : public CycleEngine {
 public:
  // The stimulus and the sinks must outlive the engine. Throws InputError as run_image() does.
  Engine(const Fabric& fabric, const Image& image, const Stimulus& stimulus, const RunParams& params,
         EventSink* events, SignalSink* signals, Progress* progress);

  // From the first cycle on these take part; then every cycle must be run. They must outlive the engine.
  // Before the first cycle; throws InputError as Guests::attach() does.
  void attach(Guests& guests, const Image& image);

  std::uint64_t next_event() const override;
  void run_cycle(std::uint64_t cycle) override;
  void run_step(std::uint64_t horizon = kNever) override;
  std::uint64_t cycle() const override { return cycle_; }
  const Context& context() const override { return context_; }
  Outcome outcome() const;
  // Of the run so far; cycles are those of the steps done.
  std::uint64_t steps_done() const { return steps_done_; }
  std::uint64_t frames_done() const { return static_cast<std::uint64_t>(frames_done_); }
  std::uint64_t cycles_done() const;
  // Whether any tick has ended with work left.
  bool is_late() const { return !first_late_.empty(); }

  // Before the first cycle: goes on where a run was put aside. The checkpoint has passed check_checkpoint().
  void resume(const Checkpoint& checkpoint);
  // Is asked after each step but the last; must outlive the engine.
  void keep(Checkpointer& checkpointer) { checkpointer_ = &checkpointer; }

 private:
  void run_tiles(const RouterCycle& run);
  template <bool kWatched, Rules kRules>
  void run_tiles_by(RouterCycle run);
  void run_tiles_quickly(const RouterCycle& run);
  void run_watched_tiles_quickly(const RouterCycle& run);
  void begin_step(std::uint64_t cycle);
  // The input values of the step, or null if no frame enters in it.
  const std::int32_t* inputs_of_step();
  // Whether the step is one in which outputs leave; `output_step`: which of its frame.
  bool has_outputs(std::uint64_t& frame, std::uint64_t& output_step) const;
  // Whether nothing more happens in this step.
  bool step_is_over() const;
  std::uint64_t next_work() const;
  void end_step();
  // What a tick leaves undone is counted, and port lists kept: this step's L.
  std::uint64_t end_tick();
  void guard_progress(std::uint64_t cycle) const;
  // Between two steps, the next of which begins in `next_cycle`.
  Checkpoint checkpoint(std::uint64_t next_cycle) const;

  Program program_;
  State state_;
  Context context_;
  const Stimulus& stimulus_;
  RunParams params_;
  Progress* progress_;
  Checkpointer* checkpointer_ = nullptr;
  Guests* guests_ = nullptr;
  std::unique_ptr<SignalRecorder> recorder_;
  std::unique_ptr<Circuits> circuits_;  // of a fabric that has such

  bool started_ = false;
  std::uint64_t cycle_ = 0;
  bool in_step_ = false;
  std::uint64_t begin_at_ = kNever;  // the cycle in which the next step begins
  std::uint64_t end_at_ = kNever;    // the cycle after the last step's barrier
  std::uint64_t tick_end_ = kNever;  // T(t + 1), where steps are ticks
  std::uint64_t interval_ = 1;
  std::uint64_t frame_steps_ = 1;
  std::uint64_t frames_ = 0;
  std::uint64_t total_steps_ = 0;
  bool interrupted_ = false;

  std::uint64_t steps_done_ = 0;
  std::int64_t frames_done_ = 0;
  std::vector<std::uint64_t> step_begins_;
  std::vector<std::uint64_t> latency_cycles_;
  std::vector<LateWork> first_late_;
  std::vector<std::int32_t> outputs_;
  std::vector<std::int32_t> step_inputs_;  // of a step of a frame with events
};

}  // namespace weft::sim
