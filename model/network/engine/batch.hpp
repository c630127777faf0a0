// A batch of samples on its way through a network, forward and back.
//
// A batch is cut into shards of consecutive rows. Rows are independent of each other until the gradients of
// the weights, so a shard goes all the way without waiting for another, and writes to its own rows and its
// own scratch only.
#pragma once

#include <cstdint>
#include <vector>

#include "model/network/engine/floats.hpp"
#include "model/network/engine/sparse_rows.hpp"
#include "model/network/network.hpp"

namespace weft {

// Rows [first, first + count) of a batch; `index` numbers its scratch.
struct Shard {
  int index = 0;
  int first = 0;
  int count = 0;
};

// Gradient sums of one shard for the parameters that many positions share: biases and convolution weights.
struct ShardGradients {
  std::vector<Floats> bias;     // per population, one per channel; empty where it has no bias
  std::vector<Floats> weights;  // per projection; empty for all but convolutions and sparse projections
};

struct Batch {
  int capacity = 0;  // rows
  // Per population: rows x size, after the activation; empty for populations that are not computed.
  std::vector<Floats> values;
  // Per population: the gradient by the neuron's sum (before the activation). Training only.
  std::vector<Floats> deltas;
  // Per population that a max pool leads into: the source neuron of each value.
  std::vector<std::vector<std::int32_t>> winners;
  std::vector<Floats> columns;  // per shard: unrolled windows
  // Per projection, those in use in the place of its weights (not empty); none at all where all are dense.
  std::vector<SparseRows> sparse;
  std::vector<SparseScratch> sparse_scratch;  // per shard
  std::vector<ShardGradients> gradients;      // per shard. Training only
};

// Whether a projection goes by its SparseRows.
inline bool is_sparse(const Batch& batch, std::size_t projection) {
  return projection < batch.sparse.size() && !batch.sparse[projection].starts.empty();
}

// Room for `capacity` rows in up to `shards` shards, of the populations up to and including `last`.
Batch make_batch(const Network& network, int capacity, int shards, PopulationId last);
// From now on dense projections of which few weights are left go by these, which the batch holds; shards have
// at most sparse_lanes rows. To be called before add_gradients(). Training only.
void use_sparse_rows(Batch& batch, const Network& network);
// Adds what the way back needs.
void add_gradients(Batch& batch, const Network& network);

// values[row] of the input population from a sample's bytes.
void load_sample(const Network& network, const std::uint8_t* sample, int row, Batch& batch);
// All populations up to the last one of the batch, from the loaded input.
void forward(const Network& network, const Shard& shard, Batch& batch);
// From deltas of the output population (by its sum) to those of all others but the input, and the shard's
// gradients. The gradient of a dense projection that is not sparse is left to the caller: it is one product
// over the whole batch.
void backward(const Network& network, const Shard& shard, Batch& batch);

}  // namespace weft
