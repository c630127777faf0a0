// Walks back from a step's last event: through the hops of its message to the neuron's update or the port,
// and through the core's updates and rows to the step's begin. Invariant: the parts follow one another and
// cover [begin, last].
#include <algorithm>

#include "traces/question/step_story.hpp"

namespace weft::traces {
namespace {

class Walk {
 public:
  Walk(const EventLogHeader& header, const StepEvents& step)
      : header_(header), step_(step), story_(header, step), at_(step.last + 1) {}

  CriticalPath path() {
    CriticalPath path{step_.begin, step_.last, {}};
    const std::uint32_t end = last_event();
    if (end != kNoEvent) {
      add("settling", step_.events[end].tile, "credits on their way, neurons that stay silent",
          step_.events[end].cycle + 1);
      walk(end);
    }
    add("idle", end == kNoEvent ? TileId(0) : step_.events[end].tile, "", step_.begin);
    std::reverse(parts_.begin(), parts_.end());
    path.parts = std::move(parts_);
    return path;
  }

 private:
  // The part from `from` to where the path has come so far.
  void add(const char* what, TileId tile, const std::string& detail, std::uint64_t from) {
    if (from >= at_) return;
    parts_.push_back({what, tile, detail, from, at_});
    at_ = from;
  }
  std::uint32_t last_event() const {
    for (std::uint32_t i = static_cast<std::uint32_t>(step_.events.size()); i-- > 0;)
      if (!is_delivery(step_.events[i].kind)) return i;
    return kNoEvent;
  }
  void walk(std::uint32_t index) {
    while (index != kNoEvent) {
      const Event& event = step_.events[index];
      const Passage passage = story_.passage(index);
      if (event.kind == EventKind::Row || event.kind == EventKind::Update || event.kind == EventKind::Stall)
        return core(event);
      const std::string key = "key " + std::to_string(event.subject);
      if (event.kind == EventKind::Hop) {
        add("link", event.tile, key + " to the " + to_string(static_cast<Direction>(event.detail)),
            event.cycle);
      } else {
        add(to_string(event.kind), event.tile, key, event.cycle);
      }
      wait(passage, key);
      index = story_.cause(index);
      if (index != kNoEvent && event.kind != EventKind::Send)
        add("router", event.tile, key + " in the pipeline", story_.flow().visit(index)->arrives);
    }
  }
  void wait(const Passage& passage, const std::string& key) {
    const Event& event = passage.event;
    const Wait& wait = passage.wait;
    const char* reason = wait.arbitration >= wait.credits ? "wait: arbitration" : "wait: credits";
    if (wait.link > std::max(wait.arbitration, wait.credits)) reason = "wait: link";
    add(reason, event.tile, key, passage.ready + wait.queue);
    add("wait: queue", event.tile, key, passage.ready);
  }
  void core(const Event& end) {
    std::uint64_t rows = 0, rows_from = step_.begin, stalls = 0, longest = 0, previous = 0;
    const Event* last_row = nullptr;
    const Event* longest_row = nullptr;
    const Event* first_update = nullptr;
    const auto close = [&](std::uint64_t cycle) {
      if (last_row == nullptr || cycle - previous <= longest) return;
      longest = cycle - previous;
      longest_row = last_row;
    };
    for (const Event& event : step_.events) {
      if (event.tile != end.tile || event.core != end.core || event.cycle > end.cycle) continue;
      if (event.kind == EventKind::Row) {
        close(event.cycle);
        if (rows++ == 0) rows_from = event.cycle;
        previous = event.cycle;
        last_row = &event;
      }
      stalls += event.kind == EventKind::Stall;
      if (event.kind == EventKind::Update && first_update == nullptr) first_update = &event;
    }
    std::uint64_t rows_end = rows == 0 ? step_.begin : previous + std::max(header_.row_cycles, 1u);
    if (first_update != nullptr)
      rows_end = std::max(rows_end, first_update->cycle - std::min<std::uint64_t>(
                                                              first_update->cycle,
                                                              first_update->subject / header_.neuron_lanes));
    close(rows_end);
    const std::string core = header_.cores == 1 ? "" : core_name(header_, end.core) + ": ";
    if (end.kind != EventKind::Row)
      add("updates", end.tile,
          core + "up to neuron " + std::to_string(end.subject) + ", " + std::to_string(stalls) +
              " stall cycles",
          std::min(rows_end, end.cycle));
    add("rows", end.tile,
        core + std::to_string(rows) + " axons" +
            (longest_row == nullptr ? std::string()
                                    : ", the longest row is axon " + std::to_string(longest_row->subject) +
                                          "'s, " + std::to_string(longest) + " cycles"),
        rows_from);
  }

  const EventLogHeader& header_;
  const StepEvents& step_;
  StepStory story_;
  std::uint64_t at_;  // the path covers all from here on
  std::vector<PathPart> parts_;
};

}  // namespace

CriticalPath critical_path(const std::filesystem::path& log, std::uint32_t number) {
  StepReader reader(log);
  return critical_path(reader.header(), read_step(reader, log, number));
}

CriticalPath critical_path(const EventLogHeader& header, const StepEvents& step) {
  return Walk(header, step).path();
}

}  // namespace weft::traces
