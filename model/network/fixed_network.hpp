// A network in integers: the contract between quantize, the reference, mapping and sim.
//
// Value neurons: in each step, potential = sum of weight * value over all synapses (32 bits, proved never to
// overflow), then
//   q = (potential + bias + (shift > 0 ? 1 << (shift - 1) : 0)) >> shift      (arithmetic: floor)
//   Linear, Relu:  value = clamp(q, format.minimum(), format.maximum())       (Relu: minimum 0)
//   Table:         value = table[clamp(q, -128, 127) + 128]
// and the potential restarts from zero. A value of zero is not sent.
//
// Spiking neurons (spike_rule.hpp, neuron_lif.hpp, neuron_current_lif.hpp, neuron_truenorth.hpp) keep their
// state over the steps of a frame and begin each frame at rest. Their input in a step is (potential + bias) *
// 2^shift, their values are 0 and
// 1. A frame of many steps runs through the populations in order in each step; its outputs are the sums of
// the output population's values over its steps, saturated at the ends of 32 bits: spike counts.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "model/base/digest.hpp"
#include "model/base/error.hpp"
#include "model/base/npz.hpp"
#include "model/network/network.hpp"
#include "model/network/neurons/spike_rule.hpp"

namespace weft {

enum class NeuronModel : std::uint8_t {
  Linear = 0,
  Relu = 1,
  Table = 2,
  If = 3,
  Lif = 4,
  CurrentLif = 5,
  TrueNorth = 6
};
constexpr NeuronModel kNeuronModels[] = {NeuronModel::Linear,   NeuronModel::Relu, NeuronModel::Table,
                                         NeuronModel::If,       NeuronModel::Lif,  NeuronModel::CurrentLif,
                                         NeuronModel::TrueNorth};
constexpr bool is_spiking(NeuronModel model) {
  return model >= NeuronModel::If && model <= NeuronModel::TrueNorth;
}

struct ValueFormat {
  int bits = 8;  // 1 to 31 including the sign
  bool is_signed = false;

  std::int32_t minimum() const { return is_signed ? -(std::int32_t{1} << (bits - 1)) : 0; }
  std::int32_t maximum() const {
    return static_cast<std::int32_t>((std::int64_t{1} << (is_signed ? bits - 1 : bits)) - 1);
  }
  friend bool operator==(const ValueFormat& a, const ValueFormat& b) {
    return a.bits == b.bits && a.is_signed == b.is_signed;
  }
};

// Bias, shift: one per neuron (shape.size() entries; empty for the input population).
struct FixedPopulation {
  std::string name;
  Shape shape;
  NeuronModel model = NeuronModel::Linear;
  ValueFormat format;
  int fraction_bits = 0;  // a value v stands for the real number v * 2^-fraction_bits; for people only
  std::vector<std::int32_t> bias;
  std::vector<std::uint8_t> shift;  // 0 to 31
  std::vector<std::int32_t> table;  // Table only: 256 values within the format
  SpikeRule spike;                  // spiking neurons only; the format is then 1 bit, unsigned
};

enum class FixedProjectionKind : std::uint8_t {
  Dense,        // weights[target.size()][source.size()]
  Convolution,  // weights[target.channels][source.channels / groups][kernel_height][kernel_width]
  Sparse        // one weight per synapse; source and target neuron in `synapses`
};

struct SparseSynapse {
  std::uint32_t source = 0;  // index of the neuron in its population
  std::uint32_t target = 0;
};

struct FixedProjection {
  std::string name;
  PopulationId source;
  PopulationId target;  // source < target
  FixedProjectionKind kind = FixedProjectionKind::Dense;
  Window window;                        // Convolution only
  int groups = 1;                       // Convolution only
  int delay = 1;                        // steps, >= 1; all paths into a population have equal total delay
  std::vector<SparseSynapse> synapses;  // Sparse only: sorted by (target, source), no pair twice
  std::vector<std::int16_t> weights;
};

struct FixedNetwork {
  std::string name;
  int weight_bits = 8;  // 2 to 16, signed
  IdVector<PopulationId, FixedPopulation> populations;
  IdVector<ProjectionId, FixedProjection> projections;  // ordered by target
  Digest source;                                        // of the Network it was made from

  PopulationId input() const { return PopulationId(0); }
  PopulationId output() const { return PopulationId(static_cast<std::uint32_t>(populations.size() - 1)); }
};

// Every rule above, equal path delays, and the proof that no potential can overflow 32 bits.
std::vector<Violation> validate(const FixedNetwork& network);
Digest digest(const FixedNetwork& network);

// Steps from an input to the outputs it causes: the sum of delays on any path.
int depth_steps(const FixedNetwork& network);
// Total delay from the input to each population.
std::vector<int> arrival_steps(const FixedNetwork& network);
std::int64_t count_synapses(const FixedNetwork& network);
std::int64_t count_neurons(const FixedNetwork& network);

// One neuron's synapses of one projection, source neuron and nonzero weight, in ascending source order. This
// is the one place where a convolution is unrolled.
struct FanIn {
  std::uint32_t source = 0;
  std::int16_t weight = 0;
};
void fan_in(const FixedNetwork& network, const FixedProjection& projection, std::uint32_t target,
            std::vector<FanIn>& out);

NpzArchive to_npz(const FixedNetwork& network);
FixedNetwork fixed_network_from_npz(const NpzArchive& archive, const std::string& file);
FixedNetwork read_fixed_network(const std::filesystem::path& path);
void write_fixed_network(const std::filesystem::path& path, const FixedNetwork& network);

const char* to_string(NeuronModel model);
const char* to_string(SpikeReset reset);
const char* to_string(SpikeLeak leak);

// What of the rule a model reads and its range is wrong, in words; empty: nothing.
std::string find_fault(NeuronModel model, const SpikeRule& rule);
// The same of one neuron's bias and shift (0 to 31): TrueNorth's leak has 9 bits, and it has no shift.
std::string find_fault(NeuronModel model, std::int32_t bias, int shift);

}  // namespace weft
