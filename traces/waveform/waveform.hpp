// Writes chosen signals of a run as a waveform and a GTKWave save file. The file's name says in which format:
// .vcd, value change dump (IEEE 1364-2005, clause 18), or .fst, GTKWave's compressed one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "model/fabric/event.hpp"
#include "model/fabric/wave_player.hpp"
#include "traces/log/block_queue.hpp"
#include "traces/waveform/timescale.hpp"
#include "traces/waveform/vcd_pipe.hpp"
#include "traces/waveform/wave_scribe.hpp"

namespace weft::traces {

struct WaveformParams {
  std::filesystem::path file;  // "x.vcd" or "x.fst"; "x.gtkw" comes beside it
  std::vector<std::string> scopes = {
      "*"};                      // globs, see scope_match() in glob.hpp; a signal needs one that matches
  std::uint64_t from_cycle = 0;  // the window [from_cycle, to_cycle)
  std::uint64_t to_cycle = std::numeric_limits<std::uint64_t>::max();
  double clock_hz = 1e8;  // gives the timescale: a cycle is one period
  // Who writes a VCD; null: this writer itself. It must outlive the writer. With a player end() must be
  // called while it still plays.
  WavePlayer* player = nullptr;
};

// Use: hand it to the run, then finish(). Without finish() the waveform so far stays as "NAME.partial". What
// cannot be written does not stop the run: from then on changes are dropped, and finish() throws. A thread of
// its own writes; the run waits for it when it is three blocks ahead. Memory grows with the signals, not with
// the run. Within a cycle the last value of a signal counts; a value that
// equals the one before is no change. Signals are x from the window's start to their first value.
class WaveformWriter : public SignalSink {
 public:
  // Throws InputError: an empty window, no scope, another ending, a file that cannot be written.
  explicit WaveformWriter(WaveformParams params);
  ~WaveformWriter() override;

  // Whether a scope names them.
  bool wants_potentials() const override;
  // Throws InputError where a scope matches nothing, with the nearest names.
  std::vector<bool> choose(const std::vector<SignalInfo>& signals) override;
  void change(std::uint64_t cycle, std::uint32_t signal, std::uint64_t value) override {
    const SignalChange change{signal, value};
    tell(cycle, &change, 1);
  }
  void tell(std::uint64_t cycle, const SignalChange* first, std::size_t count) override;
  // From this cycle on, later than that of any change so far, no signal is known until its next change.
  void forget(std::uint64_t cycle);
  // That may happen; before the signals are chosen.
  void will_forget() { forgets_ = true; }
  std::uint64_t from() const override { return params_.from_cycle; }
  std::uint64_t to() const override { return params_.to_cycle; }

  // Nothing more comes: the waveform ends at `end_cycle`, or at the window's end if that is earlier.
  void end(std::uint64_t end_cycle);
  // Likewise, and writes both files.
  void finish(std::uint64_t end_cycle);
  std::size_t chosen_signals() const { return signals_.size(); }
  // Values written, first ones included; zero after a run that ended before its window began. Known after
  // finish().
  std::uint64_t changes() const { return scribe_ ? scribe_->changes() : params_.player->changes(); }

 private:
  void open_moment(std::uint64_t cycle, bool forgets);
  void hand_over();
  void begin_playing(std::uint64_t cycle);

  WaveformParams params_;
  Timescale timescale_;
  std::unique_ptr<WaveFile> file_;      // until the signals are chosen
  std::unique_ptr<VcdPipe> pipe_;       // instead, with a player
  std::vector<SignalInfo> signals_;     // chosen ones
  std::vector<std::uint32_t> slots_;    // by the run's signal number: index into signals_, or none
  std::unique_ptr<WaveScribe> scribe_;  // the thread's alone from the first block to the last
  std::unique_ptr<BlockQueue<WaveBlock>> queue_;
  WaveBlock block_;
  std::uint64_t cycle_ = 0;
  bool forgets_ = false;
  bool playing_ = false;  // the player knows the window's begin
};

}  // namespace weft::traces
