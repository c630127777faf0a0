// A queue of two blocks between the simulator and the disk: the simulator goes on while a block is packed,
// and is held back where the disk is slower than it is.
//
// Invariant: after a failure nothing more is written, so that the file ends with the last whole block.
#include "traces/log/block_writer.hpp"

#include <utility>

#include "traces/log/event_block.hpp"

namespace weft::traces {
namespace {

constexpr std::size_t kMostWaiting = 2;

}  // namespace

BlockWriter::BlockWriter(OutputStream& out, std::uint32_t cores)
    : out_(out), cores_(cores), thread_([this] { run(); }) {}

BlockWriter::~BlockWriter() {
  stop();
}

void BlockWriter::hand_over(std::vector<Event>& block) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return waiting_.size() < kMostWaiting; });
  waiting_.push_back(std::move(block));
  block.clear();
  if (!spare_.empty()) {
    block = std::move(spare_.back());
    spare_.pop_back();
  }
  lock.unlock();
  changed_.notify_all();
}

void BlockWriter::stop() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

std::uint64_t BlockWriter::close() {
  stop();
  if (failure_) std::rethrow_exception(failure_);
  return blocks_;
}

void BlockWriter::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return closing_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    std::vector<Event> block = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    changed_.notify_all();
    if (!failure_) {
      try {
        write(block);
      } catch (...) {
        failure_ = std::current_exception();
      }
    }
    block.clear();
    lock.lock();
    spare_.push_back(std::move(block));
  }
}

void BlockWriter::write(const std::vector<Event>& block) {
  const Bytes columns = encode_events(block, cores_);
  const Bytes packed = compress_block(columns);
  Bytes prefix(kBlockMark.begin(), kBlockMark.end());
  put_u32(prefix, static_cast<std::uint32_t>(block.size()));
  put_u32(prefix, static_cast<std::uint32_t>(columns.size()));
  put_u32(prefix, static_cast<std::uint32_t>(packed.size()));
  put_u64(prefix, checksum(prefix, packed));
  out_.write(prefix.data(), prefix.size());
  out_.write(packed.data(), packed.size());
  out_.keep_so_far();
  out_.flush();  // so that the file is of use while the run goes on
  ++blocks_;
}

}  // namespace weft::traces
