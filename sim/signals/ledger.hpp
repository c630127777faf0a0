// What is kept of a run beside the hardware: counters, events, when something moved last, and the first
// failure. Modules write into it as they act; nothing of it is read back into what they do.
#pragma once

#include <cstdint>
#include <exception>
#include <vector>

#include "model/fabric/event.hpp"
#include "model/fabric/fabric.hpp"
#include "model/fabric/outcome.hpp"

namespace weft::sim::signals {

struct Ledger {
  Ledger(const Fabric& fabric_value, EventSink* events_value)
      : fabric(fabric_value), events(events_value), tiles(static_cast<std::size_t>(fabric_value.tiles())) {}

  const Fabric& fabric;
  EventSink* events;  // may be null
  IdVector<TileId, TileCounters> tiles;
  std::uint64_t copies = 0;         // that forks have added (TIMING.md section 7)
  std::uint64_t last_progress = 0;  // the latest cycle in which something moved or waited for its time alone
  std::vector<LateWork> first_late;
  bool over = false;           // the run's cycles are over
  std::exception_ptr failure;  // what a module threw first; ends the run

  void tell(std::uint64_t cycle, TileId tile, EventKind kind, std::uint32_t subject, std::int32_t value,
            int detail = 0, int core = 0) const {
    if (events == nullptr) return;
    events->event({cycle, tile, kind, static_cast<std::uint8_t>(detail), static_cast<std::uint8_t>(core),
                   subject, value});
  }
};

// Throws an Internal error that names the tile: the hardware has done what it must never do.
[[noreturn]] void breach(const Fabric& fabric, TileId tile, const char* what);

}  // namespace weft::sim::signals
