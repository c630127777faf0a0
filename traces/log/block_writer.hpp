// Packs and writes blocks of events on a thread of its own, in the order in which they were handed over.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "model/fabric/event.hpp"
#include "traces/log/output_stream.hpp"

namespace weft::traces {

class BlockWriter {
 public:
  // `out` is the thread's alone until close(); a tile has `cores` of them.
  BlockWriter(OutputStream& out, std::uint32_t cores);
  ~BlockWriter();  // after the last block that was handed over

  // Takes the events and leaves `block` empty, with memory for as many. Waits while two blocks are waiting.
  void hand_over(std::vector<Event>& block);
  // Waits for the last block; throws what a block could not be written for. The number of blocks.
  std::uint64_t close();

 private:
  void run();
  void stop();
  void write(const std::vector<Event>& block);

  OutputStream& out_;
  const std::uint32_t cores_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::vector<Event>> waiting_;
  std::vector<std::vector<Event>> spare_;  // memory of blocks that are written
  bool closing_ = false;
  std::exception_ptr failure_;
  std::uint64_t blocks_ = 0;
  std::thread thread_;  // last: it uses the others
};

}  // namespace weft::traces
