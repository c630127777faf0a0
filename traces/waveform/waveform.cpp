// The waveform writer. Changes of one cycle are gathered and written together in the order of the signals, so
// that the file does not depend on the order in which the simulator's parts report, and holds each time once.
//
// Invariant: `value` of each signal is what a reader of the file so far would see.
#include "traces/waveform/waveform.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "model/base/files.hpp"
#include "traces/waveform/gtkw.hpp"
#include "traces/waveform/scopes.hpp"

namespace weft::traces {
namespace {

constexpr std::uint32_t kNotChosen = 0xffffffffu;

WaveformParams checked(WaveformParams params) {
  const auto refuse = [](const std::string& message) { throw InputError(SourcePosition{}, message); };
  if (params.from_cycle >= params.to_cycle) {
    refuse("trace window: found cycles " + std::to_string(params.from_cycle) + " to " +
           std::to_string(params.to_cycle) + ", expected a first cycle below the last");
  }
  if (params.scopes.empty()) refuse("trace scope: found none, expected one or more");
  if (!(params.clock_hz > 0 && std::isfinite(params.clock_hz))) refuse("trace: expected a clock above 0 Hz");
  return params;
}

std::unique_ptr<WaveFile> open_wave_file(const std::filesystem::path& path) {
  if (path.extension() == ".vcd") return open_vcd(path);
  if (path.extension() == ".fst") return open_fst(path);
  throw InputError({path.string()}, "a waveform's name", "one that ends in .vcd or .fst");
}

std::uint64_t masked(std::uint64_t value, int width) {
  return width >= 64 ? value : value & ((std::uint64_t{1} << width) - 1);
}

}  // namespace

WaveformWriter::WaveformWriter(WaveformParams params)
    : params_(checked(std::move(params))),
      timescale_(make_timescale(params_.clock_hz)),
      file_(open_wave_file(params_.file)),
      cycle_(params_.from_cycle) {}

std::vector<bool> WaveformWriter::choose(const std::vector<SignalInfo>& signals) {
  if (!slots_.empty()) internal_error("signals were chosen twice");
  const std::vector<bool> chosen = choose_signals(signals, params_.scopes);
  slots_.assign(signals.size(), kNotChosen);
  std::vector<SignalInfo> declared;
  for (std::size_t i = 0; i < signals.size(); ++i) {
    if (!chosen[i]) continue;
    const SignalInfo& info = signals[i];
    if (info.width < 1 || info.width > 64 || info.name.find_first_of(" \t\n") != std::string::npos) {
      internal_error("signal '" + info.name + "' cannot be traced");
    }
    slots_[i] = static_cast<std::uint32_t>(signals_.size());
    signals_.push_back({info, {}, {}});
    declared.push_back(info);
  }
  file_->declare(declared, timescale_.unit);
  return chosen;
}

void WaveformWriter::write_cycle() {
  std::sort(changed_.begin(), changed_.end());
  if (!started_) {  // the window's start shows every signal
    file_->begin_values(timescale_.time(params_.from_cycle));
    for (std::size_t slot = 0; slot < signals_.size(); ++slot) {
      Signal& signal = signals_[slot];
      if (signal.next) ++changes_;
      if (cycle_ == params_.from_cycle) signal.value = std::exchange(signal.next, std::nullopt);
      file_->value(slot, signal.value);
    }
    file_->end_values();
    started_ = true;
  }
  bool time_written = false;
  for (const std::uint32_t slot : changed_) {
    Signal& signal = signals_[slot];
    if (!signal.next) continue;
    const bool differs = signal.value != signal.next;
    signal.value = std::exchange(signal.next, std::nullopt);
    if (!differs) continue;
    if (!time_written) file_->time(timescale_.time(cycle_));
    time_written = true;
    file_->value(slot, signal.value);
    ++changes_;
  }
  changed_.clear();
  file_->keep_so_far();
}

void WaveformWriter::close_cycle() {
  if (failure_) return;
  try {
    write_cycle();
  } catch (const InputError&) {
    failure_ = std::current_exception();
  }
}

void WaveformWriter::change(std::uint64_t cycle, std::uint32_t signal, std::uint64_t value) {
  if (signal >= slots_.size()) internal_error("a change of a signal that does not exist");
  if (slots_[signal] == kNotChosen || cycle < params_.from_cycle || cycle >= params_.to_cycle) return;
  if (cycle < cycle_)
    internal_error("a change in cycle " + std::to_string(cycle) + " after one in cycle " +
                   std::to_string(cycle_));
  if (cycle > cycle_) close_cycle();
  cycle_ = cycle;
  Signal& target = signals_[slots_[signal]];
  if (!target.next) changed_.push_back(slots_[signal]);
  target.next = masked(value, target.info.width);
}

void WaveformWriter::forget(std::uint64_t cycle) {
  if (cycle <= cycle_) internal_error("a waveform that forgets cycle " + std::to_string(cycle));
  close_cycle();
  cycle_ = cycle;
  if (failure_ || cycle >= params_.to_cycle) return;
  file_->time(timescale_.time(cycle));
  for (std::size_t slot = 0; slot < signals_.size(); ++slot) {
    if (std::exchange(signals_[slot].value, std::nullopt)) file_->value(slot, std::nullopt);
  }
}

void WaveformWriter::finish(std::uint64_t end_cycle) {
  close_cycle();
  if (failure_) std::rethrow_exception(failure_);
  const std::uint64_t end = std::min(end_cycle, params_.to_cycle);
  if (end > cycle_) file_->time(timescale_.time(end));
  file_->commit();
  SavedView view;
  view.dump_file = params_.file.filename().string();
  const std::uint64_t first = timescale_.time(params_.from_cycle);
  const std::uint64_t units = std::stoull(timescale_.unit);  // 10 of "10 ns"
  view.start = first * units;
  view.duration = static_cast<double>((timescale_.time(end) - std::min(timescale_.time(end), first)) * units);
  for (const Signal& signal : signals_) view.signals.push_back({signal.info.name, signal.info.width});
  std::filesystem::path save = params_.file;
  write_file(save.replace_extension(".gtkw"), gtkwave_save(view));
}

}  // namespace weft::traces
