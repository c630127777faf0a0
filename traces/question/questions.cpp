// Who sent, where a message went, which links were loaded.
#include "traces/question/questions.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "traces/question/step_story.hpp"

namespace weft::traces {

StepEvents read_step(StepReader& reader, const std::filesystem::path& log, std::uint32_t wanted) {
  StepEvents step;
  std::string first, last;
  while (reader.next(step)) {
    if (step.step == wanted) return step;
    if (step.step == kUnknownStep) continue;
    if (first.empty()) first = std::to_string(step.step);
    last = std::to_string(step.step);
  }
  throw InputError({log.string()}, "an event log without step " + std::to_string(wanted),
                   first.empty() ? "a log with whole steps" : "one of the steps " + first + " to " + last);
}

std::vector<Sender> who_sent_to(const std::filesystem::path& log, TileId tile, std::uint32_t number) {
  StepReader reader(log);
  const StepEvents step = read_step(reader, log, number);
  const StepStory story(reader.header(), step);
  std::vector<Sender> senders;
  for (std::uint32_t i = 0; i < step.events.size(); ++i) {
    const Event& event = step.events[i];
    if (event.tile != tile) continue;
    if (event.kind == EventKind::Deliver && !senders.empty()) ++senders.back().axons;
    if (event.kind == EventKind::Add && !senders.empty()) ++senders.back().sums;
    if (event.kind != EventKind::Arrive) continue;
    Sender sender;
    sender.key = event.subject;
    sender.value = event.value;
    sender.arrived = event.cycle;
    for (std::uint32_t at = story.flow().parent(i); at != kNoEvent; at = story.flow().parent(at)) {
      const Event& earlier = step.events[at];
      if (earlier.kind == EventKind::Hop) {
        ++sender.hops;
      } else {
        sender.from = earlier.tile;
        sender.from_port = earlier.kind == EventKind::Inject;
        sender.from_core = earlier.core;
        sender.sent = earlier.cycle;
      }
    }
    senders.push_back(sender);
  }
  return senders;
}

std::vector<Passage> life_of(const std::filesystem::path& log, std::uint32_t key, std::uint32_t number) {
  StepReader reader(log);
  const StepEvents step = read_step(reader, log, number);
  const StepStory story(reader.header(), step);
  std::vector<Passage> life;
  for (std::uint32_t i = 0; i < step.events.size(); ++i) {
    const Event& event = step.events[i];
    const bool passes = event.kind == EventKind::Send || event.kind == EventKind::Inject ||
                        event.kind == EventKind::Hop || event.kind == EventKind::Arrive ||
                        event.kind == EventKind::Output;
    if (is_delivery(event.kind)) {
      const std::uint32_t arrive = story.flow().parent(i);
      if (arrive != kNoEvent && step.events[arrive].subject == key) life.push_back(story.passage(i));
    } else if (passes && event.subject == key) {
      const std::uint32_t update = event.kind == EventKind::Send ? story.cause(i) : kNoEvent;
      if (update != kNoEvent) life.push_back(story.passage(update));
      life.push_back(story.passage(i));
    }
  }
  return life;
}

std::vector<LinkLoad> busiest_links(const std::filesystem::path& log, std::size_t count) {
  struct Load {
    std::uint64_t flits = 0;
    LinkLoad now, best;
  };
  std::map<std::pair<std::uint32_t, std::uint8_t>, Load> loads;
  StepReader reader(log);
  StepEvents step;
  while (reader.next(step)) {
    for (const Event& event : step.events) {
      if (event.kind != EventKind::Hop) continue;
      Load& load = loads[{event.tile.value(), event.detail}];
      ++load.flits;
      if (load.now.flits_in_it == 0 || load.now.busiest_step != step.step)
        load.now = {event.tile, static_cast<Direction>(event.detail), 0, step.step, 0, event.cycle, 0};
      ++load.now.flits_in_it;
      load.now.last_cycle = event.cycle;
      if (load.now.flits_in_it > load.best.flits_in_it ||
          (load.now.flits_in_it == load.best.flits_in_it && load.now.busiest_step == load.best.busiest_step))
        load.best = load.now;
    }
  }
  std::vector<LinkLoad> found;
  for (auto& [link, load] : loads) {
    load.best.flits = load.flits;
    found.push_back(load.best);
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const LinkLoad& a, const LinkLoad& b) { return a.flits > b.flits; });
  found.resize(std::min(found.size(), count));
  return found;
}

namespace {

bool is_of_core(EventKind kind) {
  return is_delivery(kind) || kind == EventKind::Row || kind == EventKind::Update ||
         kind == EventKind::Send || kind == EventKind::Stall;
}

}  // namespace

std::string describe(const EventLogHeader& header, const Event& event) {
  const bool names_core = header.cores > 1 && is_of_core(event.kind);
  const std::string place =
      tile_name(header, event.tile) + (names_core ? "." + core_name(header, event.core) : std::string());
  std::string text = place + " " + to_string(event.kind) + " " + std::to_string(event.subject) + " value " +
                     std::to_string(event.value);
  if (event.kind == EventKind::Hop && event.detail < kDirections)
    return text + " " + to_string(static_cast<Direction>(event.detail));
  return is_delivery(event.kind) ? text + " delay " + std::to_string(event.detail) : text;
}

namespace {

LogDifference differ(const EventLogHeader& header, std::uint32_t step, const Event* a, const Event* b) {
  const Event& first = a == nullptr || (b != nullptr && in_step_order(*b, *a)) ? *b : *a;
  LogDifference found{step, first.cycle, first.tile, "event", "nothing", "nothing"};
  if (a != nullptr && b != nullptr && a->cycle == b->cycle && a->tile == b->tile && a->kind == b->kind) {
    const bool same_subject = a->subject == b->subject, same_detail = a->detail == b->detail,
               same_core = a->core == b->core;
    found.field = std::string(to_string(a->kind)) + (!same_detail    ? ".detail"
                                                     : !same_core    ? ".core"
                                                     : !same_subject ? ".subject"
                                                                     : ".value");
    const auto field = [&](const Event& e) {
      return std::to_string(!same_detail    ? std::int64_t{e.detail}
                            : !same_core    ? std::int64_t{e.core}
                            : !same_subject ? std::int64_t{e.subject}
                                            : e.value);
    };
    found.left = field(*a);
    found.right = field(*b);
    return found;
  }
  (&first == a ? found.left : found.right) = describe(header, first);
  return found;
}

}  // namespace

std::optional<LogDifference> first_difference(const std::filesystem::path& left,
                                              const std::filesystem::path& right) {
  StepReader a(left), b(right);
  if (a.header().fabric != b.header().fabric)
    return LogDifference{kUnknownStep,           0, TileId(0), "fabric", a.header().fabric.hex(),
                         b.header().fabric.hex()};
  StepEvents one, other;
  for (;;) {
    const bool more = a.next(one), more_other = b.next(other);
    if (!more && !more_other) return std::nullopt;
    if (!more || !more_other) {
      const StepEvents& rest = more ? one : other;
      const std::string text = "step " + std::to_string(rest.step);
      return LogDifference{
          rest.step, rest.begin, TileId(0), "step", more ? text : "nothing", more ? "nothing" : text};
    }
    if (one.step != other.step || one.begin != other.begin) {
      const std::string field = one.step != other.step ? "step" : "step_begin";
      const auto text = [&](const StepEvents& s) {
        return std::to_string(field == "step" ? s.step : s.begin);
      };
      return LogDifference{std::min(one.step, other.step),
                           std::min(one.begin, other.begin),
                           TileId(0),
                           field,
                           text(one),
                           text(other)};
    }
    const std::size_t size = std::max(one.events.size(), other.events.size());
    for (std::size_t i = 0; i < size; ++i) {
      const Event* x = i < one.events.size() ? &one.events[i] : nullptr;
      const Event* y = i < other.events.size() ? &other.events[i] : nullptr;
      if (x == nullptr || y == nullptr || in_step_order(*x, *y) || in_step_order(*y, *x))
        return differ(a.header(), one.step, x, y);
    }
    if (one.last != other.last)
      return LogDifference{one.step,   std::min(one.last, other.last), TileId(0),
                           "step_end", std::to_string(one.last),       std::to_string(other.last)};
  }
}

}  // namespace weft::traces
