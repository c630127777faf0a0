// The waveform writer: what the run tells is put into blocks, which a thread of its own makes a file of.
//
// Invariant: the changes of a cycle are all in one block.
#include "traces/waveform/waveform.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "model/base/files.hpp"
#include "traces/waveform/gtkw.hpp"
#include "traces/waveform/scopes.hpp"

namespace weft::traces {
namespace {

constexpr std::uint32_t kNotChosen = 0xffffffffu;
constexpr std::size_t kBlockChanges = std::size_t{1} << 15;  // half a megabyte

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

}  // namespace

WaveformWriter::WaveformWriter(WaveformParams params)
    : params_(checked(std::move(params))),
      timescale_(make_timescale(params_.clock_hz)),
      cycle_(params_.from_cycle) {
  if (params_.player != nullptr && params_.file.extension() == ".vcd") {
    pipe_ = std::make_unique<VcdPipe>(params_.file);
  } else {
    params_.player = nullptr;
    file_ = open_wave_file(params_.file);
  }
}

WaveformWriter::~WaveformWriter() {
  if (queue_ == nullptr || block_.empty()) return;
  block_.changes.resize(block_.moments.back().begin);  // of the last cycle more may have been to come
  block_.moments.pop_back();
  hand_over();
}

bool WaveformWriter::wants_potentials() const {
  return std::any_of(params_.scopes.begin(), params_.scopes.end(), names_potentials);
}

std::vector<bool> WaveformWriter::choose(const std::vector<SignalInfo>& signals) {
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
    signals_.push_back(info);
  }
  if (pipe_ != nullptr) {
    params_.player->declare(signals_, pipe_->path(), timescale_.unit, forgets_);
    return chosen;
  }
  file_->declare(signals_, timescale_.unit);
  scribe_ = std::make_unique<WaveScribe>(std::move(file_), signals_, timescale_, params_.from_cycle);
  queue_ = std::make_unique<BlockQueue<WaveBlock>>([this](const WaveBlock& block) { scribe_->write(block); });
  return chosen;
}

void WaveformWriter::hand_over() {
  queue_->hand_over(block_);
}

void WaveformWriter::open_moment(std::uint64_t cycle, bool forgets) {
  if (block_.changes.size() >= kBlockChanges) hand_over();
  block_.moments.push_back({cycle, block_.changes.size(), forgets});
  cycle_ = cycle;
}

void WaveformWriter::tell(std::uint64_t cycle, const SignalChange* first, std::size_t count) {
  if (cycle < params_.from_cycle || cycle >= params_.to_cycle) return;
  if (cycle < cycle_) {
    internal_error("a change in cycle " + std::to_string(cycle) + " after one in cycle " +
                   std::to_string(cycle_));
  }
  if (pipe_ != nullptr) {
    begin_playing(cycle);
    cycle_ = cycle;
    block_.changes.clear();
  } else if (cycle > cycle_ || block_.moments.empty()) {
    open_moment(cycle, false);
  }
  const std::size_t before = block_.changes.size();
  block_.changes.resize(before + count);
  SignalChange* to = block_.changes.data() + before;
  for (std::size_t i = 0; i < count; ++i) {
    if (first[i].signal >= slots_.size()) internal_error("a change of a signal that does not exist");
    *to = {slots_[first[i].signal], first[i].value};
    to += to->signal != kNotChosen ? 1 : 0;
  }
  block_.changes.resize(static_cast<std::size_t>(to - block_.changes.data()));
  if (pipe_ != nullptr && !block_.changes.empty())
    params_.player->tell(timescale_.time(cycle), block_.changes.data(), block_.changes.size());
}

// The file begins with the window, though nothing may be known of it yet.
void WaveformWriter::begin_playing(std::uint64_t cycle) {
  if (std::exchange(playing_, true)) return;
  pipe_->begins_at(timescale_.time(params_.from_cycle));
  if (cycle > params_.from_cycle) params_.player->forget(timescale_.time(params_.from_cycle));
}

void WaveformWriter::forget(std::uint64_t cycle) {
  if (cycle <= cycle_) internal_error("a waveform that forgets cycle " + std::to_string(cycle));
  cycle_ = cycle;
  if (cycle >= params_.to_cycle) return;
  if (pipe_ == nullptr) return open_moment(cycle, true);
  begin_playing(cycle);
  params_.player->forget(timescale_.time(cycle));
}

void WaveformWriter::end(std::uint64_t end_cycle) {
  if (pipe_ == nullptr) return;
  const std::uint64_t end = std::min(end_cycle, params_.to_cycle);
  begin_playing(std::numeric_limits<std::uint64_t>::max());
  params_.player->end(timescale_.time(std::max(end, params_.from_cycle)));
}

void WaveformWriter::finish(std::uint64_t end_cycle) {
  const std::uint64_t end = std::min(end_cycle, params_.to_cycle);
  if (pipe_ != nullptr) {
    pipe_->finish();
  } else {
    hand_over();
    queue_->close();
    scribe_->finish(end);
  }
  SavedView view;
  view.dump_file = params_.file.filename().string();
  const std::uint64_t first = timescale_.time(params_.from_cycle);
  const std::uint64_t units = std::stoull(timescale_.unit);  // 10 of "10 ns"
  view.start = first * units;
  view.duration = static_cast<double>((timescale_.time(end) - std::min(timescale_.time(end), first)) * units);
  for (const SignalInfo& signal : signals_)
    view.signals.push_back({signal.name, signal.width, signal.is_signed});
  std::filesystem::path save = params_.file;
  write_file(save.replace_extension(".gtkw"), gtkwave_save(view));
}

}  // namespace weft::traces
