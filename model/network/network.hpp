// A network in floating point: populations of neurons and projections of synapses between them.
//
// It is a directed acyclic graph. Population 0 is the input and has no incoming projection; the last one is
// the output. A neuron's value is activation(sum over incoming projections + bias). A compressed network is
// still a Network: a pruned synapse is a weight of exactly zero, a factorized layer two Dense projections
// with a Linear population between them, a low-rank plus sparse one two paths into the same population.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "model/base/digest.hpp"
#include "model/base/error.hpp"
#include "model/base/npz.hpp"
#include "model/base/strong_id.hpp"
#include "model/network/shape.hpp"

namespace weft {

using PopulationId = StrongId<struct PopulationTag>;
using ProjectionId = StrongId<struct ProjectionTag>;

enum class Activation { Linear, Relu, Sigmoid, Tanh };

struct Population {
  std::string name;  // unique in its network, [A-Za-z0-9_]+
  Shape shape;
  Activation activation = Activation::Linear;
  std::vector<float> bias;  // one per channel; empty means zero
};

enum class ProjectionKind {
  Dense,        // weights[target.size()][source.size()]
  Convolution,  // weights[target.channels][source.channels / groups][kernel_height][kernel_width]
  AveragePool,  // no weights: the mean over the window (over all kernel positions, padding included)
  MaxPool       // no weights; the only projection into its target; padded positions never win
};

struct Projection {
  std::string name;  // unique in its network, [A-Za-z0-9_]+
  PopulationId source;
  PopulationId target;  // source < target
  ProjectionKind kind = ProjectionKind::Dense;
  Window window;   // all kinds but Dense
  int groups = 1;  // Convolution only
  std::vector<float> weights;
};

struct Network {
  std::string name;
  // A sample's byte b enters the network as input_scale * b + input_offset.
  float input_scale = 1.0f / 256;
  float input_offset = 0.0f;
  IdVector<PopulationId, Population> populations;
  IdVector<ProjectionId, Projection> projections;  // ordered by target

  PopulationId input() const { return PopulationId(0); }
  PopulationId output() const { return PopulationId(static_cast<std::uint32_t>(populations.size() - 1)); }
};

// Every rule above: unique names, order, shapes that fit together, weight and bias counts, finite numbers.
std::vector<Violation> validate(const Network& network);
Digest digest(const Network& network);

// Physical synapses: one per nonzero weight and connected pair of neurons; a convolution counts every position
// its kernel is applied at (inside the source), an average pool its window, a max pool its window.
std::int64_t count_synapses(const Network& network);
std::int64_t count_synapses(const Network& network, ProjectionId projection);
// What the same projection holds when no weight is zero.
std::int64_t count_synapses_dense(const Network& network, ProjectionId projection);
// All neurons but the inputs.
std::int64_t count_neurons(const Network& network);

// The height and width a window makes from a source of this height and width; 0 where it does not fit.
Shape window_output(const Shape& source, const Window& window, int channels);

// Fully connected layers, e.g. {784, 300, 100, 10}: `hidden` activation inside, Linear at the end. Populations
// are named "input", "fc1", "fc2", ...; a projection is named after its target. Weights and biases are zero.
Network make_mlp(const std::string& name, const Shape& input, const std::vector<int>& widths, Activation hidden);
// LeNet-5 as in Caffe: conv 20 5x5, max pool 2, conv 50 5x5, max pool 2, 500 ReLU, 10.
Network make_lenet5(const std::string& name);
// He initialisation: normal with variance 2 / fan-in, zero biases.
void initialize(Network& network, std::uint64_t seed);

NpzArchive to_npz(const Network& network);
Network network_from_npz(const NpzArchive& archive, const std::string& file);
Network read_network(const std::filesystem::path& path);
void write_network(const std::filesystem::path& path, const Network& network);

const char* to_string(Activation activation);
const char* to_string(ProjectionKind kind);

}  // namespace weft
