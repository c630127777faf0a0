// weft run on a RANC program: exact to the cycle of RANC's RTL.
#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "app/cli/command.hpp"
#include "app/cli/options.hpp"
#include "app/flow/ranc_flow.hpp"
#include "app/flow/result_directory.hpp"
#include "model/base/error.hpp"
#include "model/base/files.hpp"

namespace weft::app {
namespace {

struct RancCommandParams {
  std::string program;
  std::int64_t ticks = 0;
  std::int64_t tick_cycles = -1;
  std::string output = "out/ranc";
};

OptionTable make_table(RancCommandParams& params) {
  OptionTable table(
      "run [options] RANC_PROGRAM",
      "Simulates a RANC network tick by tick, exact to the cycle of RANC's RTL (sim/ranc/TIMING.md). "
      "Output packets are compared with those that the program expects.");
  table.argument("RANC_PROGRAM", params.program, "ranc.npz of weft import --format ranc");
  table.integer("ticks", params.ticks, 0, 1'000'000'000,
                "ticks (default 0: the input's and two more, at least 8)");
  table.integer("tick-cycles", params.tick_cycles, 0, std::int64_t{1} << 40,
                "cycles per tick (default: the fabric's; 0: as few as no core misses a tick with)");
  table.text("output,o", params.output, "DIR",
             "where events.txt and ranc.json go (default out/ranc; DIR/partial after Ctrl-C)");
  return table;
}

}  // namespace

bool is_ranc_run(const std::vector<std::string>& words) {
  return std::any_of(words.begin(), words.end(), [](const std::string& word) {
    return !word.empty() && word[0] != '-' && is_ranc_program(word);
  });
}

int run_ranc_command(Context& context, const std::vector<std::string>& words) {
  RancCommandParams params;
  const OptionTable table = make_table(params);
  if (!table.parse(words)) {
    print_result(table.help());
    return kDone;
  }
  RancProgram program = read_ranc_program(params.program);
  if (params.tick_cycles >= 0) program.machine.tick_cycles = params.tick_cycles;
  ResultDirectory directory(params.output);
  const auto ticks = params.ticks > 0 ? static_cast<std::uint64_t>(params.ticks)
                                      : std::max<std::uint64_t>(8, program.stimulus.ticks.size() + 2);
  const auto log_file = directory.staged("events.txt");
  std::ofstream log(log_file, std::ios::binary);
  Stage stage(context.console, "simulate");
  stage.count_in("ticks");
  const RancResult result = run_ranc_program(program, ticks, log, stage);
  if (!log.flush()) throw InputError({log_file.string()}, "the event log cannot be written");
  write_file(directory.staged("ranc.json"), format_ranc_json(program, result));
  const std::string results = result.interrupted ? params.output + "/partial" : params.output;
  directory.commit_to(results);
  if (context.global.json) {
    print_result(format_ranc_json(program, result));
  } else if (!context.global.quiet) {
    print_result(format_ranc_table(program, result));
  }
  context.console.say(
      fmt::format("{:.0f} ticks per second of CPU time; written: {}/events.txt",
                  static_cast<double>(result.figures.ticks) / std::max(result.cpu_seconds, 1e-6), results));
  if (result.rows_wrong > 0)
    context.console.error(fmt::format("{} of {} output rows differ from what the program expects",
                                      result.rows_wrong, result.rows_expected));
  if (result.figures.missed_ticks > 0)
    context.console.error(
        fmt::format("{} ticks were missed by cores that still worked: the tick is too short",
                    result.figures.missed_ticks));
  if (result.interrupted)
    context.console.warn(fmt::format("interrupted: {} of {} ticks were done; they are in {}",
                                     result.figures.ticks, ticks, results));
  return result.accepted() ? kDone : kUnacceptable;
}

}  // namespace weft::app
