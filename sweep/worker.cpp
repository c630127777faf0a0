// fork(): the child computes, writes its result into a pipe and is gone without any destructor, so that it
// touches neither the store nor the terminal of its parent. The kernel ends it when the parent is gone.
#include "sweep/worker.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <new>

#include "sweep/result_pipe.hpp"

namespace weft::sweep {
namespace {

PointResult guarded(const PointFunction& function, const std::vector<std::string>& overrides,
                    const Limits& limits) {
  PointResult failed;
  failed.state = PointState::Failed;
  try {
    return function(overrides);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::Unacceptable) failed.state = PointState::Infeasible;
    failed.error = error.what();
  } catch (const std::bad_alloc&) {
    failed.error = limits.memory_mib > 0 ? "needs more than the limit of " +
                                               std::to_string(limits.memory_mib) + " MiB of memory"
                                         : "out of memory";
  } catch (const std::exception& error) {
    failed.error = std::string("a fault of weft itself: ") + error.what();
  }
  return failed;
}

// Of addresses, those of the parent's copy among them.
void limit_memory(std::int64_t mib) {
  if (mib == 0) return;
  const rlim_t bytes = static_cast<rlim_t>(mib) << 20;
  const rlimit limit{bytes, bytes};
  setrlimit(RLIMIT_AS, &limit);
}

[[noreturn]] void work(int pipe, pid_t parent, const std::vector<std::string>& overrides,
                       const PointFunction& function, const EngineParams& params) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);  // it went before we could ask
  // What asks to stop reaches the whole group, be it a terminal's or a cluster's: the engine decides what is
  // finished.
  for (const int signal : {SIGINT, SIGTERM, SIGUSR1}) std::signal(signal, SIG_IGN);
  std::signal(SIGPIPE, SIG_DFL);
  if (params.lock) close(params.lock->descriptor());
  limit_memory(params.limits.memory_mib);
  const auto begin = Clock::now();
  PointResult result = guarded(function, overrides, params.limits);
  result.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  const std::string bytes = pack(result);
  for (std::size_t at = 0; at < bytes.size();) {
    const ssize_t count = write(pipe, bytes.data() + at, bytes.size() - at);
    if (count < 0 && errno != EINTR) _exit(1);
    if (count > 0) at += static_cast<std::size_t>(count);
  }
  _exit(0);
}

int wait_for(pid_t process) {
  int status = 0;
  while (waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

}  // namespace

Worker start_worker(const Task& task, const std::vector<std::string>& overrides,
                    const PointFunction& function, const EngineParams& params) {
  int ends[2] = {-1, -1};
  if (pipe(ends) != 0)
    throw Error(ErrorKind::BadInput, std::string("no pipe for a worker: ") + std::strerror(errno));
  const pid_t parent = getpid();
  const pid_t process = fork();
  if (process == 0) {
    close(ends[0]);
    work(ends[1], parent, overrides, function, params);
  }
  const int error = errno;
  close(ends[1]);
  if (process < 0) {
    close(ends[0]);
    throw Error(ErrorKind::BadInput, std::string("no process for a worker: ") + std::strerror(error));
  }
  Worker worker;
  worker.task = task;
  worker.process = process;
  worker.pipe = ends[0];
  worker.begin = Clock::now();
  return worker;
}

bool receive(Worker& worker) {
  char buffer[65536];
  const ssize_t count = read(worker.pipe, buffer, sizeof buffer);
  if (count > 0) worker.bytes.append(buffer, static_cast<std::size_t>(count));
  return count > 0 || (count < 0 && errno == EINTR);
}

std::optional<PointResult> finish_worker(Worker& worker, const Limits& limits) {
  close(worker.pipe);
  const int status = wait_for(worker.process);
  if (const std::optional<PointResult> result = unpack(worker.bytes)) return result;
  PointResult failed;
  failed.state = PointState::Failed;
  failed.seconds = std::chrono::duration<double>(Clock::now() - worker.begin).count();
  const int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  if (worker.out_of_time) {
    std::string seconds = std::to_string(limits.seconds);
    seconds.resize(seconds.find_last_not_of('0') + 1);
    if (seconds.back() == '.') seconds.pop_back();
    failed.error = "took longer than the limit of " + seconds + " s";
  } else if (signal == SIGKILL || signal == SIGTERM) {
    return std::nullopt;
  } else if (signal != 0) {
    failed.error = "the worker ended by signal " + std::to_string(signal) + " (" + strsignal(signal) + ")";
  } else {
    failed.error = "the worker ended with code " + std::to_string(WEXITSTATUS(status)) + " and no result";
  }
  return failed;
}

void abandon(Worker& worker) {
  if (worker.process <= 0) return;  // kill() would take it for all processes
  kill(worker.process, SIGKILL);
  close(worker.pipe);
  wait_for(worker.process);
}

}  // namespace weft::sweep
