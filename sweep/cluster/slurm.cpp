// Nothing of a job is kept here but its name, which follows from the sweep and its directory: the queue
// itself says whether workers are there. A round is over when none is; what is pending then was lost or
// drained.
#include "sweep/cluster/slurm.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "model/base/error.hpp"
#include "model/base/files.hpp"
#include "sweep/cluster/command.hpp"

namespace weft::sweep {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
constexpr int kUnansweredLooks = 600;  // a controller may be away for a while

std::string trimmed(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

std::string user() {
  return std::to_string(getuid());
}

enum class Queue { Empty, AtWork, NoAnswer, NoSlurm };

Queue look(const std::string& job, std::string& trouble) {
  const CommandResult squeue =
      run_command({"squeue", "--noheader", "--format=%i", "--name=" + job, "--user=" + user()});
  if (!squeue.found) return Queue::NoSlurm;
  trouble = trimmed(squeue.err);
  if (squeue.code != 0) return Queue::NoAnswer;
  return trimmed(squeue.out).empty() ? Queue::Empty : Queue::AtWork;
}

fs::path next_plan(const fs::path& directory) {
  for (int number = 0;; ++number) {
    const fs::path path = directory / ("plan-" + std::to_string(number) + ".json");
    if (!fs::exists(path)) return path;
  }
}

// The identity of the shell's process goes to the worker, so that Slurm's signals reach it.
std::string job_script(const SlurmParams& params, const fs::path& plan, int workers) {
  std::string script = "#!/bin/sh\nexec";
  for (const std::string& word : params.command) script += " " + shell_word(word);
  return script + " --plan " + shell_word(plan.string()) + " --shard \"$SLURM_ARRAY_TASK_ID/" +
         std::to_string(workers) + "\"\n";
}

void submit(const std::string& job, const Plan& plan, const ShardOrigin& origin, const fs::path& directory,
            const SlurmParams& params) {
  const auto points = static_cast<int>(std::min<std::size_t>(plan.tasks.size(), 1u << 30));
  const int workers = std::min(params.workers, (points + params.cpus - 1) / params.cpus);
  const fs::path plan_path = next_plan(directory), script = directory / "job.sh";
  write_plan(plan_path, plan, origin);
  write_file(script, job_script(params, plan_path, workers));
  std::vector<std::string> words = {"sbatch", "--parsable", "--job-name=" + job,
                                    "--array=0-" + std::to_string(workers - 1), "--ntasks=1",
                                    "--cpus-per-task=" + std::to_string(params.cpus),
                                    "--signal=B:USR1@" + std::to_string(params.drain_seconds),
                                    // A parent spreads the rest of a lost share over all workers.
                                    params.detach ? "--requeue" : "--no-requeue", "--open-mode=append",
                                    "--output=" + (directory / "%A_%a.log").string()};
  if (!params.partition.empty()) words.push_back("--partition=" + params.partition);
  if (!params.time.empty()) words.push_back("--time=" + params.time);
  words.insert(words.end(), params.options.begin(), params.options.end());
  words.push_back(script.string());
  const CommandResult sbatch = run_command(words);
  if (!sbatch.found)
    throw Error(
        ErrorKind::BadInput,
        "--engine slurm: found no sbatch on the PATH, expected Slurm's commands; \"weft sweep worker\" "
        "runs under any scheduler");
  if (sbatch.code != 0)
    throw Error(ErrorKind::BadInput, "the cluster refused the workers:\n" + trimmed(sbatch.err));
}

void drain(const std::string& job) {
  const std::vector<std::string> of_job = {"--name=" + job, "--user=" + user()};
  for (std::vector<std::string> words :
       {std::vector<std::string>{"scancel", "--state=PENDING"}, {"scancel", "--batch", "--signal=USR1"}}) {
    words.insert(words.end(), of_job.begin(), of_job.end());
    run_command(words);
  }
}

std::int64_t ended(const StateCounts& counts) {
  return counts.done + counts.failed + counts.infeasible;
}

// Until no worker is in the queue. Gives whether it asked them to drain.
bool wait_for(const std::string& job, const fs::path& shards, const ShardOrigin& origin, Store& store,
              const SlurmParams& params, Progress& progress, SlurmSummary& summary) {
  bool drained = false;
  int unanswered = 0;
  for (bool at_work = true; at_work;) {
    std::string trouble;
    const Queue queue = look(job, trouble);
    at_work = queue == Queue::AtWork || queue == Queue::NoAnswer;
    unanswered = queue == Queue::NoAnswer ? unanswered + 1 : 0;
    if (unanswered == kUnansweredLooks)
      throw Error(ErrorKind::BadInput,
                  "the cluster does not answer; the same command goes on once it does:\n" + trouble);
    // Behind the look: what a worker wrote before it left the queue is there.
    summary.damaged += collect_shards(store, shards, origin).damaged;
    const StateCounts counts = store.counts();
    progress.update(ended(counts), counts.total());
    const auto next = Clock::now() + std::chrono::duration<double>(at_work ? params.poll_seconds : 0);
    while (Clock::now() < next && (drained || !progress.stop_requested()))
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    if (progress.stop_requested() && !drained) {
      drain(job);
      drained = true;
    }
  }
  return drained;
}

}  // namespace

std::string job_name(const fs::path& directory, const ShardOrigin& origin) {
  const std::string place = fs::weakly_canonical(directory).string();
  return "weft-" +
         DigestBuilder().add(std::string_view(place)).add(origin.sweep).finish().hex().substr(0, 16);
}

bool is_at_work(const std::string& job) {
  std::string trouble;
  const Queue queue = look(job, trouble);
  if (queue == Queue::NoAnswer)
    throw Error(ErrorKind::BadInput, "the cluster does not say whether workers are there:\n" + trouble);
  return queue == Queue::AtWork;
}

SlurmSummary run_on_slurm(Store& store, const SweepFile& sweep, const ShardOrigin& origin,
                          const fs::path& directory, const SlurmParams& params, Progress& progress) {
  const fs::path cluster = fs::absolute(directory) / "cluster", shards = directory / "shards";
  make_output_directory(cluster);
  make_output_directory(shards);
  const std::string job = job_name(directory, origin);
  SlurmSummary summary;
  bool at_work = is_at_work(job);
  while (true) {
    const std::int64_t before = ended(store.counts());
    if (!at_work) {
      summary.damaged += collect_shards(store, shards, origin).damaged;
      const Plan plan = plan_pending(store, sweep);
      if (plan.tasks.empty()) return summary;
      submit(job, plan, origin, cluster, params);
      ++summary.rounds;
    }
    if (params.detach) {
      summary.detached = true;
      return summary;
    }
    summary.stopped = wait_for(job, shards, origin, store, params, progress, summary);
    if (summary.stopped) return summary;
    if (!at_work && ended(store.counts()) == before)
      throw Error(
          ErrorKind::Unacceptable,
          "the workers ended and brought no point to an end; their logs are " + (cluster / "*.log").string());
    at_work = false;
  }
}

}  // namespace weft::sweep
