// One cycle of traffic: what is due arrives, the tiles that have something to do do it, then the sources
// whose time has come create packets, which wait in their queues from the next cycle on. Invariant: a tile
// that could act in a cycle has its bit in State::active then.
#include "sim/engine/traffic_engine.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "model/base/error.hpp"
#include "model/fabric/way.hpp"
#include "sim/engine/check.hpp"
#include "sim/engine/stuck.hpp"

namespace weft::sim {
namespace {

constexpr std::uint64_t kCyclesPerCall =
    4096;  // of run_step: how often progress is told and a stop is asked for
constexpr auto kLocalSide = static_cast<std::uint32_t>(Direction::Local);

Program bare_program(const Fabric& fabric) {
  Program program;
  program.fabric = fabric;
  program.core_of_tile.assign(static_cast<std::size_t>(fabric.tiles()), kNone);
  program.port_of_tile = program.core_of_tile;
  program.core_count.assign(static_cast<std::size_t>(fabric.tiles()), 0);
  return program;
}

}  // namespace

TrafficEngine::TrafficEngine(const Fabric& fabric, const TrafficParams& params, EventSink* events,
                             SignalSink* signals, Progress* progress)
    : params_(params),
      program_(bare_program(fabric)),
      state_(program_),
      context_(program_, state_, StallRule::make(params.stall_share, params.stall_seed)),
      progress_(progress),
      gaps_(params.rate / params.packet_flits),
      destinations_(program_.fabric, params_),
      measure_from_(params.warmup_cycles),
      measure_to_(measure_from_ + params.measure_cycles),
      create_to_(measure_to_ + params.cooldown_cycles) {
  if (context_.bubble_flits != 0) context_.bubble_flits = static_cast<std::uint32_t>(params.packet_flits);
  const Random random(params.seed);
  sources_.resize(static_cast<std::size_t>(fabric.tiles()));
  for (std::uint32_t tile = 0; tile < sources_.size(); ++tile) {
    const TileId id(tile);
    if (!destinations_.reaches_any(id)) continue;
    SourceState& source = sources_[tile];
    source.random = random.fork(fmt::format("source {}", tile));
    source.next_creation = gaps_.draw(source.random) - 1;
    schedule(tile);
  }
  context_.watch.set_events(events);
  if (signals != nullptr) recorder_ = std::make_unique<SignalRecorder>(context_, *signals, 1, 1, 1);
}

std::uint64_t TrafficEngine::find_next_event() const {
  if (cycle_ + 1 >= create_to_ && state_.outstanding == 0) return std::max(cycle_ + 1, create_to_);
  std::uint64_t next = state_.wheel.next(cycle_, kNever);
  if (next == cycle_ + 1) return next;
  next = std::min(next, state_.credits.next(cycle_));
  next = std::min(next, state_.link_ends.next(cycle_));
  next = std::min(next, state_.calendar.next(cycle_));
  if (state_.outstanding == 0) next = std::min(next, create_to_);
  if (recorder_ != nullptr) next = std::min(next, recorder_->next(cycle_ + 1));
  return next;
}

void TrafficEngine::schedule(std::uint32_t tile) {
  const std::uint64_t cycle = sources_[tile].next_creation;
  if (cycle < create_to_) state_.calendar.add(cycle, tile);
}

void TrafficEngine::create(std::uint32_t tile, std::uint64_t cycle) {
  SourceState& source = sources_[tile];
  const TileId id(tile);
  const TileId to = destinations_.draw(id, source.random);
  const std::uint32_t packet = packets_.take();
  packets_[packet].created = cycle;
  packets_[packet].destination = state_.routers[to.index()].place;
  if (source.first == kNone) {
    source.first = packet;
  } else {
    packets_[source.last].next = packet;
  }
  source.last = packet;
  const auto flits = static_cast<std::uint64_t>(params_.packet_flits);
  state_.outstanding += static_cast<std::int64_t>(flits);
  if (kChecked) {
    state_.expected.deliveries += flits;
    state_.expected.hops += flits * static_cast<std::uint64_t>(way(program_.fabric, id, to).hops());
  }
  ++result_.packets;
  if (measures(cycle)) ++result_.measured_packets;
  state_.routers[tile].duties |= kSourceDuty;
  state_.wheel.at(cycle + 1).activate(tile);
  source.next_creation = cycle + gaps_.draw(source.random);
  schedule(tile);
}

// The first flit of the source's queue moves to the Local input buffer.
template <bool kWatched>
void TrafficEngine::send_from_queue(std::uint32_t tile, std::uint64_t cycle, const WheelSlot& own) {
  SourceState& source = sources_[tile];
  RouterState& router = state_.routers[tile];
  const std::uint32_t index = source.first;
  Packet& packet = packets_[index];
  const std::uint32_t number = source.flits_sent++;
  const bool tail = source.flits_sent == static_cast<std::uint32_t>(params_.packet_flits);
  if (number == 0) packet.injected = cycle;
  const Flit flit = make_packet_flit(packet.destination, number, tail, index);
  if (tail) {
    source.flits_sent = 0;
    source.first = packet.next;
    if (source.first == kNone) router.duties = static_cast<std::uint8_t>(router.duties & ~kSourceDuty);
  }
  state_.put(tile, Direction::Local, flit, own);
  ++source.messages;
  state_.last_progress = cycle;
  if constexpr (kWatched) {
    const Place to = packet.destination;
    context_.watch.tell(cycle, tile, EventKind::Send, program_.fabric.tile(to >> 8, to & 0xff).value(),
                        static_cast<std::int32_t>(number));
  }
}

void TrafficEngine::take_tail(Flit flit, std::uint64_t cycle) {
  const auto index = static_cast<std::uint32_t>(flit.value);
  const Packet& packet = packets_[index];
  if (measures(packet.created)) {
    result_.from_creation.add(cycle - packet.created);
    result_.from_injection.add(cycle - packet.injected);
  }
  packets_.give_back(index);
}

template <bool kWatched>
void TrafficEngine::granted(std::uint32_t tile, std::uint32_t side, Flit flit, std::uint64_t cycle) {
  if constexpr (kWatched) {
    const Place to = destination_of(flit);
    context_.watch.tell(cycle, tile, side == kLocalSide ? EventKind::Deliver : EventKind::Hop,
                        program_.fabric.tile(to >> 8, to & 0xff).value(),
                        static_cast<std::int32_t>(number_of(flit)), side);
  }
  if (side != kLocalSide) return;
  if (kChecked) ++state_.done.deliveries;
  if (measures(cycle)) ++result_.accepted_flits;
  if ((flit.entry & kTailBit) != 0) take_tail(flit, cycle);
}

template <bool kWatched, Rules kRules>
WEFT_HOT void TrafficEngine::run_tiles_by(RouterCycle run) {
  Packets<TrafficEngine, kRules> packets(program_.fabric, *this);
  const WheelSlot own = state_.wheel.at(run.cycle + context_.local_delay);
  run_active_tiles(run, packets, [&](std::uint32_t tile) WEFT_HOT_LAMBDA {
    RouterState& router = run.routers[tile];
    if ((router.duties & kSourceDuty) == 0) return route<kWatched, kRules>(run, router, tile, packets);
    if (router.can_take(Direction::Local)) send_from_queue<kWatched>(tile, run.cycle, own);
    const bool again = route<kWatched, kRules>(run, router, tile, packets);
    return again || ((router.duties & kSourceDuty) != 0 && router.can_take(Direction::Local));
  });
}

WEFT_QUICK_BITS void TrafficEngine::run_tiles_quickly(const RouterCycle& run) {
  run_tiles_by<false, Rules::Plain>(run);
}
WEFT_QUICK_BITS void TrafficEngine::run_watched_tiles_quickly(const RouterCycle& run) {
  run_tiles_by<true, Rules::Plain>(run);
}

void TrafficEngine::run_tiles(const RouterCycle& run) {
  const bool watched = context_.watch.events() != nullptr;
  if (context_.rules == Rules::Plain && context_.kernel != RowKernel::Portable) {
    watched ? run_watched_tiles_quickly(run) : run_tiles_quickly(run);
  } else if (context_.rules == Rules::Plain) {
    watched ? run_tiles_by<true, Rules::Plain>(run) : run_tiles_by<false, Rules::Plain>(run);
  } else {
    watched ? run_tiles_by<true, Rules::All>(run) : run_tiles_by<false, Rules::All>(run);
  }
}

void TrafficEngine::run_cycle(std::uint64_t cycle) {
  cycle_ = cycle;
  const RouterCycle run(context_, cycle);
  if (recorder_ != nullptr) recorder_->note_credits(cycle);
  accept_credits(run, state_.credits.at(cycle));
  accept_link_ends(run, state_.link_ends.at(cycle));
  if (cycle >= create_to_ && state_.outstanding == 0) {
    check_step(context_);
    over_ = true;
    next_ = kNever;
    result_.cycles = cycle;
    return;
  }
  const bool sampled = recorder_ != nullptr && recorder_->wants(cycle);
  if (sampled) {
    accept_arrivals_at(run, recorder_->find_news(cycle),
                       Packets<TrafficEngine, Rules::All>(program_.fabric, *this));
    recorder_->sample_start(cycle);
  }
  run_tiles(run);
  if (sampled) recorder_->sample_decisions(cycle);
  context_.watch.flush();
  state_.calendar.take(cycle, [this, cycle](std::uint32_t tile) { create(tile, cycle); });
  next_ = find_next_event();
  if (state_.outstanding == 0) {
    state_.last_progress = cycle;
  } else if (cycle - state_.last_progress > params_.watchdog_cycles || next_ == kNever) {
    report_stuck();
  }
}

void TrafficEngine::run_step(std::uint64_t horizon) {
  const std::uint64_t end = cycle_ + kCyclesPerCall;
  while (cycle_ < end && next_ < horizon) run_cycle(next_);
  if (progress_ == nullptr || over_) return;
  progress_->update(static_cast<std::int64_t>(std::min(cycle_, create_to_)),
                    static_cast<std::int64_t>(create_to_));
  if (!progress_->stop_requested()) return;
  result_.interrupted = true;
  result_.cycles = cycle_ + 1;
  over_ = true;
  next_ = kNever;
}

void TrafficEngine::report_stuck() const {
  const auto name = [this](const Flit& flit) {
    const Place to = destination_of(flit);
    return fmt::format("flit {} of a packet to {}", number_of(flit),
                       tile_name(program_.fabric, program_.fabric.tile(to >> 8, to & 0xff)));
  };
  internal_error(fmt::format("traffic is stuck: no flit moved from cycle {} to cycle {}{}",
                             state_.last_progress, cycle_, describe_stuck(context_, cycle_, name)));
}

TrafficResult TrafficEngine::result() const {
  TrafficResult result = result_;
  const double tile_cycles =
      static_cast<double>(sources_.size()) * static_cast<double>(params_.measure_cycles);
  result.offered = static_cast<double>(result.measured_packets) * params_.packet_flits / tile_cycles;
  result.accepted = static_cast<double>(result.accepted_flits) / tile_cycles;
  result.tiles = IdVector<TileId, TileCounters>(sources_.size());
  for (std::uint32_t t = 0; t < sources_.size(); ++t) {
    TileCounters& counters = result.tiles[TileId(t)];
    counters = counters_of(state_, t);
    counters.messages = sources_[t].messages;
    counters.deliveries = counters.flits[kLocalSide];
  }
  return result;
}

}  // namespace weft::sim
