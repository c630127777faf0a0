// A run put aside between two steps. Buffers, queues and links are empty then and all credits home, or on
// their way where a tick ended, so that little is left that the rest of the run depends on; beside it lies
// what the run has to show so far. A run that goes on from here ends as if it had never been interrupted.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "model/base/digest.hpp"
#include "model/base/npz.hpp"
#include "model/fabric/image.hpp"
#include "model/fabric/outcome.hpp"

namespace weft {

// A value delivered for a step that has not begun.
struct PendingValue {
  TileId tile;
  std::uint32_t axon = 0;  // of the tile's; or, its axons plus n: the sum of its neuron n
  std::uint64_t step = 0;
  std::int32_t value = 0;
};

// A credit that was on its way when a tick ended.
struct PendingCredit {
  TileId tile;
  Direction side = Direction::North;  // the input buffer in which a slot has become free
  std::uint64_t cycle = 0;            // in which its sender knows
};

struct Checkpoint {
  Digest fabric;  // what it is a run of
  Digest image;
  Digest stimulus;
  Digest stalls;                              // of the random stalls, where a run has any
  std::uint64_t next_cycle = 0;               // in which the next step begins
  std::vector<std::uint64_t> step_begins;     // per step done: its first cycle
  std::vector<std::uint64_t> latency_cycles;  // per frame done
  IntMatrix outputs;                          // of these frames, and sums so far of the one after them
  IdVector<TileId, TileCounters> tiles;
  std::vector<std::uint8_t> pointers;      // of round-robin: one per tile and side
  std::vector<std::uint8_t> turns;         // per tile: the core whose queue is asked first
  std::vector<std::uint64_t> input_free;   // per port: when it may inject again,
  std::vector<std::uint64_t> output_free;  // and when its output may grant again
  std::vector<PendingValue> pending;       // ascending (tile, step, axon)
  std::vector<PendingCredit> credits;      // ascending (cycle, tile, side)
  std::vector<SpikeState> spike_states;    // of all spiking neurons, tile by tile in the image's order
  double wall_seconds = 0;                 // so far
  double cpu_seconds = 0;

  std::uint64_t steps() const { return step_begins.size(); }
};

Digest digest(const Checkpoint& checkpoint);
Digest digest(const Stimulus& stimulus);

// Steps of a whole run, and the frames whose outputs are complete after `steps` of them (TIMING.md sections 2
// and 7).
std::uint64_t count_steps(const Stimulus& stimulus, int depth_steps);
std::uint64_t count_frames_done(const Stimulus& stimulus, int depth_steps, std::uint64_t steps);

// Throws InputError, naming `file`, unless this is a checkpoint of a run of just this image and stimulus on
// this fabric, with numbers that such a run can have: what passes can be gone on with.
void check_checkpoint(const Checkpoint& checkpoint, const Fabric& fabric, const Image& image,
                      const Stimulus& stimulus, const Digest& stalls, const std::string& file);

NpzArchive to_npz(const Checkpoint& checkpoint);
Checkpoint checkpoint_from_npz(const NpzArchive& archive, const std::string& file);
Checkpoint read_checkpoint(const std::filesystem::path& path);
void write_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint);

}  // namespace weft
