// Gathers events into blocks. Invariant: at each moment the file consists of whole blocks but for the end of
// the last one, so that nothing but the events still in memory can be lost.
#include <algorithm>
#include <cstring>

#include "model/fabric/link.hpp"
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

void write_block(OutputStream& out, const PackedEvents& block, BlockEncoder& encoder) {
  const Bytes& columns = encoder.encode(block);
  const Bytes& packed = encoder.compress(columns);
  Bytes prefix;
  put_chars(prefix, kBlockMark);
  put_u32(prefix, static_cast<std::uint32_t>(block.size()));
  put_u32(prefix, static_cast<std::uint32_t>(columns.size()));
  put_u32(prefix, static_cast<std::uint32_t>(packed.size()));
  put_u64(prefix, checksum(prefix, packed));
  out.write(prefix.data(), prefix.size());
  out.write(packed.data(), packed.size());
  out.keep_so_far();
  out.flush();  // so that the file is of use while the run goes on
}

}  // namespace

EventLogWriter::EventLogWriter(const Fabric& fabric, const EventLogParams& params)
    : params_(checked(params)),
      out_(params.file),
      encoder_(std::make_unique<BlockEncoder>(static_cast<std::uint32_t>(fabric.cores_per_tile))),
      block_(std::make_unique<PackedEvents>()) {
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
  queue_ = std::make_unique<BlockQueue<PackedEvents>>([this](const PackedEvents& block) {
    write_block(out_, block, *encoder_);
    ++blocks_;
  });
}

EventLogWriter::~EventLogWriter() = default;

void EventLogWriter::event(const Event& event) {
  if (event.cycle < params_.from_cycle || event.cycle >= params_.to_cycle) return;
  take(&event, 1);
}

void EventLogWriter::tell(const Event* first, std::size_t count) {
  const bool all = params_.from_cycle == 0 && params_.to_cycle == EventLogParams().to_cycle;
  if (!all || count > kBlockEvents) return EventSink::tell(first, count);
  take(first, count);
}

void EventLogWriter::take(const Event* first, std::size_t count) {
  if (block_->size() + count > kBlockEvents) queue_->hand_over(*block_);
  block_->add(first, count);
  events_ += count;
}

void EventLogWriter::finish() {
  if (!block_->empty()) queue_->hand_over(*block_);
  queue_->close();
  Bytes out;
  put_chars(out, kEndMark);
  put_u32(out, static_cast<std::uint32_t>(blocks_));
  put_u64(out, events_);
  put_u64(out, checksum(out));
  out_.write(out.data(), out.size());
  out_.commit();
}

}  // namespace weft::traces
