// Sampling. Invariant: every chosen signal is told in the first cycle of the window, later only its changes.
#include "sim/signals/scope.hpp"

#include <utility>

namespace weft::sim::signals {
namespace {

int width_of(std::uint64_t largest) {
  int width = 1;
  while (width < 64 && (largest >> width) != 0) ++width;
  return width;
}

}  // namespace

Scope::Scope(const sc_core::sc_module_name& name, SignalSink& sink, const Control& control, Ledger& ledger)
    : sc_module(name), sink_(sink), control_(control), ledger_(ledger) {
  SC_METHOD(on_falling_edge);
  sensitive << clock.neg();
  dont_initialize();
}

void Scope::offer(const char* name, std::uint64_t largest, std::function<std::uint64_t()> read) {
  probes_.push_back({static_cast<std::uint32_t>(infos_.size()), std::move(read), 0});
  infos_.push_back({name, width_of(largest)});
}

void Scope::add_register(const std::string& name, std::function<std::int32_t()> read) {
  offer(name.c_str(), 0xffffffffu,
        [read = std::move(read)] { return static_cast<std::uint64_t>(static_cast<std::uint32_t>(read())); });
  infos_.back().is_signed = true;
}

void Scope::choose() {
  const std::vector<bool> wanted = sink_.choose(infos_);
  std::vector<Probe> chosen;
  for (Probe& probe : probes_) {
    if (probe.number < wanted.size() && wanted[probe.number]) chosen.push_back(std::move(probe));
  }
  probes_ = std::move(chosen);
}

void Scope::on_falling_edge() {
  const std::uint64_t cycle = cycle_++;
  if (cycle < sink_.from() || cycle >= sink_.to() || cycle >= control_.end()) return;
  try {
    sample(cycle);
  } catch (...) {
    if (ledger_.failure == nullptr) ledger_.failure = std::current_exception();
    sc_core::sc_pause();
  }
}

void Scope::sample(std::uint64_t cycle) {
  for (Probe& probe : probes_) {
    const std::uint64_t value = probe.read();
    if (!first_ && value == probe.last) continue;
    probe.last = value;
    sink_.change(cycle, probe.number, value);
  }
  first_ = false;
}

}  // namespace weft::sim::signals
