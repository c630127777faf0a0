// A plan appears whole, by a rename, and never changes. Directories are listed instead of names being tried,
// since network file systems remember for a while that a name was not there.
#include "sweep/cluster/follow.hpp"

#include <charconv>
#include <chrono>
#include <thread>

#include "model/base/error.hpp"
#include "model/base/files.hpp"

namespace weft::sweep {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
constexpr auto kLook = std::chrono::milliseconds(250);

bool is_listed(const fs::path& path) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(path.parent_path(), ignored))
    if (entry.path().filename() == path.filename()) return true;
  return false;
}

fs::path heart(const fs::path& directory) {
  return directory / "alive";
}

// Its time only, which is another machine's: whether it changes is what counts.
fs::file_time_type last_beat(const fs::path& directory) {
  std::error_code none;
  return fs::last_write_time(heart(directory), none);
}

// False where it does not come.
bool wait_for(const fs::path& plan, const FollowParams& params, const Progress& progress) {
  const fs::path directory = plan.parent_path();
  fs::file_time_type beat = last_beat(directory);
  auto heard = Clock::now();
  while (!is_listed(plan)) {
    if (progress.stop_requested()) return false;
    if (const fs::file_time_type now = last_beat(directory); now != beat) {
      beat = now;
      heard = Clock::now();
    }
    if (Clock::now() - heard > std::chrono::duration<double>(params.patience_seconds)) return false;
    std::this_thread::sleep_for(kLook);
  }
  return true;
}

fs::path done_path(const fs::path& directory, int plan, int worker) {
  return directory / ("plan-" + std::to_string(plan) + "." + std::to_string(worker) + ".done");
}

}  // namespace

EngineSummary follow_plans(const FollowParams& params, const ShardOrigin& origin, const SweepFile& sweep,
                           const std::function<EngineSummary(const std::vector<Task>&)>& run,
                           const Progress& progress) {
  const fs::path directory = params.plan.parent_path();
  EngineSummary all;
  for (int number = plan_number(params.plan);; ++number) {
    const fs::path path = plan_path(directory, number);
    if (!wait_for(path, params, progress)) {
      all.stopped = true;
      return all;
    }
    const Plan plan = read_plan(path, origin, sweep);
    const EngineSummary one = run(choose_share(plan, params.index, params.count, params.shards, origin));
    all.finished += one.finished;
    all.lost += one.lost;
    all.stopped = one.stopped;
    if (all.stopped) return all;
    note_done(directory, number, params.index);
    if (plan.last) return all;
  }
}

fs::path plan_path(const fs::path& directory, int number) {
  return directory / ("plan-" + std::to_string(number) + ".json");
}

int plan_number(const fs::path& path) {
  const std::string name = path.stem().string();
  int number = -1;
  const char* const end = name.data() + name.size();
  if (name.rfind("plan-", 0) != 0 || std::from_chars(name.data() + 5, end, number).ptr != end || number < 0)
    throw Error(ErrorKind::Usage,
                "--follow: found the plan \"" + path.string() + "\", expected one named plan-0.json");
  return number;
}

void note_done(const fs::path& directory, int plan, int worker) {
  write_file(done_path(directory, plan, worker), std::string());
}

bool is_done(const fs::path& directory, int plan, int worker) {
  return fs::exists(done_path(directory, plan, worker));
}

void beat(const fs::path& directory) {
  write_file(heart(directory), std::string());
}

}  // namespace weft::sweep
