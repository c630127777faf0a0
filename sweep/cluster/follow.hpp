// A worker that goes from plan to plan, so that a search needs one array of workers for all its generations.
#pragma once

#include <filesystem>
#include <functional>
#include <vector>

#include "model/base/progress.hpp"
#include "sweep/cluster/plan.hpp"
#include "sweep/engine.hpp"

namespace weft::sweep {

struct FollowParams {
  std::filesystem::path plan;    // the first, DIRECTORY/plan-K.json; the next is plan-(K+1).json
  std::filesystem::path shards;  // of all workers
  int index = 0, count = 1;      // of this worker
  // How long it waits for a next plan while nobody beats in DIRECTORY/alive: then its parent is gone.
  double patience_seconds = 300;
};

// Runs its share of each plan up to the last one, and notes each that it is done with. Ends early where
// progress asks for it, and where no parent is left.
EngineSummary follow_plans(const FollowParams& params, const ShardOrigin& origin, const SweepFile& sweep,
                           const std::function<EngineSummary(const std::vector<Task>&)>& run,
                           const Progress& progress);

std::filesystem::path plan_path(const std::filesystem::path& directory, int number);
// Of plan-K.json; throws Error (Usage) for a file of another name.
int plan_number(const std::filesystem::path& path);
// That this worker brought its share of this plan to an end.
void note_done(const std::filesystem::path& directory, int plan, int worker);
bool is_done(const std::filesystem::path& directory, int plan, int worker);
// The parent is there; it does so about once a second.
void beat(const std::filesystem::path& directory);

}  // namespace weft::sweep
