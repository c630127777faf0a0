// Changes wait in a queue until it is known whether they belong to a window: those of the last before_cycles
// cycles may, older ones become the values that a window begins with.
//
// Invariant: what the waveform was told is, within each window, what it would have been told without a
// trigger.
#include "traces/waveform/trigger.hpp"

#include <algorithm>
#include <utility>

#include "model/base/nearest.hpp"
#include "traces/waveform/scopes.hpp"

namespace weft::traces {
namespace {

std::uint64_t minus(std::uint64_t a, std::uint64_t b) {
  return a > b ? a - b : 0;
}
std::uint64_t plus(std::uint64_t a, std::uint64_t b) {
  return a > ~b ? ~std::uint64_t{0} : a + b;
}

std::uint32_t find_signal(const std::vector<SignalInfo>& signals, const std::string& wanted) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < signals.size(); ++i) {
    const std::string& name = signals[i].name;
    const std::string shorter = name.substr(name.find('.') + 1);
    if (wanted == name || wanted == shorter) return static_cast<std::uint32_t>(i);
    names.push_back(shorter);
  }
  throw InputError(SourcePosition{},
                   "trace trigger: no signal '" + wanted + "'" + did_you_mean(wanted, names));
}

}  // namespace

TriggeredWaveform::TriggeredWaveform(WaveformWriter& waveform, const TriggerParams& params)
    : waveform_(waveform), params_(params) {}

std::vector<bool> TriggeredWaveform::choose(const std::vector<SignalInfo>& signals) {
  watched_ = find_signal(signals, params_.trigger.signal);
  compare_with(signals[watched_]);
  waveform_.will_forget();
  shown_ = waveform_.choose(signals);
  old_.assign(signals.size(), 0);
  known_.assign(signals.size(), false);
  std::vector<bool> wanted = shown_;
  wanted[watched_] = true;
  return wanted;
}

bool TriggeredWaveform::wants_potentials() const {
  return waveform_.wants_potentials() || names_potentials(params_.trigger.signal);
}

void TriggeredWaveform::compare_with(const SignalInfo& signal) {
  const Trigger& trigger = params_.trigger;
  const std::uint64_t mask = signal.width >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << signal.width) - 1;
  sign_ = signal.is_signed ? std::uint64_t{1} << (signal.width - 1) : 0;
  const std::uint64_t most = signal.is_signed ? sign_ - 1 : mask;
  if (trigger.negative ? sign_ == 0 || ~trigger.value >= sign_ : trigger.value > most) {
    const std::string value =
        trigger.negative ? "-" + std::to_string(~trigger.value + 1) : std::to_string(trigger.value);
    throw InputError(SourcePosition{}, "trace trigger: found the value " + value + " for " + signal.name +
                                           ", expected one of " + std::to_string(signal.width) +
                                           (signal.width == 1 ? " bit" : " bits") +
                                           (signal.is_signed ? " with its sign" : ""));
  }
  limit_ = trigger.value & mask;
}

bool TriggeredWaveform::holds() const {
  if (!watched_known_) return false;
  // Signed numbers are in order once their sign bits are turned over.
  const std::uint64_t value = watched_value_ ^ sign_, limit = limit_ ^ sign_;
  switch (params_.trigger.comparison) {
    case Comparison::Equal:
      return value == limit;
    case Comparison::NotEqual:
      return value != limit;
    case Comparison::Less:
      return value < limit;
    case Comparison::LessEqual:
      return value <= limit;
    case Comparison::Greater:
      return value > limit;
    case Comparison::GreaterEqual:
      return value >= limit;
  }
  return false;
}

void TriggeredWaveform::forward(const Change& change) {
  if (shown_[change.signal]) waveform_.change(change.cycle, change.signal, change.value);
}

void TriggeredWaveform::open_window(std::uint64_t start) {
  if (windows_ > 0) waveform_.forget(shown_until_ + 1);
  ++windows_;
  std::vector<std::uint64_t> values = old_;
  std::vector<bool> known = known_;
  for (const Change& change : recent_) {
    if (change.cycle > start) break;
    values[change.signal] = change.value;
    known[change.signal] = true;
  }
  for (std::uint32_t signal = 0; signal < values.size(); ++signal) {
    if (known[signal]) forward({start, signal, values[signal]});
  }
  shown_until_ = start;
}

// The trigger holds in the cycles first to last.
void TriggeredWaveform::record(std::uint64_t first, std::uint64_t last) {
  const std::uint64_t start = std::max(minus(first, params_.before_cycles), from());
  if (windows_ == 0 || start > plus(window_end_, 1)) open_window(start);
  window_end_ = plus(last, params_.after_cycles);
}

// No more changes come before `cycle`.
void TriggeredWaveform::settle(std::uint64_t cycle) {
  if (holds()) {
    const std::uint64_t needed = minus(params_.trigger.for_cycles, true_cycles_ + 1);  // cycles after now_
    if (now_ + needed < cycle) record(now_ + needed, cycle - 1);
    true_cycles_ += cycle - now_;
  } else {
    true_cycles_ = 0;
  }
  if (windows_ > 0) {
    const std::uint64_t last = std::min(window_end_, cycle - 1);
    auto next = std::partition_point(recent_.begin(), recent_.end(),
                                     [this](const Change& change) { return change.cycle <= shown_until_; });
    for (; next != recent_.end() && next->cycle <= last; ++next) forward(*next);
    shown_until_ = std::max(shown_until_, last);
  }
  while (!recent_.empty() && recent_.front().cycle < minus(cycle, params_.before_cycles)) {
    old_[recent_.front().signal] = recent_.front().value;
    known_[recent_.front().signal] = true;
    recent_.pop_front();
  }
  now_ = cycle;
}

void TriggeredWaveform::change(std::uint64_t cycle, std::uint32_t signal, std::uint64_t value) {
  if (cycle < from() || cycle >= to()) return;
  if (cycle > now_) settle(cycle);
  recent_.push_back({cycle, signal, value});
  if (signal == watched_) {
    watched_value_ = value;
    watched_known_ = true;
  }
}

void TriggeredWaveform::end(std::uint64_t end_cycle) {
  if (std::exchange(ended_, true)) return;
  const std::uint64_t end = std::min(end_cycle, to());
  if (end > now_) settle(end);
  if (windows_ > 0 && plus(shown_until_, 1) < end) waveform_.forget(shown_until_ + 1);
  waveform_.end(end_cycle);
}

void TriggeredWaveform::finish(std::uint64_t end_cycle) {
  end(end_cycle);
  waveform_.finish(end_cycle);
}

}  // namespace weft::traces
