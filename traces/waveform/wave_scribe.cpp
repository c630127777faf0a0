// Changes of one cycle are written together in the order of the signals, so that the file does not depend on
// the order in which the simulator's parts report, and holds each time once. A bit per signal puts them in
// order: sorting them took longer than writing them.
//
// Invariant: `value` of each signal is what a reader of the file so far would see.
#include "traces/waveform/wave_scribe.hpp"

#include <optional>
#include <utility>

namespace weft::traces {

WaveScribe::WaveScribe(std::unique_ptr<WaveFile> file, const std::vector<SignalInfo>& signals,
                       const Timescale& timescale, std::uint64_t from_cycle)
    : file_(std::move(file)),
      timescale_(timescale),
      from_cycle_(from_cycle),
      signals_(signals.size()),
      marked_((signals.size() + 63) / 64),
      summary_((marked_.size() + 63) / 64),
      cycle_(from_cycle) {
  for (std::size_t i = 0; i < signals.size(); ++i) {
    const int width = signals[i].width;
    signals_[i].mask = width >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << width) - 1;
  }
}

void WaveScribe::move_to(std::uint64_t cycle) {
  file_->time(timescale_.time(cycle));
  cycle_ = cycle;
}

// The window's start shows every signal: x where the first value comes later.
void WaveScribe::begin(std::uint64_t cycle, const SignalChange* first, const SignalChange* last) {
  begun_ = true;
  if (cycle == from_cycle_) {
    for (; first != last; ++first) {
      Signal& signal = signals_[first->signal];
      signal.value = first->value & signal.mask;
      if (!std::exchange(signal.known, true)) ++changes_;
    }
  }
  file_->begin_values(timescale_.time(from_cycle_));
  for (std::size_t i = 0; i < signals_.size(); ++i)
    file_->value(i, signals_[i].known ? std::optional(signals_[i].value) : std::nullopt);
  file_->end_values();
}

void WaveScribe::write_moment(std::uint64_t cycle, const SignalChange* first, const SignalChange* last) {
  for (; first != last; ++first) {
    Signal& signal = signals_[first->signal];
    signal.next = first->value & signal.mask;
    marked_[first->signal / 64] |= std::uint64_t{1} << (first->signal % 64);
    summary_[first->signal / 4096] |= std::uint64_t{1} << (first->signal / 64 % 64);
  }
  for (std::size_t s = 0; s < summary_.size(); ++s) {
    for (std::uint64_t words = std::exchange(summary_[s], 0); words != 0; words &= words - 1) {
      const std::size_t word = s * 64 + static_cast<std::size_t>(__builtin_ctzll(words));
      for (std::uint64_t bits = std::exchange(marked_[word], 0); bits != 0; bits &= bits - 1) {
        const std::size_t number = word * 64 + static_cast<std::size_t>(__builtin_ctzll(bits));
        Signal& signal = signals_[number];
        if (signal.known && signal.value == signal.next) continue;
        if (cycle > cycle_) move_to(cycle);
        signal.value = signal.next;
        signal.known = true;
        file_->value(number, signal.value);
        ++changes_;
      }
    }
  }
}

void WaveScribe::forget(std::uint64_t cycle) {
  move_to(cycle);
  for (std::size_t i = 0; i < signals_.size(); ++i) {
    if (std::exchange(signals_[i].known, false)) file_->value(i, std::nullopt);
  }
}

void WaveScribe::write(const WaveBlock& block) {
  for (std::size_t i = 0; i < block.moments.size(); ++i) {
    const WaveBlock::Moment& moment = block.moments[i];
    const std::size_t end = i + 1 < block.moments.size() ? block.moments[i + 1].begin : block.changes.size();
    const SignalChange* const first = block.changes.data() + moment.begin;
    const SignalChange* const last = block.changes.data() + end;
    if (!begun_) begin(moment.cycle, first, last);
    if (moment.forgets) forget(moment.cycle);
    write_moment(moment.cycle, first, last);
    file_->keep_so_far();
  }
}

void WaveScribe::finish(std::uint64_t end_cycle) {
  if (!begun_) begin(end_cycle + 1, nullptr, nullptr);
  if (end_cycle > cycle_) move_to(end_cycle);
  file_->commit();
}

}  // namespace weft::traces
