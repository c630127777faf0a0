// Value scales. All neurons of a population share one power of two, 2^-fraction_bits. The candidates reach
// from the one that just holds the largest value seen to some that are finer and clip the rare large ones;
// the least squared error over the calibration samples decides.
#include "model/network/quantize/quantize_scale.hpp"

#include <algorithm>
#include <cmath>

#include "model/network/forward.hpp"

namespace weft {
namespace {

constexpr int kFinerCandidates = 4;
// At most this many values of one population are held at a time: a quarter of a gigabyte.
constexpr std::int64_t kMaxValues = std::int64_t{1} << 26;

// `units` is 2^fraction_bits.
double rounded(double value, double units, const ValueFormat& format) {
  const double integer = std::floor(value * units + 0.5);
  return std::clamp(integer, static_cast<double>(format.minimum()), static_cast<double>(format.maximum()));
}

double squared_error(const FloatMatrix& values, int fraction_bits, const ValueFormat& format) {
  const double units = std::ldexp(1.0, fraction_bits);
  double sum = 0;
  for (const float value : values.values) {
    const double error = rounded(value, units, format) / units - value;
    sum += error * error;
  }
  return sum;
}

std::int64_t kept_winners(const FloatMatrix& values, int fraction_bits, const ValueFormat& format) {
  const double units = std::ldexp(1.0, fraction_bits);
  std::int64_t kept = 0;
  std::vector<double> row(static_cast<std::size_t>(values.columns));
  for (std::int64_t r = 0; r < values.rows; ++r) {
    const float* real = values.values.data() + r * values.columns;
    std::transform(real, real + values.columns, row.begin(),
                   [&](float value) { return rounded(value, units, format); });
    const auto winner = std::max_element(real, real + values.columns) - real;
    kept += std::max_element(row.begin(), row.end()) - row.begin() == winner ? 1 : 0;
  }
  return kept;
}

// The largest number of fraction bits with which this magnitude still fits; 0 for a magnitude of zero.
int fitting_fraction_bits(double largest, const ValueFormat& format) {
  if (!(largest > 0)) return 0;
  int exponent = 0;
  std::frexp(static_cast<double>(format.maximum()) / largest, &exponent);
  return exponent - 1;
}

int choose_fraction_bits(const FloatMatrix& values, const ValueFormat& format, bool is_output) {
  double largest = 0;
  for (const float value : values.values) largest = std::max(largest, std::abs(static_cast<double>(value)));
  const int coarsest = fitting_fraction_bits(largest, format);
  int best = coarsest;
  double best_error = squared_error(values, best, format);
  std::int64_t best_winners = is_output ? kept_winners(values, best, format) : 0;
  for (int candidate = coarsest + 1; candidate <= coarsest + kFinerCandidates; ++candidate) {
    const double error = squared_error(values, candidate, format);
    const std::int64_t winners = is_output ? kept_winners(values, candidate, format) : 0;
    if (winners < best_winners || (winners == best_winners && error >= best_error)) continue;
    best = candidate;
    best_error = error;
    best_winners = winners;
  }
  return best;
}

double activate(Activation activation, double x) {
  return activation == Activation::Tanh ? std::tanh(x) : 1 / (1 + std::exp(-x));
}

// The sum that gave this value; saturated values come back as a large one.
double sum_before(Activation activation, double value) {
  constexpr double kSaturated = 16;
  const double x = activation == Activation::Tanh ? std::atanh(value) : std::log(value / (1 - value));
  return std::isnan(x) ? kSaturated : std::clamp(x, -kSaturated, kSaturated);
}

int choose_table_fraction_bits(Activation activation, const FloatMatrix& values, ValueScale scale) {
  int best = 0;
  double best_error = -1;
  for (int candidate = 0; candidate <= 8; ++candidate) {
    scale.table_fraction_bits = candidate;
    const auto table = make_table(activation, scale);
    double error = 0;
    for (const float value : values.values) {
      const double index =
          rounded(sum_before(activation, value), std::ldexp(1.0, candidate), {8, true}) + 128;
      const double found = std::ldexp(table[static_cast<std::size_t>(index)], -scale.fraction_bits);
      error += (found - value) * (found - value);
    }
    if (best_error >= 0 && error >= best_error) continue;
    best = candidate;
    best_error = error;
  }
  return best;
}

ValueScale calibrated_scale(const LoweredPopulation& population, bool is_output, const Network& network,
                            const Dataset& calibration, const QuantizeParams& params) {
  const std::int64_t room = std::max<std::int64_t>(kMaxValues / population.shape.size(), 16);
  const Dataset samples = slice(calibration, 0, std::min(params.calibration_samples, room));
  ForwardParams forward;
  forward.threads = params.threads;
  const FloatMatrix values = population_values(network, samples, *population.calibrated_by, forward);
  ValueScale scale;
  scale.format.bits = params.value_bits;
  scale.format.is_signed =
      population.activation == Activation::Linear || population.activation == Activation::Tanh;
  if (population.activation == Activation::Linear || population.activation == Activation::Relu) {
    scale.fraction_bits = choose_fraction_bits(values, scale.format, is_output);
  } else {
    // Both stay below 1, which all bits but the sign's are for.
    scale.fraction_bits = params.value_bits - (scale.format.is_signed ? 1 : 0);
    scale.table_fraction_bits = choose_table_fraction_bits(population.activation, values, scale);
  }
  return scale;
}

}  // namespace

std::vector<ValueScale> choose_scales(const Network& network, const LoweredNetwork& lowered,
                                      const Dataset& calibration, const QuantizeParams& params) {
  std::vector<ValueScale> scales;
  for (const LoweredPopulation& population : lowered.populations) {
    const bool is_output = &population == &lowered.populations.back();
    ValueScale scale;  // the input: bytes as they are
    if (population.scale_of.has_value()) {
      scale = scales[*population.scale_of];
      // A difference is at most as large as the whole range: unsigned values of as many bits hold it.
      if (population.is_difference) scale.format.is_signed = false;
    } else if (population.calibrated_by.has_value()) {
      scale = calibrated_scale(population, is_output, network, calibration, params);
    }
    scales.push_back(scale);
  }
  return scales;
}

std::vector<std::int32_t> make_table(Activation activation, const ValueScale& scale) {
  std::vector<std::int32_t> table(256);
  for (int index = 0; index < 256; ++index) {
    const double value = activate(activation, std::ldexp(index - 128, -scale.table_fraction_bits));
    table[static_cast<std::size_t>(index)] =
        static_cast<std::int32_t>(rounded(value, std::ldexp(1.0, scale.fraction_bits), scale.format));
  }
  return table;
}

}  // namespace weft
