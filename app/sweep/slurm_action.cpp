// weft sweep run --engine slurm: the program calls itself as the worker on the nodes, by its own path.
#include <fmt/format.h>

#include "app/sweep/actions.hpp"
#include "app/sweep/sweep_table.hpp"
#include "sweep/cluster/slurm.hpp"

namespace weft::app {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> worker_words(const Context& context, const SweepParams& params, int cpus) {
  std::vector<std::string> words = {fs::read_symlink("/proc/self/exe").string(), "--quiet"};
  if (!context.global.data_directory.empty())
    words.insert(words.end(), {"--data", fs::absolute(context.global.data_directory).string()});
  words.insert(words.end(), {"sweep", "worker", fs::absolute(params.file).string(), "--output",
                             fs::absolute(store_directory(params)).string(), "--jobs", std::to_string(cpus),
                             "--cache-limit", std::to_string(params.cache_mib)});
  if (!params.cache.empty())  // the default is that of the user on the node
    words.insert(words.end(),
                 {"--cache", params.cache == "none" ? params.cache : fs::absolute(params.cache).string()});
  return words;
}

}  // namespace

bool run_with_slurm(Context& context, const SweepParams& params, const sweep::SweepFile& file,
                    sweep::Store& store) {
  sweep::SlurmParams slurm = params.slurm;
  if (params.jobs > 0) slurm.cpus = params.jobs;
  slurm.command = worker_words(context, params, slurm.cpus);
  const std::string job = sweep::job_name(store_directory(params), shard_origin(file));
  if (store.counts().pending > 0)
    context.console.say(fmt::format("{}; {} workers of {} at a time as job {}", format_counts(store.counts()),
                                    slurm.workers, slurm.cpus, job));
  Stage stage(context.console, "sweep");
  const sweep::SlurmSummary summary =
      sweep::run_on_slurm(store, file, shard_origin(file), store_directory(params), slurm, stage);
  if (summary.detached) {
    context.console.say(fmt::format("submitted; \"weft sweep collect {}\" merges what is done", params.file));
    return true;
  }
  stage.done(fmt::format("{} arrays of workers", summary.rounds));
  if (summary.damaged > 0)
    context.console.warn(
        fmt::format("{} damaged lines in the shards; their points were run again", summary.damaged));
  if (summary.stopped)
    context.console.warn(
        "interrupted, the workers are drained; the same command goes on with what is pending");
  return !summary.stopped;
}

void refuse_beside_workers(const SweepParams& params, const sweep::SweepFile& file) {
  if (!fs::exists(store_directory(params) / "cluster")) return;
  const std::string job = sweep::job_name(store_directory(params), shard_origin(file));
  if (sweep::is_at_work(job))
    throw Error(
        ErrorKind::Unacceptable,
        fmt::format("{}: workers of this sweep are at work on the cluster as job {}; wait for them with "
                    "--engine slurm, or end them with \"scancel --name={}\"",
                    store_directory(params).string(), job, job));
}

}  // namespace weft::app
