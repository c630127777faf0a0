// One cycle: what is due arrives, a step may begin, then each tile that has something to do does it on that
// state. Invariant: a tile that could act in a cycle has its bit in State::active then; all others cost
// nothing.
#include "sim/engine/engine.hpp"

#include <algorithm>

#include "sim/engine/check.hpp"
#include "sim/engine/late.hpp"
#include "sim/engine/snapshot.hpp"
#include "sim/engine/tile.hpp"

namespace weft::sim {

Engine::Engine(const Fabric& fabric, const Image& image, const Stimulus& stimulus, const RunParams& params,
               EventSink* events, SignalSink* signals, Progress* progress)
    : program_(compile_program(fabric, image)),
      state_(program_),
      context_(program_, state_, StallRule::make(params.stall_share, params.stall_seed)),
      stimulus_(stimulus),
      params_(params),
      progress_(progress) {
  check_stimulus(stimulus, program_.input_count, program_.input_format);
  interval_ = static_cast<std::uint64_t>(stimulus.interval_steps);
  frame_steps_ = static_cast<std::uint64_t>(stimulus.frame_steps);
  state_.interval_steps = interval_;
  if (stimulus.has_events()) step_inputs_.resize(program_.input_count);
  frames_ = static_cast<std::uint64_t>(stimulus.frames.rows);
  total_steps_ = count_steps(stimulus, program_.depth_steps);
  if (total_steps_ > 0) begin_at_ = 0;
  outputs_.assign(static_cast<std::size_t>(frames_) * program_.output_count, 0);
  context_.watch.set_events(events);
  if (events != nullptr) {
    for (const Entry& entry : program_.entries) program_.keys.push_back(entry.key);
  }
  for (CoreState& core : state_.cores) core.observed = events != nullptr;
  if (signals != nullptr) {
    recorder_ = std::make_unique<SignalRecorder>(context_, *signals, total_steps_, frames_, interval_);
  }
  if (fabric.router.routing == Routing::Circuit) circuits_ = std::make_unique<Circuits>(program_);
}

void Engine::attach(Guests& guests, const Image& image) {
  guests.attach(program_, image);
  if (!guests.any()) return;
  guests_ = &guests;
  if (!guests.routers.empty()) context_.rules = Rules::All;  // they see each credit
  if (guests.endless) {
    total_steps_ = kNever;
    begin_at_ = 0;
  }
  guests.drive(context_, kNever, false, 0, begin_at_);
}

// The next cycle for which tiles or the lines between them have something.
std::uint64_t Engine::next_work() const {
  std::uint64_t next = state_.wheel.next(cycle_, kNever);
  if (next == cycle_ + 1) return next;
  next = std::min(next, state_.credits.next(cycle_));
  next = std::min(next, state_.link_ends.next(cycle_));
  return std::min(next, state_.calendar.next(cycle_));
}

std::uint64_t Engine::next_event() const {
  if (guests_ != nullptr && (in_step_ || begin_at_ != kNever)) return started_ ? cycle_ + 1 : 0;
  if (!started_) return begin_at_;
  std::uint64_t next = begin_at_;
  if (in_step_ || begin_at_ != kNever) next = std::min(next, next_work());
  if (kTraced && recorder_ != nullptr) {
    const std::uint64_t sampled = recorder_->next(cycle_ + 1);
    if (sampled < end_at_) next = std::min(next, sampled);
  }
  return next;
}

const std::int32_t* Engine::inputs_of_step() {
  const std::uint64_t frame = state_.step / interval_;
  const std::uint64_t step = state_.step % interval_;
  if (frame >= frames_ || step >= frame_steps_) return nullptr;
  const auto row = static_cast<std::int64_t>(frame);
  if (!stimulus_.has_events()) return stimulus_.frames.row(row);
  stimulus_.read_step(row, static_cast<int>(step), step_inputs_.data());
  return step_inputs_.data();
}

bool Engine::has_outputs(std::uint64_t& frame, std::uint64_t& output_step) const {
  const auto depth = static_cast<std::uint64_t>(program_.depth_steps);
  if (state_.step < depth) return false;
  frame = (state_.step - depth) / interval_;
  output_step = (state_.step - depth) % interval_;
  return output_step < frame_steps_;
}

void Engine::begin_step(std::uint64_t cycle) {
  in_step_ = true;
  begin_at_ = kNever;
  state_.step = steps_done_;
  state_.step_begin = cycle;
  if (context_.ticks) tick_end_ = cycle + static_cast<std::uint64_t>(program_.fabric.step.tick_cycles);
  state_.last_work = std::max(state_.last_work, cycle);  // late cores' is later
  state_.last_progress = cycle;
  state_.any_output = false;
  step_begins_.push_back(cycle);
  context_.watch.tell(cycle, 0, EventKind::StepBegin, static_cast<std::uint32_t>(state_.step), 0);

  state_.frame = inputs_of_step();
  std::uint64_t frame = 0, output_step = 0;
  const bool leaves = has_outputs(frame, output_step) && program_.output_count > 0;
  // Of steps without an end nobody knows the frames beforehand.
  if (leaves && outputs_.size() < (frame + 1) * program_.output_count)
    outputs_.resize((frame + 1) * program_.output_count);
  state_.outputs = leaves ? outputs_.data() + frame * program_.output_count : nullptr;
  for (std::uint32_t core = 0; core < program_.cores.size(); ++core) {
    if (guests_ != nullptr && guests_->replaces(core)) {
      Guests::begin_core(context_, core);
    } else {
      begin_core_step(context_, core, cycle);
    }
  }
  if (circuits_ != nullptr) return circuits_->run_step(context_, cycle);
  if (state_.frame == nullptr) return;
  for (std::uint32_t port = 0; port < program_.ports.size(); ++port) begin_port_step(context_, port, cycle);
}

bool Engine::step_is_over() const {
  return context_.ticks ? next_work() >= tick_end_ : state_.outstanding == 0;
}

std::uint64_t Engine::end_tick() {
  if (state_.outstanding == 0 && state_.last_work < tick_end_) return state_.last_work;
  count_late(context_, cycle_, tick_end_, first_late_);
  for (std::uint32_t port = 0; port < program_.ports.size(); ++port) {
    if ((state_.routers[program_.ports[port].tile].duties & kPortDuty) != 0) keep_port_list(context_, port);
  }
  return tick_end_ - 1;
}

void Engine::end_step() {
  if (state_.outstanding == 0) check_step(context_);
  const std::uint64_t last = context_.ticks ? end_tick() : state_.last_work;
  context_.watch.tell(last, 0, EventKind::StepEnd, static_cast<std::uint32_t>(state_.step), 0);
  context_.watch.flush();
  in_step_ = false;
  ++steps_done_;
  const std::uint64_t next = context_.ticks ? tick_end_ : last + 1 + program_.barrier_cycles;
  std::uint64_t frame = 0, output_step = 0;
  if (has_outputs(frame, output_step) && output_step + 1 == frame_steps_) {
    const std::uint64_t end = state_.any_output ? state_.last_output : last;
    latency_cycles_.push_back(end - step_begins_[frame * interval_] + 1);
    ++frames_done_;
  }
  if (progress_ != nullptr)
    progress_->update(static_cast<std::int64_t>(steps_done_), static_cast<std::int64_t>(total_steps_));
  if (steps_done_ < total_steps_ && progress_ != nullptr && progress_->stop_requested()) interrupted_ = true;
  if (steps_done_ < total_steps_ && !interrupted_) {
    begin_at_ = next;
  } else {
    end_at_ = next;
  }
  if (checkpointer_ != nullptr && steps_done_ < total_steps_ && first_late_.empty() &&
      only_credits_outstanding(context_) && checkpointer_->due(steps_done_, interrupted_)) {
    checkpointer_->write(checkpoint(next));
  }
}

Checkpoint Engine::checkpoint(std::uint64_t next_cycle) const {
  Checkpoint made;
  made.next_cycle = next_cycle;
  made.step_begins = step_begins_;
  made.latency_cycles = latency_cycles_;
  made.outputs.rows = std::min<std::int64_t>(frames_done_ + 1, static_cast<std::int64_t>(frames_));
  made.outputs.columns = program_.output_count;
  made.outputs.values.assign(
      outputs_.begin(),
      outputs_.begin() + static_cast<std::ptrdiff_t>(made.outputs.rows * made.outputs.columns));
  save_state(context_, steps_done_, made);
  return made;
}

void Engine::resume(const Checkpoint& checkpoint) {
  steps_done_ = checkpoint.steps();
  frames_done_ = static_cast<std::int64_t>(checkpoint.latency_cycles.size());
  step_begins_ = checkpoint.step_begins;
  latency_cycles_ = checkpoint.latency_cycles;
  std::copy(checkpoint.outputs.values.begin(), checkpoint.outputs.values.end(), outputs_.begin());
  begin_at_ = checkpoint.next_cycle;
  load_state(checkpoint, context_);
  if (progress_ != nullptr)
    progress_->update(static_cast<std::int64_t>(steps_done_), static_cast<std::int64_t>(total_steps_));
}

template <bool kWatched, Rules kRules>
WEFT_HOT void Engine::run_tiles_by(RouterCycle run) {
  Messages messages(context_);
  run_active_tiles(run, messages, [&](std::uint32_t tile) WEFT_HOT_LAMBDA {
    return run_tile<kWatched, kRules>(run, tile, messages);
  });
}

WEFT_QUICK_BITS void Engine::run_tiles_quickly(const RouterCycle& run) {
  run_tiles_by<false, Rules::Plain>(run);
}
WEFT_QUICK_BITS void Engine::run_watched_tiles_quickly(const RouterCycle& run) {
  run_tiles_by<true, Rules::Plain>(run);
}

void Engine::run_tiles(const RouterCycle& run) {
  const bool watched = context_.watch.events() != nullptr;
  if (context_.rules == Rules::Plain && context_.kernel != RowKernel::Portable) {
    watched ? run_watched_tiles_quickly(run) : run_tiles_quickly(run);
  } else if (context_.rules == Rules::Plain) {
    watched ? run_tiles_by<true, Rules::Plain>(run) : run_tiles_by<false, Rules::Plain>(run);
  } else {
    watched ? run_tiles_by<true, Rules::All>(run) : run_tiles_by<false, Rules::All>(run);
  }
}

void Engine::guard_progress(std::uint64_t cycle) const {
  const bool sleeping = next_event() == kNever;
  if (!sleeping && cycle - state_.last_progress <= params_.watchdog_cycles) return;
  if (!sleeping && something_scheduled(context_, cycle)) return;
  report_stuck(context_, cycle,
               guests_ == nullptr ? std::string() : guests_->describe_waiting(program_.fabric));
}

void Engine::run_cycle(std::uint64_t cycle) {
  started_ = true;
  cycle_ = cycle;
  const RouterCycle run(context_, cycle);
  if (kTraced && recorder_ != nullptr) recorder_->note_credits(cycle);
  accept_credits(run, state_.credits.at(cycle));
  accept_link_ends(run, state_.link_ends.at(cycle));
  const WheelSlot now = state_.wheel.at(cycle);
  state_.calendar.take(cycle, [&now](std::uint32_t tile) { now.activate(tile); });

  if (guests_ != nullptr) guests_->sample(context_, cycle, in_step_);
  // Guests may act while cores still compute: with them a step ends no earlier than its cycles do.
  const bool computed = guests_ == nullptr || state_.last_work < cycle;
  if (in_step_ && state_.outstanding == 0 && computed && !context_.ticks) end_step();
  if (begin_at_ == cycle) begin_step(cycle);
  const bool sampled = kTraced && recorder_ != nullptr && recorder_->wants(cycle);
  if (guests_ != nullptr) {
    accept_all_arrivals(run, Messages(context_));
    guests_->enter(context_, cycle);
  }
  if (sampled) {
    if (guests_ != nullptr) recorder_->look_everywhere();
    accept_arrivals_at(run, recorder_->find_news(cycle), Messages(context_));
    recorder_->sample_start(cycle);
  }
  run_tiles(run);
  if (sampled) recorder_->sample_decisions(cycle);
  context_.watch.flush();
  if (guests_ != nullptr) guests_->drive(context_, cycle, in_step_, steps_done_, begin_at_);
  if (!in_step_) return;
  if (step_is_over()) {
    if (guests_ == nullptr) end_step();
  } else if (cycle - state_.last_progress > params_.watchdog_cycles || next_event() == kNever) {
    guard_progress(cycle);
  }
}

void Engine::run_step(std::uint64_t horizon) {
  const std::uint64_t done = steps_done_;
  while (steps_done_ == done) {
    const std::uint64_t next = next_event();
    if (next == kNever || next >= horizon) return;
    run_cycle(next);
  }
}

std::uint64_t Engine::cycles_done() const {
  if (steps_done_ == 0) return 0;
  if (end_at_ != kNever) return end_at_;
  return in_step_ ? state_.step_begin : begin_at_;
}

Outcome Engine::outcome() const {
  Outcome outcome;
  outcome.outputs.rows = frames_done_;
  outcome.outputs.columns = program_.output_count;
  outcome.outputs.values.assign(
      outputs_.begin(), outputs_.begin() + static_cast<std::ptrdiff_t>(frames_done_) * program_.output_count);
  outcome.latency_cycles = latency_cycles_;
  outcome.steps = steps_done_;
  const std::uint64_t end = cycles_done();
  for (std::size_t s = 0; s < steps_done_; ++s) {
    const std::uint64_t next = s + 1 < steps_done_ ? step_begins_[s + 1] : end;
    outcome.step_cycles.push_back(next - step_begins_[s]);
  }
  outcome.cycles = end;
  outcome.tiles = IdVector<TileId, TileCounters>(state_.counters.size());
  for (std::uint32_t t = 0; t < state_.counters.size(); ++t)
    outcome.tiles[TileId(t)] = counters_of(state_, t);
  settle_late(context_, outcome.cycles, outcome.tiles);
  outcome.first_late = first_late_;
  outcome.interrupted = interrupted_;
  return outcome;
}

}  // namespace weft::sim
