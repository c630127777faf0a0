// Only what can have changed is looked at. A router's buffers, and what its senders know of them, change
// where its tile has run in the cycle before, where something has been sent to it, and where a credit comes
// home; its grants where its tile runs. The wheel has all of these as flags, eight tiles to a word.
//
// Invariant: what the sink was told of a signal last is its value (TIMING.md section 10) in every cycle
// since.
#include "sim/engine/recorder.hpp"

#include <algorithm>
#include <cstring>

#include "sim/engine/router.hpp"

namespace weft::sim {
namespace {

std::uint64_t load_flags(const std::uint8_t* flags) {
  std::uint64_t loaded;
  std::memcpy(&loaded, flags, sizeof loaded);
  return loaded;
}

// Calls differs(side) for each side whose bits differ.
template <class Differs>
void compare(std::uint8_t before, std::uint8_t now, Differs&& differs) {
  for (auto rest = static_cast<unsigned>(before ^ now); rest != 0; rest &= rest - 1)
    differs(static_cast<std::uint32_t>(__builtin_ctz(rest)));
}

}  // namespace

SignalRecorder::SignalRecorder(Context& context, SignalSink& sink, std::uint64_t steps, std::uint64_t frames,
                               std::uint64_t interval)
    : context_(context), sink_(sink), frames_(frames), interval_(interval) {
  const SignalList list = list_signals(context.program, steps, frames, sink.wants_potentials());
  const std::vector<bool> wanted = sink.choose(list.infos);
  scope_of_tile_.assign(context.state.routers.size(), kNone);
  for (std::size_t i = 0; i < list.signals.size() && i < wanted.size(); ++i) {
    if (!wanted[i]) continue;
    choose(static_cast<std::uint32_t>(i), list.signals[i]);
    changes_.emplace_back();
  }
  changes_.emplace_back();
  make_groups();
  from_ = sink.from();
  to_ = sink.to();
}

void SignalRecorder::choose(std::uint32_t number, const Signal& signal) {
  any_ = true;
  const std::uint32_t tile = signal.side >> 3, side = signal.side & 7u;
  switch (signal.kind) {
    case SignalKind::Step:
      step_.number = number;
      break;
    case SignalKind::Frame:
      frame_.number = number;
      break;
    case SignalKind::CoreState:
      core_scope(signal.core).state.number = number;
      break;
    case SignalKind::CoreAxon:
      core_scope(signal.core).axon.number = number;
      break;
    case SignalKind::CoreNeuron:
      core_scope(signal.core).neuron.number = number;
      break;
    case SignalKind::CoreQueue:
      core_scope(signal.core).queue.number = number;
      break;
    case SignalKind::CorePotential:
      choose_potential(number, signal);
      break;
    case SignalKind::Occupancy:
      router_scope(tile).occupancy_numbers[side] = number;
      break;
    case SignalKind::Valid:
      router_scope(tile).valid_numbers[side] = number;
      break;
    case SignalKind::Stalled:
      router_scope(tile).stalled_numbers[side] = number;
      break;
    case SignalKind::Credits: {
      const std::uint32_t buffer = context_.state.routers[tile].far[side]->id;
      router_scope(buffer >> 3).credit_numbers[buffer & 7u] = number;
      break;
    }
    case SignalKind::Values:
      context_.state.keeps_crossings = true;
      crossings_.resize(scope_of_tile_.size() * 8);
      crossed_.resize(crossings_.size());
      crossings_[signal.side].number = number;
      break;
  }
}

SignalRecorder::RouterScope& SignalRecorder::router_scope(std::uint32_t tile) {
  if (scope_of_tile_[tile] == kNone) {
    scope_of_tile_[tile] = static_cast<std::uint32_t>(routers_.size());
    RouterScope& made = routers_.emplace_back();
    made.tile = tile;
    for (auto* numbers :
         {&made.occupancy_numbers, &made.credit_numbers, &made.valid_numbers, &made.stalled_numbers})
      numbers->fill(kNone);
  }
  return routers_[scope_of_tile_[tile]];
}

SignalRecorder::CoreScope& SignalRecorder::core_scope(std::uint32_t core) {
  if (cores_.empty() || cores_.back().core != core) {
    cores_.emplace_back().core = core;
    context_.state.cores[core].observed = true;
  }
  return cores_.back();
}

void SignalRecorder::choose_potential(std::uint32_t number, const Signal& signal) {
  const std::uint32_t group = signal.neuron / context_.program.cores[signal.core].updates_at_once;
  core_scope(signal.core).potentials.push_back({{number}, signal.neuron, group});
  CoreState& own = context_.state.cores[signal.core];
  own.keeps_potentials = true;
  own.potential_before.assign(context_.program.cores[signal.core].neurons, 0);
  own.potential_after = own.potential_before;
}

void SignalRecorder::make_groups() {
  const std::size_t tiles = scope_of_tile_.size();
  news_.resize((tiles + 7) / 8 * 8);
  for (std::uint32_t tile = 0; tile < tiles; ++tile) {
    if (scope_of_tile_[tile] == kNone) continue;
    if (groups_.empty() || groups_.back().number != tile / 8) groups_.emplace_back().number = tile / 8;
    groups_.back().chosen |= std::uint64_t{1} << (8 * (tile % 8));
  }
}

std::uint64_t SignalRecorder::next(std::uint64_t cycle) const {
  const std::uint64_t found = std::max(cycle, from_);
  if (!wants(found)) return kNever;
  if (first_ || cores_busy_ || !crossings_.empty()) return found;
  // A flit on a link arrives in its buffer some time before it can leave.
  const bool under_way =
      !groups_.empty() && (context_.state.wheel.next(cycle - 1, kNever) != kNever ||
                           std::any_of(groups_.begin(), groups_.end(),
                                       [](const Group& group) { return group.active_before != 0; }));
  return under_way ? found : kNever;
}

void SignalRecorder::note_credits(std::uint64_t cycle) {
  if (groups_.empty() || context_.rules == Rules::Plain || !wants(cycle)) return;
  for (const std::uint32_t buffer : context_.state.credits.at(cycle)) news_[buffer >> 3] = 1;
}

const std::vector<std::uint32_t>& SignalRecorder::find_news(std::uint64_t cycle) {
  looked_.clear();
  active_.clear();
  Wheel& wheel = context_.state.wheel;
  const auto pipeline = static_cast<std::uint64_t>(context_.program.fabric.router.pipeline_cycles);
  const WheelSlot now = wheel.at(cycle);
  const WheelSlot arrived = wheel.at(cycle + pipeline);              // in their buffers from this cycle on
  const WheelSlot sent = wheel.at(cycle - 1 + context_.link_delay);  // in the cycle before
  const bool all = first_ || everywhere_;
  for (Group& group : groups_) {
    const std::size_t at = std::size_t{group.number} * 8;
    const std::uint64_t active = load_flags(now.tiles + at) & group.chosen;
    std::uint64_t news = active | group.active_before | load_flags(arrived.tiles + at) |
                         load_flags(sent.tiles + at) | take_flags(news_.data() + at);
    group.active_before = active;
    news = all ? group.chosen : news & group.chosen;
    for (; news != 0; news &= news - 1) {
      const auto tile = static_cast<std::uint32_t>(at + first_flag(news));
      RouterScope& scope = routers_[scope_of_tile_[tile]];
      scope.active = all || (active & news & (~news + 1)) != 0;
      looked_.push_back(scope_of_tile_[tile]);
      if (scope.active) active_.push_back(tile);
    }
  }
  everywhere_ = false;
  return active_;
}

void SignalRecorder::look_at_buffers(RouterScope& scope, std::uint64_t cycle) {
  const RouterState& router = context_.state.routers[scope.tile];
  if (scope.active) scope.sent = router.sent;
  scope.requested = static_cast<std::uint8_t>(requested_sides(router.requests()));
  std::array<std::uint32_t, kDirections> buffers;
  for (std::uint32_t side = 0; side < kDirections; ++side) {
    const Buffer& buffer = router.inputs[side];
    buffers[side] = buffer.count | static_cast<std::uint32_t>(buffer.credits) << 16;
  }
  const auto pipeline = static_cast<std::uint64_t>(context_.program.fabric.router.pipeline_cycles);
  for (std::uint64_t c = cycle + 1; c <= cycle + pipeline; ++c) {
    std::uint64_t arrivals = load_flags(context_.state.wheel.at(c).arrivals + std::size_t{scope.tile} * 8);
    for (; arrivals != 0; arrivals &= arrivals - 1) ++buffers[first_flag(arrivals)];
  }
  for (std::uint32_t side = 0; side < kDirections; ++side) {
    const std::uint32_t differs = scope.told ? buffers[side] ^ scope.buffers[side] : ~0u;
    if (differs == 0) continue;
    if ((differs & 0xffffu) != 0) tell(scope.occupancy_numbers[side], buffers[side] & 0xffffu);
    if (differs >> 16 != 0) tell(scope.credit_numbers[side], buffers[side] >> 16);
  }
  scope.buffers = buffers;
}

void SignalRecorder::look_at_grants(RouterScope& scope) {
  const RouterState& router = context_.state.routers[scope.tile];
  unsigned granted = 0;
  for (std::uint32_t side = 0; scope.active && side < kDirections; ++side)
    granted |= static_cast<unsigned>(router.sent[side] != scope.sent[side]) << side;
  const auto valid = static_cast<std::uint8_t>(granted);
  const auto stalled = static_cast<std::uint8_t>(scope.requested & ~granted);
  if (!scope.told) {
    scope.valid = static_cast<std::uint8_t>(~valid & 0x3f);
    scope.stalled = static_cast<std::uint8_t>(~stalled & 0x3f);
    scope.told = true;
  }
  compare(scope.valid, valid,
          [&](std::uint32_t side) { tell(scope.valid_numbers[side], valid >> side & 1u); });
  compare(scope.stalled, stalled,
          [&](std::uint32_t side) { tell(scope.stalled_numbers[side], stalled >> side & 1u); });
  scope.valid = valid;
  scope.stalled = stalled;
}

// All of them where a step has begun, then group by group those that have been updated.
void SignalRecorder::look_at_potentials(CoreScope& scope, std::uint64_t cycle) {
  const CoreState& own = context_.state.cores[scope.core];
  const auto updated = [&](const Potential& one) {
    return core_has_updated(context_, scope.core, one.group, cycle);
  };
  const auto show = [&](Potential& one, const std::vector<std::int32_t>& values) {
    tell(one.told, static_cast<std::uint32_t>(values[one.neuron]));
  };
  if (first_ || scope.step != own.steps_kept) {
    scope.step = own.steps_kept;
    scope.updated = 0;
    for (Potential& one : scope.potentials)
      if (!updated(one)) show(one, own.potential_before);
  }
  for (; scope.updated < scope.potentials.size() && updated(scope.potentials[scope.updated]); ++scope.updated)
    show(scope.potentials[scope.updated], own.potential_after);
}

void SignalRecorder::sample_start(std::uint64_t cycle) {
  const State& state = context_.state;
  tell(step_, state.step);
  tell(frame_, frames_ == 0 ? 0 : std::min(state.step / interval_, frames_ - 1));
  for (CoreScope& scope : cores_) {
    tell(scope.queue, state.cores[scope.core].queue_count);
    if (!scope.potentials.empty()) look_at_potentials(scope, cycle);
  }
  for (const std::uint32_t scope : looked_) look_at_buffers(routers_[scope], cycle);
}

void SignalRecorder::look_at_core(CoreScope& scope, std::uint64_t cycle) {
  const CorePhase phase = core_phase(context_, scope.core, cycle);
  const bool idle = phase == CorePhase::Idle;
  if (!idle) cores_busy_ = true;
  tell(scope.state, static_cast<std::uint32_t>(phase));
  tell(scope.axon, idle ? 0 : core_axon(context_, scope.core, cycle));
  tell(scope.neuron, idle ? 0 : core_neuron(context_, scope.core, cycle));
}

void SignalRecorder::look_at_crossings(std::uint64_t cycle) {
  std::fill(crossed_.begin(), crossed_.end(), std::uint16_t{0});
  const auto& crossings = context_.state.crossings;
  for (auto crossing = std::lower_bound(crossings.begin(), crossings.end(), std::pair(cycle, 0u));
       crossing != crossings.end() && crossing->first == cycle; ++crossing) {
    ++crossed_[crossing->second];
  }
  for (std::size_t side = 0; side < crossings_.size(); ++side) tell(crossings_[side], crossed_[side]);
}

void SignalRecorder::sample_decisions(std::uint64_t cycle) {
  cores_busy_ = false;
  for (CoreScope& scope : cores_) look_at_core(scope, cycle);
  for (const std::uint32_t scope : looked_) look_at_grants(routers_[scope]);
  if (!crossings_.empty()) look_at_crossings(cycle);
  if (change_count_ != 0) sink_.tell(cycle, changes_.data(), change_count_);
  change_count_ = 0;
  first_ = false;
}

}  // namespace weft::sim
