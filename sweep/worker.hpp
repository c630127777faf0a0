// One point at work in a process of its own.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "sweep/engine.hpp"

namespace weft::sweep {

using Clock = std::chrono::steady_clock;

struct Worker {
  Task task;
  pid_t process = -1;
  int pipe = -1;  // its result comes here
  std::string bytes;
  Clock::time_point begin;
  bool out_of_time = false;  // ended by us
};

Worker start_worker(const Task& task, const std::vector<std::string>& overrides,
                    const PointFunction& function, const EngineParams& params);

// Takes what is in the pipe; false when the worker has closed it.
bool receive(Worker& worker);

// Waits for the end of the process, whose pipe is closed. Nothing where someone else killed it.
std::optional<PointResult> finish_worker(Worker& worker, const Limits& limits);

// Ends it at once and waits for it.
void abandon(Worker& worker);

}  // namespace weft::sweep
