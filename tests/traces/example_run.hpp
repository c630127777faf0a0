// A made-up run that tells signals and events, for the tests of traces/.
#pragma once

#include <string>
#include <vector>

#include "model/base/random.hpp"
#include "model/fabric/event.hpp"

namespace weft::traces {

inline std::vector<SignalInfo> example_signals() {
  std::vector<SignalInfo> signals;
  for (const char* tile : {"tile_0_0", "tile_1_0", "tile_1_2"}) {
    const std::string base = std::string("fabric.") + tile;
    signals.push_back({base + ".core.busy", 1});
    signals.push_back({base + ".core.potential", 32});
    signals.push_back({base + ".router.east.occupancy", 3});
    signals.push_back({base + ".router.west.occupancy", 3});
  }
  signals.push_back({"fabric.step", 64});
  return signals;
}

struct Change {
  std::uint64_t cycle = 0;
  std::uint32_t signal = 0;
  std::uint64_t value = 0;
};

// Every signal at `from`, then random changes up to `to`, several of a signal in one cycle among them.
inline std::vector<Change> example_changes(std::uint64_t from, std::uint64_t to, std::uint64_t seed) {
  const std::vector<SignalInfo> signals = example_signals();
  Random random(seed);
  std::vector<Change> changes;
  const auto value = [&](std::uint32_t signal) {
    const int width = signals[signal].width;
    return width == 64 ? random.bits() : random.below(std::uint64_t{1} << width);
  };
  for (std::uint32_t signal = 0; signal < signals.size(); ++signal)
    changes.push_back({from, signal, value(signal)});
  for (std::uint64_t cycle = from; cycle < to; cycle += random.below(4)) {
    const auto signal = static_cast<std::uint32_t>(random.below(signals.size()));
    changes.push_back({cycle, signal, value(signal)});
  }
  return changes;
}

inline Fabric example_fabric() {
  Fabric fabric;
  fabric.name = "example";
  fabric.width = 3;
  fabric.height = 2;
  fabric.cores_per_tile = 2;
  return fabric;
}

inline std::vector<Event> example_events(std::size_t count, std::uint64_t seed) {
  Random random(seed);
  std::vector<Event> events;
  std::uint64_t cycle = 0;
  for (std::size_t i = 0; i < count; ++i) {
    Event event;
    cycle += random.below(3);
    event.cycle = random.below(20) == 0 && cycle > 5 ? cycle - 5 : cycle;
    event.tile = TileId(static_cast<std::uint32_t>(random.below(6)));
    event.kind = static_cast<EventKind>(random.below(kEventKinds));
    event.detail = static_cast<std::uint8_t>(random.below(6));
    event.core = static_cast<std::uint8_t>(random.below(2));
    event.subject = static_cast<std::uint32_t>(random.below(10) == 0 ? random.bits() : random.below(256));
    event.value = static_cast<std::int32_t>(random.below(10) == 0 ? random.bits() : random.below(100));
    events.push_back(event);
  }
  return events;
}

inline bool same(const Event& a, const Event& b) {
  return a.cycle == b.cycle && a.tile == b.tile && a.kind == b.kind && a.detail == b.detail &&
         a.core == b.core && a.subject == b.subject && a.value == b.value;
}

inline bool same(const std::vector<Event>& a, const std::vector<Event>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!same(a[i], b[i])) return false;
  }
  return true;
}

}  // namespace weft::traces
