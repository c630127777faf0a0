// A small fabric with all its pins on signals, for tests that look at them edge by edge.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "sim/open_fabric.hpp"
#include "tests/sim/hand_made.hpp"

namespace weft::sim {

inline const sc_core::sc_time kPeriod(10, sc_core::SC_NS);

// Calls a function at each rising edge, with the number of the edge.
class Script : public sc_core::sc_module {
 public:
  Script(const sc_core::sc_module_name& name, std::function<void(int edge)> act)
      : sc_module(name), act_(std::move(act)) {
    SC_METHOD(run);
    sensitive << clk.pos();
    dont_initialize();
  }
  sc_core::sc_in<bool> clk{"clk"};

 private:
  SC_HAS_PROCESS(Script);
  void run() { act_(edge_++); }
  std::function<void(int edge)> act_;
  int edge_ = 0;
};

// Two tiles, P = K = R = C = 1, B = 8: what enters in the west with key 7 leaves in the east four cycles
// later.
inline HandMade through() {
  HandMade made(hand_made_fabric(2, 1));
  made.route(0, 7, kEast);
  made.route(1, 7, kEdge);
  made.input(0, 7);
  made.output(1, 7);
  made.image.input_format = {8, true};
  made.image.fabric = digest(made.fabric);
  return made;
}

// A fabric with all its pins on signals, a run without an end, steps begun and ended by `open`.
struct Lab {
  explicit Lab(const HandMade& made, bool gated = true, bool west_pins = true,
               const OpenFabricParams& params = endless())
      : clock("clock", kPeriod), fabric("fabric", made.fabric, params) {
    fabric.load(made.image, west_pins ? made.stimulus(0) : made.stimulus(1, {1}));
    fabric.clk(clock);
    if (west_pins) {
      EdgePins& west = fabric.port(0, 0);
      west.in_valid(valid);
      west.in_key(key);
      west.in_value(value);
      west.in_ready(ready);
    }
    EdgePins& east = fabric.port(1, 0);
    east.out_valid(out_valid);
    east.out_key(out_key);
    east.out_value(out_value);
    east.out_ready(out_ready);
    if (gated) fabric.step_open(open);
    fabric.step_begin(begin);
    fabric.step_active(active);
    fabric.step_number(number);
  }
  static OpenFabricParams endless() {
    OpenFabricParams params;
    params.endless = true;
    return params;
  }
  // What `act` does at each of the edges 0 to edges - 1 is seen at the next.
  void run(int edges, std::function<void(int edge)> act) {
    Script script("script", std::move(act));
    script.clk(clock);
    sc_core::sc_start(edges * kPeriod);
  }
  std::string failure(int edges, std::function<void(int edge)> act) {
    try {
      run(edges, std::move(act));
    } catch (const std::exception& error) {
      return error.what();
    }
    ADD_FAILURE() << "no error";
    return {};
  }

  Session session;
  sc_core::sc_clock clock;
  template <class T>
  using Wire = sc_core::sc_signal<T>;
  Wire<bool> valid{"valid"}, ready{"ready"}, out_valid{"out_valid"}, out_ready{"out_ready"};
  Wire<std::uint32_t> key{"key"}, out_key{"out_key"};
  Wire<std::int32_t> value{"value"}, out_value{"out_value"};
  Wire<bool> open{"open"}, begin{"begin"}, active{"active"};
  Wire<std::uint64_t> number{"number"};
  OpenFabric fabric;
};

}  // namespace weft::sim
