// The event log: all events of a run in a compact file (FORMAT.md), its writer and its reader.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "model/base/digest.hpp"
#include "model/base/files.hpp"
#include "model/fabric/event.hpp"
#include "traces/log/block_queue.hpp"
#include "traces/log/output_stream.hpp"

namespace weft::traces {

class BlockEncoder;
class PackedEvents;

// What the file says of the run that made it.
struct EventLogHeader {
  Digest fabric;
  std::uint32_t width = 0;  // tiles
  std::uint32_t height = 0;
  std::uint32_t cores = 1;  // per tile
  double clock_hz = 0;
  // What the fabric's timing takes from its description (sim/TIMING.md); row_cycles is 0 where it depends on
  // the row, buffer_depth is 0 where there are circuits and no buffers, link_cycles is from a grant to the
  // flit's arrival, whole, in the next buffer.
  std::uint32_t buffer_depth = 0, pipeline_cycles = 0, link_cycles = 0, credit_cycles = 0;
  std::uint32_t row_cycles = 0, neuron_lanes = 0, port_cycles = 0;
  std::uint32_t row_lanes = 1;  // rows at once
  std::uint32_t flit_cycles =
      1;  // that a flit takes a link: more than one where link_bits are fewer than its own
  Routing routing = Routing::Multicast;

  bool circuits() const { return routing == Routing::Circuit; }  // they have no buffers, and no queues
};

struct EventLogParams {
  std::filesystem::path file;
  std::uint64_t from_cycle = 0;  // the window [from_cycle, to_cycle)
  std::uint64_t to_cycle = std::numeric_limits<std::uint64_t>::max();
};

// Use: hand it to the run, then finish(). Before that the events lie in "NAME.partial", which stays when the
// run fails, the disk is full or the process dies, and which EventLogReader reads up to its last whole block.
// A thread of its own packs and writes the blocks; the run waits for it when it is three blocks ahead, so
// that memory is that of a few blocks.
class EventLogWriter : public EventSink {
 public:
  // Throws InputError: an empty window, a file that cannot be written.
  EventLogWriter(const Fabric& fabric, const EventLogParams& params);
  ~EventLogWriter() override;

  // What cannot be written does not stop the run: from then on events are dropped, and finish() throws.
  void event(const Event& event) override;
  void tell(const Event* first, std::size_t count) override;
  void finish();
  std::uint64_t events() const { return events_; }

 private:
  void take(const Event* first, std::size_t count);

  EventLogParams params_;
  OutputStream out_;                       // the thread's alone from the first block to the last
  std::unique_ptr<BlockEncoder> encoder_;  // likewise
  std::uint64_t blocks_ = 0;               // likewise
  std::unique_ptr<BlockQueue<PackedEvents>> queue_;
  std::unique_ptr<PackedEvents> block_;
  std::uint64_t events_ = 0;
};

// Reads block by block. Damage is an InputError with the block's place in the file; a file that ends too
// early is no damage but `truncated`, since a run that died leaves one.
class EventLogReader {
 public:
  explicit EventLogReader(const std::filesystem::path& file);
  EventLogReader(const Bytes& data, const std::string& name);  // a file's content
  ~EventLogReader();

  const EventLogHeader& header() const { return header_; }
  // The next block's events, in the order in which they were told; false at the end.
  bool next(std::vector<Event>& events);
  // Known once next() has returned false: the file ends before its end mark.
  bool truncated() const { return truncated_; }
  std::uint64_t events() const { return events_; }  // read so far

 private:
  void read_header();
  bool read(void* to, std::size_t size);  // false if fewer bytes are left
  [[noreturn]] void damaged(const std::string& found, const std::string& expected) const;
  void check_end(const std::uint8_t* prefix);

  std::string name_;
  std::unique_ptr<std::istream> in_;
  EventLogHeader header_;
  std::uint64_t block_offset_ = 0;
  std::uint64_t offset_ = 0;
  std::uint64_t blocks_ = 0;
  std::uint64_t events_ = 0;
  bool ended_ = false;
  bool truncated_ = false;
};

}  // namespace weft::traces
