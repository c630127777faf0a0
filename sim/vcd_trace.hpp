// Waveforms by SystemC's own tracing: each signal is a value that sc_core::sc_trace() registers with the file
// of sc_core::sc_create_vcd_trace_file(), and SystemC's kernel looks at all of them whenever its time
// advances.
//
// The kernel looks at every value at every time, changed or not, so time must advance only to where something
// changes; and what it does per value would hold the engine up. So the two run on threads of their own: the
// engine, which knows nothing of SystemC, tells what changes and is held back when it is some thousand
// changes ahead; the fabric's process takes these, and SystemC's time is that of the changes. Where a
// waveform is cut out around a trigger it goes back for nobody: it is that of the moments shown, in their
// order.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "model/fabric/wave_player.hpp"

namespace weft::sim {

class VcdTrace final : public WavePlayer {
 public:
  // `at_end` is called when the run has ended, with its cycles, while SystemC's time still goes on: the last
  // moment for tell() and end().
  explicit VcdTrace(std::function<void(std::uint64_t cycles)> at_end);
  ~VcdTrace() override;

  void declare(const std::vector<SignalInfo>& signals, const std::filesystem::path& path,
               const std::string& unit, bool forgets) override;
  void tell(std::uint64_t time, const SignalChange* first, std::size_t count) override;
  void forget(std::uint64_t time) override;
  void end(std::uint64_t time) override;
  std::uint64_t changes() const override;

  // For the simulator, on the engine's thread: the run has ended.
  void run_has_ended(std::uint64_t cycles) const { at_end_(cycles); }
  // Nothing more is told, be it that the run failed.
  void close_telling();

  // Likewise, on SystemC's: before the first sc_time of a simulation, and after its last.
  void open();
  void close();
  // Shows what is due at SystemC's time, and waits for what comes next: `wait` from now, as SystemC counts.
  // False if nothing comes.
  bool play(std::uint64_t& wait);
  // Nobody plays any more, be it that SystemC failed: what is told is dropped.
  void close_playing();

 private:
  struct Kernel;
  struct Handover;
  void hand_over_if_full();

  std::function<void(std::uint64_t)> at_end_;
  std::unique_ptr<Handover> handover_;
  std::unique_ptr<Kernel> kernel_;
};

}  // namespace weft::sim
