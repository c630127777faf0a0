// A core (sim/TIMING.md sections 4 and 5): rows of active axons, updates of neurons, and a queue to the
// router.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <vector>

#include "model/fabric/image.hpp"
#include "sim/signals/clocked.hpp"
#include "sim/signals/routing.hpp"

namespace weft::sim::signals {

class Core final : public Unit {
 public:
  Core(const sc_core::sc_module_name& name, TileId tile, const Image& image, const TableRouting& routing,
       std::uint64_t interval_steps, Ledger& ledger);

  bool used() const { return image_.used(); }
  const CoreImage& image() const { return image_; }
  std::size_t messages_held() const override { return queue_.size(); }
  bool works() const override { return !idle_; }

  // What a waveform shows (section 10).
  sc_core::sc_signal<std::uint32_t> state{"state"};
  sc_core::sc_signal<std::uint32_t> axon{"axon"};
  sc_core::sc_signal<std::uint32_t> neuron{"neuron"};
  sc_core::sc_signal<std::uint32_t> queue{"queue"};

 private:
  enum State : std::uint32_t { Idle = 0, Rows = 1, Update = 2, Stall = 3 };
  struct Message {
    Flit flit;
    std::uint32_t neuron = 0;
    bool repeats = false;  // not the first of its value
  };
  using AxonValues = std::map<std::uint16_t, std::int32_t>;  // ascending axons

  void rising_edge(std::uint64_t cycle) override;
  void deliver(const Flit& flit);
  void begin_step(std::uint64_t cycle);
  void count_step(std::uint64_t cycle);
  void send_head(std::uint64_t cycle);
  void send_message(const Message& message, std::uint64_t cycle);
  void hand_over(std::uint64_t cycle, std::size_t free_slots);
  void work(std::uint64_t cycle, std::size_t free_slots);
  void start_rows();
  void add_row(std::uint16_t axon_number, std::int32_t value);
  std::uint32_t row_synapses(std::uint16_t axon_number) const;
  void update_group(std::uint64_t cycle);
  std::int32_t update(std::size_t neuron);
  void show(State state_value, std::size_t axon_value, std::size_t neuron_value);

  const Image& whole_;
  const CoreImage& image_;
  const TableRouting& routing_;
  const std::uint64_t interval_steps_;

  std::uint64_t steps_begun_ = 0;
  std::map<std::uint64_t, AxonValues> arriving_;  // by the step for which they were delivered
  std::map<std::uint64_t, std::map<std::uint16_t, std::int64_t>> sums_;  // of neurons, likewise
  AxonValues active_;                                                    // axons whose rows have not begun
  std::uint16_t first_axon_ = 0;                                         // of the rows that are processed
  int row_cycles_left_ = 0;
  std::vector<std::int64_t> potentials_;
  std::vector<SpikeState> states_;  // per neuron; of spiking ones
  bool idle_ = true;
  std::size_t group_ = 0;          // the first neuron of the group that was updated last
  std::size_t next_neuron_ = 0;    // the first one that is still to update in this step
  std::deque<Message> left_over_;  // of the group that was updated last
  std::deque<Message> queue_;
};

}  // namespace weft::sim::signals
