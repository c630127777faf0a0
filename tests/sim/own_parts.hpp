// A user's modules for the tests: the core and the router of TIMING.md sections 3 to 5 once more, each behind
// an adapter's signals, and a sensor that plays a stimulus into a port's pins.
#pragma once

#include <array>
#include <deque>
#include <map>
#include <vector>

#include "sim/open_fabric.hpp"

namespace weft::sim {

// Linear neurons without a shift only, as random_case() makes them.
class OwnCore : public sc_core::sc_module {
 public:
  OwnCore(const sc_core::sc_module_name& name, CoreAdapter& wires, const OpenFabric& fabric,
          const CoreImage& image);
  sc_core::sc_in<bool> clk{"clk"};

 private:
  SC_HAS_PROCESS(OwnCore);
  struct Message {
    std::uint32_t neuron, key;
    std::int32_t value;
  };
  void run();
  void begin_step(std::uint64_t step);
  void hand_over(std::size_t free);

  CoreAdapter& wires_;
  const CoreSpec spec_;
  const CoreImage image_;
  std::uint64_t cycle_ = 0;
  std::uint64_t step_ = 0;
  // Values by step, then by axon or by neuron.
  std::map<std::uint64_t, std::map<std::uint32_t, std::int32_t>> axons_, added_;
  std::uint64_t next_update_ = 0;
  std::uint32_t group_ = 0;
  bool busy_ = false;
  std::vector<std::int32_t> sums_;
  std::deque<Message> left_over_;
  std::deque<Message> queue_;
};

class OwnRouter : public sc_core::sc_module {
 public:
  OwnRouter(const sc_core::sc_module_name& name, RouterAdapter& wires, const Fabric& fabric);
  sc_core::sc_in<bool> clk{"clk"};

 private:
  SC_HAS_PROCESS(OwnRouter);
  struct Flit {
    std::uint64_t arrived;
    std::uint32_t key;
    std::int32_t value;
    unsigned sides;
  };
  void run();

  RouterAdapter& wires_;
  const Fabric fabric_;
  std::uint64_t cycle_ = 0;
  std::array<std::deque<Flit>, kDirections> buffers_;
  std::array<int, kDirections> credits_{}, pointer_{};
  std::array<std::uint64_t, kDirections> free_{};
};

// Offers in each step what the stimulus has for the port, in the bindings' order.
class Player : public sc_core::sc_module {
 public:
  Player(const sc_core::sc_module_name& name, OpenFabric& fabric, TileId tile, const Image& image,
         const Stimulus& stimulus);
  sc_core::sc_in<bool> clk{"clk"};
  sc_core::sc_in<bool> step_active{"step_active"};
  sc_core::sc_in<std::uint64_t> step_number{"step_number"};

 private:
  SC_HAS_PROCESS(Player);
  void run();
  void fill(std::uint64_t step);

  const Image& image_;
  const Stimulus& stimulus_;
  PortId port_;
  std::deque<std::pair<std::uint32_t, std::int32_t>> flits_;
  std::uint64_t filled_ = 0;
  sc_core::sc_signal<bool> valid_{"valid"}, ready_{"ready"};
  sc_core::sc_signal<std::uint32_t> key_{"key"};
  sc_core::sc_signal<std::int32_t> value_{"value"};
};

// Takes what leaves at a port, not in each cycle: `pause` cycles after each flit.
class Taker : public sc_core::sc_module {
 public:
  Taker(const sc_core::sc_module_name& name, OpenFabric& fabric, TileId tile, int pause);
  sc_core::sc_in<bool> clk{"clk"};
  std::vector<std::pair<std::uint32_t, std::int32_t>> taken;

 private:
  SC_HAS_PROCESS(Taker);
  void run();

  int pause_;
  int wait_ = 0;
  sc_core::sc_signal<bool> valid_{"valid"}, ready_{"ready"};
  sc_core::sc_signal<std::uint32_t> key_{"key"};
  sc_core::sc_signal<std::int32_t> value_{"value"};
};

}  // namespace weft::sim
