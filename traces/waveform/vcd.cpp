// The waveform writer. Changes of one cycle are gathered and written together in the order of the signals, so
// that the file does not depend on the order in which the simulator's parts report, and holds each time once.
//
// Invariant: `value` of each signal is what a reader of the file so far would see.
#include "traces/waveform/vcd.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "model/base/files.hpp"
#include "traces/waveform/gtkw.hpp"
#include "traces/waveform/vcd_scope.hpp"

namespace weft::traces {
namespace {

constexpr std::uint32_t kNotChosen = 0xffffffffu;
constexpr double kFemtosecondsPerSecond = 1e15;

VcdParams checked(VcdParams params) {
  const auto refuse = [](const std::string& message) { throw InputError(SourcePosition{}, message); };
  if (params.from_cycle >= params.to_cycle) {
    refuse("trace window: found cycles " + std::to_string(params.from_cycle) + " to " +
           std::to_string(params.to_cycle) + ", expected a first cycle below the last");
  }
  if (params.scopes.empty()) refuse("trace scope: found none, expected one or more");
  if (!(params.clock_hz > 0 && std::isfinite(params.clock_hz))) refuse("trace: expected a clock above 0 Hz");
  return params;
}

std::uint64_t masked(std::uint64_t value, int width) {
  return width >= 64 ? value : value & ((std::uint64_t{1} << width) - 1);
}

}  // namespace

VcdTimescale vcd_timescale(double clock_hz) {
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

std::uint64_t VcdTimescale::time(std::uint64_t cycle) const {
  const double whole = std::round(ticks_per_cycle);
  if (whole == ticks_per_cycle) return cycle * static_cast<std::uint64_t>(whole);
  return static_cast<std::uint64_t>(std::round(static_cast<double>(cycle) * ticks_per_cycle));
}

VcdWriter::VcdWriter(VcdParams params)
    : params_(checked(std::move(params))),
      timescale_(vcd_timescale(params_.clock_hz)),
      out_(params_.file),
      cycle_(params_.from_cycle) {}

std::vector<bool> VcdWriter::choose(const std::vector<SignalInfo>& signals) {
  if (!slots_.empty()) internal_error("signals were chosen twice");
  const std::vector<bool> chosen = choose_signals(signals, params_.scopes);
  slots_.assign(signals.size(), kNotChosen);
  for (std::size_t i = 0; i < signals.size(); ++i) {
    if (!chosen[i]) continue;
    const SignalInfo& info = signals[i];
    if (info.width < 1 || info.width > 64 || info.name.find_first_of(" \t\n") != std::string::npos) {
      internal_error("signal '" + info.name + "' cannot be traced");
    }
    slots_[i] = static_cast<std::uint32_t>(signals_.size());
    signals_.push_back({info.name, info.width, vcd_id(signals_.size()), {}, {}});
  }
  write_header();
  return chosen;
}

void VcdWriter::write_header() {
  std::vector<VcdDeclaration> declarations;
  for (const Signal& signal : signals_) declarations.push_back({signal.name, signal.width, signal.id});
  out_.write("$version weft $end\n$timescale " + timescale_.timescale + " $end\n");
  out_.write(declare_scopes(declarations));
  out_.write("$enddefinitions $end\n");
}

void VcdWriter::write_value(const Signal& signal) {
  if (signal.width == 1) {
    out_.write((!signal.value ? "x" : *signal.value ? "1" : "0") + signal.id + "\n");
    return;
  }
  std::string digits;
  if (!signal.value) {
    digits = "x";
  } else {
    for (std::uint64_t rest = *signal.value; rest > 0; rest >>= 1) digits += rest & 1 ? '1' : '0';
    if (digits.empty()) digits = "0";
    std::reverse(digits.begin(), digits.end());
  }
  out_.write("b" + digits + " " + signal.id + "\n");
}

void VcdWriter::write_cycle() {
  std::sort(changed_.begin(), changed_.end());
  if (!started_) {  // the window's start shows every signal
    out_.write("#" + std::to_string(timescale_.time(params_.from_cycle)) + "\n$dumpvars\n");
    for (Signal& signal : signals_) {
      if (signal.next) ++changes_;
      if (cycle_ == params_.from_cycle) signal.value = std::exchange(signal.next, std::nullopt);
      write_value(signal);
    }
    out_.write("$end\n");
    started_ = true;
  }
  bool time_written = false;
  for (const std::uint32_t slot : changed_) {
    Signal& signal = signals_[slot];
    if (!signal.next) continue;
    const bool differs = signal.value != signal.next;
    signal.value = std::exchange(signal.next, std::nullopt);
    if (!differs) continue;
    if (!time_written) out_.write("#" + std::to_string(timescale_.time(cycle_)) + "\n");
    time_written = true;
    write_value(signal);
    ++changes_;
  }
  changed_.clear();
  out_.keep_so_far();
}

void VcdWriter::close_cycle() {
  if (failure_) return;
  try {
    write_cycle();
  } catch (const InputError&) {
    failure_ = std::current_exception();
  }
}

void VcdWriter::change(std::uint64_t cycle, std::uint32_t signal, std::uint64_t value) {
  if (signal >= slots_.size()) internal_error("a change of a signal that does not exist");
  if (slots_[signal] == kNotChosen || cycle < params_.from_cycle || cycle >= params_.to_cycle) return;
  if (cycle < cycle_)
    internal_error("a change in cycle " + std::to_string(cycle) + " after one in cycle " +
                   std::to_string(cycle_));
  if (cycle > cycle_) close_cycle();
  cycle_ = cycle;
  Signal& target = signals_[slots_[signal]];
  if (!target.next) changed_.push_back(slots_[signal]);
  target.next = masked(value, target.width);
}

void VcdWriter::finish(std::uint64_t end_cycle) {
  close_cycle();
  if (failure_) std::rethrow_exception(failure_);
  const std::uint64_t end = std::min(end_cycle, params_.to_cycle);
  if (end > cycle_) out_.write("#" + std::to_string(timescale_.time(end)) + "\n");
  out_.commit();
  SavedView view;
  view.dump_file = params_.file.filename().string();
  const std::uint64_t first = timescale_.time(params_.from_cycle);
  const std::uint64_t units = std::stoull(timescale_.timescale);  // 10 of "10 ns"
  view.start = first * units;
  view.duration = static_cast<double>((timescale_.time(end) - std::min(timescale_.time(end), first)) * units);
  for (const Signal& signal : signals_) view.signals.push_back({signal.name, signal.width});
  std::filesystem::path save = params_.file;
  write_file(save.replace_extension(".gtkw"), gtkwave_save(view));
}

}  // namespace weft::traces
