// Each answer is one object with a list, so that it prints as a table.
#include "app/flow/log_questions.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <regex>

#include "model/base/error.hpp"
#include "traces/question/questions.hpp"

namespace weft::app {
namespace {

using Json = nlohmann::ordered_json;

// "tile_1_2", or the tile's number, counted row by row.
TileId tile_of(const std::string& name, const traces::EventLogHeader& header, const std::string& log) {
  const auto refuse = [&](const std::string& what) {
    throw InputError({log}, fmt::format("a log of {} x {} tiles", header.width, header.height),
                     "one that has " + what);
  };
  if (std::regex_match(name, std::regex("[0-9]{1,5}"))) {
    const auto number = static_cast<std::uint32_t>(std::stoul(name));
    if (number >= header.width * header.height) refuse("tile number " + name);
    return TileId(number);
  }
  std::smatch parts;
  if (!std::regex_match(name, parts, std::regex("tile_([0-9]{1,3})_([0-9]{1,3})")))
    throw Error(
        ErrorKind::Usage,
        fmt::format("--who-sent-to: found \"{}\", expected a tile such as tile_1_2, or its number", name));
  const auto x = static_cast<std::uint32_t>(std::stoul(parts[1]));
  const auto y = static_cast<std::uint32_t>(std::stoul(parts[2]));
  if (x >= header.width || y >= header.height) refuse(name);
  return TileId(x + y * header.width);
}

Json tell_who_sent_to(const LogQuestions& questions, const std::string& log) {
  const traces::EventLogHeader header = traces::EventLogReader(log).header();
  const TileId tile = tile_of(questions.who_sent_to, header, log);
  Json list = Json::array();
  for (const traces::Sender& sender :
       traces::who_sent_to(log, tile, static_cast<std::uint32_t>(questions.step))) {
    list.push_back({{"from", sender.from ? traces::tile_name(header, *sender.from) : "unknown"},
                    {"sender", !sender.from       ? "unknown"
                               : sender.from_port ? "port"
                                                  : traces::core_name(header, sender.from_core)},
                    {"key", sender.key},
                    {"value", sender.value},
                    {"sent", sender.sent},
                    {"arrived", sender.arrived},
                    {"hops", sender.hops},
                    {"axons", sender.axons},
                    {"sums", sender.sums}});
  }
  return {{"file", log},
          {"tile", traces::tile_name(header, tile)},
          {"step", questions.step},
          {"messages", list.size()},
          {"received", list}};
}

Json tell_life_of(const LogQuestions& questions, const std::string& log) {
  const traces::EventLogHeader header = traces::EventLogReader(log).header();
  Json list = Json::array();
  for (const traces::Passage& passage : traces::life_of(log, static_cast<std::uint32_t>(questions.life),
                                                        static_cast<std::uint32_t>(questions.step)))
    list.push_back({{"cycle", passage.event.cycle},
                    {"event", traces::describe(header, passage.event)},
                    {"possible_from", passage.ready},
                    {"waited", passage.wait.total()},
                    {"queue", passage.wait.queue},
                    {"arbitration", passage.wait.arbitration},
                    {"link", passage.wait.link},
                    {"credits", passage.wait.credits}});
  return {{"file", log}, {"key", questions.life}, {"step", questions.step}, {"life", list}};
}

Json tell_busiest_links(const LogQuestions& questions, const std::string& log) {
  const traces::EventLogHeader header = traces::EventLogReader(log).header();
  Json list = Json::array();
  for (const traces::LinkLoad& link :
       traces::busiest_links(log, static_cast<std::size_t>(questions.busiest_links)))
    list.push_back(
        {{"link", fmt::format("{} {}", traces::tile_name(header, link.tile), to_string(link.side))},
         {"flits", link.flits},
         {"busiest_step",
          link.busiest_step == traces::kUnknownStep ? Json("unknown") : Json(link.busiest_step)},
         {"flits_in_it", link.flits_in_it},
         {"from_cycle", link.first_cycle},
         {"to_cycle", link.last_cycle}});
  return {{"file", log}, {"links", list}};
}

Json tell_critical_path(const LogQuestions& questions, const std::string& log) {
  const traces::EventLogHeader header = traces::EventLogReader(log).header();
  const auto path = traces::critical_path(log, static_cast<std::uint32_t>(questions.critical_path));
  Json list = Json::array();
  const traces::PathPart* longest = nullptr;
  for (const traces::PathPart& part : path.parts) {
    if (longest == nullptr || part.to - part.from > longest->to - longest->from) longest = &part;
    list.push_back({{"from", part.from},
                    {"cycles", part.to - part.from},
                    {"what", part.what},
                    {"tile", traces::tile_name(header, part.tile)},
                    {"detail", part.detail}});
  }
  Json out = {{"file", log}, {"step", questions.critical_path}, {"cycles", path.last + 1 - path.begin}};
  if (longest != nullptr)
    out["longest_part"] = fmt::format("{} in {}, {} cycles", longest->what,
                                      traces::tile_name(header, longest->tile), longest->to - longest->from);
  out["path"] = list;
  return out;
}

LogAnswer difference(const LogQuestions& questions, const std::string& log) {
  const traces::EventLogHeader header = traces::EventLogReader(log).header();
  const auto found = traces::first_difference(log, questions.diff);
  Json out = {{"file", log}, {"other", questions.diff}, {"same", !found.has_value()}};
  if (found) {
    if (found->step != traces::kUnknownStep) out["step"] = found->step;
    out["cycle"] = found->cycle;
    out["tile"] = traces::tile_name(header, found->tile);
    out["field"] = found->field;
    out["here"] = found->left;
    out["there"] = found->right;
  }
  return {out.dump(2), !found};
}

}  // namespace

int LogQuestions::count() const {
  return (who_sent_to.empty() ? 0 : 1) + (life >= 0) + (busiest_links > 0) + (critical_path >= 0) +
         (diff.empty() ? 0 : 1);
}

LogAnswer answer(const LogQuestions& questions, const std::string& log) {
  if (questions.count() != 1) throw Error(ErrorKind::Usage, "ask one question to a log at a time");
  const bool of_a_step = !questions.who_sent_to.empty() || questions.life >= 0;
  if (of_a_step != (questions.step >= 0))
    throw Error(ErrorKind::Usage, of_a_step ? "--who-sent-to and --life need --step N"
                                            : "--step needs --who-sent-to TILE or --life KEY");
  if (!questions.diff.empty()) return difference(questions, log);
  Json out;
  if (!questions.who_sent_to.empty()) out = tell_who_sent_to(questions, log);
  if (questions.life >= 0) out = tell_life_of(questions, log);
  if (questions.busiest_links > 0) out = tell_busiest_links(questions, log);
  if (questions.critical_path >= 0) out = tell_critical_path(questions, log);
  return {out.dump(2), true};
}

}  // namespace weft::app
