// What every command gets, and the table of the commands.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "app/cli/console.hpp"
#include "model/report/report.hpp"

namespace weft::app {

struct GlobalOptions {
  bool json = false;
  bool quiet = false;
  bool no_color = false;
  bool version = false;
  std::string data_directory;  // empty: WEFT_DATA
  int threads = 0;             // 0: one per hardware thread
  std::int64_t seed = 1;
  bool seed_given = false;
};

struct Context {
  GlobalOptions global;
  Console& console;
};

// Exit codes: those of ErrorKind, and 0.
constexpr int kDone = 0;
constexpr int kUnacceptable = 1;

struct Command {
  const char* name;
  const char* summary;
  int (*run)(Context& context, const std::vector<std::string>& words);  // the words after the command's name
};

const std::vector<Command>& commands();

int demo_command(Context& context, const std::vector<std::string>& words);
int train_command(Context& context, const std::vector<std::string>& words);
int import_command(Context& context, const std::vector<std::string>& words);
int compress_command(Context& context, const std::vector<std::string>& words);
int map_command(Context& context, const std::vector<std::string>& words);
int run_command(Context& context, const std::vector<std::string>& words);
// weft run --traffic, which has options of its own.
bool is_traffic_run(const std::vector<std::string>& words);
int run_traffic_command(Context& context, const std::vector<std::string>& words);
// weft run on a RANC program, which has options of its own, too.
bool is_ranc_run(const std::vector<std::string>& words);
int run_ranc_command(Context& context, const std::vector<std::string>& words);
int flow_command(Context& context, const std::vector<std::string>& words);
int report_command(Context& context, const std::vector<std::string>& words);
int sweep_command(Context& context, const std::vector<std::string>& words);
int inspect_command(Context& context, const std::vector<std::string>& words);

// The result of a command: the one thing that goes to stdout. Throws InputError where stdout cannot be
// written.
void print_result(const std::string& text);
// The report as JSON with --json, as a table otherwise (nothing when quiet).
void print_report(const Context& context, const Report& report);

// "seed=N" where --seed was given: an override for a configuration file.
std::vector<std::string> seed_override(const Context& context);

std::string weft_version();

}  // namespace weft::app
