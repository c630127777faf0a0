// The file of a RancProgram: the grid in the JSON header, tables in arrays whose first dimension is the core,
// in tile order without the output bus. Sizes are compared before anything is believed.
#include "model/ranc/ranc_program.hpp"

#include <fstream>
#include <nlohmann/json.hpp>

#include "model/base/json_reader.hpp"
#include "model/ranc/ranc_files.hpp"

namespace weft {
namespace {

constexpr const char* kFormat = "weft-ranc";
constexpr std::int64_t kFields = 14;  // of a neuron
constexpr std::int64_t kLargest = std::int64_t{1} << 40;

template <class Neuron, class Visit>
void visit_fields(Neuron& n, Visit visit) {
  visit(n.potential);
  visit(n.reset_potential);
  for (auto& weight : n.weights) visit(weight);
  visit(n.leak);
  visit(n.positive_threshold);
  visit(n.negative_threshold);
  visit(n.linear_reset);
  visit(n.destination.dx);
  visit(n.destination.dy);
  visit(n.destination.axon);
  visit(n.destination.offset);
}

template <class T>
std::vector<T> items(const NpzArchive& archive, const std::string& member, const std::string& file,
                     const std::vector<std::int64_t>& shape) {
  const NpyArray& array = archive.at(member, file);
  if (array.shape != shape) {
    const auto text = [](const std::vector<std::int64_t>& sizes) {
      std::string all;
      for (const std::int64_t size : sizes) all += (all.empty() ? "" : " x ") + std::to_string(size);
      return all;
    };
    throw InputError({file}, member + " of " + text(array.shape), text(shape));
  }
  return array.as<T>(file + ": " + member);
}

// A number into a field that may be narrower or unsigned.
template <class Field>
void take(Field& field, std::int16_t value, const char* member, const std::string& file) {
  field = static_cast<Field>(value);
  if (static_cast<int>(field) != value) {
    throw InputError({file}, std::to_string(value) + " in " + member, "a number that its field can hold");
  }
}

// Counts, and their sum, which is how many items follow.
std::vector<std::int32_t> counts_of(const NpzArchive& archive, const std::string& member,
                                    const std::string& file, std::int64_t& sum) {
  const std::int64_t size = archive.at(member, file).count();
  auto counts = items<std::int32_t>(archive, member, file, {size});
  sum = 0;
  for (const std::int32_t count : counts) {
    if (count < 0)
      throw InputError({file}, member + " with a count of " + std::to_string(count), "at least 0");
    sum += count;
  }
  return counts;
}

template <class Rows>
std::vector<std::int32_t> sizes_of(const Rows& rows) {
  std::vector<std::int32_t> sizes;
  for (const auto& row : rows) sizes.push_back(static_cast<std::int32_t>(row.size()));
  return sizes;
}

}  // namespace

RancProgram read_ranc_folder(const std::filesystem::path& folder, const RancMachine& machine) {
  RancProgram program;
  program.machine = machine;
  program.network = read_ranc_network(folder, machine.grid);
  if (std::filesystem::exists(folder / "tb_num_inputs.txt")) {
    program.stimulus = read_ranc_stimulus(folder, program.network);
  }
  if (std::filesystem::exists(folder / "tb_num_outputs.txt")) program.outputs = read_ranc_outputs(folder);
  return program;
}

NpzArchive to_npz(const RancProgram& program) {
  const RancNetwork& network = program.network;
  NpzArchive archive;
  archive.header = nlohmann::ordered_json{{"format", kFormat},
                                          {"version", 1},
                                          {"name", program.machine.name},
                                          {"width", network.grid.width},
                                          {"height", network.grid.height},
                                          {"output_tile", network.grid.output_tile},
                                          {"fifo_depth", network.grid.fifo_depth},
                                          {"tick_cycles", program.machine.tick_cycles},
                                          {"first_burst_cycle", program.machine.first_burst_cycle},
                                          {"axons", network.axons},
                                          {"neurons", network.neurons}}
                       .dump(2);
  std::vector<std::uint8_t> types;
  std::vector<std::uint64_t> connections;
  std::vector<std::int16_t> neurons;
  for (const RancCore& core : network.cores) {
    types.insert(types.end(), core.axon_types.begin(), core.axon_types.end());
    connections.insert(connections.end(), core.connections.begin(), core.connections.end());
    for (const RancNeuron& neuron : core.neurons) {
      visit_fields(neuron, [&](auto field) { neurons.push_back(static_cast<std::int16_t>(field)); });
    }
  }
  const std::int64_t cores = network.grid.tiles() - 1;
  archive.arrays["axon_types"] = NpyArray::from(types, {cores, network.axons});
  archive.arrays["connections"] = NpyArray::from(connections, {cores, network.neurons, network.words()});
  archive.arrays["neurons"] = NpyArray::from(neurons, {cores, network.neurons, kFields});
  std::vector<std::int16_t> packets;
  for (const auto& tick : program.stimulus.ticks) {
    for (const RancPacket& p : tick) {
      for (const int field : {int{p.dx}, int{p.dy}, int{p.axon}, int{p.offset}}) {
        packets.push_back(static_cast<std::int16_t>(field));
      }
    }
  }
  archive.arrays["input_counts"] = NpyArray::from(sizes_of(program.stimulus.ticks));
  archive.arrays["inputs"] = NpyArray::from(packets, {static_cast<std::int64_t>(packets.size() / 4), 4});
  std::vector<std::int32_t> outputs;
  for (const auto& row : program.outputs) outputs.insert(outputs.end(), row.begin(), row.end());
  archive.arrays["output_counts"] = NpyArray::from(sizes_of(program.outputs));
  archive.arrays["outputs"] = NpyArray::from(outputs);
  return archive;
}

RancProgram ranc_program_from_npz(const NpzArchive& archive, const std::string& file) {
  JsonReader header = JsonReader::parse(archive.header, file);
  if (const std::string format = header.text("format"); format != kFormat)
    header.fail("format", format, kFormat);
  header.integer("version", 1, 1);
  RancProgram program;
  RancNetwork& network = program.network;
  program.machine.name = header.text("name");
  network.grid.width = static_cast<int>(header.integer("width", 1, kRancMostTiles));
  network.grid.height = static_cast<int>(header.integer("height", 1, kRancMostTiles));
  network.grid.output_tile = static_cast<int>(header.integer("output_tile", 0, kRancMostTiles));
  network.grid.fifo_depth = static_cast<int>(header.integer("fifo_depth", 1, 1 << 16));
  program.machine.tick_cycles = header.integer("tick_cycles", 0, kLargest);
  program.machine.first_burst_cycle = header.integer("first_burst_cycle", 0, kLargest);
  network.axons = static_cast<int>(header.integer("axons", 2, kRancMostAxons));
  network.neurons = static_cast<int>(header.integer("neurons", 1, kRancMostAxons));
  header.finish();
  if (const auto found = validate(network.grid); !found.empty()) {
    throw InputError({file}, "not a possible grid:\n" + describe(found));
  }
  program.machine.grid = network.grid;

  const std::int64_t cores = network.grid.tiles() - 1;
  const auto types = items<std::uint8_t>(archive, "axon_types", file, {cores, network.axons});
  const auto connections =
      items<std::uint64_t>(archive, "connections", file, {cores, network.neurons, network.words()});
  const auto neurons = items<std::int16_t>(archive, "neurons", file, {cores, network.neurons, kFields});
  auto type = types.begin();
  auto row = connections.begin();
  auto value = neurons.begin();
  network.cores.resize(static_cast<std::size_t>(network.grid.tiles()));
  for (int t = 0; t < network.grid.tiles(); ++t) {
    if (t == network.grid.output_tile) continue;
    RancCore& core = network.cores[static_cast<std::size_t>(t)];
    core.axon_types.assign(type, type + network.axons);
    type += network.axons;
    core.connections.assign(row, row + std::ptrdiff_t{network.neurons} * network.words());
    row += std::ptrdiff_t{network.neurons} * network.words();
    core.neurons.resize(static_cast<std::size_t>(network.neurons));
    for (RancNeuron& neuron : core.neurons) {
      visit_fields(neuron, [&](auto& field) { take(field, *value++, "neurons", file); });
    }
  }
  std::int64_t sum = 0;
  const auto input_counts = counts_of(archive, "input_counts", file, sum);
  const auto inputs = items<std::int16_t>(archive, "inputs", file, {sum, 4});
  auto next = inputs.begin();
  for (const std::int32_t count : input_counts) {
    auto& tick = program.stimulus.ticks.emplace_back();
    for (std::int32_t i = 0; i < count; ++i, next += 4) {
      RancPacket& packet = tick.emplace_back();
      packet.dx = next[0];
      packet.dy = next[1];
      take(packet.axon, next[2], "inputs", file);
      take(packet.offset, next[3], "inputs", file);
    }
  }
  const auto output_counts = counts_of(archive, "output_counts", file, sum);
  const auto outputs = items<std::int32_t>(archive, "outputs", file, {sum});
  auto output = outputs.begin();
  for (const std::int32_t count : output_counts) {
    program.outputs.emplace_back(output, output + count);
    output += count;
  }
  auto found = validate(network);
  for (Violation& one : validate(program.stimulus, network)) found.push_back(std::move(one));
  if (!found.empty()) throw InputError({file}, "not a valid RANC program:\n" + describe(found));
  return program;
}

RancProgram read_ranc_program(const std::filesystem::path& path) {
  return ranc_program_from_npz(read_npz(path), path.string());
}

bool is_ranc_program(const std::filesystem::path& path) {
  char mark[2] = {0, 0};
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) return false;
  if (!std::ifstream(path, std::ios::binary).read(mark, 2) || mark[0] != 'P' || mark[1] != 'K') return false;
  try {
    const auto header = nlohmann::json::parse(read_npz(path).header, nullptr, false);
    return header.is_object() && header.value("format", nlohmann::json()) == kFormat;
  } catch (const InputError&) {
    return false;  // who reads it as what it is meant to be will tell
  }
}

}  // namespace weft
