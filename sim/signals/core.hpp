// A core (sim/TIMING.md section 4): rows of active axons, updates of neurons, and a queue of messages. Its
// tile's Concentrator clocks it and joins it to the router.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <systemc>
#include <vector>

#include "model/fabric/image.hpp"
#include "sim/signals/flit.hpp"
#include "sim/signals/ledger.hpp"

namespace weft::sim::signals {

// What a neuron sends.
struct Message {
  Flit flit;
  std::uint32_t neuron = 0;
  bool repeats = false;  // not the first of its value
};

class Core final : public sc_core::sc_module {
 public:
  // The tile's core of this number, one of those in use.
  Core(const sc_core::sc_module_name& name, TileId tile, std::size_t number, const Image& image,
       std::uint64_t interval_steps, Ledger& ledger);

  const CoreImage& image() const { return image_; }
  int number() const { return static_cast<int>(number_); }
  const std::deque<Message>& messages() const { return queue_; }
  bool works() const { return !idle_; }

  // What a clock edge does, in this order; axons and neurons are numbered within the core.
  void deliver(const Delivery& delivery, std::int32_t value);
  void begin_step(std::uint64_t cycle);
  Message take_head();
  // The core's work of the cycle, whose queue had so many free slots at its start.
  void work(std::uint64_t cycle, std::size_t free_slots);

  // What a waveform shows (section 10). Potentials are as at the start of the cycle, from begin_step() to
  // work(), and only where watch_potentials() has been called.
  void watch_potentials() { shown_potentials_ = registers_; }
  std::int32_t potential(std::size_t neuron_number) const { return shown_potentials_[neuron_number]; }
  sc_core::sc_signal<std::uint32_t> state{"state"};
  sc_core::sc_signal<std::uint32_t> axon{"axon"};
  sc_core::sc_signal<std::uint32_t> neuron{"neuron"};
  sc_core::sc_signal<std::uint32_t> queue{"queue"};

 private:
  enum State : std::uint32_t { Idle = 0, Rows = 1, Update = 2, Stall = 3 };
  using AxonValues = std::map<std::uint16_t, std::int32_t>;  // ascending axons

  void count_step(std::uint64_t cycle);
  void hand_over(std::size_t free_slots);
  void start_rows();
  void add_row(std::uint16_t axon_number, std::int32_t value);
  std::uint32_t row_synapses(std::uint16_t axon_number) const;
  void update_group(std::uint64_t cycle);
  std::int32_t update(std::size_t neuron);
  void show(State state_value, std::size_t axon_value, std::size_t neuron_value);

  TileCounters& counters() { return ledger_.tiles[tile_]; }
  void tell(std::uint64_t cycle, EventKind kind, std::uint32_t subject, std::int32_t value) const {
    ledger_.tell(cycle, tile_, kind, subject, value, 0, number());
  }

  const TileId tile_;
  const std::size_t number_;
  const Image& whole_;
  const CoreImage alone_;  // of several
  const CoreImage& image_;
  const std::uint64_t interval_steps_;
  Ledger& ledger_;

  std::uint64_t steps_begun_ = 0;
  std::map<std::uint64_t, AxonValues> arriving_;  // by the step for which they were delivered
  std::map<std::uint64_t, std::map<std::uint16_t, std::int64_t>> sums_;  // of neurons, likewise
  AxonValues active_;                                                    // axons whose rows have not begun
  std::uint16_t first_axon_ = 0;                                         // of the rows that are processed
  int row_cycles_left_ = 0;
  std::vector<std::int64_t> potentials_;
  std::vector<SpikeState> states_;  // per neuron; of spiking ones
  std::vector<std::int32_t> registers_, shown_potentials_;
  bool idle_ = true;
  std::size_t group_ = 0;          // the first neuron of the group that was updated last
  std::size_t next_neuron_ = 0;    // the first one that is still to update in this step
  std::deque<Message> left_over_;  // of the group that was updated last
  std::deque<Message> queue_;
};

}  // namespace weft::sim::signals
