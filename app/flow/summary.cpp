// Each kind of file becomes one JSON value; the text is drawn from that value alone, so that both always
// agree.
#include "app/flow/summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bitset>
#include <limits>
#include <nlohmann/json.hpp>

#include "app/flow/file_kind.hpp"
#include "app/flow/flow_config.hpp"
#include "app/flow/gather.hpp"
#include "app/flow/json_text.hpp"
#include "app/flow/report_table.hpp"
#include "model/base/files.hpp"
#include "model/base/npz.hpp"
#include "model/fabric/checkpoint.hpp"
#include "model/fabric/image.hpp"
#include "model/network/fixed_network.hpp"
#include "model/network/network.hpp"
#include "model/ranc/ranc_program.hpp"
#include "model/report/report.hpp"
#include "traces/log/event_log.hpp"

namespace weft::app {
namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

std::string form(const Shape& shape) {
  return fmt::format("{} x {} x {}", shape.channels, shape.height, shape.width);
}

void add_ranc_grid(Json& out, const RancMachine& machine) {
  out["name"] = machine.name;
  out["tiles"] = fmt::format("{} x {}", machine.grid.width, machine.grid.height);
  out["output_tile"] = machine.grid.output_tile;
  out["fifo_depth"] = machine.grid.fifo_depth;
  out["tick_cycles"] = machine.tick_cycles;
  out["first_burst_cycle"] = machine.first_burst_cycle;
}

void add_ranc_program(Json& out, const fs::path& path) {
  const RancProgram program = read_ranc_program(path);
  add_ranc_grid(out, program.machine);
  std::uint64_t synapses = 0, packets = 0;
  for (const RancCore& core : program.network.cores) {
    for (const std::uint64_t word : core.connections) synapses += std::bitset<64>(word).count();
  }
  for (const auto& tick : program.stimulus.ticks) packets += tick.size();
  out["digest"] = digest(program.network).hex();
  out["cores"] = program.network.grid.tiles() - 1;
  out["axons_per_core"] = program.network.axons;
  out["neurons_per_core"] = program.network.neurons;
  out["connections"] = synapses;
  out["input_ticks"] = program.stimulus.ticks.size();
  out["input_packets"] = packets;
  out["expected_rows"] = program.outputs.size();
}

void add_network(Json& out, const fs::path& path) {
  const Network network = read_network(path);
  out["name"] = network.name;
  out["digest"] = digest(network).hex();
  out["neurons"] = count_neurons(network);
  out["synapses"] = count_synapses(network);
  for (const Population& population : network.populations)
    out["populations"].push_back({{"name", population.name},
                                  {"shape", form(population.shape)},
                                  {"neurons", population.shape.size()},
                                  {"activation", to_string(population.activation)}});
  for (std::uint32_t i = 0; i < network.projections.size(); ++i) {
    const ProjectionId id(i);
    const Projection& projection = network.projections[id];
    const std::int64_t synapses = count_synapses(network, id);
    const std::int64_t dense = count_synapses_dense(network, id);
    out["projections"].push_back(
        {{"name", projection.name},
         {"kind", to_string(projection.kind)},
         {"from", network.populations[projection.source].name},
         {"to", network.populations[projection.target].name},
         {"synapses", synapses},
         {"density", dense > 0 ? static_cast<double>(synapses) / static_cast<double>(dense) : 0}});
  }
}

void add_fixed_network(Json& out, const fs::path& path) {
  const FixedNetwork network = read_fixed_network(path);
  out["name"] = network.name;
  out["digest"] = digest(network).hex();
  out["made_from"] = network.source.hex();
  out["weight_bits"] = network.weight_bits;
  out["depth_steps"] = depth_steps(network);
  out["neurons"] = count_neurons(network);
  out["synapses"] = count_synapses(network);
  for (const FixedPopulation& population : network.populations)
    out["populations"].push_back({{"name", population.name},
                                  {"shape", form(population.shape)},
                                  {"neurons", population.shape.size()},
                                  {"model", to_string(population.model)},
                                  {"bits", population.format.bits},
                                  {"signed", population.format.is_signed},
                                  {"fraction_bits", population.fraction_bits}});
  for (const FixedProjection& projection : network.projections)
    out["projections"].push_back({{"name", projection.name},
                                  {"from", network.populations[projection.source].name},
                                  {"to", network.populations[projection.target].name},
                                  {"delay", projection.delay},
                                  {"weights", projection.weights.size()}});
}

void add_image(Json& out, const fs::path& path) {
  const Image image = read_image(path);
  std::int64_t cores = 0, axons = 0, neurons = 0, synapses = 0, routes = 0, entries = 0;
  for (const TileImage& tile : image.tiles) {
    cores += static_cast<std::int64_t>(tile.core.cores());
    axons += tile.core.axons();
    neurons += static_cast<std::int64_t>(tile.core.neurons.size());
    synapses += static_cast<std::int64_t>(tile.core.weight.size());
    routes += static_cast<std::int64_t>(tile.routes.size());
    entries += static_cast<std::int64_t>(tile.table_entries());
  }
  out["name"] = image.name;
  out["digest"] = digest(image).hex();
  out["made_for_fabric"] = image.fabric.hex();
  out["made_from_network"] = image.network.hex();
  out["inputs"] = image.input_count;
  out["outputs"] = image.output_count;
  out["depth_steps"] = image.depth_steps;
  out["tiles"] = image.tiles.size();
  out["cores"] = cores;
  out["axons"] = axons;
  out["neurons"] = neurons;
  out["synapses"] = synapses;
  out["routes"] = routes;
  out["table_entries"] = entries;
}

void add_outcome(Json& out, const fs::path& path) {
  const NpzArchive archive = read_npz(path);
  const auto header = nlohmann::json::parse(archive.header, nullptr, false);
  for (const char* key : {"digest", "fabric", "image", "cycles", "steps"})
    if (header.contains(key)) out[key] = header[key];
  for (const auto& [name, array] : archive.arrays) {
    std::vector<std::string> sizes;
    for (std::int64_t size : array.shape) sizes.push_back(std::to_string(size));
    out["arrays"].push_back(
        {{"name", name}, {"type", array.dtype}, {"shape", fmt::format("{}", fmt::join(sizes, " x "))}});
  }
}

void add_checkpoint(Json& out, const fs::path& path) {
  const Checkpoint checkpoint = read_checkpoint(path);
  out["digest"] = digest(checkpoint).hex();
  out["of_fabric"] = checkpoint.fabric.hex();
  out["of_image"] = checkpoint.image.hex();
  out["of_stimulus"] = checkpoint.stimulus.hex();
  out["steps_done"] = checkpoint.steps();
  out["frames_done"] = checkpoint.latency_cycles.size();
  out["next_cycle"] = checkpoint.next_cycle;
  out["values_under_way"] = checkpoint.pending.size();
  out["wall_seconds"] = checkpoint.wall_seconds;
}

void add_fabric(Json& out, const fs::path& path) {
  const Fabric fabric = read_fabric(path);
  const ImageUse room = capacity(fabric);
  out["name"] = fabric.name;
  out["digest"] = digest(fabric).hex();
  out["tiles"] = fmt::format("{} x {}", fabric.width, fabric.height);
  out["cores"] = room.cores;
  out["core"] = to_string(fabric.core.kind);
  out["core_axons"] = fabric.core.axons;
  out["core_neurons"] = fabric.core.neurons;
  out["clock_hz"] = fabric.clock_hz;
  out["ports"] = port_tiles(fabric).size();
  out["axons"] = room.axons;
  out["neurons"] = room.neurons;
  out["synapses"] = room.synapses;
  out["links"] = room.links;
}

void add_flow(Json& out, const fs::path& path) {
  const FlowConfig flow = read_flow_config(path);
  out["title"] = flow.title;
  out["seed"] = flow.seed;
  out["data"] = flow.data.set;
  out["network"] = flow.network.from.empty() ? flow.network.name : flow.network.from.string();
  out["train_epochs"] = flow.train ? flow.train->epochs : 0;
  out["compressed_layers"] = flow.compress ? flow.compress->layers.size() : 0;
  out["fabric"] = flow.fabric.name;
  out["frames"] = flow.run.frames;
}

void add_event_log(Json& out, const fs::path& path) {
  traces::EventLogReader log(path);
  std::array<std::int64_t, kEventKinds> counts{};
  std::uint64_t first_cycle = std::numeric_limits<std::uint64_t>::max(), last_cycle = 0;
  std::vector<Event> block;
  while (log.next(block))
    for (const Event& event : block) {
      first_cycle = std::min(first_cycle, event.cycle);
      last_cycle = std::max(last_cycle, event.cycle);
      ++counts[static_cast<std::size_t>(event.kind)];
    }
  out["fabric"] = log.header().fabric.hex();
  out["tiles"] = fmt::format("{} x {}", log.header().width, log.header().height);
  out["clock_hz"] = log.header().clock_hz;
  out["routing"] = to_string(log.header().routing);
  out["rows_at_once"] = log.header().row_lanes;
  out["flit_cycles"] = log.header().flit_cycles;
  out["events"] = log.events();
  out["truncated"] = log.truncated();
  if (log.events() > 0) {
    out["first_cycle"] = first_cycle;
    out["last_cycle"] = last_cycle;
  }
  for (std::size_t kind = 0; kind < counts.size(); ++kind)
    out["by_kind"].push_back({{"event", to_string(static_cast<EventKind>(kind))}, {"count", counts[kind]}});
}

Json summarize(const fs::path& path) {
  const FileKind kind = detect_file_kind(path);
  Json out = {{"kind", to_string(kind)}, {"file", path.string()}};
  switch (kind) {
    case FileKind::Network:
      add_network(out, path);
      break;
    case FileKind::FixedNetwork:
      add_fixed_network(out, path);
      break;
    case FileKind::Image:
      add_image(out, path);
      break;
    case FileKind::Outcome:
      add_outcome(out, path);
      break;
    case FileKind::Fabric:
      add_fabric(out, path);
      break;
    case FileKind::Flow:
      add_flow(out, path);
      break;
    case FileKind::Report:
      out["report"] = Json::parse(format_report_json(parse_report_json(read_text_file(path), path.string())));
      break;
    case FileKind::RancProgram:
      add_ranc_program(out, path);
      break;
    case FileKind::RancGrid:
      add_ranc_grid(out, load_ranc_machine(path.string()));
      break;
    case FileKind::Checkpoint:
      add_checkpoint(out, path);
      break;
    case FileKind::EventLog:
      add_event_log(out, path);
      break;
  }
  return out;
}

}  // namespace

std::string summarize_as_json(const fs::path& path) {
  return summarize(path).dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string summarize_as_text(const fs::path& path) {
  Json summary = summarize(path);
  if (!summary.contains("report")) return as_text(summary.dump());
  const Report report = parse_report_json(summary["report"].dump(), path.string());
  summary.erase("report");
  return as_text(summary.dump()) + "\n" + format_report_table(report);
}

}  // namespace weft::app
