// One thread waits for the pipes of all workers. A row says "running" before its worker begins and has the
// whole result after it ended; in between only the worker works. Workers inherit the pipes of earlier ones,
// but hold only reading ends: a pipe closes when its own worker ends.
#include "sweep/engine.hpp"

#include <poll.h>

#include <algorithm>
#include <csignal>
#include <deque>
#include <set>

#include "sweep/worker.hpp"

namespace weft::sweep {
namespace {

constexpr int kLookMilliseconds = 100;  // how soon a limit of time or a Ctrl-C is seen

class Engine {
 public:
  Engine(Ledger& ledger, const std::vector<Task>& tasks, const SweepFile& sweep,
         const PointFunction& function, const EngineParams& params, Progress& progress)
      : ledger_(ledger),
        waiting_(tasks.begin(), tasks.end()),
        total_(static_cast<std::int64_t>(tasks.size())),
        sweep_(sweep),
        function_(function),
        params_(params),
        progress_(progress) {}
  ~Engine() {  // after an error
    for (Worker& worker : workers_) abandon(worker);
  }
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  EngineSummary run() {
    while (true) {
      summary_.stopped |= progress_.stop_requested();
      fill();
      write_down();  // while the next points are at work
      if (workers_.empty()) break;
      wait();
    }
    summary_.stopped &= !waiting_.empty();
    return summary_;
  }

 private:
  void fill() {
    while (!summary_.stopped && !waiting_.empty() &&
           workers_.size() < static_cast<std::size_t>(params_.jobs)) {
      const Task& task = waiting_.front();
      ledger_.start(task.number);
      workers_.push_back(start_worker(task, to_overrides(sweep_, task.point), function_, params_));
      waiting_.pop_front();
    }
  }

  void wait() {
    std::vector<pollfd> pipes;
    for (const Worker& worker : workers_) pipes.push_back({worker.pipe, POLLIN, 0});
    const int ready = poll(pipes.data(), pipes.size(), kLookMilliseconds);
    for (std::size_t i = pipes.size(); i-- > 0;) {
      Worker& worker = workers_[i];
      if (ready > 0 && pipes[i].revents != 0 && !receive(worker)) {
        end(worker);
        workers_.erase(workers_.begin() + static_cast<std::ptrdiff_t>(i));
      } else if (params_.limits.seconds > 0 && !worker.out_of_time &&
                 Clock::now() - worker.begin > std::chrono::duration<double>(params_.limits.seconds)) {
        worker.out_of_time = true;
        if (worker.process > 0) kill(worker.process, SIGKILL);
      }
    }
    progress_.update(summary_.finished + summary_.lost, total_);
  }

  void end(Worker& worker) {
    const std::optional<PointResult> result = finish_worker(worker, params_.limits);
    worker.process = -1;
    if (result) {
      ended_.emplace_back(worker.task.number, *result);
    } else {
      ledger_.put_back(worker.task.number);
      if (tried_.insert(worker.task.number).second)
        waiting_.push_front(worker.task);
      else
        ++summary_.lost;
    }
  }

  void write_down() {
    for (const auto& [point, result] : ended_) {
      ledger_.finish(point, result);
      ++summary_.finished;
    }
    ended_.clear();
  }

  Ledger& ledger_;
  std::deque<Task> waiting_;
  std::int64_t total_ = 0;
  const SweepFile& sweep_;
  const PointFunction& function_;
  const EngineParams& params_;
  Progress& progress_;
  std::set<std::int64_t> tried_;  // lost a worker already
  std::vector<Worker> workers_;
  std::vector<std::pair<std::int64_t, PointResult>> ended_;  // but not written down
  EngineSummary summary_;
};

}  // namespace

EngineSummary run_points(Ledger& ledger, const std::vector<Task>& tasks, const SweepFile& sweep,
                         const PointFunction& function, const EngineParams& params, Progress& progress) {
  return Engine(ledger, tasks, sweep, function, params, progress).run();
}

EngineSummary run_points(Store& store, const SweepFile& sweep, const PointFunction& function,
                         const EngineParams& params, Progress& progress) {
  store.recover();
  return run_points(store, store.pending_tasks(sweep), sweep, function, params, progress);
}

}  // namespace weft::sweep
