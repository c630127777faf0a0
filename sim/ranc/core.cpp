// The core's schedule: begin, decide, plan the next visit. Cycles are absolute.
#include "sim/ranc/core.hpp"

#include <algorithm>

#include "sim/ranc/integrate.hpp"
#include "sim/ranc/mesh.hpp"

namespace weft::sim {

RancCoreUnit::RancCoreUnit(const RancNetwork& network, std::uint32_t tile)
    : core_(network.cores[tile]),
      axons_(static_cast<std::uint32_t>(network.axons)),
      neurons_(static_cast<std::uint32_t>(network.neurons)),
      words_(static_cast<std::uint32_t>(network.words())),
      period_(axons_ + 2),
      masks_(4 * std::size_t{words_}),
      slots_(kRancSlots * std::size_t{words_}),
      before_(neurons_),
      sums_(neurons_),
      fires_((std::size_t{neurons_} + 63) / 64),
      next_(kRancNever),
      cleared_(kRancNever) {
  for (std::uint32_t a = 0; a < axons_; ++a) {
    masks_[core_.axon_types[a] * words_ + a / 64] |= std::uint64_t{1} << (a % 64);
  }
  for (const RancNeuron& neuron : core_.neurons) after_.push_back(neuron.potential);
}

bool RancCoreUnit::pulse(std::uint64_t cycle) {
  if (phase_ != Phase::Idle) return false;
  phase_ = Phase::Begin;
  next_ = cycle + 2;
  counted_ = cycle;
  return true;
}

void RancCoreUnit::begin(std::uint64_t cycle) {
  read_ = (read_ + 1) % kRancSlots;
  std::swap(before_, after_);
  ranc_integrate(core_, masks_, slot(read_), before_, sums_);
  std::fill(fires_.begin(), fires_.end(), 0);
  phase_ = Phase::Run;
  first_neuron_ = 0;
  first_look_ = cycle;
  decide(0);
}

void RancCoreUnit::decide(std::uint32_t first) {
  for (std::uint32_t n = first; n < neurons_; ++n) {
    const RancDecision decision = ranc_decide(core_.neurons[n], sums_[n]);
    after_[n] = decision.potential;
    const std::uint64_t bit = std::uint64_t{1} << (n % 64);
    fires_[n / 64] = decision.fires ? fires_[n / 64] | bit : fires_[n / 64] & ~bit;
  }
}

// The next neuron that fires, or the clearing.
void RancCoreUnit::plan() {
  std::uint32_t n = first_neuron_;
  for (std::size_t w = n / 64; w < fires_.size(); ++w) {
    const std::uint64_t left = w == n / 64 ? fires_[w] & (~std::uint64_t{0} << (n % 64)) : fires_[w];
    if (left == 0) continue;
    phase_ = Phase::Run;
    firing_ = static_cast<std::uint32_t>(w * 64) + static_cast<std::uint32_t>(__builtin_ctzll(left));
    next_ = look_cycle(firing_) + axons_;
    return;
  }
  phase_ = Phase::Clear;
  next_ = look_cycle(neurons_) + 1;  // the last decision was two cycles before a further neuron's first look
}

void RancCoreUnit::count_until(std::uint64_t cycle) {
  if (cycle <= counted_) return;
  time_.busy += cycle - counted_;
  counted_ = cycle;
}

RancCoreUnit::Act RancCoreUnit::visit(std::uint64_t cycle, bool local_full) {
  switch (phase_) {
    case Phase::Begin:
      begin(cycle);
      plan();
      return {};
    case Phase::Clear:
      std::fill_n(slot(read_), words_, 0);
      cleared_ = cycle;
      count_until(cycle - 1);  // idle since the edge before
      phase_ = Phase::Idle;
      next_ = kRancNever;
      return {};
    default:
      break;
  }
  if (local_full) {
    if (phase_ == Phase::Run) {
      phase_ = Phase::Blocked;
      count_until(cycle);
    }
    next_ = kRancNever;
    return {};
  }
  if (phase_ == Phase::Blocked) {
    if (cycle > counted_) time_.stalled += cycle - counted_;
    count_until(cycle);
  }
  const Act act{true, firing_};
  first_neuron_ = firing_ + 1;
  first_look_ = cycle + 2;
  plan();
  return act;
}

void RancCoreUnit::unblock(std::uint64_t cycle) {
  if (phase_ == Phase::Blocked) next_ = cycle + 1;
}

void RancCoreUnit::write(std::uint64_t cycle, std::uint32_t axon, std::uint32_t offset) {
  if (cycle == cleared_ || axon >= axons_) return;
  const std::uint32_t target = (read_ + 1 + offset) % kRancSlots;
  std::uint64_t& word = slot(target)[axon / 64];
  const std::uint64_t bit = std::uint64_t{1} << (axon % 64);
  if ((word & bit) != 0) return;
  word |= bit;
  if (target != read_ || (phase_ != Phase::Run && phase_ != Phase::Blocked && phase_ != Phase::Clear)) return;
  // Neurons see it that look at this axon at a later edge. What fires_ says about earlier ones is past.
  std::uint32_t first = phase_ == Phase::Blocked ? firing_ + 1 : first_neuron_;
  if (phase_ != Phase::Blocked && cycle >= first_look_ + axon) {
    first += static_cast<std::uint32_t>((cycle - first_look_ - axon) / period_) + 1;
  }
  if (first >= neurons_) return;
  const std::int32_t type = core_.axon_types[axon];
  for (std::uint32_t n = first; n < neurons_; ++n) {
    if ((core_.connections[std::size_t{n} * words_ + axon / 64] & bit) != 0) {
      sums_[n] += core_.neurons[n].weights[static_cast<std::size_t>(type)];
    }
  }
  decide(first);
  if (phase_ != Phase::Blocked) plan();
}

RancTileTime RancCoreUnit::take_time(std::uint64_t end) {
  if (phase_ == Phase::Blocked) {
    if (end > counted_) time_.stalled += end - counted_;
    count_until(end);
  } else if (phase_ != Phase::Idle) {
    count_until(phase_ == Phase::Clear ? std::min(end, next_ - 1) : end);
  }
  RancTileTime time;
  std::swap(time, time_);
  return time;
}

}  // namespace weft::sim
