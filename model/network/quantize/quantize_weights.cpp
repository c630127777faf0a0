// Weights and biases as integers. The potential of a neuron is an integer in units of 2^-potential_bits, one
// exponent per neuron (per channel where a convolution makes neurons share weights): then a weight w from
// values with f fraction bits is the integer w * 2^(potential_bits - f), and the shift to the target's values
// is potential_bits less the target's fraction bits.
//
// Invariant: after a group is done its neurons' potentials are proved to stay within 32 bits.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "model/network/convolution_taps.hpp"
#include "model/network/quantize/quantize_scale.hpp"

namespace weft {
namespace {

constexpr std::int64_t kLargestPotential = std::numeric_limits<std::int32_t>::max();
constexpr int kMaxShift = 31;
constexpr int kFewestWeightBits = 6;  // a neuron that would need a coarser scale to fit 32 bits is refused

// The weights of one projection that lead to the neurons of one group.
struct Part {
  const LoweredProjection* from = nullptr;
  FixedProjection* to = nullptr;
  double scale = 1;          // of the weights: the input's
  int source_bits = 0;       // fraction bits of the source's values
  std::int64_t largest = 0;  // magnitude of the source's values
  std::size_t begin = 0, end = 0;
  std::size_t row = 0;  // Dense: weights per neuron
};

class Group {
 public:
  Group(std::size_t first, std::size_t last, int weight_bits)
      : first_(first), last_(last), limit_((1 << (weight_bits - 1)) - 1), weight_bits_(weight_bits) {}

  void add(const Part& part) { parts_.push_back(part); }

  // Chooses the exponent and writes weights, biases and shifts. `value_bits` are the fraction bits of what
  // the shift leads to.
  void quantize(const std::vector<double>& bias, int value_bits, const std::string& name,
                FixedPopulation& out) {
    const int finest = finest_exponent(bias, value_bits);
    int potential_bits = finest;
    for (;; --potential_bits) {
      if (potential_bits < value_bits ||
          potential_bits < finest - std::max(0, weight_bits_ - kFewestWeightBits)) {
        refuse(name, bias, potential_bits + 1);
      }
      write(bias, potential_bits, value_bits, out);
      if (largest_potential(out) <= kLargestPotential) break;
    }
    normalize(out);
  }

  // The largest exponent for which all weights fit, or the next with the largest weights clipped where that
  // is nearer to the real ones (it is what makes 2-bit weights work); biases take half of the 32 bits at
  // most.
  int finest_exponent(const std::vector<double>& bias, int value_bits) const {
    int finest = finest_fitting_weights(value_bits);
    if (finest < value_bits + kMaxShift && squared_error(finest + 1) < squared_error(finest)) ++finest;
    while (!biases_fit(bias, finest)) --finest;
    return finest;
  }

 private:
  static double real(const Part& part, std::size_t weight) {
    return part.scale * (*part.from->weights)[weight];
  }

  std::int64_t integer(const Part& part, std::size_t weight, int potential_bits) const {
    const double scaled = std::ldexp(real(part, weight), potential_bits - part.source_bits);
    const double bound = limit_;
    return static_cast<std::int64_t>(std::clamp(std::floor(scaled + 0.5), -bound, bound));
  }

  double squared_error(int potential_bits) const {
    double sum = 0;
    for (const Part& part : parts_) {
      const double unit = std::ldexp(1.0, part.source_bits - potential_bits);
      for (std::size_t w = part.begin; w < part.end; ++w) {
        const double error = static_cast<double>(integer(part, w, potential_bits)) * unit - real(part, w);
        sum += error * error;
      }
    }
    return sum;
  }

  // The largest exponent for which every weight fits, at most that of the largest shift.
  int finest_fitting_weights(int value_bits) const {
    int finest = value_bits + kMaxShift;
    bool has_weights = false;
    for (const Part& part : parts_) {
      double largest = 0;
      for (std::size_t w = part.begin; w < part.end; ++w)
        largest = std::max(largest, std::abs(real(part, w)));
      if (largest == 0) continue;
      has_weights = true;
      int exponent = 0;
      std::frexp((limit_ + 0.5) / largest, &exponent);
      int bits = exponent - 1 + part.source_bits;
      // (limit + 0.5) itself would round up.
      if (std::floor(std::ldexp(largest, bits - part.source_bits) + 0.5) > limit_) --bits;
      finest = std::min(finest, bits);
    }
    return has_weights ? finest : value_bits;
  }

  bool biases_fit(const std::vector<double>& bias, int potential_bits) const {
    for (std::size_t n = first_; n < last_; ++n) {
      if (std::abs(std::ldexp(bias[n], potential_bits)) > static_cast<double>(kLargestPotential / 2))
        return false;
    }
    return true;
  }

  void write(const std::vector<double>& bias, int potential_bits, int value_bits,
             FixedPopulation& out) const {
    for (const Part& part : parts_) {
      for (std::size_t w = part.begin; w < part.end; ++w) {
        part.to->weights[w] = static_cast<std::int16_t>(integer(part, w, potential_bits));
      }
    }
    for (std::size_t n = first_; n < last_; ++n) {
      const double scaled = std::floor(std::ldexp(bias[n], potential_bits) + 0.5);
      const auto bound = static_cast<double>(kLargestPotential);
      out.bias[n] = static_cast<std::int32_t>(std::clamp(scaled, -bound, bound));
      out.shift[n] = static_cast<std::uint8_t>(potential_bits - value_bits);
    }
  }

  // Over the neurons of the group; a convolution's kernel counts in full also at the border.
  std::int64_t largest_potential(const FixedPopulation& out) const {
    std::vector<std::int64_t> bound(last_ - first_);
    for (std::size_t n = first_; n < last_; ++n) {
      const int shift = out.shift[n];
      bound[n - first_] =
          std::abs(std::int64_t{out.bias[n]}) + (shift > 0 ? std::int64_t{1} << (shift - 1) : 0);
    }
    for (const Part& part : parts_) {
      for (std::size_t w = part.begin; w < part.end; ++w) {
        const std::int64_t most = std::abs(std::int64_t{part.to->weights[w]}) * part.largest;
        switch (part.to->kind) {
          case FixedProjectionKind::Dense:
            bound[(w - part.begin) / part.row] += most;
            break;
          case FixedProjectionKind::Sparse:
            bound[part.to->synapses[w].target - first_] += most;
            break;
          case FixedProjectionKind::Convolution:
            for (std::int64_t& sum : bound) sum += most;
        }
      }
    }
    return *std::max_element(bound.begin(), bound.end());
  }

  // Drops the factors of two that all weights and biases of the group have in common: the values stay the
  // same.
  void normalize(FixedPopulation& out) const {
    unsigned bits = 0;
    for (const Part& part : parts_) {
      for (std::size_t w = part.begin; w < part.end; ++w) bits |= static_cast<unsigned>(part.to->weights[w]);
    }
    for (std::size_t n = first_; n < last_; ++n) bits |= static_cast<unsigned>(out.bias[n]);
    int common = 0;
    while (common < out.shift[first_] && (bits >> common & 1u) == 0) ++common;
    const int divisor_bits = common;
    for (const Part& part : parts_) {
      for (std::size_t w = part.begin; w < part.end; ++w) {
        part.to->weights[w] = static_cast<std::int16_t>(part.to->weights[w] / (1 << divisor_bits));
      }
    }
    for (std::size_t n = first_; n < last_; ++n) {
      out.bias[n] = static_cast<std::int32_t>(out.bias[n] / (std::int64_t{1} << divisor_bits));
      out.shift[n] = static_cast<std::uint8_t>(out.shift[n] - divisor_bits);
    }
  }

  [[noreturn]] void refuse(const std::string& name, const std::vector<double>& bias,
                           int potential_bits) const {
    double sum = 0;
    for (const Part& part : parts_) {
      double weights = 0;
      for (std::size_t w = part.begin; w < part.end; ++w) weights += std::abs(real(part, w));
      sum += std::ldexp(weights * static_cast<double>(part.largest), -part.source_bits);
    }
    sum += std::abs(bias[first_]);
    throw Error(ErrorKind::Unacceptable, "neuron " + std::to_string(first_) + " of " + name +
                                             " cannot be held in 32 bits: its sum can reach " +
                                             std::to_string(sum) + " in units of 2^" +
                                             std::to_string(-potential_bits) +
                                             "; fewer weight or value bits would make the units coarser");
  }

  std::size_t first_, last_;
  std::int64_t limit_;
  int weight_bits_;
  std::vector<Part> parts_;
};

// What the offset of a source's values adds to each neuron's sum, padded places left out.
void add_offsets(const LoweredNetwork& lowered, const LoweredProjection& projection,
                 std::vector<double>& bias) {
  const LoweredPopulation& source = lowered.populations[projection.source];
  if (source.real_offset == 0) return;
  const std::vector<float>& weights = *projection.weights;
  const auto sources = static_cast<std::size_t>(source.shape.size());
  switch (projection.kind) {
    case FixedProjectionKind::Dense:
      for (std::size_t w = 0; w < weights.size(); ++w) bias[w / sources] += source.real_offset * weights[w];
      break;
    case FixedProjectionKind::Sparse:
      for (std::size_t s = 0; s < weights.size(); ++s) {
        bias[projection.synapses[s].target] += source.real_offset * weights[s];
      }
      break;
    case FixedProjectionKind::Convolution:
      for (std::size_t n = 0; n < bias.size(); ++n) {
        for_each_tap(source.shape, lowered.populations[projection.target].shape, projection.window,
                     projection.groups, static_cast<std::int64_t>(n), [&](std::uint32_t, std::size_t weight) {
                       bias[n] += source.real_offset * weights[weight];
                     });
      }
  }
}

// The weights that lead to neurons [first, last): one contiguous piece, whatever the kind.
Part part_of(const LoweredNetwork& lowered, const std::vector<ValueScale>& scales,
             const LoweredProjection& from, FixedProjection& to, std::size_t first, std::size_t last) {
  const LoweredPopulation& source = lowered.populations[from.source];
  const ValueFormat& format = scales[from.source].format;
  Part part;
  part.from = &from;
  part.to = &to;
  part.scale = source.real_scale;
  part.source_bits = scales[from.source].fraction_bits;
  part.largest = std::max(-std::int64_t{format.minimum()}, std::int64_t{format.maximum()});
  switch (from.kind) {
    case FixedProjectionKind::Dense:
      part.row = static_cast<std::size_t>(source.shape.size());
      part.begin = first * part.row;
      part.end = last * part.row;
      break;
    case FixedProjectionKind::Convolution: {
      const Shape& shape = lowered.populations[from.target].shape;
      const std::size_t kernels = from.weights->size() / static_cast<std::size_t>(shape.channels);
      const std::size_t channel = first / static_cast<std::size_t>(shape.height * shape.width);
      part.begin = channel * kernels;
      part.end = part.begin + kernels;
      break;
    }
    case FixedProjectionKind::Sparse: {
      const auto at = [&](std::size_t target) {
        return static_cast<std::size_t>(
            std::lower_bound(from.synapses.begin(), from.synapses.end(), target,
                             [](const SparseSynapse& synapse, std::size_t t) { return synapse.target < t; }) -
            from.synapses.begin());
      };
      part.begin = at(first);
      part.end = at(last);
    }
  }
  return part;
}

void copy_exact(const LoweredProjection& from, FixedProjection& to) {
  std::transform(from.weights->begin(), from.weights->end(), to.weights.begin(),
                 [](float weight) { return static_cast<std::int16_t>(weight); });
}

}  // namespace

void quantize_weights(const LoweredNetwork& lowered, std::vector<ValueScale> scales, FixedNetwork& fixed) {
  for (std::size_t p = 0; p < lowered.populations.size(); ++p) {
    const LoweredPopulation& population = lowered.populations[p];
    FixedPopulation& out = fixed.populations[PopulationId(static_cast<std::uint32_t>(p))];
    std::vector<std::size_t> incoming;
    for (std::size_t i = 0; i < lowered.projections.size(); ++i) {
      if (lowered.projections[i].target == p) incoming.push_back(i);
    }
    const auto to = [&](std::size_t i) -> FixedProjection& {
      return fixed.projections[ProjectionId(static_cast<std::uint32_t>(i))];
    };
    if (population.scale_of.has_value()) {  // exact: weights of 1 and -1, no bias, no shift
      scales[p].fraction_bits = scales[*population.scale_of].fraction_bits;
      out.fraction_bits = scales[p].fraction_bits;
      for (const std::size_t i : incoming) copy_exact(lowered.projections[i], to(i));
      continue;
    }
    std::vector<double> bias = population.bias;
    bool shares_weights = false;
    for (const std::size_t i : incoming) {
      add_offsets(lowered, lowered.projections[i], bias);
      shares_weights = shares_weights || lowered.projections[i].kind == FixedProjectionKind::Convolution;
    }
    const std::size_t size =
        shares_weights ? static_cast<std::size_t>(population.shape.height * population.shape.width) : 1;
    std::vector<Group> groups;
    for (std::size_t first = 0; first < bias.size(); first += size) {
      groups.emplace_back(first, first + size, fixed.weight_bits);
      for (const std::size_t i : incoming) {
        groups.back().add(part_of(lowered, scales, lowered.projections[i], to(i), first, first + size));
      }
    }
    const bool is_table = out.model == NeuronModel::Table;
    int& value_bits = is_table ? scales[p].table_fraction_bits : scales[p].fraction_bits;
    for (const Group& group : groups)
      value_bits = std::min(value_bits, group.finest_exponent(bias, value_bits));
    for (Group& group : groups) group.quantize(bias, value_bits, population.name, out);
    out.fraction_bits = scales[p].fraction_bits;
    if (is_table) out.table = make_table(population.activation, scales[p]);
  }
}

}  // namespace weft
