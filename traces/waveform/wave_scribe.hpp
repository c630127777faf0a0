// Inside of the waveform writer: what its thread does with blocks of changes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "model/fabric/event.hpp"
#include "traces/waveform/timescale.hpp"
#include "traces/waveform/wave_file.hpp"

namespace weft::traces {

// Changes of some cycles, in ascending order.
struct WaveBlock {
  struct Moment {
    std::uint64_t cycle = 0;
    std::size_t begin = 0;  // of its changes; they end where the next moment's begin
    bool forgets = false;   // before them, all signals become unknown
  };
  std::vector<SignalChange> changes;  // `signal` is the declared one
  std::vector<Moment> moments;

  bool empty() const { return moments.empty(); }
  void clear() {
    changes.clear();
    moments.clear();
  }
};

class WaveScribe {
 public:
  // The signals are those that `file` has declared; the window begins in `from_cycle`.
  WaveScribe(std::unique_ptr<WaveFile> file, const std::vector<SignalInfo>& signals,
             const Timescale& timescale, std::uint64_t from_cycle);

  // Throws InputError for what cannot be written.
  void write(const WaveBlock& block);
  // The waveform ends at `end_cycle`; the file gets its name.
  void finish(std::uint64_t end_cycle);
  std::uint64_t changes() const { return changes_; }  // values written

 private:
  struct Signal {
    std::uint64_t value = 0;  // what the file says, if it is known
    std::uint64_t next = 0;   // what this cycle says so far, if it is marked
    std::uint64_t mask = 0;   // of its width
    bool known = false;
  };

  void write_moment(std::uint64_t cycle, const SignalChange* first, const SignalChange* last);
  void begin(std::uint64_t cycle, const SignalChange* first, const SignalChange* last);
  void forget(std::uint64_t cycle);
  void move_to(std::uint64_t cycle);

  std::unique_ptr<WaveFile> file_;
  Timescale timescale_;
  std::uint64_t from_cycle_ = 0;
  std::vector<Signal> signals_;
  std::vector<std::uint64_t> marked_;   // a bit per signal with a `next`
  std::vector<std::uint64_t> summary_;  // a bit per word of marked_ that has any
  std::uint64_t cycle_ = 0;             // the file's last time
  std::uint64_t changes_ = 0;
  bool begun_ = false;  // the window's first values are written
};

}  // namespace weft::traces
