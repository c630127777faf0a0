// Tells a sink the changes of the signals that it has chosen, in each cycle of its window. Costs nothing
// without a sink and nothing outside its window.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "model/fabric/event.hpp"
#include "sim/engine/context.hpp"
#include "sim/engine/signals.hpp"

namespace weft::sim {

// Use, in each cycle that wants(): note_credits() before credits are accepted; find_news() when the tiles of
// the cycle are known; sample_start() once the arrivals of those are accepted; sample_decisions() after the
// tiles have run.
class SignalRecorder {
 public:
  SignalRecorder(Context& context, SignalSink& sink, std::uint64_t steps, std::uint64_t frames,
                 std::uint64_t interval);

  bool wants(std::uint64_t cycle) const { return any_ && cycle >= from_ && cycle < to_; }
  // The first cycle from `cycle` on, the one after the last that was run, that must be run for the signals'
  // sake, or kNever.
  std::uint64_t next(std::uint64_t cycle) const;

  void note_credits(std::uint64_t cycle);
  // In the cycle to come any router may change, whether its tile has something to do or not.
  void look_everywhere() { everywhere_ = true; }
  // Those of the tiles looked at that have something to do in this cycle, ascending.
  const std::vector<std::uint32_t>& find_news(std::uint64_t cycle);
  void sample_start(std::uint64_t cycle);
  void sample_decisions(std::uint64_t cycle);

 private:
  // A value that is told under a number if it is chosen and changes.
  struct Told {
    std::uint32_t number = kNone;
    std::uint64_t last = ~std::uint64_t{0};  // that no value is
  };
  // By side. `credits` are those that the sender to an input has: they are kept with the buffer.
  struct RouterScope {
    std::array<std::uint32_t, kDirections> buffers{};  // as last seen: occupancy below, credits above
    std::uint8_t valid = 0, stalled = 0;               // likewise, a bit per side
    std::uint8_t requested = 0;                        // in this cycle
    bool told = false;
    bool active = false;  // its tile has something to do in this cycle
    std::uint32_t tile = 0;
    std::array<std::uint64_t, kDirections> sent{};  // if so, before the cycle's decisions
    std::array<std::uint32_t, 8> occupancy_numbers{}, credit_numbers{}, valid_numbers{}, stalled_numbers{};
  };
  struct Potential {
    Told told;
    std::uint32_t neuron = 0, group = 0;
  };
  struct CoreScope {
    std::uint32_t core = 0;
    Told state, axon, neuron, queue;
    std::vector<Potential> potentials;  // ascending neurons
    std::size_t updated = 0;            // the first so many of them in this step
    std::uint64_t step = 0;             // CoreState::steps_kept
  };
  // Eight neighboring tiles, a byte each.
  struct Group {
    std::uint32_t number = 0;
    std::uint64_t chosen = 0;         // 1 where a router is
    std::uint64_t active_before = 0;  // likewise, in the cycle that was looked at last
  };

  void choose(std::uint32_t number, const Signal& signal);
  void make_groups();
  RouterScope& router_scope(std::uint32_t tile);
  CoreScope& core_scope(std::uint32_t core);
  void tell(std::uint32_t number, std::uint64_t value) {
    changes_[change_count_] = {number, value};
    change_count_ += number != kNone ? 1u : 0u;
  }
  void tell(Told& told, std::uint64_t value) {
    if (told.last == value) return;
    told.last = value;
    tell(told.number, value);
  }
  void look_at_buffers(RouterScope& scope, std::uint64_t cycle);
  void look_at_grants(RouterScope& scope);
  void choose_potential(std::uint32_t number, const Signal& signal);
  void look_at_potentials(CoreScope& scope, std::uint64_t cycle);
  void look_at_core(CoreScope& scope, std::uint64_t cycle);
  void look_at_crossings(std::uint64_t cycle);

  Context& context_;
  SignalSink& sink_;
  std::uint64_t from_ = 0;
  std::uint64_t to_ = 0;
  std::uint64_t frames_ = 0;
  std::uint64_t interval_ = 1;
  bool any_ = false;   // a signal is chosen
  bool first_ = true;  // no cycle has been looked at
  bool everywhere_ = false;
  bool cores_busy_ = false;  // one of the chosen ones, in the cycle that was looked at last

  Told step_, frame_;
  std::vector<RouterScope> routers_;
  std::vector<std::uint32_t> scope_of_tile_;  // index into routers_, or kNone
  std::vector<Group> groups_;
  std::vector<std::uint8_t> news_;      // per tile, in whole groups: credits came home
  std::vector<std::uint32_t> looked_;   // routers_ looked at in this cycle
  std::vector<std::uint32_t> active_;   // tiles of those that are active
  std::vector<CoreScope> cores_;        // ascending
  std::vector<Told> crossings_;         // per side_index, with circuits alone
  std::vector<std::uint16_t> crossed_;  // likewise: values in this cycle
  std::vector<SignalChange> changes_;   // of this cycle; room for one of each chosen signal and one more
  std::size_t change_count_ = 0;
};

}  // namespace weft::sim
