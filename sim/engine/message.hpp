// Messages of networks: packets of one flit, each with the index of its entry in the table of the tile it is
// in, which names all sides it is copied to. What they do where they leave: deliveries to the cores' axons,
// outputs at the port.
#pragma once

#include <array>
#include <cstdint>

#include "sim/engine/router.hpp"

namespace weft::sim {

inline void tell_delivery(Context& context, std::uint32_t tile, const Delivery& delivery, std::int32_t value,
                          std::uint64_t cycle) {
  if (context.watch.events() == nullptr) return;
  const CoreProgram& core = context.program.core_of_line(tile, delivery.axon);
  if (delivery.to_sum) {
    context.watch.tell(cycle, core, EventKind::Add, core.sum_neurons[delivery.axon - core.first_sum], value,
                       delivery.delay);
  } else {
    context.watch.tell(cycle, core, EventKind::Deliver, delivery.axon - core.first_axon, value,
                       delivery.delay);
  }
}

// Writes a value to an axon or adds it to a sum of the tile's core.
template <bool kWatched>
WEFT_HOT void write_line(Context& context, std::uint32_t tile, Delivery delivery, std::int32_t value,
                         std::uint64_t cycle) {
  State& state = context.state;
  const AxonBuffers& axons = state.axons[tile];
  const std::size_t buffer = (state.step + delivery.delay) & axons.mask;
  std::uint64_t& bits = axons.bits[buffer * axons.words + delivery.axon / 64u];
  const std::uint64_t bit = std::uint64_t{1} << (delivery.axon & 63u);
  std::int32_t& line = axons.values[buffer * axons.lines + delivery.axon];
  if ((bits & bit) == 0) {
    bits |= bit;
    line = value;
  } else if (delivery.to_sum) {
    line = wrapping_sum(line, value);
  } else if (context.ticks || !kChecked) {
    line = value;  // the later one
  } else {
    breach(context, tile, "an axon got two values for one step");
  }
  if (delivery.to_sum) ++state.counters[tile].sums;
  if constexpr (kWatched) tell_delivery(context, tile, delivery, value, cycle);
}

// A message reaches the core of its tile.
template <bool kWatched>
WEFT_HOT void deliver(Context& context, std::uint32_t tile, std::uint32_t entry, std::int32_t value,
                      std::uint64_t cycle) {
  State& state = context.state;
  const Hop hop = context.program.hops[entry];
  if constexpr (kWatched)
    context.watch.tell(cycle, tile, EventKind::Arrive, context.program.keys[entry], value);
  if (hop.delivery_count == 1 && !hop.forks) {
    write_line<kWatched>(context, tile, unpack_delivery(hop.detail), value, cycle);
  } else {
    const Delivery* delivery = context.program.deliveries.data() +
                               (hop.forks ? context.program.entries[entry].delivery_begin : hop.detail);
    for (const Delivery* end = delivery + hop.delivery_count; delivery != end; ++delivery)
      write_line<kWatched>(context, tile, *delivery, value, cycle);
  }
  state.counters[tile].deliveries += hop.delivery_count;
  if (kChecked) state.done.deliveries += hop.delivery_count;
}

template <bool kWatched>
void emit(Context& context, std::uint32_t tile, const Entry& entry, std::int32_t value, std::uint64_t cycle) {
  State& state = context.state;
  if (kChecked) ++state.done.emissions;
  if (entry.output != kNone && state.outputs != nullptr) {
    state.outputs[entry.output] = saturate(std::int64_t{state.outputs[entry.output]} + value);
    state.last_output = cycle;
    state.any_output = true;
  }
  if (context.port_cycles > 1) {
    RouterState& router = state.routers[tile];
    router.close_side(static_cast<std::uint32_t>(Direction::Edge));
    router.duties |= kEdgeDuty;
    const std::uint64_t free = cycle + context.port_cycles;
    state.ports[context.program.port_of_tile[tile]].output_free = free;
    state.calendar.add(free, tile);
  }
  if constexpr (kWatched) context.watch.tell(cycle, tile, EventKind::Output, entry.key, value);
}

// The Switching of router.hpp for them.
class Messages {
 public:
  static constexpr bool kForks = true;
  static constexpr bool kMasks = true;

  explicit Messages(Context& context)
      : context_(context),
        entries_(context.program.entries.data()),
        hops_(context.program.hops.data()),
        forks_(context.program.forks.data()) {}

  std::uint64_t requests(const RouterState&, Flit flit) const { return kColumns[hops_[flit.entry].sides]; }
  Flit onward(Flit flit, std::uint32_t side) const {
    const Hop& hop = hops_[flit.entry];
    const std::uint32_t next = hop.forks ? forks_[hop.detail][side - 1] : flit.entry + 1;
    __builtin_prefetch(&hops_[next]);  // the next router asks for it soon
    return {next, flit.value};
  }
  static constexpr bool ends(Flit) { return true; }
  template <bool kWatched>
  void granted(std::uint32_t tile, std::uint32_t side, Flit flit, std::uint64_t cycle) {
    if (side == static_cast<std::uint32_t>(Direction::Local)) {
      deliver<kWatched>(context_, tile, flit.entry, flit.value, cycle);
    } else if (side == static_cast<std::uint32_t>(Direction::Edge)) {
      emit<kWatched>(context_, tile, entries_[flit.entry], flit.value, cycle);
    } else if constexpr (kWatched) {
      context_.watch.tell(cycle, tile, EventKind::Hop, context_.program.keys[flit.entry], flit.value, side);
    }
  }

 private:
  Context& context_;
  const Entry* entries_;
  const Hop* hops_;
  const std::array<std::uint32_t, 4>* forks_;
};

}  // namespace weft::sim
