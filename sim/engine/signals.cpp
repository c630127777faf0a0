// Sampling. A value is recomputed from the engine's state by the page's definition, also where the engine
// keeps it in another form: flits still in a buffer's pipeline are in the delay line, a core's phase follows
// from its schedule.
#include "sim/engine/signals.hpp"

#include <algorithm>

#include "sim/engine/router.hpp"

namespace weft::sim {
namespace {

int width_of(std::uint64_t largest) {
  int width = 1;
  while (width < 64 && (largest >> width) != 0) ++width;
  return width;
}

bool decided(SignalKind kind) {
  switch (kind) {
    case SignalKind::CoreState:
    case SignalKind::CoreAxon:
    case SignalKind::CoreNeuron:
    case SignalKind::Valid:
    case SignalKind::Stalled:
    case SignalKind::Values:
      return true;
    default:
      return false;
  }
}

// The most values that can leave towards a side in one cycle: one per circuit, and one by a port.
std::uint64_t most_values(const Program& program, std::uint32_t tile, Direction side) {
  if (side == Direction::Edge) return 1;
  const auto end = tile + 1 < program.first_entry.size() ? program.first_entry[tile + 1]
                                                         : static_cast<std::uint32_t>(program.table.size());
  std::uint64_t count = 0;
  for (std::uint32_t i = program.first_entry[tile]; i < end; ++i) {
    count += (program.entries[program.table[i]].sides & direction_bit(side)) != 0 ? 1u : 0u;
  }
  return count;
}

}  // namespace

SignalList list_signals(const Program& program, std::uint64_t steps, std::uint64_t frames) {
  SignalList list;
  const Fabric& fabric = program.fabric;
  auto add = [&list](std::string name, std::uint64_t largest, Signal signal) {
    list.infos.push_back({std::move(name), width_of(largest)});
    list.signals.push_back(signal);
  };
  add("fabric.step", steps > 0 ? steps - 1 : 0, {SignalKind::Step, 0, 0});
  add("fabric.frame", frames > 0 ? frames - 1 : 0, {SignalKind::Frame, 0, 0});
  const auto depth = static_cast<std::uint64_t>(fabric.router.buffer_depth);
  const bool circuits = fabric.router.routing == Routing::Circuit;
  for (std::uint32_t tile = 0; tile < program.core_of_tile.size(); ++tile) {
    const std::string base = "fabric." + tile_name(fabric, TileId(tile));
    for (std::uint32_t k = 0; k < program.core_count[tile]; ++k) {
      const std::uint32_t core = program.core_of_tile[tile] + k;
      const CoreProgram& own = program.cores[core];
      const std::string name = base + "." + core_name(fabric, k);
      add(name + ".state", 3, {SignalKind::CoreState, core, 0});
      add(name + ".axon", own.axons > 0 ? own.axons - 1 : 0, {SignalKind::CoreAxon, core, 0});
      add(name + ".neuron", own.neurons - 1, {SignalKind::CoreNeuron, core, 0});
      if (!circuits) {
        add(name + ".queue", static_cast<std::uint64_t>(fabric.core.output_queue),
            {SignalKind::CoreQueue, core, 0});
      }
    }
    for (int s = 0; s < kDirections; ++s) {
      const auto direction = static_cast<Direction>(s);
      if (!has_neighbor(fabric, TileId(tile), direction)) continue;
      const std::uint32_t side = side_index(tile, direction);
      const std::string name = base + ".router." + to_string(direction);
      if (circuits) {
        add(name + ".values", most_values(program, tile, direction), {SignalKind::Values, 0, side});
        continue;
      }
      add(name + ".occupancy", depth, {SignalKind::Occupancy, 0, side});
      add(name + ".valid", 1, {SignalKind::Valid, 0, side});
      add(name + ".stalled", 1, {SignalKind::Stalled, 0, side});
      if (direction != Direction::Local && direction != Direction::Edge) {
        add(name + ".credits", depth, {SignalKind::Credits, 0, side});
      }
    }
  }
  return list;
}

CorePhase core_phase(const Context& context, std::uint32_t core, std::uint64_t cycle) {
  const CoreState& own = context.state.cores[core];
  if (!own.handing && cycle >= own.idle_from) return CorePhase::Idle;
  if (own.handing && own.stalled && (own.next_push == cycle + 1 || own.next_push == kNever))
    return CorePhase::Stall;
  return cycle < own.first_update ? CorePhase::Rows : CorePhase::Update;
}

std::uint32_t core_axon(const Context& context, std::uint32_t core, std::uint64_t cycle) {
  if (core_phase(context, core, cycle) != CorePhase::Rows) return 0;
  const auto& starts = context.state.cores[core].row_starts;
  const auto after = std::upper_bound(starts.begin(), starts.end(), cycle,
                                      [](std::uint64_t c, const auto& row) { return c < row.second; });
  return after == starts.begin() ? 0 : std::prev(after)->first;
}

std::uint32_t core_neuron(const Context& context, std::uint32_t core, std::uint64_t cycle) {
  const CoreState& own = context.state.cores[core];
  const auto lanes = context.program.cores[core].updates_at_once;
  switch (core_phase(context, core, cycle)) {
    case CorePhase::Update:
      return static_cast<std::uint32_t>(cycle - own.first_update) * lanes;
    case CorePhase::Stall:
      return own.emissions[own.cursor].neuron / lanes * lanes;
    default:
      return 0;
  }
}

std::uint32_t occupancy(const Context& context, std::uint32_t buffer, std::uint64_t cycle) {
  std::uint32_t flits = context.state.routers[buffer >> 3].inputs[buffer & 7u].count;
  const auto pipeline = static_cast<std::uint64_t>(context.program.fabric.router.pipeline_cycles);
  for (std::uint64_t c = cycle + 1; c <= cycle + pipeline; ++c) {
    flits += context.state.wheel.arrives(c, buffer) ? 1u : 0u;
  }
  return flits;
}

SignalRecorder::SignalRecorder(Context& context, SignalSink& sink, std::uint64_t steps, std::uint64_t frames,
                               std::uint64_t interval)
    : context_(context), sink_(sink), frames_(frames), interval_(interval) {
  const SignalList list = list_signals(context.program, steps, frames);
  const std::vector<bool> wanted = sink.choose(list.infos);
  for (std::size_t i = 0; i < list.signals.size() && i < wanted.size(); ++i) {
    if (!wanted[i]) continue;
    const Signal& signal = list.signals[i];
    (decided(signal.kind) ? decisions_ : states_).push_back({static_cast<std::uint32_t>(i), signal, 0});
    circuits_ = circuits_ || signal.kind == SignalKind::Values;
    const Part part = part_of(signal);
    if (parts_.empty() || parts_.back().kind != part.kind || parts_.back().number != part.number)
      parts_.push_back(part);
    parts_.back().states_end = static_cast<std::uint32_t>(states_.size());
    parts_.back().decisions_end = static_cast<std::uint32_t>(decisions_.size());
  }
  from_ = sink.from();
  to_ = sink.to();
  const std::size_t tiles = context.state.routers.size();
  crossings_.resize(tiles * 8);
  requested_.resize(tiles);
  grants_.resize(tiles);
}

SignalRecorder::Part SignalRecorder::part_of(const Signal& signal) {
  Part part;
  switch (signal.kind) {
    case SignalKind::CoreState:
    case SignalKind::CoreAxon:
    case SignalKind::CoreNeuron:
    case SignalKind::CoreQueue:
      part.kind = Part::Kind::Core;
      part.number = signal.core;
      break;
    case SignalKind::Occupancy:
    case SignalKind::Valid:
    case SignalKind::Stalled:
    case SignalKind::Credits:
      part.kind = Part::Kind::Router;
      part.number = signal.side >> 3;
      break;
    default:
      break;
  }
  return part;
}

// Empty buffers, nothing that is about to arrive in them, and all credits at home.
bool SignalRecorder::router_rests(std::uint32_t tile, std::uint64_t cycle) const {
  const RouterState& router = context_.state.routers[tile];
  if (router.waiting != 0) return false;
  const RouterSpec& spec = context_.program.fabric.router;
  for (std::uint64_t c = cycle + 1; c <= cycle + static_cast<std::uint64_t>(spec.pipeline_cycles); ++c)
    if (context_.state.wheel.arrives_at(c, tile)) return false;
  for (const Buffer* far : router.far)
    if (far != nullptr && far->credits != spec.buffer_depth) return false;
  return true;
}

std::uint64_t SignalRecorder::next(std::uint64_t cycle) const {
  const std::uint64_t found = std::max(cycle, from_);
  return wants(found) ? found : kNever;
}

void SignalRecorder::report(Chosen& chosen, std::uint64_t cycle, std::uint64_t value) {
  if (!first_ && chosen.last == value) return;
  chosen.last = value;
  sink_.change(cycle, chosen.number, value);
}

std::uint64_t SignalRecorder::start_value(const Signal& signal, std::uint64_t cycle) const {
  const State& state = context_.state;
  switch (signal.kind) {
    case SignalKind::Step:
      return state.step;
    case SignalKind::Frame:
      return frames_ == 0 ? 0 : std::min(state.step / interval_, frames_ - 1);
    case SignalKind::CoreQueue:
      return state.cores[signal.core].queue_count;
    case SignalKind::Occupancy:
      return occupancy(context_, signal.side, cycle);
    case SignalKind::Credits:
      return state.routers[signal.side >> 3].far[signal.side & 7u]->credits;
    default:
      return 0;
  }
}

std::uint64_t SignalRecorder::decided_value(const Signal& signal, std::uint64_t cycle) const {
  const std::uint32_t bit = 1u << (signal.side & 7u);
  const std::uint32_t tile = signal.side >> 3;
  switch (signal.kind) {
    case SignalKind::CoreState:
      return static_cast<std::uint64_t>(core_phase(context_, signal.core, cycle));
    case SignalKind::CoreAxon:
      return core_axon(context_, signal.core, cycle);
    case SignalKind::CoreNeuron:
      return core_neuron(context_, signal.core, cycle);
    case SignalKind::Valid:
      return (grants_[tile] & bit) != 0 ? 1 : 0;
    case SignalKind::Values:
      return crossings_[signal.side];
    case SignalKind::Stalled:
      return (requested_[tile] & ~grants_[tile] & bit) != 0 ? 1 : 0;
    default:
      return 0;
  }
}

// Only what is shown is looked at, and of that only what does not rest: a waveform of one tile costs the same
// on any fabric, and one of all routers what those at work cost.
void SignalRecorder::sample_start(std::uint64_t cycle) {
  std::fill(grants_.begin(), grants_.end(), std::uint8_t{0});
  context_.watch.grants = &grants_;
  std::uint32_t at = 0;
  for (Part& part : parts_) {
    if (part.kind == Part::Kind::Router) {
      const bool rests = router_rests(part.number, cycle);
      part.passed_over = rests && part.rested && !first_;
      part.rested = rests;
      requested_[part.number] =
          rests ? std::uint8_t{0}
                : static_cast<std::uint8_t>(requested_sides(context_.state.routers[part.number].requests()));
      if (part.passed_over) at = part.states_end;
    }
    for (; at < part.states_end; ++at) report(states_[at], cycle, start_value(states_[at].signal, cycle));
  }
}

void SignalRecorder::sample_decisions(std::uint64_t cycle) {
  if (circuits_) count_crossings(cycle);
  std::uint32_t at = 0;
  for (Part& part : parts_) {
    if (part.kind == Part::Kind::Core) {
      const bool rests = core_phase(context_, part.number, cycle) == CorePhase::Idle;
      if (rests && part.rested && !first_) at = part.decisions_end;
      part.rested = rests;
    } else if (part.kind == Part::Kind::Router) {
      // A router that somebody else plays may grant what this one's state does not tell.
      if (grants_[part.number] != 0) part.rested = part.passed_over = false;
      if (part.passed_over) at = part.decisions_end;
    }
    for (; at < part.decisions_end; ++at)
      report(decisions_[at], cycle, decided_value(decisions_[at].signal, cycle));
  }
  context_.watch.grants = nullptr;
  first_ = false;
}

void SignalRecorder::count_crossings(std::uint64_t cycle) {
  std::fill(crossings_.begin(), crossings_.end(), std::uint16_t{0});
  const auto& crossings = context_.state.crossings;
  for (auto crossing = std::lower_bound(crossings.begin(), crossings.end(), std::pair(cycle, 0u));
       crossing != crossings.end() && crossing->first == cycle; ++crossing) {
    ++crossings_[crossing->second];
  }
}

}  // namespace weft::sim
