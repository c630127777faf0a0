// A few threads that share out numbered tasks. Which thread takes a task is chance, so a task may write only
// to what belongs to its number: then results do not depend on the number of threads.
#pragma once

#include <functional>
#include <memory>

namespace weft {

class WorkerPool {
 public:
  // threads >= 1; 0 means one per hardware thread.
  explicit WorkerPool(int threads);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  int threads() const;
  // Runs task(0) ... task(count - 1) and returns when all are done; rethrows the exception of the lowest
  // numbered task that threw (tasks after it may then not have run). One run at a time, not from within a
  // task.
  void run(int count, const std::function<void(int)>& task);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace weft
