// The caller works too; the other threads sleep between runs. Tasks are taken in ascending order from one
// counter, so that when task n throws, all below n were taken and will end: the lowest exception does not
// depend on chance.
#include "model/base/worker_pool.hpp"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "model/base/error.hpp"

namespace weft {

struct WorkerPool::State {
  std::mutex mutex;
  std::condition_variable work_or_end;
  std::condition_variable all_done;
  const std::function<void(int)>* task = nullptr;  // null between runs
  int count = 0;
  int next = 0;     // the first task that nobody has taken
  int running = 0;  // taken and not ended
  int failed = 0;   // the lowest task that threw, or count
  std::exception_ptr exception;
  bool end = false;
  std::vector<std::thread> threads;

  // Takes and runs tasks until none is left. `lock` is held on entry and on return.
  void work(std::unique_lock<std::mutex>& lock) {
    while (task != nullptr && next < std::min(count, failed)) {
      const int number = next++;
      const std::function<void(int)>& current = *task;
      ++running;
      lock.unlock();
      std::exception_ptr thrown;
      try {
        current(number);
      } catch (...) {
        thrown = std::current_exception();
      }
      lock.lock();
      if (thrown && number < failed) {
        failed = number;
        exception = thrown;
      }
      --running;
    }
    if (running == 0) all_done.notify_all();
  }

  void thread_main() {
    std::unique_lock<std::mutex> lock(mutex);
    for (;;) {
      work_or_end.wait(lock, [this] { return end || (task != nullptr && next < std::min(count, failed)); });
      if (end) return;
      work(lock);
    }
  }

  void stop() {
    {
      const std::lock_guard<std::mutex> lock(mutex);
      end = true;
    }
    work_or_end.notify_all();
    for (std::thread& thread : threads) thread.join();
  }
};

WorkerPool::WorkerPool(int threads) : state_(std::make_unique<State>()) {
  if (threads <= 0) threads = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  try {
    for (int i = 1; i < threads; ++i)
      state_->threads.emplace_back([state = state_.get()] { state->thread_main(); });
  } catch (...) {  // the system has no more threads: do not leave the started ones behind
    state_->stop();
    throw;
  }
}

WorkerPool::~WorkerPool() {
  state_->stop();
}

int WorkerPool::threads() const {
  return static_cast<int>(state_->threads.size()) + 1;
}

void WorkerPool::run(int count, const std::function<void(int)>& task) {
  std::unique_lock<std::mutex> lock(state_->mutex);
  if (state_->task != nullptr) internal_error("a worker pool was asked to run while it runs");
  state_->task = &task;
  state_->count = state_->failed = std::max(count, 0);
  state_->next = 0;
  if (count > 1) state_->work_or_end.notify_all();
  state_->work(lock);
  state_->all_done.wait(lock, [this] { return state_->running == 0; });
  state_->task = nullptr;
  const std::exception_ptr thrown = std::exchange(state_->exception, nullptr);
  lock.unlock();
  if (thrown) std::rethrow_exception(thrown);
}

}  // namespace weft
