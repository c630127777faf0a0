// Times of a waveform are integers: the unit is chosen so that a clock of a whole number of femtoseconds is
// exact.
#include "traces/waveform/timescale.hpp"

#include <cmath>
#include <utility>

namespace weft::traces {
namespace {

constexpr double kFemtosecondsPerSecond = 1e15;

}  // namespace

Timescale make_timescale(double clock_hz) {
  constexpr std::pair<double, const char*> units[] = {
      {1e15, "1 s"}, {1e14, "100 ms"}, {1e13, "10 ms"}, {1e12, "1 ms"}, {1e11, "100 us"}, {1e10, "10 us"},
      {1e9, "1 us"}, {1e8, "100 ns"},  {1e7, "10 ns"},  {1e6, "1 ns"},  {1e5, "100 ps"},  {1e4, "10 ps"},
      {1e3, "1 ps"}, {1e2, "100 fs"},  {1e1, "10 fs"},  {1e0, "1 fs"}};
  const double period = kFemtosecondsPerSecond / clock_hz;
  const double whole = std::round(period);
  if (whole < 1 || std::fabs(period - whole) > 1e-9 * period) return {"1 fs", period};
  for (const auto& [femtoseconds, name] : units) {
    if (std::fmod(whole, femtoseconds) == 0) return {name, whole / femtoseconds};
  }
  return {"1 fs", whole};
}

std::uint64_t Timescale::time(std::uint64_t cycle) const {
  const double whole = std::round(ticks_per_cycle);
  if (whole == ticks_per_cycle) return cycle * static_cast<std::uint64_t>(whole);
  return static_cast<std::uint64_t>(std::round(static_cast<double>(cycle) * ticks_per_cycle));
}

}  // namespace weft::traces
