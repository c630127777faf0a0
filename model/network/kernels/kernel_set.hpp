// The inner loops of the floating-point network, built once per instruction set and chosen at run time.
//
// A set is a table of plain functions on raw pointers: nothing that the compiler could emit as a shared
// inline function crosses this border, or the linker might keep the copy that the machine cannot run. All but
// gemm give the same bits in every set.
#pragma once

#include <cstdint>
#include <vector>

#include "model/network/kernels/gemm.hpp"

namespace weft {

// Parameters of one step of an optimizer; the same for every weight.
struct AdamStep {
  float beta1 = 0, beta2 = 0;  // decay of the first and the second moment
  float rate = 0;              // learning rate with both bias corrections in it
  float epsilon = 0;           // likewise corrected
  float shrink = 1;            // what weight decay leaves of a weight
};
struct SgdStep {
  float momentum = 0;
  float rate = 0;
  float shrink = 1;
};

// rows x columns weights with their optimizer state, all at the same stride, and their gradient. mask is null
// or holds 0 for a weight that stays zero and 1 for one that is free.
struct UpdateTile {
  std::int64_t rows = 0, columns = 0, stride = 0;
  float* weights = nullptr;
  float* first = nullptr;   // Adam: first moment; Sgd: velocity
  float* second = nullptr;  // Adam: second moment
  const std::uint8_t* mask = nullptr;
  const float* gradient = nullptr;
  std::int64_t gradient_stride = 0;
};

// The weights that are left of a matrix: those of row r are [starts[r], starts[r + 1]).
struct SparseView {
  std::int64_t rows = 0;
  const std::int64_t* starts = nullptr;
  const std::int32_t* sources = nullptr;  // columns
  const float* values = nullptr;
};
// Samples that products with a SparseView take at once. They lie side by side: [neuron][sample].
constexpr int sparse_lanes = 32;

struct KernelSet {
  const char* name;  // "baseline", "avx2", "avx512"

  void (*gemm)(std::int64_t rows, std::int64_t columns, std::int64_t depth, const MatrixView& a,
               const MatrixView& b, float* c, std::int64_t c_stride, bool accumulate);
  // out[i] = scale * in[i] + offset
  void (*bytes_to_floats)(const std::uint8_t* in, std::int64_t count, float scale, float offset, float* out);
  // values[row][channel][position] = activation(value + bias[channel]); bias may be null. `activation` is the
  // number of an Activation.
  void (*activate)(float* values, std::int64_t rows, std::int64_t channels, std::int64_t positions,
                   const float* bias, int activation);
  // delta *= activation'(.), written in terms of the values after the activation
  void (*activation_gradient)(const float* values, float* delta, std::int64_t count, int activation);
  // sums[channel] = sum of delta[row][channel][position] over rows and positions
  void (*channel_sums)(const float* delta, std::int64_t rows, std::int64_t channels, std::int64_t positions,
                       float* sums);
  // delta[row] = (softmax(outputs[row]) - onehot(labels[row])) * scale. Returns the sum of the
  // cross-entropies; *hits counts the rows whose largest output (the first of equals) is the label.
  double (*softmax_cross_entropy)(const float* outputs, const std::uint16_t* labels, std::int64_t rows,
                                  std::int64_t classes, float scale, float* delta, std::int64_t* hits);
  void (*adam)(const UpdateTile& tile, const AdamStep& step);
  void (*sgd)(const UpdateTile& tile, const SgdStep& step);
  // sum[i] += addend[i]
  void (*add)(float* sum, const float* addend, std::int64_t count);
  // out = matrix * in; delta_in += matrix' * delta; gradient[k] = sum over samples of delta * in at weight k.
  void (*sparse_forward)(const SparseView& matrix, const float* in, float* out);
  void (*sparse_back)(const SparseView& matrix, const float* delta, float* delta_in);
  void (*sparse_gradient)(const SparseView& matrix, const float* in, const float* delta, float* gradient);
  // Between rows of one sample each, at most sparse_lanes of them, and samples side by side, zero where there
  // is none.
  void (*side_by_side)(const float* from, std::int64_t rows, std::int64_t columns, float* to);
  void (*one_by_one)(const float* from, std::int64_t rows, std::int64_t columns, float* to, bool accumulate);
};

// The fastest set that this machine runs.
const KernelSet& kernels();
// All sets that this machine runs, the slowest first: for tests.
std::vector<const KernelSet*> runnable_kernel_sets();

}  // namespace weft
