// The second cycle model as a class whose rooms are files: cycle_model_step.cpp (sections 1, 2 and 7 of
// sim/TIMING.md), cycle_model_router.cpp (3 and 8), cycle_model_core.cpp (4, 5 and 6),
// cycle_model_circuit.cpp (14). Private to tests/reference/cycle_model*.cpp.
#pragma once

#include "tests/reference/cycle_model_state.hpp"

namespace weft::test::cycle {

class CycleModel {
 public:
  CycleModel(const Fabric& fabric, const Image& image, const Stimulus& stimulus,
             const CycleModelParams& params);

  Outcome run();

 private:
  static std::size_t index(int number) { return static_cast<std::size_t>(number); }
  const ImageSpikeRule& rule_of(const NeuronConfig& neuron) const {
    return image_.spike_rules.at(neuron.table);
  }
  const TileImage& image_of(int t) const { return image_.tiles[TileId(static_cast<std::uint32_t>(t))]; }
  const CoreImage& core(int t) const { return image_of(t).core; }
  TileCounters& count(int t) { return outcome_.tiles[TileId(static_cast<std::uint32_t>(t))]; }
  void tell(Cycle c, int t, EventKind kind, std::uint32_t subject, std::int32_t value, int detail = 0,
            int core = 0) const;

  // Steps and cycles.
  void run_step();
  void begin_step(Cycle c);
  void fill_ports();
  bool ticks() const { return fabric_.step.synchronization == Synchronization::Tick; }
  Cycle barrier() const;
  Cycle work_until_quiet(Cycle c);  // L(t)
  Cycle work_for_a_tick(Cycle c);   // L(t)
  void count_late();
  bool quiet() const;
  void work(Cycle c);
  void rest();  // a cycle of the barrier
  void finish_step(Cycle last);
  void finish_frame(Cycle entered, Cycle left);
  void check_conservation() const;
  std::size_t slots_of(int t, int side) const;

  // Routers and links.
  RouteEntry entry(int t, std::uint32_t key) const;
  static bool leads(const RouteEntry& route, int side) { return (route.directions >> side & 1) != 0; }
  void arrive(Cycle c);
  bool requests(Cycle c, const Tile& tile, int t, int input, int output) const;
  bool blocked(Cycle c, int t, int side) const;
  void decide_grant(Cycle c, int t, int output, std::vector<Grant>& grants) const;
  void apply_grant(Cycle c, const Grant& grant);
  void leave_if_done(Cycle c, int t, int input);
  void emit(Cycle c, int t, const Flit& flit);

  // Circuits, in place of routers and output queues.
  bool circuits() const;
  void work_circuits(Cycle c);
  Cycle switch_cycle(Cycle c) const;
  void pass_switch(Cycle c, const OnWire& wire, SideActions& sides);
  void leave_at_port(Cycle c, int t, SideActions& sides);

  // Cores, output queues and ports. `free_slots` of the queue at the start of the cycle.
  void deliver(Cycle c, int t, const Flit& flit);
  static const Core& owner_of_axon(const Tile& tile, int axon);
  static const Core& owner_of_neuron(const Tile& tile, std::size_t neuron);
  void begin_cores(Cycle c, int t);
  void begin_core_step(Cycle c, int t, Core& own);
  void work_core(Cycle c, int t, Core& own, int free_slots);
  void count_unfinished(Cycle c, int t, const Core& own);
  void update_group(Cycle c, int t, Core& own);
  int moving_queue(const Tile& tile) const;  // whose head moves in this cycle, or -1
  bool port_injects(Cycle c, const Tile& tile) const;
  void move_from_queue(Cycle c, int t, int core);
  void inject(Cycle c, int t);

  const Fabric& fabric_;
  const Image& image_;
  const Stimulus& stimulus_;
  const CycleModelParams params_;
  const std::vector<TileId> ports_;
  const std::uint64_t interval_, frame_steps_, depth_;
  std::vector<Tile> tiles_;
  std::vector<OnLink> links_;
  std::vector<CreditOnWay> credits_;
  std::vector<OnWire> wires_;
  std::vector<Cycle> begins_;  // T
  std::uint64_t step_ = 0;
  std::uint64_t frame_ = 0;  // the latest that has entered
  std::uint64_t copies_ = 0;
  std::vector<std::pair<std::uint32_t, std::int32_t>>
      step_outputs_;  // output, value; in the order of the flits
  std::map<std::uint32_t, std::int64_t> frame_outputs_;
  Cycle last_output_ = 0;
  bool any_output_ = false;
  Outcome outcome_;
};

}  // namespace weft::test::cycle
