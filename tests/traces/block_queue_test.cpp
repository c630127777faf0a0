// Work on a thread of its own: in order, to the last block, and none after a failure.
#include "traces/log/block_queue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>

namespace weft::traces {
namespace {

using Block = std::vector<int>;

TEST(BlockQueue, WorksOnEachBlockInTheOrderOfHandingOver) {
  std::vector<int> seen;
  {
    BlockQueue<Block> queue(
        [&seen](const Block& block) { seen.insert(seen.end(), block.begin(), block.end()); });
    for (int i = 0; i < 100; ++i) {
      Block block = {i, i};
      queue.hand_over(block);
      EXPECT_THAT(block, testing::IsEmpty());
    }
    queue.close();
    ASSERT_EQ(seen.size(), 200u);
  }
  for (int i = 0; i < 200; ++i) EXPECT_EQ(seen[static_cast<std::size_t>(i)], i / 2);
}

TEST(BlockQueue, FinishesWhatItWasGivenWhereItIsNotClosed) {
  int sum = 0;
  {
    BlockQueue<Block> queue([&sum](const Block& block) { sum += block.at(0); });
    for (int i = 1; i <= 10; ++i) {
      Block block = {i};
      queue.hand_over(block);
    }
  }
  EXPECT_EQ(sum, 55);
}

TEST(BlockQueue, HoldsItsCallerBackWhileThreeBlocksAreUnderWay) {
  std::mutex gate;
  std::unique_lock closed(gate);
  std::atomic<int> handed{0};
  BlockQueue<Block> queue([&gate](const Block&) { const std::lock_guard wait(gate); });
  std::thread caller([&] {
    for (int i = 0; i < 6; ++i) {
      Block block = {i};
      queue.hand_over(block);
      ++handed;
    }
  });
  // The thread has one and two wait: the fourth is not taken before the gate opens.
  while (handed < 3) std::this_thread::yield();
  for (int i = 0; i < 1000; ++i) std::this_thread::yield();
  EXPECT_EQ(handed, 3);
  closed.unlock();
  caller.join();
  EXPECT_EQ(handed, 6);
  queue.close();
}

TEST(BlockQueue, WorksOnNothingMoreAfterAFailureAndThrowsItWhenClosed) {
  int worked = 0;
  BlockQueue<Block> queue([&worked](const Block& block) {
    if (block.at(0) == 2) throw std::runtime_error("full");
    ++worked;
  });
  for (int i = 0; i < 6; ++i) {
    Block block = {i};
    queue.hand_over(block);
  }
  EXPECT_THROW(queue.close(), std::runtime_error);
  EXPECT_EQ(worked, 2);
}

}  // namespace
}  // namespace weft::traces
