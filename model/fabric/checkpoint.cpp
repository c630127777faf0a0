// The file of a checkpoint: a header with digests, of the contents as well, and arrays of numbers. Invariant:
// what is read back equals what was written, or is refused.
#include "model/fabric/checkpoint.hpp"

#include <nlohmann/json.hpp>

#include "model/base/json_reader.hpp"

namespace weft {
namespace {

constexpr const char* kFormat = "weft-checkpoint";
constexpr int kVersion = 3;
constexpr std::int64_t kSpikeFields = 3;
constexpr std::int64_t kCounters = 9 + kDirections;
constexpr std::int64_t kLateCounters = 2;  // zero: a run with late work is not put aside
static_assert(sizeof(TileCounters) == (kCounters + kLateCounters) * sizeof(std::uint64_t),
              "a new counter belongs into the checkpoint, too");

// The one list of a tile's counters, for both directions.
template <class Counters, class Visit>
void for_each_counter(Counters& tile, Visit&& visit) {
  visit(tile.rows);
  visit(tile.synaptic_ops);
  visit(tile.neuron_updates);
  visit(tile.messages);
  visit(tile.deliveries);
  visit(tile.sums);
  visit(tile.busy_cycles);
  visit(tile.stall_cycles);
  visit(tile.injected);
  for (auto& flits : tile.flits) visit(flits);
}

// A checkpoint as arrays; what its file holds and its digest covers.
struct FlatCheckpoint {
  std::vector<std::uint64_t> step_begins, latency_cycles, counters, input_free, output_free, pending_step,
      credit_cycle;
  std::vector<std::int32_t> outputs, pending_value, spike_states;
  std::vector<std::uint32_t> pending_tile, pending_axon, credit_tile;
  std::vector<std::uint8_t> pointers, turns, credit_side;

  template <class Self, class Visit>
  static void for_each(Self& self, Visit&& visit) {
    visit("step_begins", self.step_begins);
    visit("latency_cycles", self.latency_cycles);
    visit("counters", self.counters);
    visit("input_free", self.input_free);
    visit("output_free", self.output_free);
    visit("pending_step", self.pending_step);
    visit("outputs", self.outputs);
    visit("pending_value", self.pending_value);
    visit("spike_states", self.spike_states);
    visit("pending_tile", self.pending_tile);
    visit("pending_axon", self.pending_axon);
    visit("credit_cycle", self.credit_cycle);
    visit("credit_tile", self.credit_tile);
    visit("credit_side", self.credit_side);
    visit("pointers", self.pointers);
    visit("turns", self.turns);
  }
};

FlatCheckpoint flatten(const Checkpoint& checkpoint) {
  FlatCheckpoint flat;
  flat.step_begins = checkpoint.step_begins;
  flat.latency_cycles = checkpoint.latency_cycles;
  flat.outputs = checkpoint.outputs.values;
  for (const TileCounters& tile : checkpoint.tiles)
    for_each_counter(tile, [&](std::uint64_t count) { flat.counters.push_back(count); });
  flat.pointers = checkpoint.pointers;
  flat.turns = checkpoint.turns;
  flat.input_free = checkpoint.input_free;
  flat.output_free = checkpoint.output_free;
  for (const PendingValue& value : checkpoint.pending) {
    flat.pending_tile.push_back(value.tile.value());
    flat.pending_axon.push_back(value.axon);
    flat.pending_step.push_back(value.step);
    flat.pending_value.push_back(value.value);
  }
  for (const PendingCredit& credit : checkpoint.credits) {
    flat.credit_cycle.push_back(credit.cycle);
    flat.credit_tile.push_back(credit.tile.value());
    flat.credit_side.push_back(static_cast<std::uint8_t>(credit.side));
  }
  for (const SpikeState& state : checkpoint.spike_states)
    flat.spike_states.insert(flat.spike_states.end(), {state.potential, state.current, state.rest});
  return flat;
}

void require_rows(std::size_t found, std::size_t expected, const char* name, const std::string& file) {
  if (found == expected) return;
  throw InputError({file}, std::to_string(found) + " entries of " + name, std::to_string(expected));
}

void require_multiple(std::size_t found, std::size_t of, const char* name, const std::string& file) {
  if (found % of == 0) return;
  throw InputError({file}, std::to_string(found) + " entries of " + name,
                   "a multiple of " + std::to_string(of));
}

void unflatten(const FlatCheckpoint& flat, const std::string& file, Checkpoint& checkpoint) {
  checkpoint.step_begins = flat.step_begins;
  checkpoint.latency_cycles = flat.latency_cycles;
  require_rows(flat.outputs.size(),
               static_cast<std::size_t>(checkpoint.outputs.rows * checkpoint.outputs.columns), "outputs",
               file);
  checkpoint.outputs.values = flat.outputs;
  require_multiple(flat.counters.size(), kCounters, "counters", file);
  auto next = flat.counters.begin();
  while (next != flat.counters.end()) {
    TileCounters tile;
    for_each_counter(tile, [&](std::uint64_t& count) { count = *next++; });
    checkpoint.tiles.push_back(tile);
  }
  checkpoint.pointers = flat.pointers;
  checkpoint.turns = flat.turns;
  checkpoint.input_free = flat.input_free;
  checkpoint.output_free = flat.output_free;
  require_rows(flat.pending_axon.size(), flat.pending_tile.size(), "pending_axon", file);
  require_rows(flat.pending_step.size(), flat.pending_tile.size(), "pending_step", file);
  require_rows(flat.pending_value.size(), flat.pending_tile.size(), "pending_value", file);
  for (std::size_t i = 0; i < flat.pending_tile.size(); ++i) {
    checkpoint.pending.push_back(
        {TileId(flat.pending_tile[i]), flat.pending_axon[i], flat.pending_step[i], flat.pending_value[i]});
  }
  require_rows(flat.credit_tile.size(), flat.credit_cycle.size(), "credit_tile", file);
  require_rows(flat.credit_side.size(), flat.credit_cycle.size(), "credit_side", file);
  for (std::size_t i = 0; i < flat.credit_cycle.size(); ++i) {
    checkpoint.credits.push_back(
        {TileId(flat.credit_tile[i]), static_cast<Direction>(flat.credit_side[i]), flat.credit_cycle[i]});
  }
  require_multiple(flat.spike_states.size(), kSpikeFields, "spike_states", file);
  for (std::size_t i = 0; i < flat.spike_states.size(); i += kSpikeFields) {
    checkpoint.spike_states.push_back(
        {flat.spike_states[i], flat.spike_states[i + 1], flat.spike_states[i + 2]});
  }
}

}  // namespace

Digest digest(const Checkpoint& checkpoint) {
  DigestBuilder builder;
  builder.add(checkpoint.fabric).add(checkpoint.image).add(checkpoint.stimulus).add(checkpoint.stalls);
  builder.add(checkpoint.next_cycle).add(checkpoint.outputs.rows).add(checkpoint.outputs.columns);
  builder.add(checkpoint.wall_seconds).add(checkpoint.cpu_seconds);
  const FlatCheckpoint flat = flatten(checkpoint);
  FlatCheckpoint::for_each(flat, [&](const char*, const auto& array) { builder.add_array(array); });
  return builder.finish();
}

NpzArchive to_npz(const Checkpoint& checkpoint) {
  NpzArchive archive;
  const FlatCheckpoint flat = flatten(checkpoint);
  FlatCheckpoint::for_each(
      flat, [&](const char* name, const auto& array) { archive.arrays[name] = NpyArray::from(array); });
  const nlohmann::ordered_json header = {{"format", kFormat},
                                         {"version", kVersion},
                                         {"fabric", checkpoint.fabric.hex()},
                                         {"image", checkpoint.image.hex()},
                                         {"stimulus", checkpoint.stimulus.hex()},
                                         {"stalls", checkpoint.stalls.hex()},
                                         {"next_cycle", checkpoint.next_cycle},
                                         {"frames", checkpoint.outputs.rows},
                                         {"outputs", checkpoint.outputs.columns},
                                         {"wall_seconds", checkpoint.wall_seconds},
                                         {"cpu_seconds", checkpoint.cpu_seconds},
                                         {"digest", digest(checkpoint).hex()}};
  archive.header = header.dump(1);
  return archive;
}

Checkpoint checkpoint_from_npz(const NpzArchive& archive, const std::string& file) {
  constexpr std::int64_t kLargest = std::int64_t{1} << 62;
  JsonReader reader = JsonReader::parse(archive.header, file);
  const std::string format = reader.text("format");
  if (format != kFormat) reader.fail("format", "\"" + format + "\"", "\"" + std::string(kFormat) + "\"");
  reader.integer("version", kVersion, kVersion);
  Checkpoint checkpoint;
  checkpoint.fabric = reader.digest("fabric");
  checkpoint.image = reader.digest("image");
  checkpoint.stimulus = reader.digest("stimulus");
  checkpoint.stalls = reader.digest("stalls");
  checkpoint.next_cycle = static_cast<std::uint64_t>(reader.integer("next_cycle", 1, kLargest));
  checkpoint.outputs.rows = reader.integer("frames", 0, 0x7fffffff);
  checkpoint.outputs.columns = reader.integer("outputs", 0, 0x7fffffff);
  checkpoint.wall_seconds = reader.number("wall_seconds");
  checkpoint.cpu_seconds = reader.number("cpu_seconds");
  const Digest contents = reader.digest("digest");
  reader.finish();

  FlatCheckpoint flat;
  std::size_t arrays = 0;
  FlatCheckpoint::for_each(flat, [&](const char* name, auto& array) {
    using Item = typename std::decay_t<decltype(array)>::value_type;
    array = archive.at(name, file).as<Item>(file + ": " + name);
    ++arrays;
  });
  if (archive.arrays.size() != arrays)
    throw InputError({file}, std::to_string(archive.arrays.size()) + " arrays", std::to_string(arrays));
  unflatten(flat, file, checkpoint);
  const Digest found = digest(checkpoint);
  if (found != contents)
    throw InputError({file}, "contents with digest " + found.hex(),
                     contents.hex() + ", as its header says: the file is damaged");
  return checkpoint;
}

Checkpoint read_checkpoint(const std::filesystem::path& path) {
  return checkpoint_from_npz(read_npz(path), path.string());
}

void write_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint) {
  write_npz(path, to_npz(checkpoint));
}

}  // namespace weft
