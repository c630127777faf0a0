// Makes a network smaller without losing its form: factorization, pruning, and both.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/base/progress.hpp"
#include "model/data/dataset.hpp"
#include "model/network/network.hpp"
#include "model/network/train.hpp"
#include "model/report/report.hpp"

namespace weft::compress {

// What stays when a layer is pruned; the rules are in compress/rules/.
enum class PruneCriterion {
  Magnitude,   // the largest weights (Han et al., 2015)
  Activation,  // the largest products of weight and root mean square of its input
  ObsOneShot,  // optimal brain surgeon: what costs the outputs least, the rest fitted anew (exact least
               // squares)
  Movement     // what retraining moves away from zero; one more training of `retrain.epochs` comes first
};
enum class Factorization {
  Svd,          // nearest in the weights
  DataAwareSvd  // nearest in the outputs on the calibration samples
};

// Which weights stay or go together; the rules are in compress/granularity/. Blocks and lines of a crossbar
// lie on a grid of block_rows x block_columns over the layer's matrix.
enum class Granularity {
  Weights,          // each for itself
  Inputs,           // all weights of an input (of a convolution: of a channel); its axons become free
  Neurons,          // all weights of a neuron (of a convolution: of a channel)
  Blocks,           // rectangles of neurons by inputs
  CrossbarRows,     // inside a block: the weights of one input, an axon of a core
  CrossbarColumns,  // inside a block: the weights of one neuron, a column of a core
  BlockDiagonal     // 1 / density parts of the layer that share no input and no neuron, whichever suit best
};

// The words for them, in the order of their values.
std::vector<std::string> criterion_names();
std::vector<std::string> factorization_names();
std::vector<std::string> granularity_names();
// Whether it reads block_rows and block_columns.
bool granularity_needs_block(Granularity granularity);

// What a layer's least squares are solved with, where it is fitted to calibration samples.
enum class Algebra {
  Auto,        // Samples for layers of more than 2,048 inputs where they can be, else Covariance
  Covariance,  // the covariance of the inputs, inputs x inputs: exact, any rule
  Samples  // the samples themselves, inputs x samples, and directions of the outputs weighed by what they do
           // to the network's outputs (wide/): dense layers, single weights, criterion ObsOneShot or none
};
std::vector<std::string> algebra_names();

constexpr int kAutoRank = -1;

// What is to happen to one projection, by name. A convolution is factorized into one of `rank` channels with
// the same window and one of 1 x 1 behind it (channel decomposition; Zhang et al., 2016).
struct LayerPlan {
  std::string projection;
  int rank = 0;        // 0: not factorized; else 1 to min(inputs, outputs), of a convolution those of its
                       // matrix (channels by window); kAutoRank: as `density` says
  double density = 1;  // share of weights kept, in (0, 1], of each factor where factorized (of both together
                       // with Algebra::Samples). With kAutoRank
                       // the share of the whole layer's: spent on the layer or on factors of whatever rank,
                       // where the outputs on held-out calibration samples suffer least
  Granularity granularity = Granularity::Weights;  // of each factor where factorized
  int block_rows = 0;     // neurons of a block, e.g. those of a core; for the granularities that have blocks
  int block_columns = 0;  // inputs of a block, e.g. the axons of a core
  double sparse = 0;  // dense layers with a rank above 0: share of the layer's weights in [0, 1) that stay
                      // beside the factors, on a path of their own from source to target
  Algebra algebra = Algebra::Auto;
};

struct CompressParams {
  std::vector<LayerPlan> layers;  // a projection that is not named stays as it is
  double shared_density = 0;  // above 0: share in (0, 1] of the synapses that the planned layers come in with
                              // that stays in all.
                              // Each round spends it where weights are worth most (shared_density.hpp); the
                              // layers then have rank 0, density 1 and granularity Weights
  int prune_rounds = 4;       // density falls in this many rounds (cubic ramp), each followed by retraining
  TrainParams retrain;   // epochs of each round but the last; keep_zeros is always on; where it distills,
                         // the teacher is the network that came in, or one given
  int final_epochs = 4;  // after the last round
  PruneCriterion criterion = PruneCriterion::Magnitude;
  Factorization factorization = Factorization::Svd;
  std::int64_t calibration_samples = 2000;  // from the front of the data set, for rules that look at inputs
  double damping = 0;  // added to the covariance, as a fraction of its mean diagonal; 0: chosen per layer on
                       // a quarter of the calibration samples that nothing is fitted to, like kAutoRank
  bool clear_unused = true;  // weights that no output depends on after pruning become zero too, in each round
};

struct CompressResult {
  Network network;
  std::vector<LayerReport> layers;  // one per projection of the network that came in
  std::vector<LayerPlan> plan;  // of CompressParams, with the ranks and densities chosen for kAutoRank, the
                                // densities that a shared one came to, and the algebra taken where there are
                                // calibration samples
  std::vector<std::string> notes;  // what the user should know, e.g. a calibration set too small for a layer
  bool interrupted = false;
};

// Factorizes (a Linear population "NAME_mid" between the factors "NAME_a" and "NAME_b"; the sparse path
// beside them, if any, keeps the name), prunes, retrains. Rules that look at inputs treat layer by layer,
// each with the inputs that the layers before now give and the outputs of the network that the round began
// with, and let the biases take up what the means change by. The data set is used for calibration and
// retraining. Throws InputError on an unknown projection, a rank above the layer's, a density outside (0, 1],
// weights that are not finite, a teacher of other outputs, no calibration samples where they are needed.
// Weights that no output depends on after pruning become zero too (remove_unused.hpp takes out the neurons).
// Stopped by `progress`, it returns the network as it is then, its figures, and `interrupted`.
CompressResult compress_network(const Network& network, const Dataset& train, const CompressParams& params,
                                Progress* progress = nullptr, const Network* teacher = nullptr);

// Recounts from scratch, sharing no code with the stage: shapes, ranks, densities, linear middles, the
// figures in `result.layers`, that what was not in the plan is of unchanged form. Empty when all is right.
std::vector<Violation> verify_compression(const Network& before, const CompressResult& result,
                                          const CompressParams& params);

}  // namespace weft::compress
