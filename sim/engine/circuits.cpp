// Invariant: when a step's values have been sent, State::done equals State::expected, whatever they met.
#include "sim/engine/circuits.hpp"

#include <algorithm>
#include <tuple>

#include "sim/engine/message.hpp"
#include "sim/engine/port.hpp"

namespace weft::sim {
namespace {

// Takes down what is told of a step and passes it on in the order of the cycles.
class Agenda final : public EventSink {
 public:
  void event(const Event& event) override { events_.push_back(event); }
  void pass_on(EventSink& sink) {
    std::stable_sort(events_.begin(), events_.end(),
                     [](const Event& a, const Event& b) { return a.cycle < b.cycle; });
    sink.tell(events_.data(), events_.size());
  }

 private:
  std::vector<Event> events_;
};

void note_work(State& state, std::uint64_t cycle) {
  state.last_work = std::max(state.last_work, cycle);
}

// A value leaves a tile towards a side.
template <bool kWatched>
void cross(Context& context, std::uint32_t tile, Direction side, std::uint64_t cycle) {
  const std::uint32_t index = side_index(tile, side);
  ++context.state.routers[tile].sent[index & 7u];
  note_work(context.state, cycle);
  if constexpr (kWatched) context.state.crossings.emplace_back(cycle, index);
}

}  // namespace

Circuits::Circuits(const Program& program)
    : first_stop_(program.entries.size(), kNone),
      pipeline_cycles_(static_cast<std::uint64_t>(program.fabric.router.pipeline_cycles)),
      hop_cycles_(pipeline_cycles_ + static_cast<std::uint64_t>(program.fabric.router.link_cycles)) {
  const auto follow = [&](std::uint32_t tile, std::uint32_t entry) {
    if (entry == kNone || first_stop_[entry] != kNone) return;
    first_stop_[entry] = static_cast<std::uint32_t>(stops_.size());
    stops_.push_back({tile, entry, 0});
    for (std::size_t at = first_stop_[entry]; at < stops_.size(); ++at) {
      const CircuitStop stop = stops_[at];
      for (std::uint32_t side = 1; side <= 4; ++side) {
        const std::uint32_t next = program.entries[stop.entry].next[side - 1];
        if (next == kNone) continue;
        const TileId to = neighbor(program.fabric, TileId(stop.tile), static_cast<Direction>(side));
        stops_.push_back({to.value(), next, stop.hops + 1});
      }
    }
    stops_.push_back({0, 0, kNone});
  };
  for (const CoreProgram& core : program.cores) {
    for (std::uint32_t entry : core.entry) follow(core.tile, entry);
  }
  for (const PortProgram& port : program.ports) {
    for (const PortInput& input : port.inputs) follow(port.tile, input.entry);
  }
}

void Circuits::run_step(Context& context, std::uint64_t cycle) {
  EventSink* const sink = context.watch.events();
  if (sink == nullptr && !context.state.keeps_crossings) {
    run_all<false>(context, cycle);
    return;
  }
  Agenda agenda;
  if (sink != nullptr) context.watch.set_events(&agenda);
  context.state.crossings.clear();
  run_all<true>(context, cycle);
  std::sort(context.state.crossings.begin(), context.state.crossings.end());
  if (sink == nullptr) return;
  context.watch.set_events(sink);
  agenda.pass_on(*sink);
}

template <bool kWatched>
void Circuits::run_all(Context& context, std::uint64_t cycle) {
  for (std::uint32_t core = 0; core < context.program.cores.size(); ++core) {
    send_from_core<kWatched>(context, core);
  }
  if (context.state.frame != nullptr) {
    for (std::uint32_t port = 0; port < context.program.ports.size(); ++port) {
      send_from_port<kWatched>(context, port, cycle);
    }
  }
  leave_at_ports<kWatched>(context);
}

template <bool kWatched>
void Circuits::send_from_core(Context& context, std::uint32_t core) {
  State& state = context.state;
  const CoreProgram& program = context.program.cores[core];
  for (const Emission& emission : state.cores[core].emissions) {
    const std::uint64_t cycle = state.cores[core].first_update + emission.group;
    if constexpr (kWatched) {
      context.watch.tell(cycle, program, EventKind::Update, emission.neuron, emission.value);
    }
    if (emission.entry == kNone) continue;  // without a key only when watched
    ++state.counters[program.tile].messages;
    if constexpr (kWatched) {
      context.watch.tell(cycle, program, EventKind::Send, context.program.entries[emission.entry].key,
                         emission.value);
    }
    send<kWatched>(context, emission.entry, emission.value, cycle);
  }
}

template <bool kWatched>
void Circuits::send_from_port(Context& context, std::uint32_t port, std::uint64_t cycle) {
  State& state = context.state;
  const PortProgram& program = context.program.ports[port];
  PortState& own = state.ports[port];
  for (own.next = 0; find_next_input(program, state.frame, own); ++own.next) {
    const PortInput& input = program.inputs[own.next];
    const std::int32_t value = state.frame[input.input];
    const std::uint64_t at = std::max(cycle, own.input_free);
    own.input_free = at + context.port_cycles;
    ++state.counters[program.tile].injected;
    state.expected += input.totals;
    note_work(state, at);
    if constexpr (kWatched) {
      context.watch.tell(at, program.tile, EventKind::Inject, context.program.entries[input.entry].key,
                         value);
    }
    send<kWatched>(context, input.entry, value, at);
  }
}

template <bool kWatched>
void Circuits::send(Context& context, std::uint32_t entry, std::int32_t value, std::uint64_t cycle) {
  for (const CircuitStop* stop = &stops_[first_stop_[entry]]; stop->hops != kNone; ++stop) {
    const Entry& here = context.program.entries[stop->entry];
    const std::uint64_t at = cycle + pipeline_cycles_ + stop->hops * hop_cycles_;
    for (std::uint32_t side = 1; side <= 4; ++side) {
      if (here.next[side - 1] == kNone) continue;
      ++context.state.done.hops;
      cross<kWatched>(context, stop->tile, static_cast<Direction>(side), at);
      if constexpr (kWatched) context.watch.tell(at, stop->tile, EventKind::Hop, here.key, value, side);
    }
    if ((here.sides & direction_bit(Direction::Local)) != 0) {
      cross<kWatched>(context, stop->tile, Direction::Local, at);
      deliver<kWatched>(context, stop->tile, stop->entry, value, at);
    }
    if ((here.sides & direction_bit(Direction::Edge)) != 0) {
      at_ports_.push_back({context.program.port_of_tile[stop->tile], at, stop->entry, value});
    }
  }
}

template <bool kWatched>
void Circuits::leave_at_ports(Context& context) {
  State& state = context.state;
  const std::vector<Entry>& entries = context.program.entries;
  std::sort(at_ports_.begin(), at_ports_.end(), [&entries](const AtPort& a, const AtPort& b) {
    return std::tie(a.port, a.cycle, entries[a.entry].key) < std::tie(b.port, b.cycle, entries[b.entry].key);
  });
  for (const AtPort& waiting : at_ports_) {
    const Entry& entry = context.program.entries[waiting.entry];
    PortState& port = state.ports[waiting.port];
    const std::uint32_t tile = context.program.ports[waiting.port].tile;
    const std::uint64_t cycle = std::max(waiting.cycle, port.output_free);
    port.output_free = cycle + context.port_cycles;
    ++state.done.emissions;
    cross<kWatched>(context, tile, Direction::Edge, cycle);
    if constexpr (kWatched) context.watch.tell(cycle, tile, EventKind::Output, entry.key, waiting.value);
    if (entry.output == kNone || state.outputs == nullptr) continue;
    state.outputs[entry.output] = saturate(std::int64_t{state.outputs[entry.output]} + waiting.value);
    state.last_output = state.any_output ? std::max(state.last_output, cycle) : cycle;
    state.any_output = true;
  }
  at_ports_.clear();
}

}  // namespace weft::sim
