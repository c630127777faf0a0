// What waits to be shown is a list of moments; the file is made at the first of them, so that it begins
// there. Signals are bools and integers, which the kernel compares quickly. Where a value may be unknown they
// are SystemC's four-valued types, which know x.
//
// Invariant: moments wait in ascending times, none of them before SystemC's time; those of one time are shown
// together.
#include "sim/vcd_trace.hpp"

#include <sysc/tracing/sc_tracing_ids.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <sstream>
#include <systemc>
#include <utility>
#include <vector>

#include "model/base/error.hpp"

namespace weft::sim {
namespace {

struct Moment {
  std::uint64_t time = 0;
  std::size_t begin = 0;  // of its changes; they end where the next moment's begin
  bool forgets = false;   // before them
};

struct Block {
  std::vector<Moment> moments;
  std::vector<SignalChange> changes;
  void clear() {
    moments.clear();
    changes.clear();
  }
};
constexpr std::size_t kBlockChanges = std::size_t{1} << 12, kBlockMoments = kBlockChanges;
constexpr std::size_t kMostWaiting = 4;  // blocks

// "10 ns".
struct Unit {
  double number = 1;
  sc_core::sc_time_unit unit = sc_core::SC_NS;

  static Unit parse(const std::string& text) {
    std::istringstream in(text);
    Unit parsed;
    std::string name;
    in >> parsed.number >> name;
    constexpr std::pair<const char*, sc_core::sc_time_unit> units[] = {
        {"fs", sc_core::SC_FS}, {"ps", sc_core::SC_PS}, {"ns", sc_core::SC_NS},
        {"us", sc_core::SC_US}, {"ms", sc_core::SC_MS}, {"s", sc_core::SC_SEC}};
    for (const auto& [known, value] : units) {
      if (name == known) {
        parsed.unit = value;
        return parsed;
      }
    }
    internal_error("a waveform in units of " + text);
  }
};

}  // namespace

// Blocks on their way from the engine's thread to SystemC's.
struct VcdTrace::Handover {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<Block> waiting;
  bool told = false;    // all
  bool played = false;  // nobody takes any more

  // Leaves the block empty. Waits while others wait.
  void put(Block& block) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return waiting.size() < kMostWaiting || played; });
    if (!played) waiting.push_back(std::exchange(block, Block()));
    block.clear();
    lock.unlock();
    changed.notify_all();
  }
  bool take(Block& block) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return !waiting.empty() || told; });
    if (waiting.empty()) return false;
    block = std::move(waiting.front());
    waiting.pop_front();
    lock.unlock();
    changed.notify_all();
    return true;
  }
  void close(bool& side) {
    {
      const std::lock_guard lock(mutex);
      side = true;
    }
    changed.notify_all();
  }

  Block telling;  // the engine's thread's alone
  bool ended = false;
  bool any_moment = false;
  std::uint64_t last_time = 0;
};

struct VcdTrace::Kernel {
  // The traced value of a signal.
  struct Value {
    bool bit = false;        // where it has one bit,
    std::uint64_t wide = 0;  // and where it has more
    bool known = false;
  };
  // Instead, where it may be unknown.
  struct FourValued {
    sc_dt::sc_logic bit;
    sc_dt::sc_lv_base wide;
    explicit FourValued(int width) : wide(sc_dt::SC_LOGIC_X, width) {}
  };

  std::vector<SignalInfo> signals;
  std::filesystem::path path;
  Unit unit;
  bool forgets = false;
  std::vector<Value> values;              // registered by their addresses
  std::deque<FourValued> unknown_values;  // likewise
  sc_core::sc_trace_file* file = nullptr;
  Block block;
  std::size_t shown = 0;  // of its moments
  std::uint64_t count = 0;

  void create_file();
  void show(const Moment& moment, std::size_t end);
  void forget_all();
};

VcdTrace::VcdTrace(std::function<void(std::uint64_t)> at_end)
    : at_end_(std::move(at_end)),
      handover_(std::make_unique<Handover>()),
      kernel_(std::make_unique<Kernel>()) {}
VcdTrace::~VcdTrace() = default;

void VcdTrace::declare(const std::vector<SignalInfo>& signals, const std::filesystem::path& path,
                       const std::string& unit, bool forgets) {
  kernel_->signals = signals;
  kernel_->path = path;
  kernel_->unit = Unit::parse(unit);
  kernel_->forgets = forgets;
}

void VcdTrace::hand_over_if_full() {
  Block& block = handover_->telling;
  if (block.changes.size() >= kBlockChanges || block.moments.size() >= kBlockMoments) handover_->put(block);
}

void VcdTrace::tell(std::uint64_t time, const SignalChange* first, std::size_t count) {
  Handover& own = *handover_;
  const bool same = own.any_moment && own.last_time == time;
  if (!same) hand_over_if_full();
  if (!same || own.telling.moments.empty())
    own.telling.moments.push_back({time, own.telling.changes.size(), false});
  own.telling.changes.insert(own.telling.changes.end(), first, first + count);
  own.any_moment = true;
  own.last_time = time;
}

void VcdTrace::forget(std::uint64_t time) {
  hand_over_if_full();
  handover_->telling.moments.push_back({time, handover_->telling.changes.size(), true});
  handover_->any_moment = true;
  handover_->last_time = time;
}

void VcdTrace::end(std::uint64_t time) {
  // The kernel writes the values of a time when its time leaves it: the end is a time without changes.
  Handover& own = *handover_;
  if (std::exchange(own.ended, true)) return;
  const bool later = !own.any_moment || own.last_time < time;
  own.telling.moments.push_back({later ? time : time + 1, own.telling.changes.size(), false});
}

void VcdTrace::close_telling() {
  handover_->put(handover_->telling);
  handover_->close(handover_->told);
}

void VcdTrace::close_playing() {
  handover_->close(handover_->played);
}

std::uint64_t VcdTrace::changes() const {
  return kernel_->count;
}

void VcdTrace::open() {
  if (kernel_->unit.unit == sc_core::SC_FS) sc_core::sc_set_time_resolution(1, sc_core::SC_FS);
}

void VcdTrace::close() {
  if (kernel_->file != nullptr) sc_core::sc_close_vcd_trace_file(std::exchange(kernel_->file, nullptr));
}

void VcdTrace::Kernel::create_file() {
  // The library says which unit was set, that it writes [17] as (17), and that a run which failed at once
  // left no file.
  using sc_core::sc_report_handler;
  sc_report_handler::set_actions(sc_core::SC_ID_TRACING_TIMESCALE_UNIT_, sc_core::SC_DO_NOTHING);
  sc_report_handler::set_actions(sc_core::SC_ID_TRACING_OBJECT_NAME_FILTERED_, sc_core::SC_DO_NOTHING);
  sc_report_handler::set_actions(sc_core::SC_ID_TRACING_CLOSE_EMPTY_FILE_, sc_core::SC_DO_NOTHING);
  file = sc_core::sc_create_vcd_trace_file((path.parent_path() / path.stem()).c_str());
  file->set_time_unit(unit.number, unit.unit);
  values.resize(signals.size());
  for (std::size_t i = 0; i < signals.size(); ++i) {
    const auto& [name, width, is_signed] = signals[i];
    if (forgets) unknown_values.emplace_back(width);
    if (forgets && width == 1) {
      sc_core::sc_trace(file, unknown_values[i].bit, name);
    } else if (forgets) {
      sc_core::sc_trace(file, unknown_values[i].wide, name);
    } else if (width == 1) {
      sc_core::sc_trace(file, values[i].bit, name);
    } else {
      sc_core::sc_trace(file, values[i].wide, name, width);
    }
  }
}

void VcdTrace::Kernel::forget_all() {
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i].known = false;
    unknown_values[i] = FourValued(signals[i].width);
  }
}

void VcdTrace::Kernel::show(const Moment& moment, std::size_t end) {
  if (file == nullptr) {
    forgets = forgets || moment.forgets;
    create_file();
  }
  if (moment.forgets) forget_all();
  for (std::size_t i = moment.begin; i < end; ++i) {
    const std::uint32_t signal = block.changes[i].signal;
    const int width = signals[signal].width;
    const std::uint64_t to = block.changes[i].value & (~std::uint64_t{0} >> (64 - width));
    Value& value = values[signal];
    if (value.known && value.wide == to) continue;
    value = {to != 0, to, true};
    ++count;
    if (!forgets) continue;
    if (width == 1) {
      unknown_values[signal].bit = sc_dt::sc_logic(to != 0);
    } else {
      unknown_values[signal].wide = static_cast<sc_dt::uint64>(to);
    }
  }
}

bool VcdTrace::play(std::uint64_t& wait) {
  Kernel& own = *kernel_;
  const std::uint64_t tick = sc_core::sc_time(own.unit.number, own.unit.unit).value();
  const std::uint64_t now = sc_core::sc_time_stamp().value();
  do {
    const std::vector<Moment>& moments = own.block.moments;
    for (; own.shown < moments.size(); ++own.shown) {
      const std::uint64_t due = moments[own.shown].time * tick;
      if (due > now) {
        wait = due - now;
        return true;
      }
      const bool last = own.shown + 1 == moments.size();
      own.show(moments[own.shown], last ? own.block.changes.size() : moments[own.shown + 1].begin);
    }
    own.shown = 0;
  } while (handover_->take(own.block));
  own.block.clear();
  return false;
}

}  // namespace weft::sim
