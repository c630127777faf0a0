// The engine of synthetic traffic: the routers, buffers and links of the engine of networks, with a source
// instead of a core in each tile.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "sim/engine/cycle_engine.hpp"
#include "sim/engine/packet.hpp"
#include "sim/engine/recorder.hpp"
#include "sim/engine/source.hpp"
#include "sim/traffic.hpp"

namespace weft::sim {

class TrafficEngine final : public CycleEngine {
 public:
  // Parameters in range (run_traffic() checks them); the sinks must outlive the engine.
  TrafficEngine(const Fabric& fabric, const TrafficParams& params, EventSink* events, SignalSink* signals,
                Progress* progress);

  std::uint64_t next_event() const override { return next_; }
  void run_cycle(std::uint64_t cycle) override;
  void run_step(std::uint64_t horizon) override;
  std::uint64_t cycle() const override { return cycle_; }
  const Context& context() const override { return context_; }
  TrafficResult result() const;

 private:
  void run_tiles(const RouterCycle& run);
  template <bool kWatched, Rules kRules>
  void run_tiles_by(RouterCycle run);
  void run_tiles_quickly(const RouterCycle& run);
  void run_watched_tiles_quickly(const RouterCycle& run);
  template <class, Rules>
  friend class Packets;
  template <bool kWatched>
  void granted(std::uint32_t tile, std::uint32_t side, Flit flit, std::uint64_t cycle);
  template <bool kWatched>
  void send_from_queue(std::uint32_t tile, std::uint64_t cycle, const WheelSlot& own);
  void create(std::uint32_t tile, std::uint64_t cycle);
  void schedule(std::uint32_t tile);
  void take_tail(Flit flit, std::uint64_t cycle);
  bool measures(std::uint64_t cycle) const { return cycle >= measure_from_ && cycle < measure_to_; }
  std::uint64_t find_next_event() const;
  [[noreturn]] void report_stuck() const;

  TrafficParams params_;
  Program program_;
  State state_;
  Context context_;
  Progress* progress_;
  std::unique_ptr<SignalRecorder> recorder_;

  GapTable gaps_;
  Destinations destinations_;
  std::vector<SourceState> sources_;
  PacketPool packets_;

  std::uint64_t measure_from_ = 0;
  std::uint64_t measure_to_ = 0;
  std::uint64_t create_to_ = 0;
  bool over_ = false;
  std::uint64_t cycle_ = 0;
  std::uint64_t next_ = 0;  // find_next_event()
  TrafficResult result_;
};

}  // namespace weft::sim
