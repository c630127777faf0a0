// The port's clock edge. Invariant: a flit that the router let out is counted for the step in which it was
// granted, also where the next step begins right behind.
#include "sim/signals/port.hpp"

#include "model/network/neurons/spike_rule.hpp"

namespace weft::sim::signals {

Port::Port(const sc_core::sc_module_name& name, TileId tile, PortId port, const Image& image,
           const Stimulus& stimulus, const Schedule& schedule, Results& results, Ledger& ledger)
    : Unit(name, tile, ledger), stimulus_(stimulus), schedule_(schedule), results_(results) {
  for (const InputBinding& binding : image.inputs) {
    if (binding.port == port) inputs_.push_back(binding);
  }
  for (const OutputBinding& binding : image.outputs) {
    if (binding.port == port) outputs_.push_back(binding);
  }
}

void Port::rising_edge(std::uint64_t cycle) {
  for (const Flit& flit : receive()) collect(flit, cycle - 1);
  if (begin.read()) begin_step();
  inject(cycle);
  const bool injected = drive();
  busy.write(injected || !list_.empty());
}

void Port::last_edge(std::uint64_t cycle) {
  for (const Flit& flit : receive()) collect(flit, cycle - 1);
}

void Port::collect(const Flit& flit, std::uint64_t granted) {
  const auto leaving = schedule_.leaving(steps_begun_ - 1);
  if (!leaving) return;
  for (const OutputBinding& binding : outputs_) {
    if (binding.key.value() != flit.key) continue;
    std::int32_t& sum = results_.sums[leaving->frame * results_.outputs + binding.output];
    sum = saturate(std::int64_t{sum} + flit.value);
    if (leaving->step + 1 == schedule_.frame_steps) {
      auto& last = results_.last_flit[leaving->frame];
      last = std::max(last.value_or(0), granted);
    }
  }
}

void Port::begin_step() {
  const auto entering = schedule_.entering(steps_begun_++);
  if (!entering || inputs_.empty()) return;
  std::vector<std::int32_t> values(static_cast<std::size_t>(stimulus_.frames.columns));
  stimulus_.read_step(static_cast<std::int64_t>(entering->frame), static_cast<int>(entering->step),
                      values.data());
  for (const InputBinding& binding : inputs_) {
    if (values[binding.input] != 0) list_.push_back({binding.key.value(), values[binding.input]});
  }
}

void Port::inject(std::uint64_t cycle) {
  if (cycle < free_) ledger_.last_progress = cycle;
  if (list_.empty() || !may_send() || cycle < free_) return;
  const Flit flit = list_.front();
  list_.pop_front();
  send(flit);
  free_ = cycle + static_cast<std::uint64_t>(ledger_.fabric.ports.cycles_per_flit);
  ++counters().injected;
  ledger_.last_progress = cycle;
  ledger_.tell(cycle, tile_, EventKind::Inject, flit.key, flit.value);
}

}  // namespace weft::sim::signals
