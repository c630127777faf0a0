// Waveforms of the moments that matter: a condition on a signal, and what is recorded around the cycles in
// which it holds.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "model/fabric/event.hpp"
#include "traces/waveform/waveform.hpp"

namespace weft::traces {

enum class Comparison { Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual };

struct Trigger {
  std::string signal;  // its whole name, with or without the leading "fabric."
  Comparison comparison = Comparison::NotEqual;
  std::uint64_t value = 0;  // in two's complement where it is negative
  bool negative = false;
  std::uint64_t for_cycles = 1;  // holds once the condition has been true in so many cycles in a row
};

// "tile_3_2.router.east.occupancy >= 3", "tile_3_2.router.east.stalled == 1 for 16",
// "tile_3_2.core.potential[17] < -100". Comparisons: == != < <= > >=; numbers are decimal, or hexadecimal
// with 0x. Throws InputError with the column of what it cannot read.
Trigger parse_trigger(const std::string& text);

struct TriggerParams {
  Trigger trigger;
  std::uint64_t before_cycles = 100;  // shown before the first cycle in which the trigger holds
  std::uint64_t after_cycles = 100;   // and after the last
};

// Stands between a run and a waveform. Signals are unknown (x) outside of the recorded cycles; windows that
// meet are one. Memory is that of the changes of before_cycles cycles. The waveform must outlive it.
class TriggeredWaveform : public SignalSink {
 public:
  TriggeredWaveform(WaveformWriter& waveform, const TriggerParams& params);

  // Throws InputError where the trigger's signal does not exist, with the nearest names, or cannot have its
  // value.
  bool wants_potentials() const override;
  std::vector<bool> choose(const std::vector<SignalInfo>& signals) override;
  void change(std::uint64_t cycle, std::uint32_t signal, std::uint64_t value) override;
  std::uint64_t from() const override { return waveform_.from(); }
  std::uint64_t to() const override { return waveform_.to(); }

  // These are the waveform's too. end() may come before finish(), with the same cycle.
  void end(std::uint64_t end_cycle);
  void finish(std::uint64_t end_cycle);
  std::uint64_t windows() const { return windows_; }

 private:
  struct Change {
    std::uint64_t cycle = 0;
    std::uint32_t signal = 0;
    std::uint64_t value = 0;
  };

  void compare_with(const SignalInfo& signal);
  void settle(std::uint64_t cycle);
  void record(std::uint64_t first, std::uint64_t last);
  void open_window(std::uint64_t start);
  void forward(const Change& change);
  bool holds() const;

  WaveformWriter& waveform_;
  TriggerParams params_;
  std::vector<bool> shown_;         // by signal: the waveform wants it
  std::uint32_t watched_ = 0;       // the trigger's signal
  std::uint64_t sign_ = 0;          // its sign bit, if it has one
  std::uint64_t limit_ = 0;         // what it is compared with, in its width
  std::vector<std::uint64_t> old_;  // values before the oldest of recent_
  std::vector<bool> known_;         // signals that have had a value
  std::deque<Change> recent_;       // of the last before_cycles cycles
  std::uint64_t watched_value_ = 0;
  bool watched_known_ = false;
  std::uint64_t now_ = 0;          // the cycle of the latest changes
  std::uint64_t true_cycles_ = 0;  // the condition's, in a row, up to now_ without it
  std::uint64_t windows_ = 0;
  std::uint64_t window_end_ = 0;   // the last cycle to record, if windows_ > 0
  std::uint64_t shown_until_ = 0;  // the last cycle whose changes were forwarded, likewise
  bool ended_ = false;
};

}  // namespace weft::traces
