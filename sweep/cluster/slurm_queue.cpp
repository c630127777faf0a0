// squeue, sbatch and scancel, each with the name of the job and the user, so that nobody else's job is
// touched.
#include "sweep/cluster/slurm_queue.hpp"

#include <unistd.h>

#include <sstream>

#include "model/base/error.hpp"
#include "model/base/files.hpp"
#include "sweep/cluster/command.hpp"

namespace weft::sweep {
namespace {

namespace fs = std::filesystem;

std::string trimmed(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

std::vector<std::string> of_job(std::vector<std::string> words, const std::string& job) {
  words.insert(words.end(), {"--name=" + job, "--user=" + std::to_string(getuid())});
  return words;
}

// The identity of the shell's process goes to the worker, so that Slurm's signals reach it.
std::string job_script(const SlurmParams& params, const fs::path& plan, int workers) {
  std::string script = "#!/bin/sh\nexec";
  for (const std::string& word : params.command) script += " " + shell_word(word);
  return script + " --plan " + shell_word(plan.string()) + " --follow --shard \"$SLURM_ARRAY_TASK_ID/" +
         std::to_string(workers) + "\"\n";
}

}  // namespace

QueueLook look_at_queue(const std::string& job) {
  QueueLook look;
  const CommandResult squeue = run_command(of_job({"squeue", "--noheader", "--array", "--format=%K"}, job));
  if (!squeue.found) {
    look.state = Queue::NoSlurm;
    return look;
  }
  look.trouble = trimmed(squeue.err);
  if (squeue.code != 0) {
    look.state = Queue::NoAnswer;
    return look;
  }
  std::istringstream lines(squeue.out);
  for (int worker = 0; lines >> worker;) look.workers.insert(worker);
  if (!trimmed(squeue.out).empty()) look.state = Queue::AtWork;
  return look;
}

void submit_workers(const std::string& job, const fs::path& plan, int workers, const SlurmParams& params) {
  const fs::path directory = plan.parent_path(), script = directory / "job.sh";
  write_file(script, job_script(params, plan, workers));
  std::vector<std::string> words = {"sbatch", "--parsable", "--job-name=" + job,
                                    "--array=0-" + std::to_string(workers - 1), "--ntasks=1",
                                    "--cpus-per-task=" + std::to_string(params.cpus),
                                    "--signal=B:USR1@" + std::to_string(params.drain_seconds),
                                    // A parent spreads the rest of a lost share over the other workers.
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

void drain_workers(const std::string& job) {
  run_command(of_job({"scancel", "--state=PENDING"}, job));
  run_command(of_job({"scancel", "--batch", "--signal=USR1"}, job));
}

}  // namespace weft::sweep
