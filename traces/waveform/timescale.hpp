// How cycles become a waveform's integer times.
#pragma once

#include <cstdint>
#include <string>

namespace weft::traces {

// time = cycle * ticks_per_cycle in units of `unit`. Where the period is a whole number of femtoseconds the
// coarsest unit is taken that is exact; else times are rounded to 1 fs.
struct Timescale {
  std::string unit;  // "10 ns"
  double ticks_per_cycle = 1;

  std::uint64_t time(std::uint64_t cycle) const;
};
Timescale make_timescale(double clock_hz);

}  // namespace weft::traces
