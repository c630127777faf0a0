// See sim_rows.hpp.
#include "tests/bench/sim_rows.hpp"

#include <memory>
#include <utility>

#include "mapping/map.hpp"
#include "model/fabric/presets.hpp"
#include "model/network/evaluate.hpp"
#include "model/ranc/ranc_files.hpp"
#include "sim/ranc/run.hpp"
#include "sim/run.hpp"
#include "sim/traffic.hpp"
#include "tests/bench/conv_case.hpp"
#include "tests/bench/sim_cases.hpp"
#include "tests/bench/tick_case.hpp"
#include "tests/reference/nmnist.hpp"

namespace weft::bench {
namespace {

using Run = std::function<Work(double length, sim::Model model)>;

// Uniform traffic of packets of four flits.
Run traffic(int size, double rate) {
  return [size, rate](double cycles, sim::Model model) {
    Fabric fabric;
    fabric.name = "bench";
    fabric.width = fabric.height = size;
    sim::TrafficParams params;
    params.model = model;
    params.rate = rate;
    params.packet_flits = 4;
    params.warmup_cycles = params.cooldown_cycles = 0;
    params.measure_cycles = static_cast<std::uint64_t>(cycles);
    const sim::TrafficResult result = sim::run_traffic(fabric, params);
    std::uint64_t hops = 0;
    for (const TileCounters& tile : result.tiles)
      for (std::size_t side = 1; side <= 4; ++side) hops += tile.flits[side];
    Work work;
    work.cycles = static_cast<double>(result.cycles);
    work.flit_hops = static_cast<double>(hops);
    return work;
  };
}

Run network(std::function<Case(std::int64_t)> make) {
  // Made once: its making is not what is measured.
  auto made = std::make_shared<std::pair<double, Case>>(-1.0, Case{});
  return [made, make = std::move(make)](double length, sim::Model model) {
    if (made->first != length) *made = {length, make(static_cast<std::int64_t>(length))};
    const Case& one = made->second;
    sim::RunParams params;
    params.model = model;
    const Outcome outcome = sim::run_image(one.fabric, one.image, one.stimulus, params);
    const OutcomeTotals sum = totals(outcome);
    Work work;
    work.cycles = static_cast<double>(outcome.cycles);
    work.steps = static_cast<double>(outcome.steps);
    work.flit_hops = static_cast<double>(sum.flit_hops);
    work.additions = static_cast<double>(sum.synaptic_ops);
    work.bound_seconds =
        work.flit_hops * 12e-9 + work.additions / 20e9 + static_cast<double>(sum.neuron_updates) * 0.25e-9;
    return work;
  };
}

std::filesystem::path ranc_folder() {
  return data_path() / "ranc-256";
}

// The trained MNIST net of RANC, its ten images over and over, in ticks of 70,000 cycles.
Work run_ranc_mnist(double ticks, sim::Model) {
  RancGrid grid;
  grid.width = 4;
  grid.height = 3;
  grid.output_tile = 8;
  const RancNetwork network = read_ranc_network(ranc_folder(), grid);
  const RancStimulus ten = read_ranc_stimulus(ranc_folder(), network);
  RancStimulus stimulus;
  while (stimulus.ticks.size() < static_cast<std::size_t>(ticks))
    stimulus.ticks.insert(stimulus.ticks.end(), ten.ticks.begin(), ten.ticks.end());
  sim::RancRunParams params;
  params.tick_cycles = 70000;
  const sim::RancFigures figures =
      sim::run_ranc(network, stimulus, static_cast<std::uint64_t>(ticks), params);
  Work work;
  work.cycles = static_cast<double>(figures.cycles);
  work.steps = static_cast<double>(figures.ticks);
  return work;
}

Work run_nmnist(double recordings, sim::Model) {
  const Fabric fabric = load_fabric("loihi1-measured");
  const mapping::Mapped mapped = mapping::map_network(test::read_nmnist_network(), fabric, {});
  const Recordings all = test::read_nmnist();
  const Stimulus stimulus = make_stimulus(all, 0, static_cast<std::int64_t>(recordings));
  const Outcome outcome = sim::run_image(fabric, mapped.image, stimulus);
  Work work;
  work.cycles = static_cast<double>(outcome.cycles);
  work.steps = static_cast<double>(outcome.steps);
  work.accuracy = 100 * accuracy(outcome.outputs, all.labels, all.name);
  return work;
}

double cycles_per_second(const Work& work, double seconds) {
  return work.cycles / seconds;
}
double steps_per_second(const Work& work, double seconds) {
  return work.steps / seconds;
}
double hops_per_second(const Work& work, double seconds) {
  return work.flit_hops / seconds * 1e-6;
}
double additions_per_second(const Work& work, double seconds) {
  return work.additions / seconds * 1e-9;
}
double only_seconds(const Work&, double seconds) {
  return seconds;
}
double share_of_bound(const Work& work, double seconds) {
  return 100 * work.bound_seconds / seconds;
}
double only_accuracy(const Work& work, double) {
  return work.accuracy;
}

Row row(const char* name, const char* title, double length, Run run,
        std::function<double(const Work&, double)> figure, const char* unit, double target) {
  Row made{name, title, length, std::move(run), std::move(figure), unit, target, true, 0, 0, 0, false, 5, ""};
  return made;
}

Row at_most(Row made) {
  made.at_least = false;
  return made;
}
Row with_checks(Row made) {
  made.checks = true;
  return made;
}
Row with_twin(Row made, double length) {
  made.twin_length = length;
  return made;
}
Row with_instructions(Row made, double per_cycle, double per_hop) {
  made.instructions_per_cycle = per_cycle;
  made.instructions_per_hop = per_hop;
  return made;
}
Row with_data(Row made, bool there, const char* what) {
  if (!there) made.missing = what;
  return made;
}

}  // namespace

std::vector<Row> make_rows() {
  const Run demo = network(demo_like);
  Row recordings = row("nmnist", "N-MNIST on loihi1-measured, right of 1,000 recordings", 1000, run_nmnist,
                       only_accuracy, "%", 99);
  recordings.turns = 1;
  return {
      with_checks(with_twin(with_instructions(row("mesh16", "16 x 16, uniform, 4 flits, 0.01", 300000,
                                                  traffic(16, 0.01), cycles_per_second, "cycles/s", 1e6),
                                              6000, 0),
                            30000)),
      with_twin(
          row("mesh16-busy", "16 x 16, 0.05", 80000, traffic(16, 0.05), cycles_per_second, "cycles/s", 250e3),
          20000),
      with_twin(
          row("mesh32", "32 x 32, 0.01", 50000, traffic(32, 0.01), cycles_per_second, "cycles/s", 160e3),
          5000),
      with_checks(with_instructions(row("loaded", "loaded: 16 x 16, 0.1", 40000, traffic(16, 0.1),
                                        hops_per_second, "M flit-hops/s", 30),
                                    0, 200)),
      with_instructions(row("loaded-short", "loaded, short ways: 8 x 8, 0.25", 80000, traffic(8, 0.25),
                            hops_per_second, "M flit-hops/s", 30),
                        0, 200),
      with_checks(with_twin(row("bursts", "16 spikes per tile each 10,000 cycles, 16 x 16", 400,
                                network([](std::int64_t steps) { return bursts(16, steps); }),
                                cycles_per_second, "cycles/s", 10e6),
                            2)),
      with_twin(
          row("sparse64", "64 x 64, 0.0001", 400000, traffic(64, 0.0001), cycles_per_second, "cycles/s", 1e6),
          300),
      at_most(row("tiles65536", "256 x 256 tiles, from nothing to the first cycle", 1, traffic(256, 1e-5),
                  only_seconds, "s", 1)),
      row("additions", "additions from cache, rows of 1,024", 2000,
          network([](std::int64_t frames) { return dense_rows(4, 1024, frames); }), additions_per_second,
          "G additions/s", 10),
      row("additions-256", "... rows of 256", 1000,
          network([](std::int64_t frames) { return dense_rows(8, 256, frames); }), additions_per_second,
          "G additions/s", 10),
      row("additions-memory", "... from memory, 64 MB", 20,
          network([](std::int64_t frames) { return dense_rows(64, 4096, frames); }), additions_per_second,
          "G additions/s", 3),
      with_checks(with_twin(
          at_most(row("frames", "network like the demo's, 10,000 frames", 10000, demo, only_seconds, "s", 5)),
          40)),
      row("bound", "... its lower bound's share", 10000, demo, share_of_bound, "%", 40),
      with_data(row("ranc", "RANC MNIST, 4 x 3 cores of 256", 2000, run_ranc_mnist, steps_per_second,
                    "ticks/s", 2000),
                std::filesystem::exists(ranc_folder()), "ranc-256"),
      with_checks(row("tick", "64 cores of 256 x 256, every neuron fires", 1500, network(every_neuron_fires),
                      steps_per_second, "ticks/s", 500)),
      row("conv", "convolutional spiking net on Loihi", 500, network(conv_case), steps_per_second, "steps/s",
          500),
      with_data(std::move(recordings), test::has_nmnist(), "nmnist"),
  };
}

}  // namespace weft::bench
