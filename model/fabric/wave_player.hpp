// Where a waveform goes that the simulator draws itself: by SystemC's own tracing, in SystemC's time. sim/
// implements this, traces/ calls it, app/ plugs them together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "model/fabric/event.hpp"

namespace weft {

class WavePlayer {
 public:
  virtual ~WavePlayer() = default;
  // Once, before the first cycle. The player writes text to the file `path`, in order, as soon as it shows
  // the first values; it may be a pipe. A signal's number is its place; `unit`: of times, "10 ns". `forgets`:
  // forget() may come.
  virtual void declare(const std::vector<SignalInfo>& signals, const std::filesystem::path& path,
                       const std::string& unit, bool forgets) = 0;
  // Ascending times. The first ones of all tell of every signal, or follow a forget().
  virtual void tell(std::uint64_t time, const SignalChange* first, std::size_t count) = 0;
  // From this time on no signal is known until it is told again.
  virtual void forget(std::uint64_t time) = 0;
  // After the last change; the file ends here.
  virtual void end(std::uint64_t time) = 0;
  // Values that differ from those before, first ones included.
  virtual std::uint64_t changes() const = 0;
};

}  // namespace weft
