// Moments piece by piece. The products X'X of a piece are cut into bands of rows, each computed by one
// thread; the covariance is the moment less the product of the means. Invariant: where nothing before the
// layer is compressed, the three matrices are equal to the bit.
#include "compress/calibration/statistics.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "model/network/forward.hpp"
#include "model/network/kernels/gemm.hpp"

namespace weft::compress {
namespace {

constexpr std::int64_t kPieceFloats = std::int64_t{1} << 22;  // of observations, at most
constexpr std::int64_t kBand = 64;                            // rows of a product that one task computes

PopulationId population_id(const Network& network, const std::string& name) {
  for (std::uint32_t i = 0; i < network.populations.size(); ++i) {
    if (network.populations[PopulationId(i)].name == name) return PopulationId(i);
  }
  internal_error("no population '" + name + "' in network '" + network.name + "'");
}

// How source values become observations of `width` numbers.
struct Observations {
  const Projection& projection;
  Shape source, target;
  std::int64_t width = 0, positions = 1;

  Observations(const Network& network, const Projection& p)
      : projection(p),
        source(network.populations[p.source].shape),
        target(network.populations[p.target].shape) {
    if (p.kind == ProjectionKind::Dense) {
      width = source.size();
    } else if (p.kind == ProjectionKind::Convolution && p.groups == 1) {
      width = std::int64_t{source.channels} * p.window.kernel_height * p.window.kernel_width;
      positions = std::int64_t{target.height} * target.width;
    } else {
      internal_error("statistics of projection '" + p.name + "', which is no dense or plain convolution");
    }
  }

  std::vector<float> rows(FloatMatrix values) const {
    if (projection.kind == ProjectionKind::Dense) return std::move(values.values);
    std::vector<float> out(static_cast<std::size_t>(values.rows * positions * width), 0.0f);
    float* row = out.data();
    for (std::int64_t sample = 0; sample < values.rows; ++sample) {
      const float* image = values.values.data() + sample * values.columns;
      for (int y = 0; y < target.height; ++y) {
        for (int x = 0; x < target.width; ++x, row += width) patch(image, y, x, row);
      }
    }
    return out;
  }

 private:
  void patch(const float* image, int y, int x, float* out) const {
    const Window& window = projection.window;
    for (int channel = 0; channel < source.channels; ++channel) {
      for (int ky = 0; ky < window.kernel_height; ++ky) {
        for (int kx = 0; kx < window.kernel_width; ++kx, ++out) {
          const int sy = y * window.stride_height + ky - window.pad_height;
          const int sx = x * window.stride_width + kx - window.pad_width;
          if (sy < 0 || sx < 0 || sy >= source.height || sx >= source.width) continue;
          *out = image[(channel * source.height + sy) * source.width + sx];
        }
      }
    }
  }
};

// Each of the moments += left' right, both `rows` x `width`.
void add_products(const std::vector<float>& left, const std::vector<float>& right, std::int64_t rows,
                  std::int64_t width, const std::vector<Matrix*>& moments, WorkerPool& pool) {
  const int bands = static_cast<int>((width + kBand - 1) / kBand);
  pool.run(bands, [&](int band) {
    const std::int64_t first = band * kBand, count = std::min(kBand, width - first);
    std::vector<float> product(static_cast<std::size_t>(count * width));
    gemm(count, width, rows, {left.data() + first, width, true}, {right.data(), width, false}, product.data(),
         width);
    for (Matrix* moment : moments) {
      for (std::int64_t i = 0; i < count; ++i) {
        for (std::int64_t j = 0; j < width; ++j)
          (*moment)(first + i, j) += double{product[static_cast<std::size_t>(i * width + j)]};
      }
    }
  });
}

void add_sums(const std::vector<float>& values, std::int64_t rows, std::int64_t width, Vector& sums) {
  for (std::int64_t row = 0; row < rows; ++row) {
    for (std::int64_t i = 0; i < width; ++i)
      sums[i] += double{values[static_cast<std::size_t>(row * width + i)]};
  }
}

}  // namespace

InputStatistics input_statistics(const Network& network, const Network& dense, const Projection& projection,
                                 const Dataset& calibration, WorkerPool& pool) {
  const Observations form(network, projection);
  const PopulationId dense_source = population_id(dense, network.populations[projection.source].name);
  const std::int64_t width = form.width;
  InputStatistics result;
  result.mean = result.dense_mean = Vector::Zero(width);
  result.covariance = result.cross = result.dense_covariance = Matrix::Zero(width, width);
  const std::int64_t piece = std::max<std::int64_t>(1, kPieceFloats / (width * form.positions));
  ForwardParams forward;
  forward.threads = pool.threads();
  forward.batch_size = static_cast<int>(std::min<std::int64_t>(forward.batch_size, piece));
  for (std::int64_t first = 0; first < calibration.size(); first += piece) {
    const Dataset samples = slice(calibration, first, piece);
    const std::int64_t rows = samples.size() * form.positions;
    const std::vector<float> inputs =
        form.rows(population_values(network, samples, projection.source, forward));
    const std::vector<float> dense_inputs =
        form.rows(population_values(dense, samples, dense_source, forward));
    if (inputs == dense_inputs) {  // nothing before this layer is compressed
      add_products(inputs, inputs, rows, width, {&result.covariance, &result.cross, &result.dense_covariance},
                   pool);
    } else {
      add_products(inputs, inputs, rows, width, {&result.covariance}, pool);
      add_products(dense_inputs, inputs, rows, width, {&result.cross}, pool);
      add_products(dense_inputs, dense_inputs, rows, width, {&result.dense_covariance}, pool);
    }
    add_sums(inputs, rows, width, result.mean);
    add_sums(dense_inputs, rows, width, result.dense_mean);
    result.observations += rows;
  }
  if (result.observations == 0) return result;
  const double share = 1.0 / static_cast<double>(result.observations);
  result.mean *= share;
  result.dense_mean *= share;
  const auto finish = [&](Matrix& moment, const Vector& left, const Vector& right) {
    moment = moment * share - left * right.transpose();
  };
  finish(result.covariance, result.mean, result.mean);
  finish(result.cross, result.dense_mean, result.mean);
  finish(result.dense_covariance, result.dense_mean, result.dense_mean);
  return result;
}

}  // namespace weft::compress
