// The local engine: a process per point, some at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "model/base/progress.hpp"
#include "sweep/ledger.hpp"
#include "sweep/store.hpp"
#include "sweep/sweep_file.hpp"

namespace weft::sweep {

// What a point is, from its overrides. Called in a process of the point's own, which begins as a copy of the
// caller: what was loaded before is there. It may throw: Error of the kind Unacceptable is an infeasible
// point, anything else a failed one.
using PointFunction = std::function<PointResult(const std::vector<std::string>& overrides)>;

struct EngineParams {
  int jobs = 1;                     // processes at a time
  Limits limits;                    // a point above them has failed
  const StoreLock* lock = nullptr;  // what workers must not keep when this process is gone
};

struct EngineSummary {
  std::int64_t finished = 0;  // by this run
  std::int64_t lost = 0;      // workers ended from outside twice; the points are pending again
  bool stopped = false;       // progress asked for it: what was at work was finished, nothing begun
};

// Runs the tasks in their order. A worker that someone kills is tried once more. Must be called with no
// thread but the caller's; nothing of it runs after the return, and no worker survives this process.
EngineSummary run_points(Ledger& ledger, const std::vector<Task>& tasks, const SweepFile& sweep,
                         const PointFunction& function, const EngineParams& params, Progress& progress);
// All pending points of the store.
EngineSummary run_points(Store& store, const SweepFile& sweep, const PointFunction& function,
                         const EngineParams& params, Progress& progress);

}  // namespace weft::sweep
