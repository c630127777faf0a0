// When a run is put aside, and where.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>

#include "model/fabric/checkpoint.hpp"

namespace weft::sim {

struct CheckpointParams {
  std::filesystem::path file;     // empty: none is written
  std::uint64_t every_steps = 0;  // 0: once a minute
};

// Writes what a run hands it; each file replaces the one before as a whole. Throws InputError where that
// cannot be done.
class Checkpointer {
 public:
  // `run`: the digests of the run, and the seconds that went before.
  Checkpointer(const CheckpointParams& params, const Checkpoint& run);

  // Asked after each step: whether a checkpoint is wanted now. One of an interrupted run always is.
  bool due(std::uint64_t steps, bool interrupted);
  // `checkpoint` has the state; digests and seconds are filled in here.
  void write(Checkpoint checkpoint);
  // Of this process and what went before it.
  double wall_seconds() const;
  double cpu_seconds() const;

 private:
  using Clock = std::chrono::steady_clock;

  CheckpointParams params_;
  Digest fabric_, image_, stimulus_, stalls_;
  double earlier_wall_seconds_ = 0;
  double earlier_cpu_seconds_ = 0;
  Clock::time_point wall_begin_;
  std::int64_t cpu_begin_ = 0;
  Clock::time_point next_;
};

}  // namespace weft::sim
