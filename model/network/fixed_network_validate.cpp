// The rules of a FixedNetwork. They are checked in an order in which each may rely on the ones before: sizes
// first, without ever multiplying what could overflow, then content, then delays, then the proof that no
// potential leaves 32 bits. A later group runs only where the earlier ones found nothing.
#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <limits>
#include <set>

#include "model/network/fixed_network.hpp"

namespace weft {
namespace {

// Limits that keep every product of two sizes far inside 64 bits; no real fabric comes near them.
constexpr std::int64_t kMaxNeurons = std::int64_t{1} << 26;
constexpr std::int64_t kMaxWindow = 1 << 16;
constexpr std::int64_t kMaxDelay = 1 << 16;
constexpr std::int64_t kMaxDepth = 1 << 20;
constexpr std::int64_t kMaxBound = std::int64_t{1} << 60;  // sums of potentials saturate here

using Violations = std::vector<Violation>;
template <class T>
std::string number(T value) {
  return std::to_string(value);
}

bool is_name(const std::string& name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
  });
}

void check_name(const std::string& name, const std::string& where, std::set<std::string>& seen,
                Violations& out) {
  if (!is_name(name))
    out.push_back({"name", where, "found \"" + name + "\", expected letters, digits and _"});
  if (!seen.insert(name).second) out.push_back({"name", where, "\"" + name + "\" is used twice"});
}

bool shape_fits(const Shape& shape) {
  for (const int size : {shape.channels, shape.height, shape.width}) {
    if (size < 1 || size > kMaxNeurons) return false;
  }
  const std::int64_t plane = std::int64_t{shape.height} * shape.width;
  return plane <= kMaxNeurons && plane * shape.channels <= kMaxNeurons;
}

void check_size(const char* what, std::size_t found, std::int64_t expected, const std::string& where,
                Violations& out) {
  if (static_cast<std::int64_t>(found) == expected) return;
  out.push_back({"size", where, "found " + number(found) + " " + what + ", expected " + number(expected)});
}

void check_population(const FixedPopulation& population, bool is_input, const std::string& where,
                      Violations& out) {
  if (!shape_fits(population.shape)) {
    out.push_back({"shape", where, "each side must be at least 1, and at most 2^26 neurons in all"});
    return;
  }
  const ValueFormat& format = population.format;
  if (format.bits < 1 || format.bits > 31) {
    out.push_back({"value-bits", where, "found " + number(format.bits) + ", expected 1 to 31"});
    return;
  }
  const bool is_table = population.model == NeuronModel::Table;
  if (population.model > NeuronModel::TrueNorth) out.push_back({"model", where, "no such neuron model"});
  if (is_spiking(population.model)) {
    const std::string fault = find_fault(population.model, population.spike);
    if (!fault.empty()) out.push_back({"spike-rule", where, fault});
    if (format.bits != 1 || format.is_signed) {
      out.push_back({"spike-value", where, "the values of spiking neurons must have 1 bit, unsigned"});
    }
  }
  if (is_input && population.model != NeuronModel::Linear) {
    out.push_back({"model", where, "the input population must be linear"});
  }
  if (population.model == NeuronModel::Relu && format.is_signed) {
    out.push_back({"relu-signed", where, "the values of relu neurons must be unsigned"});
  }
  const std::int64_t neurons = is_input ? 0 : population.shape.size();
  check_size("biases", population.bias.size(), neurons, where, out);
  check_size("shifts", population.shift.size(), neurons, where, out);
  check_size("table entries", population.table.size(), is_table ? 256 : 0, where, out);
  for (const std::uint8_t shift : population.shift) {
    if (shift <= 31) continue;
    out.push_back({"shift", where, "found " + number(int{shift}) + ", expected 0 to 31"});
    break;
  }
  for (std::size_t n = 0; n < std::min(population.bias.size(), population.shift.size()); ++n) {
    const std::string fault = find_fault(population.model, population.bias[n], population.shift[n]);
    if (fault.empty()) continue;
    out.push_back({"neuron", where, "neuron " + number(n) + ": " + fault});
    break;
  }
  for (const std::int32_t value : population.table) {
    if (value >= format.minimum() && value <= format.maximum()) continue;
    out.push_back({"table", where,
                   "entry " + number(value) + " is outside " + number(format.minimum()) + " to " +
                       number(format.maximum())});
    break;
  }
}

// The number of places a window of `kernel` takes along a side.
std::int64_t places(std::int64_t size, std::int64_t kernel, std::int64_t stride, std::int64_t pad) {
  const std::int64_t room = size + 2 * pad - kernel;
  return room < 0 ? 0 : room / stride + 1;
}

bool window_fits(const Window& window) {
  for (const int size :
       {window.kernel_height, window.kernel_width, window.stride_height, window.stride_width}) {
    if (size < 1 || size > kMaxWindow) return false;
  }
  for (const int size : {window.pad_height, window.pad_width}) {
    if (size < 0 || size > kMaxWindow) return false;
  }
  return true;
}

void check_convolution(const FixedProjection& projection, const Shape& from, const Shape& to,
                       const std::string& where, Violations& out) {
  const Window& window = projection.window;
  const int groups = projection.groups;
  if (!window_fits(window)) {
    out.push_back({"window", where, "kernel and stride must be 1 to 65536, padding 0 to 65536"});
    return;
  }
  if (groups < 1 || from.channels % groups != 0 || to.channels % groups != 0) {
    out.push_back({"groups", where,
                   number(groups) + " groups do not divide " + number(from.channels) + " source and " +
                       number(to.channels) + " target channels"});
    return;
  }
  const std::int64_t height =
      places(from.height, window.kernel_height, window.stride_height, window.pad_height);
  const std::int64_t width = places(from.width, window.kernel_width, window.stride_width, window.pad_width);
  if (height != to.height || width != to.width) {
    out.push_back({"window", where,
                   "makes " + number(height) + " x " + number(width) + ", its target is " +
                       number(to.height) + " x " + number(to.width)});
  }
  // Divide rather than multiply: four factors could leave 64 bits.
  const std::int64_t kernel = std::int64_t{window.kernel_height} * window.kernel_width;
  const std::int64_t pairs = std::int64_t{to.channels} * (from.channels / groups);
  const auto found = static_cast<std::int64_t>(projection.weights.size());
  if (found % kernel != 0 || found / kernel != pairs) {
    out.push_back(
        {"size", where,
         "found " + number(found) + " weights, expected " + number(pairs) + " kernels of " + number(kernel)});
  }
}

void check_sparse(const FixedProjection& projection, const Shape& from, const Shape& to,
                  const std::string& where, Violations& out) {
  const auto& synapses = projection.synapses;
  check_size("weights", projection.weights.size(), static_cast<std::int64_t>(synapses.size()), where, out);
  const auto sources = static_cast<std::uint32_t>(from.size());
  const auto targets = static_cast<std::uint32_t>(to.size());
  for (std::size_t i = 0; i < synapses.size(); ++i) {
    const SparseSynapse& synapse = synapses[i];
    if (synapse.source >= sources || synapse.target >= targets) {
      out.push_back({"synapse", where,
                     "synapse " + number(i) + " from " + number(synapse.source) + " to " +
                         number(synapse.target) + " is outside the populations of " + number(sources) +
                         " and " + number(targets) + " neurons"});
      return;
    }
    if (i == 0) continue;
    const SparseSynapse& last = synapses[i - 1];
    if (last.target < synapse.target || (last.target == synapse.target && last.source < synapse.source))
      continue;
    out.push_back({"synapse-order", where, "synapse " + number(i) + " is not after the one before it"});
    return;
  }
}

void check_projection(const FixedNetwork& network, const FixedProjection& projection,
                      const std::string& where, Violations& out) {
  const auto populations = network.populations.size();
  if (projection.target.index() >= populations || !(projection.source < projection.target)) {
    out.push_back({"order", where,
                   "from population " + number(projection.source.value()) + " to " +
                       number(projection.target.value()) + " of " + number(populations) +
                       ": the source must come first"});
    return;
  }
  if (projection.delay < 1 || projection.delay > kMaxDelay) {
    out.push_back({"delay", where, "found " + number(projection.delay) + ", expected 1 to 65536"});
  }
  const Shape& from = network.populations[projection.source].shape;
  const Shape& to = network.populations[projection.target].shape;
  if (projection.kind != FixedProjectionKind::Sparse && !projection.synapses.empty()) {
    out.push_back({"size", where, "only a sparse projection lists its synapses"});
  }
  switch (projection.kind) {
    case FixedProjectionKind::Dense:
      check_size("weights", projection.weights.size(), std::int64_t{from.size()} * to.size(), where, out);
      break;
    case FixedProjectionKind::Convolution:
      check_convolution(projection, from, to, where, out);
      break;
    case FixedProjectionKind::Sparse:
      check_sparse(projection, from, to, where, out);
      break;
    default:
      out.push_back({"kind", where, "no such kind of projection"});
  }
  const int limit = 1 << (network.weight_bits - 1);
  for (const std::int16_t weight : projection.weights) {
    if (weight >= -limit && weight < limit) continue;
    out.push_back({"weight", where,
                   "found " + number(weight) + ", expected " + number(-limit) + " to " + number(limit - 1)});
    break;
  }
}

void check_delays(const FixedNetwork& network, Violations& out) {
  std::vector<std::int64_t> arrival(network.populations.size(), -1);
  arrival[0] = 0;
  for (const FixedProjection& projection : network.projections) {
    const std::int64_t source = arrival[projection.source.index()];
    if (source < 0) continue;  // reported below: its source has no input
    std::int64_t& target = arrival[projection.target.index()];
    const std::int64_t steps = source + projection.delay;
    if (target < 0) target = steps;
    if (target != steps) {
      out.push_back({"path-delay", projection.name,
                     "arrives after " + number(steps) + " steps, another path into \"" +
                         network.populations[projection.target].name + "\" after " + number(target)});
    }
    if (steps > kMaxDepth) out.push_back({"path-delay", projection.name, "a path of more than 2^20 steps"});
  }
  for (std::size_t p = 1; p < arrival.size(); ++p) {
    if (arrival[p] >= 0) continue;
    out.push_back({"no-input", network.populations[PopulationId(static_cast<std::uint32_t>(p))].name,
                   "no projection from the input reaches this population"});
  }
}

// |potential + bias + half| of every neuron stays within 32 bits, whatever the inputs. A spiking neuron's
// shift goes to the left, from 32 bits into 63.
void check_potentials(const FixedNetwork& network, Violations& out) {
  std::vector<std::vector<std::int64_t>> bound(network.populations.size());
  for (std::size_t p = 1; p < bound.size(); ++p) {
    const FixedPopulation& population = network.populations[PopulationId(static_cast<std::uint32_t>(p))];
    bound[p].resize(population.bias.size());
    for (std::size_t n = 0; n < bound[p].size(); ++n) {
      const int shift = is_spiking(population.model) ? 0 : population.shift[n];
      bound[p][n] =
          std::abs(std::int64_t{population.bias[n]}) + (shift > 0 ? std::int64_t{1} << (shift - 1) : 0);
    }
  }
  std::vector<FanIn> synapses;
  for (const FixedProjection& projection : network.projections) {
    const ValueFormat& format = network.populations[projection.source].format;
    const std::int64_t largest = std::max(-std::int64_t{format.minimum()}, std::int64_t{format.maximum()});
    auto& bounds = bound[projection.target.index()];
    for (std::size_t n = 0; n < bounds.size(); ++n) {
      fan_in(network, projection, static_cast<std::uint32_t>(n), synapses);
      for (const FanIn& synapse : synapses) {
        bounds[n] = std::min(bounds[n] + std::abs(std::int64_t{synapse.weight}) * largest, kMaxBound);
      }
    }
  }
  for (std::size_t p = 1; p < bound.size(); ++p) {
    for (std::size_t n = 0; n < bound[p].size(); ++n) {
      if (bound[p][n] <= std::numeric_limits<std::int32_t>::max()) continue;
      out.push_back(
          {"potential", network.populations[PopulationId(static_cast<std::uint32_t>(p))].name,
           "neuron " + number(n) + " can reach " + number(bound[p][n]) + ", 32 bits hold 2147483647"});
      break;
    }
  }
}

}  // namespace

std::vector<Violation> validate(const FixedNetwork& network) {
  Violations out;
  if (network.weight_bits < 2 || network.weight_bits > 16) {
    out.push_back({"weight-bits", "network", "found " + number(network.weight_bits) + ", expected 2 to 16"});
  }
  if (network.populations.size() < 2) {
    out.push_back(
        {"populations", "network", "found " + number(network.populations.size()) + ", expected at least 2"});
  }
  std::set<std::string> names;
  bool is_input = true;
  for (const FixedPopulation& population : network.populations) {
    const std::string where = "population \"" + population.name + "\"";
    check_name(population.name, where, names, out);
    check_population(population, is_input, where, out);
    is_input = false;
  }
  if (!out.empty()) return out;

  names.clear();
  const FixedProjection* last = nullptr;
  for (const FixedProjection& projection : network.projections) {
    const std::string where = "projection \"" + projection.name + "\"";
    check_name(projection.name, where, names, out);
    check_projection(network, projection, where, out);
    if (last != nullptr && projection.target < last->target) {
      out.push_back({"order", where, "projections must be in the order of their targets"});
    }
    last = &projection;
  }
  if (!out.empty()) return out;

  check_delays(network, out);
  if (out.empty()) check_potentials(network, out);
  return out;
}

}  // namespace weft
