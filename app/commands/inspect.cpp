// weft inspect: what is in a file, whatever kind of Weft's files it is, and questions to images and logs.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "app/cli/command.hpp"
#include "app/cli/options.hpp"
#include "app/flow/image_fabric.hpp"
#include "app/flow/json_text.hpp"
#include "app/flow/log_questions.hpp"
#include "app/flow/summary.hpp"
#include "model/base/error.hpp"
#include "model/fabric/image.hpp"
#include "sim/run.hpp"
#include "traces/export/exports.hpp"
#include "traces/waveform/glob.hpp"
#include "traces/waveform/scopes.hpp"

namespace weft::app {
namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;
constexpr std::int64_t kLargestNumber = 0xfffffffe;  // of a key or a step

struct InspectParams {
  std::string file;
  bool signals = false;
  std::string fabric;
  std::vector<std::string> scopes;
  std::int64_t frames = 10000;
  std::int64_t interval = 1;
  std::string csv, perfetto, raster;
  LogQuestions questions;
};

OptionTable make_table(InspectParams& params) {
  OptionTable table(
      "inspect [options] FILE",
      "Summarizes a network, an integer network, an image, an outcome, a report, a fabric, a flow, an "
      "event log, a RANC program or grid; the kind is told from the content. With an option, answers a "
      "question about it.");
  table.argument("FILE", params.file, "the file");
  table.section("Signals of an image");
  table.flag("signals", params.signals, "the signals that weft run --trace can record");
  table.texts("trace-scope", params.scopes, "GLOB",
              "that these match, e.g. 'tile_1_2.*'; repeatable (default: all)");
  table.text("fabric", params.fabric, "NAME|FILE", "on this fabric (default: fabric.yaml beside the image)");
  table.integer("frames", params.frames, 1, std::numeric_limits<std::int64_t>::max() >> 24,
                "in a run of so many frames, which tells the widths of step and frame (default 10000)");
  table.integer("interval", params.interval, 1, 1 << 20, "with so many steps between them (default 1)");
  table.section("Forms of an event log");
  table.text("csv", params.csv, "FILE", "write it as a table, one line per event");
  table.text("perfetto", params.perfetto, "FILE.json", "write it as Chrome trace JSON, for ui.perfetto.dev");
  table.text("raster", params.raster, "FILE.npz", "write its spikes and messages as NumPy arrays");
  LogQuestions& ask = params.questions;
  table.section("Questions to an event log");
  table.text("who-sent-to", ask.who_sent_to, "TILE",
             "the messages that tile_X_Y, or tile number N, got in --step");
  table.integer("life", ask.life, 0, kLargestNumber,
                "what happened to the message with this key in --step, and why it waited");
  table.integer("step", ask.step, 0, kLargestNumber, "the step that is asked about");
  table.integer("busiest-links", ask.busiest_links, 1, 1 << 20,
                "so many links with the most flits, and when they had them");
  table.integer("critical-path", ask.critical_path, 0, kLargestNumber,
                "what made this step as long as it was, back from its last event");
  table.text("diff", ask.diff, "FILE", "where this other log differs first (exit code 1 if it does)");
  return table;
}

// The exports that were asked for, one entry each.
Json export_log(const InspectParams& params, Console& console) {
  Json written = Json::array();
  const auto write = [&](const std::string& to,
                         traces::ExportSummary (*act)(const fs::path& log, const fs::path& file)) {
    if (to.empty()) return;
    const traces::ExportSummary summary = act(params.file, to);
    written.push_back({{"file", to}, {"events", summary.events}, {"entries", summary.written}});
    if (summary.truncated)
      console.warn(fmt::format("{} ends early; {} holds its whole blocks", params.file, to));
  };
  write(params.csv, traces::export_csv);
  write(params.perfetto, traces::export_perfetto);
  write(params.raster, traces::export_raster);
  return {{"file", params.file}, {"written", written}};
}

Json about(const SignalInfo& signal, const std::string& name) {
  Json json = {{"name", name}, {"width", signal.width}};
  if (signal.is_signed) json["signed"] = true;
  return json;
}

Json list_signals(const InspectParams& params) {
  const Image image = read_image(params.file);
  const Fabric fabric = fabric_of_image(params.file, image, params.fabric);
  const auto signals = sim::traceable_signals(fabric, image, static_cast<std::uint64_t>(params.frames),
                                              static_cast<std::uint64_t>(params.interval), true);
  const auto scopes = params.scopes.empty() ? std::vector<std::string>{"*"} : params.scopes;
  const auto chosen = traces::choose_signals(signals, scopes);
  Json list = Json::array();
  for (std::size_t i = 0; i < signals.size(); ++i) {
    const std::size_t bracket = signals[i].name.find('[');
    if (chosen[i]) list.push_back(about(signals[i], signals[i].name));
    if (chosen[i] || bracket == std::string::npos) continue;
    // What no scope names by its number is one line per core: "...core.potential[0..149]".
    const std::string array = signals[i].name.substr(0, bracket);
    std::size_t last = i;
    bool named = false;
    for (; last + 1 < signals.size() && signals[last + 1].name.rfind(array + "[", 0) == 0; ++last)
      named = named || chosen[last + 1];
    if (named) continue;
    const bool matched = std::any_of(scopes.begin(), scopes.end(), [&array](const std::string& scope) {
      return traces::scope_match(scope, array);
    });
    if (matched) list.push_back(about(signals[i], fmt::format("{}[0..{}]", array, last - i)));
    i = last;
  }
  return {{"file", params.file}, {"count", list.size()}, {"signals", list}};
}

void check(const InspectParams& params) {
  if (!params.signals && (!params.scopes.empty() || !params.fabric.empty()))
    throw Error(ErrorKind::Usage, "--trace-scope and --fabric need --signals");
}

}  // namespace

int inspect_command(Context& context, const std::vector<std::string>& words) {
  InspectParams params;
  const OptionTable table = make_table(params);
  if (!table.parse(words)) {
    print_result(table.help());
    return kDone;
  }
  check(params);
  if (params.questions.count() > 0 || params.questions.step >= 0) {
    const LogAnswer found = answer(params.questions, params.file);
    print_result(context.global.json ? found.json + "\n" : as_text(found.json));
    return found.same ? kDone : kUnacceptable;
  }
  Json answer;
  if (params.signals) {
    answer = list_signals(params);
  } else if (!params.csv.empty() || !params.perfetto.empty() || !params.raster.empty()) {
    answer = export_log(params, context.console);
  } else {
    print_result(context.global.json ? summarize_as_json(params.file) : summarize_as_text(params.file));
    return kDone;
  }
  print_result(context.global.json ? answer.dump(2) + "\n" : as_text(answer.dump()));
  return kDone;
}

}  // namespace weft::app
