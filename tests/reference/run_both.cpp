// See run_both.hpp.
#include "tests/reference/run_both.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>

#include "sim/run.hpp"
#include "tests/reference/cycle_model.hpp"
#include "tests/reference/differences.hpp"
#include "tests/reference/random_cases.hpp"

namespace weft::test {
namespace {

std::string facts(const Fabric& fabric, const Stimulus& stimulus, double stall_share) {
  std::ostringstream out;
  out << fabric.width << " x " << fabric.height << " tiles of " << fabric.cores_per_tile << ", "
      << to_string(fabric.topology) << ' ' << to_string(fabric.core.kind) << ' '
      << to_string(fabric.router.routing) << " D " << fabric.router.buffer_depth << " P "
      << fabric.router.pipeline_cycles << " K " << fabric.router.link_cycles << " bits per cycle "
      << fabric.router.link_bits << ' ' << to_string(fabric.router.arbitration) << " R "
      << fabric.router.credit_cycles << " Q " << fabric.core.output_queue << " N " << fabric.core.neuron_lanes
      << " C " << fabric.ports.cycles_per_flit << " row lanes " << fabric.core.row_lanes;
  if (fabric.step.synchronization == Synchronization::Tick) {
    out << " tick " << fabric.step.tick_cycles;
  } else {
    out << " B " << fabric.step.barrier_cycles << " + " << fabric.step.barrier_level_cycles << " per level";
  }
  out << ", " << stimulus.frames.rows << " frames of " << stimulus.frame_steps << " steps every "
      << stimulus.interval_steps << " steps, stall share " << stall_share;
  return out.str();
}

std::string words(const std::vector<LateWork>& late) {
  std::ostringstream out;
  for (const LateWork& work : late) {
    out << "step " << work.step << " tile " << work.tile.value() << " messages " << work.messages
        << (work.core ? " core; " : "; ");
  }
  return out.str();
}

// The first number in which two runs differ, in words; empty if they are equal.
std::string first_difference(const Outcome& sim, const Outcome& model) {
  std::ostringstream out;
  const auto compare = [&](const std::string& what, auto sim_value, auto model_value) {
    if (out.tellp() == 0 && sim_value != model_value) {
      out << what << ": simulator " << sim_value << ", model " << model_value;
    }
  };
  const auto compare_lists = [&](const std::string& what, const auto& sim_list, const auto& model_list) {
    compare(what + " count", sim_list.size(), model_list.size());
    for (std::size_t i = 0; i < std::min(sim_list.size(), model_list.size()); ++i) {
      compare(what + "[" + std::to_string(i) + "]", sim_list[i], model_list[i]);
    }
  };
  compare_lists("step_cycles", sim.step_cycles, model.step_cycles);
  compare("cycles", sim.cycles, model.cycles);
  compare("steps", sim.steps, model.steps);
  compare("frames", sim.outputs.rows, model.outputs.rows);
  compare_lists("latency_cycles", sim.latency_cycles, model.latency_cycles);
  compare_lists("outputs", sim.outputs.values, model.outputs.values);
  compare("first_late", words(sim.first_late), words(model.first_late));
  compare("tiles", sim.tiles.size(), model.tiles.size());
  for (std::uint32_t t = 0; t < std::min(sim.tiles.size(), model.tiles.size()); ++t) {
    const TileCounters& a = sim.tiles[TileId(t)];
    const TileCounters& b = model.tiles[TileId(t)];
    const std::string tile = "tile " + std::to_string(t) + " ";
    compare(tile + "rows", a.rows, b.rows);
    compare(tile + "sums", a.sums, b.sums);
    compare(tile + "synaptic_ops", a.synaptic_ops, b.synaptic_ops);
    compare(tile + "neuron_updates", a.neuron_updates, b.neuron_updates);
    compare(tile + "messages", a.messages, b.messages);
    compare(tile + "deliveries", a.deliveries, b.deliveries);
    compare(tile + "busy_cycles", a.busy_cycles, b.busy_cycles);
    compare(tile + "stall_cycles", a.stall_cycles, b.stall_cycles);
    compare(tile + "injected", a.injected, b.injected);
    compare(tile + "late_messages", a.late_messages, b.late_messages);
    compare(tile + "late_steps", a.late_steps, b.late_steps);
    for (int side = 0; side < kDirections; ++side) {
      const auto d = static_cast<std::size_t>(side);
      compare(tile + "flits " + to_string(static_cast<Direction>(side)), a.flits[d], b.flits[d]);
    }
    EXPECT_EQ(out.tellp() == 0, a == b) << "a counter of tile " << t << " is not compared";
  }
  return out.str();
}

}  // namespace

bool run_both(const Fabric& fabric, const Image& image, const Stimulus& stimulus, Random& random,
              Outcome& outcome) {
  sim::RunParams sim_params;
  sim_params.stall_share = random_stall_share(random);
  sim_params.stall_seed = random.bits();
  CycleModelParams model_params;
  model_params.stall_share = sim_params.stall_share;
  model_params.stall_seed = sim_params.stall_seed;
  const bool observed = random.below(3) == 0;
  std::vector<Event> model_events;
  SignalTrace model_signals;
  if (observed) {
    model_params.events = &model_events;
    model_params.signals = &model_signals;
  }
  const Outcome model = run_cycle_model(fabric, image, stimulus, model_params);
  bool equal = true;
  for (const sim::Model simulator : {sim::Model::Signals, sim::Model::Engine}) {
    sim_params.model = simulator;
    EventRecorder events;
    SignalRecorder signals;
    outcome = observed ? sim::run_image(fabric, image, stimulus, sim_params, &events, &signals)
                       : sim::run_image(fabric, image, stimulus, sim_params);
    signals.fill(observed ? outcome.cycles : 0);
    std::string difference = first_difference(outcome, model);
    if (difference.empty()) difference = first_difference(events.events, model_events);
    if (difference.empty()) difference = first_difference(signals.trace, model_signals);
    EXPECT_EQ(difference, "") << to_string(simulator) << "; "
                              << facts(fabric, stimulus, sim_params.stall_share);
    equal = equal && difference.empty();
  }
  return equal;
}

}  // namespace weft::test
