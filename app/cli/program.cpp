// Global options end at the first plain word, which is the command; all that follows is the command's.
// Whatever a command throws becomes one message on stderr and an exit code here, and nowhere else.
#include "app/cli/program.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <limits>
#include <new>
#include <nlohmann/json.hpp>

#include "app/cli/command.hpp"
#include "app/cli/interrupt.hpp"
#include "app/cli/options.hpp"
#include "app/flow/report_table.hpp"
#include "model/base/error.hpp"
#include "model/base/nearest.hpp"

namespace weft::app {
namespace {

OptionTable global_table(GlobalOptions& global) {
  OptionTable table("[global options] COMMAND [options]",
                    "Compiles neural networks onto a neuromorphic fabric and simulates them cycle by cycle.");
  table.flag("json", global.json, "print one JSON document on stdout and nothing else");
  table.flag("quiet,q", global.quiet, "no messages and no progress, only errors");
  table.flag("no-color", global.no_color, "no color (as with the environment variable NO_COLOR)");
  table.text("data", global.data_directory, "DIR",
             "where data sets are (default: the environment variable WEFT_DATA)");
  table.integer("threads", global.threads, 0, 1024,
                "threads; results do not depend on it (default 0: all cores)");
  table.integer("seed", global.seed, 0, std::numeric_limits<std::int64_t>::max(),
                "of all random choices (default 1)");
  table.flag("version", global.version, "print the version");
  return table;
}

std::string program_help(const OptionTable& table) {
  std::string text = table.help() + "\nCommands:\n";
  for (const Command& command : commands())
    text += fmt::format("  {:<10} {}\n", command.name, command.summary);
  text +=
      "\n\"weft COMMAND --help\" tells more. Exit codes: 0 done, 1 a result that is not acceptable or an "
      "interrupted "
      "run,\n2 usage, 3 bad input, 4 a fault of weft itself.\n";
  return text;
}

const Command& find_command(const std::string& name) {
  std::vector<std::string> names;
  for (const Command& command : commands()) {
    if (name == command.name) return command;
    names.push_back(command.name);
  }
  throw Error(ErrorKind::Usage,
              fmt::format("unknown command \"{}\"{}\nSee \"weft --help\".", name, did_you_mean(name, names)));
}

int dispatch(Context& context, const OptionTable& table, const std::vector<std::string>& words,
             std::size_t first_word) {
  if (context.global.version) {
    print_result(context.global.json ? nlohmann::json{{"version", weft_version()}}.dump() + "\n"
                                     : "weft " + weft_version() + "\n");
    return kDone;
  }
  if (first_word == words.size())
    throw Error(ErrorKind::Usage, "a command is missing\n\n" + program_help(table));
  if (words[first_word] == "help") {
    print_result(program_help(table));
    return kDone;
  }
  const Command& command = find_command(words[first_word]);
  return command.run(context, {words.begin() + static_cast<std::ptrdiff_t>(first_word) + 1, words.end()});
}

}  // namespace

const std::vector<Command>& commands() {
  static const std::vector<Command> table = {
      {"demo", "the whole chain on Fashion-MNIST, into out/demo/", demo_command},
      {"train", "make a network from a data set", train_command},
      {"import", "make a network of .npy arrays", import_command},
      {"compress", "factorize and prune a network, with retraining", compress_command},
      {"map", "quantize, pack, place and route; writes the image", map_command},
      {"run", "simulate an image on a data set, traces on request", run_command},
      {"flow", "train, compress, map and run from one YAML file", flow_command},
      {"sweep", "many flows: axes over the keys of one, results in a store, Pareto fronts", sweep_command},
      {"report", "an HTML page from the results of a run", report_command},
      {"inspect", "a summary of a network, image, fabric, report or event log", inspect_command},
  };
  return table;
}

void print_result(const std::string& text) {
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if (!written || std::fflush(stdout) != 0)
    throw Error(ErrorKind::BadInput, "the result cannot be written to standard output");
}

void print_report(const Context& context, const Report& report) {
  if (context.global.json)
    print_result(format_report_json(report));
  else if (!context.global.quiet)
    print_result(format_report_table(report));
}

std::vector<std::string> seed_override(const Context& context) {
  if (!context.global.seed_given) return {};
  return {fmt::format("seed={}", context.global.seed)};
}

std::string weft_version() {
  return WEFT_VERSION;
}

int run_program(const std::vector<std::string>& words) {
  GlobalOptions global;
  Console console(detect_style(false, false), stderr);
  try {
    const OptionTable table = global_table(global);
    const std::size_t first_word = table.leading_options(words);
    const std::vector<std::string> leading(words.begin(),
                                           words.begin() + static_cast<std::ptrdiff_t>(first_word));
    if (!table.parse(leading)) {
      print_result(program_help(table));
      return kDone;
    }
    for (const std::string& word : leading) global.seed_given |= word.rfind("--seed", 0) == 0;
    console = Console(detect_style(global.quiet, global.no_color), stderr);
    install_interrupt_handler();
    Context context{global, console};
    return dispatch(context, table, words, first_word);
  } catch (const Error& error) {
    console.error(error.what());
    return static_cast<int>(error.kind());
  } catch (const std::bad_alloc&) {
    console.error("out of memory");
  } catch (const std::exception& error) {
    console.error(fmt::format("a fault of weft itself: {}", error.what()));
  }
  return static_cast<int>(ErrorKind::Internal);
}

}  // namespace weft::app
