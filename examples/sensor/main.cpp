// A sensor and a motor around a neuromorphic fabric, as SystemC modules side by side.
//
//            step_open, events                    spikes
//   Sensor -----------------> OpenFabric "chip" --------> Motor
//          <-----------------
//             step_active
//
// The sensor is a row of 16 pixels over which a bright spot wanders; each step it sends an event for the
// pixel that sees the spot. Four leaky integrate-and-fire neurons on the fabric, one per zone of four pixels,
// fire when the spot has been in their zone for a while. The motor prints which zone fired, and when.
//
// What happens at which clock edge is section 13 of sim/TIMING.md.
#include <cstdint>
#include <cstdio>
#include <map>
#include <systemc>
#include <vector>

#include "mapping/map.hpp"
#include "model/fabric/presets.hpp"
#include "sim/open_fabric.hpp"

namespace {

constexpr int kPixels = 16;
constexpr int kZones = 4;

// 1. A network. It could as well be read from a file (weft::read_fixed_network, or an image that `weft map`
// wrote).
weft::FixedNetwork zone_network() {
  weft::FixedNetwork network;
  network.name = "zones";

  weft::FixedPopulation pixels;
  pixels.name = "pixels";
  pixels.shape = {1, 1, kPixels};
  pixels.format = {1, false};  // an event is the value 1
  network.populations.push_back(pixels);

  weft::FixedPopulation zones;
  zones.name = "zones";
  zones.shape = {kZones, 1, 1};
  zones.model = weft::NeuronModel::Lif;
  zones.format = {1, false};
  zones.bias.assign(kZones, 0);
  zones.shift.assign(kZones, 0);
  zones.spike.threshold = 40;
  zones.spike.leak = 2;  // per step
  network.populations.push_back(zones);

  weft::FixedProjection seen;
  seen.name = "seen";
  seen.source = weft::PopulationId(0);
  seen.target = weft::PopulationId(1);
  for (int zone = 0; zone < kZones; ++zone) {
    for (int pixel = 0; pixel < kPixels; ++pixel)
      seen.weights.push_back(pixel / (kPixels / kZones) == zone ? 10 : 0);
  }
  network.projections.push_back(seen);
  return network;
}

// 2. A fabric of two tiles. Only the western one has a port: events enter and spikes leave there.
weft::Fabric small_fabric() {
  return weft::load_fabric("default", {"width=2", "height=1", "ports.east=false", "ports.west=true"});
}

// 3. The sensor. An event enters when valid and ready are both 1 at an edge. The sensor opens a step, holds
// it open until its events are in, closes it, and waits until the fabric has finished it.
class Sensor : public sc_core::sc_module {
 public:
  Sensor(const sc_core::sc_module_name& name, const weft::Image& image, int steps)
      : sc_module(name), steps_(steps) {
    // The image says under which key an input is known to the fabric.
    for (const weft::InputBinding& input : image.inputs) keys_[input.input] = input.key.value();
    SC_THREAD(run);
    sensitive << clk.pos();
  }

  sc_core::sc_in<bool> clk{"clk"};
  sc_core::sc_out<bool> step_open{"step_open"};
  sc_core::sc_in<bool> step_active{"step_active"};
  sc_core::sc_out<bool> valid{"valid"};
  sc_core::sc_out<std::uint32_t> key{"key"};
  sc_core::sc_out<std::int32_t> value{"value"};
  sc_core::sc_in<bool> ready{"ready"};

 private:
  SC_HAS_PROCESS(Sensor);

  void run() {
    for (int step = 0; step < steps_; ++step) {
      step_open.write(true);
      send(static_cast<std::uint32_t>(step / 2 % kPixels));  // the spot moves on every second step
      step_open.write(false);
      do wait();
      while (step_active.read());
    }
    sc_core::sc_stop();
  }

  void send(std::uint32_t pixel) {
    valid.write(true);
    key.write(keys_.at(pixel));
    value.write(1);
    do wait();
    while (!ready.read());
    valid.write(false);
  }

  int steps_;
  std::map<std::uint32_t, std::uint32_t> keys_;  // by pixel
};

// 4. The motor: always ready, it takes each spike at the edge at which it finds it.
class Motor : public sc_core::sc_module {
 public:
  Motor(const sc_core::sc_module_name& name, const weft::Image& image) : sc_module(name) {
    for (const weft::OutputBinding& output : image.outputs) zones_[output.key.value()] = output.output;
    SC_METHOD(run);
    sensitive << clk.pos();
    dont_initialize();
  }

  sc_core::sc_in<bool> clk{"clk"};
  sc_core::sc_in<bool> valid{"valid"};
  sc_core::sc_in<std::uint32_t> key{"key"};
  sc_core::sc_in<std::int32_t> value{"value"};
  sc_core::sc_out<bool> ready{"ready"};
  sc_core::sc_in<std::uint64_t> step{"step"};
  std::vector<std::uint32_t> fired;

 private:
  SC_HAS_PROCESS(Motor);

  void run() {
    if (valid.read() && ready.read()) {
      fired.push_back(zones_.at(key.read()));
      std::printf("%8s  step %3llu  zone %u\n", sc_core::sc_time_stamp().to_string().c_str(),
                  static_cast<unsigned long long>(step.read()), fired.back());
    }
    ready.write(true);
  }

  std::map<std::uint32_t, std::uint32_t> zones_;  // by key
};

}  // namespace

int sc_main(int, char**) {
  const weft::Fabric fabric = small_fabric();
  const weft::Image image = weft::mapping::map_network(zone_network(), fabric, {}).image;

  // A run without an end: what enters is the sensor's alone. Neurons begin at rest at each frame's first
  // step, so a frame is made long here.
  weft::Stimulus nothing;
  nothing.frames.columns = image.input_count;
  nothing.interval_steps = nothing.frame_steps = 1 << 20;
  weft::sim::OpenFabricParams params;
  params.endless = true;

  sc_core::sc_clock clock("clock", 1.0 / fabric.clock_hz, sc_core::SC_SEC);
  weft::sim::OpenFabric chip("chip", fabric, params);
  chip.load(image, nothing);
  chip.clk(clock);
  Sensor sensor("sensor", image, 2 * kPixels);
  sensor.clk(clock);
  Motor motor("motor", image);
  motor.clk(clock);

  // Steps: opened by the sensor, told to both.
  sc_core::sc_signal<bool> step_open("step_open"), step_active("step_active");
  sc_core::sc_signal<std::uint64_t> step_number("step_number");
  chip.step_open(step_open);
  chip.step_active(step_active);
  chip.step_number(step_number);
  sensor.step_open(step_open);
  sensor.step_active(step_active);
  motor.step(step_number);

  // The port of the tile at x = 0, y = 0: a channel in and one out.
  weft::sim::EdgePins& port = chip.port(0, 0);
  sc_core::sc_signal<bool> in_valid("in_valid"), in_ready("in_ready");
  sc_core::sc_signal<std::uint32_t> in_key("in_key");
  sc_core::sc_signal<std::int32_t> in_value("in_value");
  port.in_valid(in_valid);
  port.in_key(in_key);
  port.in_value(in_value);
  port.in_ready(in_ready);
  sensor.valid(in_valid);
  sensor.key(in_key);
  sensor.value(in_value);
  sensor.ready(in_ready);
  sc_core::sc_signal<bool> out_valid("out_valid"), out_ready("out_ready");
  sc_core::sc_signal<std::uint32_t> out_key("out_key");
  sc_core::sc_signal<std::int32_t> out_value("out_value");
  port.out_valid(out_valid);
  port.out_key(out_key);
  port.out_value(out_value);
  port.out_ready(out_ready);
  motor.valid(out_valid);
  motor.key(out_key);
  motor.value(out_value);
  motor.ready(out_ready);

  sc_core::sc_start();

  const weft::Outcome outcome = chip.outcome();
  std::printf("%llu steps, %llu cycles, %llu events in, %llu spikes out\n",
              static_cast<unsigned long long>(outcome.steps), static_cast<unsigned long long>(outcome.cycles),
              static_cast<unsigned long long>(weft::totals(outcome).injected),
              static_cast<unsigned long long>(weft::totals(outcome).emitted));
  // The spot crosses each zone once, in eight steps. Each event adds 10 in the step after it, each step leaks
  // 2: the fifth event fires.
  const std::vector<std::uint32_t> expected = {0, 1, 2, 3};
  return motor.fired == expected ? 0 : 1;
}
