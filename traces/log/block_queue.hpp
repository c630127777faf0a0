// Blocks of work for a thread of its own, in the order in which they were handed over: the simulator goes on
// while a block is packed and written, and is held back where that takes longer than it needs itself.
//
// Invariant: after a failure no further block is worked on, so that a file ends with the last whole one.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace weft::traces {

// A Block can be moved and has clear(), which keeps its memory.
template <class Block>
class BlockQueue {
 public:
  explicit BlockQueue(std::function<void(const Block&)> work)
      : work_(std::move(work)), thread_([this] { run(); }) {}
  ~BlockQueue() { stop(); }  // after the last block that was handed over
  BlockQueue(const BlockQueue&) = delete;
  BlockQueue& operator=(const BlockQueue&) = delete;

  // Takes the block and leaves it empty, with memory for as much. Waits while two blocks are waiting.
  void hand_over(Block& block) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return waiting_.size() < kMostWaiting; });
    waiting_.push_back(std::move(block));
    block = Block();
    if (!spare_.empty()) {
      block = std::move(spare_.back());
      spare_.pop_back();
    }
    lock.unlock();
    changed_.notify_all();
  }
  // Waits for the last block; throws what a block could not be worked on for.
  void close() {
    stop();
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  static constexpr std::size_t kMostWaiting = 2;

  void stop() {
    {
      const std::lock_guard lock(mutex_);
      closing_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
  }

  void run() {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return closing_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      Block block = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      changed_.notify_all();
      if (!failure_) {
        try {
          work_(block);
        } catch (...) {
          failure_ = std::current_exception();
        }
      }
      block.clear();
      lock.lock();
      spare_.push_back(std::move(block));
    }
  }

  std::function<void(const Block&)> work_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Block> waiting_;
  std::vector<Block> spare_;  // memory of blocks that are done
  bool closing_ = false;
  std::exception_ptr failure_;
  std::thread thread_;  // last: it uses the others
};

}  // namespace weft::traces
