// Gathers events into blocks. Invariant: at each moment the file consists of whole blocks but for the end of
// the last one, so that nothing but the events still in memory can be lost.
#include <algorithm>
#include <cstring>

#include "model/fabric/link.hpp"
#include "traces/log/block_writer.hpp"
#include "traces/log/event_block.hpp"
#include "traces/log/event_log.hpp"

namespace weft::traces {
namespace {

const EventLogParams& checked(const EventLogParams& params) {
  if (params.from_cycle >= params.to_cycle) {
    throw InputError(SourcePosition{}, "event window: found cycles " + std::to_string(params.from_cycle) +
                                           " to " + std::to_string(params.to_cycle) +
                                           ", expected a first cycle below the last");
  }
  return params;
}

template <std::size_t size>
void put_chars(Bytes& to, const std::array<char, size>& chars) {
  for (const char c : chars) to.push_back(static_cast<std::uint8_t>(c));
}

}  // namespace

EventLogWriter::EventLogWriter(const Fabric& fabric, const EventLogParams& params)
    : params_(checked(params)), out_(params.file) {
  block_.reserve(kBlockEvents);
  const Digest fabric_digest = digest(fabric);
  Bytes header;
  put_chars(header, kLogMagic);
  put_u32(header, kLogVersion);
  put_u64(header, fabric_digest.high);
  put_u64(header, fabric_digest.low);
  put_u32(header, static_cast<std::uint32_t>(fabric.width));
  put_u32(header, static_cast<std::uint32_t>(fabric.height));
  std::uint64_t clock_bits = 0;
  static_assert(sizeof clock_bits == sizeof fabric.clock_hz);
  std::memcpy(&clock_bits, &fabric.clock_hz, sizeof clock_bits);
  put_u64(header, clock_bits);
  for (const int cycles :
       {fabric.router.routing == Routing::Circuit ? 0 : fabric.router.buffer_depth,
        fabric.router.pipeline_cycles, hop_cycles(fabric.router), fabric.router.credit_cycles,
        fabric.core.kind == CoreKind::Memory ? 0 : fabric.core.row_cycles, updates_at_once(fabric.core),
        fabric.ports.cycles_per_flit, fabric.core.kind == CoreKind::Crossbar ? fabric.core.row_lanes : 1,
        flit_cycles(fabric.router), static_cast<int>(fabric.router.routing), fabric.cores_per_tile}) {
    put_u32(header, static_cast<std::uint32_t>(cycles));
  }
  put_u64(header, checksum(header));
  out_.write(header.data(), header.size());
  out_.keep_so_far();
  out_.flush();
  blocks_ = std::make_unique<BlockWriter>(out_, static_cast<std::uint32_t>(fabric.cores_per_tile));
}

EventLogWriter::~EventLogWriter() = default;

void EventLogWriter::event(const Event& event) {
  if (event.cycle < params_.from_cycle || event.cycle >= params_.to_cycle) return;
  block_.push_back(event);
  ++events_;
  if (block_.size() < kBlockEvents) return;
  blocks_->hand_over(block_);
  block_.reserve(kBlockEvents);
}

void EventLogWriter::finish() {
  if (!block_.empty()) blocks_->hand_over(block_);
  const std::uint64_t blocks = blocks_->close();
  Bytes out;
  put_chars(out, kEndMark);
  put_u32(out, static_cast<std::uint32_t>(blocks));
  put_u64(out, events_);
  put_u64(out, checksum(out));
  out_.write(out.data(), out.size());
  out_.commit();
}

}  // namespace weft::traces
