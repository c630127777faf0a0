// What is asked of Slurm: who is at work, more workers, an end.
#pragma once

#include <filesystem>
#include <set>
#include <string>

#include "sweep/cluster/slurm.hpp"

namespace weft::sweep {

enum class Queue { Empty, AtWork, NoAnswer, NoSlurm };

struct QueueLook {
  Queue state = Queue::Empty;
  std::set<int> workers;  // that are queued or at work: their numbers in the array
  std::string trouble;    // what squeue said where it has no answer
};
QueueLook look_at_queue(const std::string& job);

// An array of `workers` tasks that begin with the plan `plan`. Throws Error (BadInput) where sbatch is not
// there or refuses, with its words.
void submit_workers(const std::string& job, const std::filesystem::path& plan, int workers,
                    const SlurmParams& params);

// Those that wait never begin; those at work end what they are at.
void drain_workers(const std::string& job);

}  // namespace weft::sweep
