// Nothing of a job is kept here but files whose names follow from the sweep and its directory: the queue says
// who is there, the plans what each of them has to do, and notes beside the plans what they are done with. A
// pending point that nobody has to do any more was lost or drained, or is of a generation that begins; it
// goes into the next plan. So a parent that comes after one that was killed sees what that one saw.
#include "sweep/cluster/slurm.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <numeric>
#include <thread>

#include "model/base/error.hpp"
#include "model/base/files.hpp"
#include "sweep/cluster/follow.hpp"
#include "sweep/cluster/slurm_queue.hpp"
#include "sweep/search/search.hpp"

namespace weft::sweep {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
constexpr int kUnansweredLooks = 600;  // a controller may be away for a while

std::int64_t ended(const StateCounts& counts) {
  return counts.done + counts.failed + counts.infeasible;
}

class SlurmRun {
 public:
  SlurmRun(Store& store, const SweepFile& sweep, const ShardOrigin& origin, const fs::path& directory,
           const SlurmParams& params, Progress& progress)
      : store_(store),
        sweep_(sweep),
        origin_(origin),
        job_(job_name(directory, origin)),
        cluster_(fs::absolute(directory) / "cluster"),
        shards_(directory / "shards"),
        params_(params),
        progress_(progress) {
    make_output_directory(cluster_);
    make_output_directory(shards_);
    find_plans();
  }

  SlurmSummary run() {
    bool drained = false, is_ours = false;
    std::int64_t before = 0;
    while (true) {
      beat(cluster_);
      const QueueLook queue = ask();
      find_done();  // before the shards are read: what was written before the note is in them
      summary_.damaged += collect_shards(store_, shards_, origin_).damaged;
      const StateCounts counts = store_.counts();
      progress_.update(ended(counts), counts.total());
      const bool there = queue.state == Queue::AtWork || queue.state == Queue::NoAnswer;
      if (queue.state == Queue::AtWork && params_.detach) return detached();
      if (progress_.stop_requested() && !drained && there) {
        drain_workers(job_);
        drained = true;
      }
      if (there) {
        if (queue.state == Queue::AtWork && !drained) extend(queue.workers);
        rest(drained);
        continue;
      }
      summary_.stopped = drained || progress_.stop_requested();
      if (summary_.stopped || (!has_pending() && add_next_points(store_, sweep_) == 0)) return summary_;
      if (is_ours && ended(counts) == before)
        throw Error(ErrorKind::Unacceptable,
                    "the workers ended and brought no point to an end; their logs are " +
                        (cluster_ / "*.log").string());
      before = ended(counts);
      is_ours = true;
      begin_array();
      if (params_.detach) return detached();
    }
  }

 private:
  SlurmSummary detached() {
    summary_.detached = true;
    return summary_;
  }
  bool has_pending() const { return store_.counts().pending > 0; }

  QueueLook ask() {
    for (int unanswered = 1;; ++unanswered) {
      QueueLook look = look_at_queue(job_);
      was_answered_ |= look.state != Queue::NoAnswer;
      if (look.state != Queue::NoAnswer || progress_.stop_requested()) return look;
      if (unanswered == (was_answered_ ? kUnansweredLooks : 1))
        throw Error(ErrorKind::BadInput,
                    "the cluster does not answer; the same command goes on once it does:\n" + look.trouble);
      beat(cluster_);
      rest(false);
    }
  }

  void rest(bool drained) const {
    const auto next = Clock::now() + std::chrono::duration<double>(params_.poll_seconds);
    while (Clock::now() < next && (drained || !progress_.stop_requested()))
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }

  // Those of the newest array.
  void find_plans() {
    while (fs::exists(plan_path(cluster_, next_plan_))) {
      Plan plan = read_plan(plan_path(cluster_, next_plan_), origin_, sweep_);
      if (plan.array != array_) plans_.clear();
      array_ = plan.array;
      plans_.emplace(next_plan_++, std::move(plan));
    }
  }
  void write(Plan plan) {
    plan.array = array_;
    write_plan(plan_path(cluster_, next_plan_), plan, origin_);
    plans_.emplace(next_plan_++, std::move(plan));
  }

  void begin_array() {
    Plan plan = plan_pending(store_, sweep_);
    const auto points = static_cast<int>(std::min<std::size_t>(plan.tasks.size(), 1u << 30));
    plan.workers.resize(
        static_cast<std::size_t>(std::min(params_.workers, (points + params_.cpus - 1) / params_.cpus)));
    std::iota(plan.workers.begin(), plan.workers.end(), 0);
    // Without a parent nobody would write the next one.
    plan.last = params_.detach || !is_search(sweep_);
    const fs::path path = plan_path(cluster_, next_plan_);
    const auto workers = static_cast<int>(plan.workers.size());
    ++array_;
    plans_.clear();
    write(std::move(plan));
    submit_workers(job_, path, workers, params_);
    ++summary_.rounds;
  }

  // More for the workers that are there, where they wait for it.
  void extend(const std::set<int>& workers) {
    if (workers.empty() || plans_.empty() || plans_.rbegin()->second.last) return;
    if (!has_pending() && add_next_points(store_, sweep_) == 0) {
      write(Plan{});  // the last, of no points
      return;
    }
    Plan plan = plan_pending(store_, sweep_);
    const std::set<std::int64_t> taken = taken_by(workers);
    plan.tasks.erase(std::remove_if(plan.tasks.begin(), plan.tasks.end(),
                                    [&](const Task& task) { return taken.count(task.number) > 0; }),
                     plan.tasks.end());
    if (plan.tasks.empty()) return;
    plan.workers.assign(workers.begin(), workers.end());
    plan.last = false;
    write(std::move(plan));
  }

  // The points that one of these workers has yet to do.
  std::set<std::int64_t> taken_by(const std::set<int>& workers) const {
    std::set<std::int64_t> taken;
    for (const auto& [number, plan] : plans_)
      for (std::size_t i = 0; i < plan.tasks.size() && !plan.workers.empty(); ++i) {
        const int worker = plan.workers[i % plan.workers.size()];
        if (workers.count(worker) > 0 && done_.count({number, worker}) == 0)
          taken.insert(plan.tasks[i].number);
      }
    return taken;
  }
  void find_done() {
    for (const auto& [number, plan] : plans_)
      for (const int worker : plan.workers)
        if (done_.count({number, worker}) == 0 && is_done(cluster_, number, worker))
          done_.insert({number, worker});
  }

  Store& store_;
  const SweepFile& sweep_;
  const ShardOrigin& origin_;
  const std::string job_;
  const fs::path cluster_, shards_;
  const SlurmParams& params_;
  Progress& progress_;
  SlurmSummary summary_;
  bool was_answered_ = false;  // then it may be away for a while
  int array_ = 0, next_plan_ = 0;
  std::map<int, Plan> plans_;           // of this array, by their numbers
  std::set<std::pair<int, int>> done_;  // plans and workers
};

}  // namespace

std::string job_name(const fs::path& directory, const ShardOrigin& origin) {
  const std::string place = fs::weakly_canonical(directory).string();
  return "weft-" +
         DigestBuilder().add(std::string_view(place)).add(origin.sweep).finish().hex().substr(0, 16);
}

bool is_at_work(const std::string& job) {
  const QueueLook look = look_at_queue(job);
  if (look.state == Queue::NoAnswer)
    throw Error(ErrorKind::BadInput, "the cluster does not say whether workers are there:\n" + look.trouble);
  return look.state == Queue::AtWork;
}

SlurmSummary run_on_slurm(Store& store, const SweepFile& sweep, const ShardOrigin& origin,
                          const fs::path& directory, const SlurmParams& params, Progress& progress) {
  return SlurmRun(store, sweep, origin, directory, params, progress).run();
}

}  // namespace weft::sweep
