// A log as slices, counters and arrows. Each step becomes a list of small marks, which are sorted by cycle
// and then written: what ends before what begins, inner slices within outer ones.
//
// Invariant: per track the times ascend, every B has its E, and slices are nested.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "traces/export/exports.hpp"
#include "traces/export/message_flow.hpp"

namespace weft::traces {
namespace {

constexpr char kDropped = '-';  // the phase of a mark that is not written

enum class What : std::uint8_t { Step, Busy, Row, Stall, Update, Flit, Buffer, Arrow };

struct Mark {
  std::uint64_t cycle = 0;
  std::uint32_t track = 0;
  What what = What::Step;
  char phase = 'B';
  std::uint32_t subject = 0;  // step, axon, neuron, key, input side
  std::int64_t value = 0;     // or a count, or the arrow's number
};

// Order within a cycle: inner ends, outer ends, counters, outer begins, inner begins, arrows.
int rank(const Mark& mark) {
  const int depth = static_cast<int>(mark.what);
  switch (mark.phase) {
    case 'E':
      return 10 - depth;
    case 'C':
      return 11;
    case 'B':
      return 12 + depth;
    default:
      return 30;
  }
}

bool before(const Mark& a, const Mark& b) {
  return std::make_tuple(a.cycle, rank(a), a.track, a.subject, a.value, a.phase) <
         std::make_tuple(b.cycle, rank(b), b.track, b.subject, b.value, b.phase);
}

// What one core did in a step.
struct CoreWork {
  std::vector<const Event*> rows, updates, stalls;
};

// A tile's tracks: each core and its queue, the sides of the router, the port.
struct Units {
  std::uint32_t cores = 1;

  static std::uint32_t core(std::uint32_t number) { return 2 * number; }
  static std::uint32_t queue(std::uint32_t number) { return 2 * number + 1; }
  std::uint32_t router(std::uint32_t side) const { return 2 * cores + side; }
  std::uint32_t port() const { return router(kDirections); }
  std::uint32_t count() const { return port() + 1; }
};

class Exporter {
 public:
  Exporter(const EventLogHeader& header, OutputStream& out)
      : header_(header),
        out_(out),
        units_{header.cores},
        tiles_(header.width * header.height),
        named_(std::size_t{tiles_} * units_.count() + 1),
        named_tiles_(tiles_),
        cores_(std::size_t{tiles_} * header.cores),
        picoseconds_per_cycle_(1e12 / header.clock_hz) {}

  void begin() { out_.write("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n"); }
  void add(const StepEvents& step);
  std::uint64_t end() {
    out_.write("\n]}\n");
    return written_;
  }

 private:
  std::uint32_t track(TileId tile, std::uint32_t unit) const {
    return tile.value() * units_.count() + unit + 1;
  }
  std::uint32_t step_track() const { return 0; }
  void slice(std::uint64_t from, std::uint64_t to, std::uint32_t track, What what, std::uint32_t subject,
             std::int64_t value) {
    marks_.push_back({from, track, what, 'B', subject, value});
    marks_.push_back({to, track, what, 'E', 0, 0});
  }
  void add_core(std::uint32_t step, std::uint32_t core, const CoreWork& work);
  void add_messages(const StepEvents& step);
  void sum_counters();
  void name_track(std::uint32_t track);
  void write(const Mark& mark);
  void line(const std::string& text) {
    if (written_++ > 0) out_.write(",\n");
    out_.write(text);
  }

  const EventLogHeader& header_;
  OutputStream& out_;
  const Units units_;
  std::uint32_t tiles_;
  std::vector<bool> named_;
  std::vector<bool> named_tiles_;
  std::vector<CoreWork> cores_;  // tile by tile
  double picoseconds_per_cycle_;
  std::vector<Mark> marks_;
  std::int64_t arrows_ = 0;
  std::uint64_t written_ = 0;
};

void Exporter::add_core(std::uint32_t step, std::uint32_t number, const CoreWork& work) {
  if (work.rows.empty() && work.updates.empty() && work.stalls.empty()) return;
  const std::uint32_t core = track(TileId(number / header_.cores), Units::core(number % header_.cores));
  std::uint64_t first = ~std::uint64_t{0}, end = 0;
  const auto covers = [&](std::uint64_t from, std::uint64_t to) {
    first = std::min(first, from);
    end = std::max(end, to);
  };
  for (std::size_t i = 0; i < work.rows.size(); ++i) {
    const Event& row = *work.rows[i];
    // The last row ends where the updates begin; no stall comes before the first update.
    std::uint64_t to = row.cycle + std::max(header_.row_cycles, 1u);
    if (i + 1 < work.rows.size() && work.rows[i + 1]->cycle > row.cycle) {
      to = work.rows[i + 1]->cycle;
    } else if (header_.row_cycles == 0 && !work.updates.empty()) {
      const Event& update = *work.updates.front();
      to = std::max(
          to, update.cycle - std::min<std::uint64_t>(update.cycle, update.subject / header_.neuron_lanes));
    }
    slice(row.cycle, to, core, What::Row, row.subject, row.value);
    covers(row.cycle, to);
  }
  for (std::size_t i = 0; i < work.updates.size();) {
    const std::uint64_t cycle = work.updates[i]->cycle;
    std::size_t same = i;
    while (same < work.updates.size() && work.updates[same]->cycle == cycle) ++same;
    slice(cycle, cycle + 1, core, What::Update, work.updates[i]->subject,
          static_cast<std::int64_t>(same - i));
    covers(cycle, cycle + 1);
    i = same;
  }
  for (std::size_t i = 0; i < work.stalls.size();) {
    const std::uint64_t from = work.stalls[i]->cycle;
    std::size_t after = i + 1;
    while (after < work.stalls.size() && work.stalls[after]->cycle == from + (after - i)) ++after;
    slice(from, from + (after - i), core, What::Stall, work.stalls[i]->subject, 0);
    covers(from, from + (after - i));
    i = after;
  }
  slice(first, end, core, What::Busy, step, 0);
}

void Exporter::add_messages(const StepEvents& step) {
  const MessageFlow flow(header_, step);
  std::vector<std::uint32_t> track_of(step.events.size(), 0);
  for (std::uint32_t i = 0; i < step.events.size(); ++i) {
    const Event& event = step.events[i];
    std::uint32_t unit = units_.count();
    if (event.kind == EventKind::Send) unit = Units::queue(event.core);
    if (event.kind == EventKind::Inject) unit = units_.port();
    if (event.kind == EventKind::Hop)
      unit = units_.router(std::min<std::uint32_t>(event.detail, kDirections - 1));
    if (event.kind == EventKind::Arrive) unit = units_.router(static_cast<std::uint32_t>(Direction::Local));
    if (event.kind == EventKind::Output) unit = units_.router(static_cast<std::uint32_t>(Direction::Edge));
    if (unit == units_.count()) continue;
    track_of[i] = track(event.tile, unit);
    const std::uint64_t cycles = event.kind == EventKind::Hop ? header_.flit_cycles : 1;
    slice(event.cycle, event.cycle + cycles, track_of[i], What::Flit, event.subject, event.value);
    const std::uint32_t parent = flow.parent(i);
    if (parent == kNoEvent) continue;
    marks_.push_back({step.events[parent].cycle, track_of[parent], What::Arrow, 's', 0, arrows_});
    marks_.push_back({event.cycle, track_of[i], What::Arrow, 'f', 0, arrows_++});
  }
  // A flit is in its buffer from its arrival to the cycle of its last grant. +1 and -1 become counts when
  // they are sorted.
  for (const Visit& visit : flow.visits()) {
    const TileId tile = flow.target(step.events[visit.brought_by]);
    const auto side = static_cast<std::uint32_t>(visit.input);
    marks_.push_back({visit.arrives, track(tile, units_.router(0)), What::Buffer, 'C', side, 1});
    const std::uint64_t gone = std::min(visit.leaves, std::max(step.last, visit.arrives)) + 1;
    marks_.push_back({gone, track(tile, units_.router(0)), What::Buffer, 'C', side, -1});
  }
}

// Changes of a buffer become its level; of several in one cycle the last one is written.
void Exporter::sum_counters() {
  struct Level {
    std::int64_t flits = 0;
    Mark* latest = nullptr;
  };
  std::vector<Level> levels(std::size_t{tiles_} * 8);
  for (Mark& mark : marks_) {
    if (mark.phase != 'C') continue;
    Level& level = levels[std::size_t{(mark.track - 1) / units_.count()} * 8 + mark.subject];
    mark.value = level.flits += mark.value;
    if (level.latest != nullptr && level.latest->cycle == mark.cycle) level.latest->phase = kDropped;
    level.latest = &mark;
  }
}

void Exporter::add(const StepEvents& step) {
  marks_.clear();
  for (const Event& event : step.events) {
    CoreWork& core = cores_[event.tile.index() * header_.cores + event.core];
    if (event.kind == EventKind::Row) core.rows.push_back(&event);
    if (event.kind == EventKind::Update) core.updates.push_back(&event);
    if (event.kind == EventKind::Stall) core.stalls.push_back(&event);
  }
  for (std::uint32_t number = 0; number < cores_.size(); ++number) {
    CoreWork& core = cores_[number];
    add_core(step.step, number, core);
    core.rows.clear();
    core.updates.clear();
    core.stalls.clear();
  }
  add_messages(step);
  slice(step.begin, step.last + 1, step_track(), What::Step, step.step, 0);
  std::sort(marks_.begin(), marks_.end(), before);
  sum_counters();
  for (const Mark& mark : marks_)
    if (mark.phase != kDropped) write(mark);
}

void Exporter::name_track(std::uint32_t track) {
  if (named_[track]) return;
  named_[track] = true;
  if (track == step_track()) {
    line(R"({"ph":"M","name":"process_name","pid":0,"tid":0,"args":{"name":"fabric"}})");
    line(R"({"ph":"M","name":"thread_name","pid":0,"tid":0,"args":{"name":"steps"}})");
    return;
  }
  const std::uint32_t tile = (track - 1) / units_.count(), unit = (track - 1) % units_.count();
  if (!named_tiles_[tile]) {
    named_tiles_[tile] = true;
    line(fmt::format(R"({{"ph":"M","name":"process_name","pid":{},"tid":{},"args":{{"name":"{}"}}}})",
                     tile + 1, track, tile_name(header_, TileId(tile))));
  }
  std::string name = "port";
  if (unit < units_.router(0)) {
    const std::string number = header_.cores == 1 ? "" : "_" + std::to_string(unit / 2);
    name = (unit == Units::core(unit / 2) ? "core" : "queue") + number;
  } else if (unit < units_.port()) {
    name = std::string("router.") + to_string(static_cast<Direction>(unit - units_.router(0)));
  }
  line(fmt::format(R"({{"ph":"M","name":"thread_name","pid":{},"tid":{},"args":{{"name":"{}"}}}})", tile + 1,
                   track, name));
}

void Exporter::write(const Mark& mark) {
  name_track(mark.track);
  const auto picoseconds =
      static_cast<std::uint64_t>(std::llround(static_cast<double>(mark.cycle) * picoseconds_per_cycle_));
  const std::string place = fmt::format(R"("pid":{},"tid":{},"ts":{}.{:06})",
                                        mark.track == 0 ? 0 : (mark.track - 1) / units_.count() + 1,
                                        mark.track, picoseconds / 1000000, picoseconds % 1000000);
  if (mark.phase == 'E') return line(fmt::format(R"({{"ph":"E",{}}})", place));
  if (mark.phase == 's')
    return line(
        fmt::format(R"({{"ph":"s","cat":"message","name":"message","id":{},{}}})", mark.value, place));
  if (mark.phase == 'f')
    return line(fmt::format(R"({{"ph":"f","bp":"e","cat":"message","name":"message","id":{},{}}})",
                            mark.value, place));
  if (mark.phase == 'C')
    return line(fmt::format(R"({{"ph":"C","name":"router.{}.occupancy",{},"args":{{"flits":{}}}}})",
                            to_string(static_cast<Direction>(mark.subject)), place, mark.value));
  const auto named = [&](const char* category, const char* noun, const char* argument) {
    line(fmt::format(R"({{"ph":"B","cat":"{}","name":"{} {}",{},"args":{{"cycle":{},"{}":{}}}}})", category,
                     noun, mark.subject, place, mark.cycle, argument, mark.value));
  };
  switch (mark.what) {
    case What::Row:
      return named("core", "axon", "value");
    case What::Update:
      return named("core", "neuron", "neurons");
    case What::Flit:
      return named("message", "key", "value");
    case What::Stall:
      return line(
          fmt::format(R"({{"ph":"B","cat":"core","name":"stall",{},"args":{{"cycle":{},"neuron":{}}}}})",
                      place, mark.cycle, mark.subject));
    default:
      return line(fmt::format(R"({{"ph":"B","cat":"step","name":"step {}",{},"args":{{"cycle":{}}}}})",
                              mark.subject == kUnknownStep ? "?" : std::to_string(mark.subject), place,
                              mark.cycle));
  }
}

}  // namespace

ExportSummary export_perfetto(const std::filesystem::path& log, const std::filesystem::path& json) {
  StepReader reader(log);
  OutputStream out(json);
  Exporter exporter(reader.header(), out);
  StepEvents step;
  exporter.begin();
  while (reader.next(step)) exporter.add(step);
  const std::uint64_t written = exporter.end();
  out.commit();
  return {reader.events(), written, reader.truncated()};
}

}  // namespace weft::traces
