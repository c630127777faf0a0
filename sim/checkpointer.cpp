// The clock decides when a checkpoint is written and never what is in it but for the seconds. It is read once
// in many steps: a step may take less time than reading it.
#include "sim/checkpointer.hpp"

#include <ctime>

namespace weft::sim {
namespace {

constexpr auto kInterval = std::chrono::minutes(1);
constexpr std::uint64_t kStepsPerLook = 64;

}  // namespace

Checkpointer::Checkpointer(const CheckpointParams& params, const Checkpoint& run)
    : params_(params),
      fabric_(run.fabric),
      image_(run.image),
      stimulus_(run.stimulus),
      stalls_(run.stalls),
      earlier_wall_seconds_(run.wall_seconds),
      earlier_cpu_seconds_(run.cpu_seconds),
      wall_begin_(Clock::now()),
      cpu_begin_(std::clock()),
      next_(wall_begin_ + kInterval) {}

bool Checkpointer::due(std::uint64_t steps, bool interrupted) {
  if (params_.file.empty()) return false;
  if (interrupted) return true;
  if (params_.every_steps != 0) return steps % params_.every_steps == 0;
  return steps % kStepsPerLook == 0 && Clock::now() >= next_;
}

void Checkpointer::write(Checkpoint checkpoint) {
  checkpoint.fabric = fabric_;
  checkpoint.image = image_;
  checkpoint.stimulus = stimulus_;
  checkpoint.stalls = stalls_;
  checkpoint.wall_seconds = wall_seconds();
  checkpoint.cpu_seconds = cpu_seconds();
  write_checkpoint(params_.file, checkpoint);
  next_ = Clock::now() + kInterval;
}

double Checkpointer::wall_seconds() const {
  return earlier_wall_seconds_ + std::chrono::duration<double>(Clock::now() - wall_begin_).count();
}

double Checkpointer::cpu_seconds() const {
  return earlier_cpu_seconds_ + static_cast<double>(std::clock() - cpu_begin_) / CLOCKS_PER_SEC;
}

}  // namespace weft::sim
