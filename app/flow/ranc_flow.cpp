// The run is observed tick by tick: its events become the lines of a log, its outputs are held against the
// expected rows.
#include "app/flow/ranc_flow.hpp"

#include <fmt/format.h>

#include <ctime>
#include <iterator>
#include <nlohmann/json.hpp>
#include <ostream>

#include "app/flow/result_directory.hpp"
#include "model/base/npz.hpp"

namespace weft::app {
namespace {

void append_line(std::string& log, std::uint64_t tick, const sim::RancEvent& event) {
  auto out = std::back_inserter(log);
  switch (event.kind) {
    case sim::RancEventKind::Input:
      fmt::format_to(out, "I {} {} {}\n", tick, event.cycle, event.index);
      break;
    case sim::RancEventKind::Spike:
      fmt::format_to(out, "S {} {} {} {}\n", tick, event.cycle, event.tile, event.index);
      break;
    case sim::RancEventKind::Delivery:
      fmt::format_to(out, "D {} {} {} {} {}\n", tick, event.cycle, event.tile, event.index, event.offset);
      break;
    case sim::RancEventKind::Output:
      fmt::format_to(out, "O {} {} {} {}\n", tick, event.cycle, event.tile, event.index);
      break;
  }
}

// Counts and compares what a tick brought.
void observe(const RancProgram& program, std::uint64_t tick, const sim::RancTick& seen, RancResult& result,
             std::ostream& out) {
  std::string log;
  std::vector<int> row;
  for (const sim::RancEvent& event : seen.events) {
    append_line(log, tick, event);
    result.spikes += event.kind == sim::RancEventKind::Spike ? 1 : 0;
    result.deliveries += event.kind == sim::RancEventKind::Delivery ? 1 : 0;
    if (event.kind == sim::RancEventKind::Output) row.push_back(static_cast<int>(event.index));
  }
  result.outputs += row.size();
  log += fmt::format("T {}", tick);
  for (const sim::RancTileTime& tile : seen.tiles) {
    log += fmt::format(" {}/{}", tile.busy, tile.stalled);
    result.stalled_cycles += tile.stalled;
  }
  log += "\n";
  out << log;
  if (tick >= kRancOutputTick && tick - kRancOutputTick < program.outputs.size()) {
    ++result.rows_expected;
    if (row != program.outputs[tick - kRancOutputTick]) ++result.rows_wrong;
  }
}

}  // namespace

int import_ranc(Context& context, const std::string& folder, const std::string& fabric,
                const std::string& output) {
  const RancProgram program = read_ranc_folder(folder, load_ranc_machine(fabric));
  ResultDirectory directory(output);
  write_npz(directory.staged("ranc.npz"), to_npz(program));
  directory.commit();
  if (context.global.json) {
    print_result(nlohmann::ordered_json{{"grid", program.machine.name},
                                        {"cores", program.network.grid.tiles() - 1},
                                        {"axons", program.network.axons},
                                        {"neurons", program.network.neurons},
                                        {"input_ticks", program.stimulus.ticks.size()},
                                        {"output_rows", program.outputs.size()},
                                        {"digest", digest(program.network).hex()}}
                     .dump(2) +
                 "\n");
  }
  context.console.say(fmt::format("{}: {} cores of {} axons and {} neurons, {} ticks of input",
                                  program.machine.name, program.network.grid.tiles() - 1,
                                  program.network.axons, program.network.neurons,
                                  program.stimulus.ticks.size()));
  context.console.say(fmt::format("written: {}/ranc.npz", output));
  return kDone;
}

RancResult run_ranc_program(const RancProgram& program, std::uint64_t ticks, std::ostream& log,
                            Progress& progress) {
  sim::RancRunParams params;
  params.tick_cycles = static_cast<std::uint64_t>(program.machine.tick_cycles);
  params.first_burst_cycle = static_cast<std::uint64_t>(program.machine.first_burst_cycle);
  RancResult result;
  std::uint64_t tick = 0;
  const std::clock_t begin = std::clock();
  params.interrupted = [&] { return progress.stop_requested(); };
  result.figures =
      sim::run_ranc(program.network, program.stimulus, ticks, params, [&](const sim::RancTick& seen) {
        observe(program, tick++, seen, result, log);
        progress.update(static_cast<std::int64_t>(tick), static_cast<std::int64_t>(ticks));
      });
  result.cpu_seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  result.interrupted = result.figures.ticks < ticks;
  return result;
}

std::string format_ranc_table(const RancProgram& program, const RancResult& result) {
  const sim::RancFigures& figures = result.figures;
  std::string text = fmt::format("RANC, {}: {} x {} tiles, {} axons and {} neurons per core\n\n",
                                 program.machine.name, program.network.grid.width,
                                 program.network.grid.height, program.network.axons, program.network.neurons);
  const auto line = [&](const char* name, const std::string& value) {
    text += fmt::format("  {:<16}{}\n", name, value);
  };
  line("ticks", fmt::format("{} of {} cycles", figures.ticks,
                            figures.ticks == 0 ? 0 : figures.cycles / figures.ticks));
  line("spikes", std::to_string(result.spikes));
  line("deliveries", std::to_string(result.deliveries));
  line("outputs", std::to_string(result.outputs));
  line("stalled cycles", std::to_string(result.stalled_cycles));
  line("missed ticks", std::to_string(figures.missed_ticks));
  line("in flight", fmt::format("{} packets at the end", figures.packets_left));
  if (result.rows_expected > 0) {
    line("expected rows",
         fmt::format("{} of {} as expected", result.rows_expected - result.rows_wrong, result.rows_expected));
  }
  return text;
}

std::string format_ranc_json(const RancProgram& program, const RancResult& result) {
  const sim::RancFigures& figures = result.figures;
  return nlohmann::ordered_json{{"grid", program.machine.name},
                                {"digest", digest(program.network).hex()},
                                {"ticks", figures.ticks},
                                {"cycles", figures.cycles},
                                {"spikes", result.spikes},
                                {"deliveries", result.deliveries},
                                {"outputs", result.outputs},
                                {"stalled_cycles", result.stalled_cycles},
                                {"missed_ticks", figures.missed_ticks},
                                {"packets_left", figures.packets_left},
                                {"expected_rows", result.rows_expected},
                                {"wrong_rows", result.rows_wrong},
                                {"packet_moves", figures.packet_moves},
                                {"cpu_seconds", result.cpu_seconds}}
             .dump(2) +
         "\n";
}

}  // namespace weft::app
