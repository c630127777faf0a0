// Steps, frames and the order of a cycle (sections 1, 2 and 7 of sim/TIMING.md). A cycle has three parts:
// what arrives at its start, what is decided on the state as it then is (const), and what is thereby changed
// for the next.
#include <algorithm>
#include <stdexcept>

#include "tests/reference/cycle_model_machine.hpp"

namespace weft::test::cycle {

Outcome CycleModel::run() {
  const auto frames = static_cast<std::uint64_t>(stimulus_.frames.rows);
  const std::uint64_t steps = frames == 0 ? 0 : (frames - 1) * interval_ + frame_steps_ + depth_;
  if (params_.signals != nullptr) {
    const std::uint64_t one = 1;  // the counters of a run without frames are 0
    params_.signals->signals =
        list_signals(fabric_, image_, tiles_, std::max(steps, one), std::max(frames, one));
  }
  for (step_ = 0; step_ < steps; ++step_) run_step();
  for (int t = 0; t < fabric_.tiles(); ++t) {
    for (const Core& own : tiles_[index(t)].cores) count_unfinished(outcome_.cycles, t, own);
  }
  outcome_.steps = outcome_.step_cycles.size();
  return outcome_;
}

void CycleModel::run_step() {
  const Cycle c = outcome_.cycles;
  begins_.push_back(c);
  step_outputs_.clear();
  last_output_ = 0;
  any_output_ = false;
  frame_ = std::min(step_ / interval_, static_cast<std::uint64_t>(stimulus_.frames.rows) - 1);
  tell(c, 0, EventKind::StepBegin, static_cast<std::uint32_t>(step_), 0);
  arrive(c);
  begin_step(c);
  const Cycle last = ticks() ? work_for_a_tick(c) : work_until_quiet(c);
  check_conservation();
  tell(last, 0, EventKind::StepEnd, static_cast<std::uint32_t>(step_), 0);
  if (ticks()) {
    outcome_.cycles = c + static_cast<Cycle>(fabric_.step.tick_cycles);
    count_late();
  } else {
    for (Cycle pause = 0; pause < barrier(); ++pause) rest();
    outcome_.cycles = last + 1 + barrier();
  }
  outcome_.step_cycles.push_back(outcome_.cycles - c);
  finish_step(last);
}

Cycle CycleModel::work_until_quiet(Cycle c) {
  Cycle last = c;
  work(c);
  for (++c; arrive(c), !quiet(); ++c) {
    if (c > params_.max_cycles) throw std::runtime_error("the model does not come to an end");
    last = c;
    work(c);
  }
  return last;
}

// Until the start of T(t + 1), what arrives there included: it is late.
Cycle CycleModel::work_for_a_tick(Cycle c) {
  const Cycle end = c + static_cast<Cycle>(fabric_.step.tick_cycles);
  Cycle last = c;
  for (work(c); ++c < end; work(c)) {
    if (c > params_.max_cycles) throw std::runtime_error("the model does not come to an end");
    arrive(c);
    if (!quiet()) last = c;
  }
  arrive(end);
  return last;
}

void CycleModel::count_late() {
  for (int t = 0; t < fabric_.tiles(); ++t) {
    const Tile& tile = tiles_[index(t)];
    std::uint64_t messages = tile.to_inject.size(), working = 0;
    for (const Core& own : tile.cores) {
      messages += own.queue.size();
      working += own.idle ? 0 : 1;
    }
    for (const std::deque<Flit>& input : tile.input) messages += input.size();
    for (const OnLink& flying : links_) messages += flying.tile == t ? 1 : 0;
    count(t).late_messages += messages;
    count(t).late_steps += working;
    if ((messages > 0 || working > 0) && outcome_.first_late.size() < kLateNamed) {
      outcome_.first_late.push_back({step_, TileId(static_cast<std::uint32_t>(t)), messages, working > 0});
    }
  }
}

Cycle CycleModel::barrier() const {
  int used = 0, levels = 0;
  for (const Tile& tile : tiles_) used += tile.cores.empty() ? 0 : 1;
  for (int reached = 1; reached < used; reached *= 2) ++levels;
  return static_cast<Cycle>(fabric_.step.barrier_cycles + levels * fabric_.step.barrier_level_cycles);
}

void CycleModel::finish_step(Cycle last) {
  if (step_ < depth_ || (step_ - depth_) % interval_ >= frame_steps_) return;
  for (const auto& [output, value] : step_outputs_) {
    frame_outputs_[output] = within_32_bits(frame_outputs_[output] + value);
  }
  if ((step_ - depth_) % interval_ + 1 != frame_steps_) return;
  finish_frame(begins_[step_ - depth_ - (frame_steps_ - 1)], any_output_ ? last_output_ : last);
}

void CycleModel::begin_step(Cycle c) {
  for (int t = 0; t < fabric_.tiles(); ++t) begin_cores(c, t);
  if (step_ / interval_ < static_cast<std::uint64_t>(stimulus_.frames.rows) &&
      step_ % interval_ < frame_steps_) {
    fill_ports();
  }
}

void CycleModel::fill_ports() {
  std::vector<std::int32_t> inputs(image_.input_count);
  stimulus_.read_step(static_cast<std::int64_t>(step_ / interval_), static_cast<int>(step_ % interval_),
                      inputs.data());
  for (const InputBinding& binding : image_.inputs) {
    const std::int32_t value = inputs[binding.input];
    if (value == 0) continue;
    tiles_[ports_[binding.port.index()].index()].to_inject.push_back({binding.key.value(), value});
  }
}

bool CycleModel::quiet() const {
  if (!links_.empty() || !credits_.empty() || !wires_.empty()) return false;
  for (const Tile& tile : tiles_) {
    if (!tile.at_port.empty()) return false;
    if (!tile.to_inject.empty()) return false;
    for (const Core& own : tile.cores) {
      if (!own.idle || !own.queue.empty()) return false;
    }
    for (const std::deque<Flit>& input : tile.input) {
      if (!input.empty()) return false;
    }
  }
  return true;
}

// One cycle: decide everything on the state at its start, then change the state.
void CycleModel::work(Cycle c) {
  if (circuits()) return work_circuits(c);
  const std::vector<Tile> before = params_.signals == nullptr ? std::vector<Tile>() : tiles_;
  SideActions sides(tiles_.size());
  std::vector<Grant> grants;
  std::vector<int> moves, injections;
  std::vector<std::vector<int>> free_slots(tiles_.size());
  for (int t = 0; t < fabric_.tiles(); ++t) {
    const Tile& tile = tiles_[index(t)];
    for (int side = 0; side < kSides; ++side) {
      decide_grant(c, t, side, grants);
      for (int input = 0; input < kSides && params_.signals != nullptr; ++input) {
        if (requests(c, tile, t, input, side)) sides[index(t)][index(side)].requested = true;
      }
    }
    moves.push_back(moving_queue(tile));
    if (port_injects(c, tile)) injections.push_back(t);
    for (const Core& own : tile.cores)
      free_slots[index(t)].push_back(fabric_.core.output_queue - static_cast<int>(own.queue.size()));
  }
  for (const Grant& grant : grants) {
    apply_grant(c, grant);
    sides[index(grant.tile)][index(grant.output)].granted = true;
  }
  for (const Grant& grant : grants) leave_if_done(c, grant.tile, grant.input);
  for (int t = 0; t < fabric_.tiles(); ++t) {
    for (Core& own : tiles_[index(t)].cores) work_core(c, t, own, free_slots[index(t)][index(own.number)]);
    if (moves[index(t)] >= 0) move_from_queue(c, t, moves[index(t)]);
  }
  for (const int t : injections) inject(c, t);
  if (params_.signals != nullptr) {
    params_.signals->cycles.push_back(signal_values(step_, frame_, before, tiles_, sides));
  }
}

void CycleModel::rest() {
  if (params_.signals == nullptr) return;
  for (Tile& tile : tiles_) {
    for (Core& own : tile.cores) own.action = {};
  }
  const auto values = circuits() ? circuit_signal_values : signal_values;
  params_.signals->cycles.push_back(values(step_, frame_, tiles_, tiles_, SideActions(tiles_.size())));
}

void CycleModel::finish_frame(Cycle entered, Cycle left) {
  for (std::uint32_t o = 0; o < image_.output_count; ++o)
    outcome_.outputs.values.push_back(static_cast<std::int32_t>(frame_outputs_[o]));
  frame_outputs_.clear();
  outcome_.outputs.rows += 1;
  outcome_.latency_cycles.push_back(left - entered + 1);
}

// The slots of the buffer behind an output that are free and known to be, free and told, or taken.
std::size_t CycleModel::slots_of(int t, int side) const {
  std::size_t slots = static_cast<std::size_t>(tiles_[index(t)].credits[index(side)]);
  if (!is_link(side)) return slots;
  for (const CreditOnWay& credit : credits_) slots += credit.tile == t && credit.side == side ? 1 : 0;
  const int next = neighbor_of(fabric_, t, side);
  if (next < 0) return slots;
  for (const OnLink& flying : links_) slots += flying.tile == next && flying.side == across(side) ? 1 : 0;
  return slots + tiles_[index(next)].input[index(across(side))].size();
}

void CycleModel::check_conservation() const {
  std::uint64_t in = copies_;
  std::uint64_t out = 0;
  for (std::size_t t = 0; t < tiles_.size(); ++t) {
    const TileCounters& counters = outcome_.tiles[TileId(static_cast<std::uint32_t>(t))];
    in += counters.injected + counters.messages;
    out += counters.flits[kLocal] + counters.flits[kEdge];
    for (int side = 0; side < kSides; ++side) {
      if (static_cast<int>(slots_of(static_cast<int>(t), side)) != fabric_.router.buffer_depth)
        throw std::logic_error("a credit is lost");
    }
    for (const std::deque<Flit>& input : tiles_[t].input) {
      for (const Flit& flit : input) {
        const RouteEntry route = entry(static_cast<int>(t), flit.key);
        for (int side = 0; side < kSides; ++side)
          out += leads(route, side) && !flit.sent[index(side)] ? 1 : 0;
      }
    }
  }
  out += links_.size();
  if (in != out) throw std::logic_error("flits in and out differ");
}

}  // namespace weft::test::cycle
