// What "weft sweep" can do, an action each; every action but run only reads the store.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "app/cli/command.hpp"
#include "sweep/store.hpp"
#include "sweep/sweep_file.hpp"

namespace weft::app {

// The options of all actions; each takes its own.
struct SweepParams {
  std::string file;
  std::string output;
  int jobs = 0;
  bool dry_run = false;
  bool retry_failed = false;
  std::int64_t point = -1;
  int count = 10;
  std::string by;
  std::string csv;
};

int run_action(Context& context, const SweepParams& params);
int status_action(Context& context, const SweepParams& params);
int show_action(Context& context, const SweepParams& params);
int pareto_action(Context& context, const SweepParams& params);
int best_action(Context& context, const SweepParams& params);
int export_action(Context& context, const SweepParams& params);

// Where the store is, and what goes beside it.
std::filesystem::path store_directory(const SweepParams& params);
// Of a sweep that was run; throws InputError where there is none.
sweep::Store open_store(const SweepParams& params, const sweep::SweepFile& file);

void print_table(const Context& context, const sweep::Table& table);
void print_counts(const Context& context, const sweep::Store& store);

}  // namespace weft::app
