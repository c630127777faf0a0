// What can be asked of a network in integers: its synapses, its depth, its digest. The fan-in of one neuron
// is the base of everything.
#include "model/network/fixed_network.hpp"

#include <algorithm>
#include <limits>

#include "model/network/convolution_taps.hpp"
#include "model/network/neurons/neuron_truenorth.hpp"

namespace weft {
namespace {

void sparse_fan_in(const FixedProjection& projection, std::uint32_t target, std::vector<FanIn>& out) {
  const auto first = std::lower_bound(projection.synapses.begin(), projection.synapses.end(), target,
                                      [](const SparseSynapse& s, std::uint32_t t) { return s.target < t; });
  for (auto synapse = first; synapse != projection.synapses.end() && synapse->target == target; ++synapse) {
    const std::int16_t weight =
        projection.weights[static_cast<std::size_t>(synapse - projection.synapses.begin())];
    if (weight != 0) out.push_back({synapse->source, weight});
  }
}

}  // namespace

void fan_in(const FixedNetwork& network, const FixedProjection& projection, std::uint32_t target,
            std::vector<FanIn>& out) {
  out.clear();
  switch (projection.kind) {
    case FixedProjectionKind::Dense: {
      const auto sources = static_cast<std::size_t>(network.populations[projection.source].shape.size());
      const std::int16_t* row = projection.weights.data() + target * sources;
      for (std::size_t source = 0; source < sources; ++source) {
        if (row[source] != 0) out.push_back({static_cast<std::uint32_t>(source), row[source]});
      }
      return;
    }
    case FixedProjectionKind::Convolution:
      for_each_tap(network.populations[projection.source].shape, network.populations[projection.target].shape,
                   projection.window, projection.groups, target,
                   [&](std::uint32_t source, std::size_t weight) {
                     if (projection.weights[weight] != 0) out.push_back({source, projection.weights[weight]});
                   });
      return;
    case FixedProjectionKind::Sparse:
      return sparse_fan_in(projection, target, out);
  }
}

std::vector<int> arrival_steps(const FixedNetwork& network) {
  std::vector<int> arrival(network.populations.size(), 0);
  for (const FixedProjection& projection : network.projections) {
    arrival[projection.target.index()] = arrival[projection.source.index()] + projection.delay;
  }
  return arrival;
}

int depth_steps(const FixedNetwork& network) {
  return arrival_steps(network).back();
}

std::int64_t count_synapses(const FixedNetwork& network) {
  std::int64_t count = 0;
  std::vector<FanIn> synapses;
  for (const FixedProjection& projection : network.projections) {
    if (projection.kind != FixedProjectionKind::Convolution) {
      const auto& weights = projection.weights;
      count += static_cast<std::int64_t>(weights.size()) - std::count(weights.begin(), weights.end(), 0);
      continue;
    }
    const auto targets = static_cast<std::uint32_t>(network.populations[projection.target].shape.size());
    for (std::uint32_t target = 0; target < targets; ++target) {
      fan_in(network, projection, target, synapses);
      count += static_cast<std::int64_t>(synapses.size());
    }
  }
  return count;
}

std::int64_t count_neurons(const FixedNetwork& network) {
  std::int64_t count = 0;
  for (std::size_t p = 1; p < network.populations.size(); ++p) {
    count += network.populations[PopulationId(static_cast<std::uint32_t>(p))].shape.size();
  }
  return count;
}

Digest digest(const FixedNetwork& network) {
  const auto number = [](auto value) { return static_cast<std::int64_t>(value); };
  DigestBuilder builder;
  builder.add(std::string_view("weft-fixed-network")).add(std::string_view(network.name));
  builder.add(number(network.weight_bits)).add(network.source);
  builder.add(number(network.populations.size()));
  for (const FixedPopulation& population : network.populations) {
    builder.add(std::string_view(population.name));
    builder.add(number(population.shape.channels));
    builder.add(number(population.shape.height));
    builder.add(number(population.shape.width));
    builder.add(number(population.model));
    builder.add(number(population.format.bits)).add(number(population.format.is_signed));
    builder.add(number(population.fraction_bits));
    builder.add_array(population.bias).add_array(population.shift).add_array(population.table);
    if (!is_spiking(population.model)) continue;
    const SpikeRule& rule = population.spike;
    builder.add(number(rule.threshold)).add(number(rule.reset)).add(number(rule.leak_kind));
    builder.add(number(rule.leak)).add(number(rule.current_decay)).add(number(rule.refractory));
    if (population.model != NeuronModel::TrueNorth) continue;
    const TrueNorthRule& more = rule.truenorth;
    builder.add(number(more.negative_threshold)).add(number(more.reset_potential));
    builder.add(number(more.holds_below)).add(number(more.leak_follows_sign));
  }
  builder.add(number(network.projections.size()));
  for (const FixedProjection& projection : network.projections) {
    const Window& window = projection.window;
    builder.add(std::string_view(projection.name));
    builder.add(number(projection.source.value())).add(number(projection.target.value()));
    builder.add(number(projection.kind));
    for (const int size :
         {window.kernel_height, window.kernel_width, window.stride_height, window.stride_width,
          window.pad_height, window.pad_width, projection.groups, projection.delay}) {
      builder.add(number(size));
    }
    builder.add(number(projection.synapses.size()));
    for (const SparseSynapse& synapse : projection.synapses) {
      builder.add(number(synapse.source)).add(number(synapse.target));
    }
    builder.add_array(projection.weights);
  }
  return builder.finish();
}

const char* to_string(NeuronModel model) {
  switch (model) {
    case NeuronModel::Linear:
      return "linear";
    case NeuronModel::Relu:
      return "relu";
    case NeuronModel::Table:
      return "table";
    case NeuronModel::If:
      return "if";
    case NeuronModel::Lif:
      return "lif";
    case NeuronModel::CurrentLif:
      return "current_lif";
    case NeuronModel::TrueNorth:
      return "truenorth";
  }
  return "unknown";
}

const char* to_string(SpikeReset reset) {
  switch (reset) {
    case SpikeReset::Zero:
      return "zero";
    case SpikeReset::Subtract:
      return "subtract";
    case SpikeReset::None:
      return "none";
  }
  return "unknown";
}

const char* to_string(SpikeLeak leak) {
  return leak == SpikeLeak::Subtract ? "subtract" : leak == SpikeLeak::Fraction ? "fraction" : "unknown";
}

namespace {

std::string outside(const char* what, std::int32_t found, std::int32_t low, std::int32_t high) {
  return std::string("a ") + what + " of " + std::to_string(found) + ", expected " + std::to_string(low) +
         " to " + std::to_string(high);
}

std::string find_truenorth_fault(NeuronModel model, const SpikeRule& rule) {
  const TrueNorthRule& more = rule.truenorth;
  if (model != NeuronModel::TrueNorth) {
    return more == TrueNorthRule() ? "" : "parameters that only TrueNorth's neuron has";
  }
  if (rule.threshold > kTrueNorthThreshold)
    return outside("threshold", rule.threshold, 1, kTrueNorthThreshold);
  if (more.negative_threshold < 0 || more.negative_threshold > kTrueNorthThreshold) {
    return outside("negative threshold", more.negative_threshold, 0, kTrueNorthThreshold);
  }
  if (more.reset_potential < kTrueNorthLowest || more.reset_potential > kTrueNorthHighest) {
    return outside("reset potential", more.reset_potential, kTrueNorthLowest, kTrueNorthHighest);
  }
  if (rule.refractory != 0) return outside("refractory period", rule.refractory, 0, 0);
  return "";
}

}  // namespace

std::string find_fault(NeuronModel model, std::int32_t bias, int shift) {
  if (model != NeuronModel::TrueNorth) return "";
  if (shift != 0) return outside("shift", shift, 0, 0);
  if (bias < -kTrueNorthLeak - 1 || bias > kTrueNorthLeak) {
    return outside("leak (the neuron's bias)", bias, -kTrueNorthLeak - 1, kTrueNorthLeak);
  }
  return "";
}

std::string find_fault(NeuronModel model, const SpikeRule& rule) {
  constexpr std::int32_t kMost = std::numeric_limits<std::int32_t>::max();
  constexpr std::int32_t kMostSteps = 65535;
  const bool fraction = rule.leak_kind == SpikeLeak::Fraction;
  const std::int32_t most_leak = model == NeuronModel::If || model == NeuronModel::TrueNorth ? 0
                                 : fraction                                                  ? kWholeFraction
                                                                                             : kMost;
  const std::int32_t most_decay = model == NeuronModel::CurrentLif ? kWholeFraction : 0;
  if (rule.threshold < 1) return outside("threshold", rule.threshold, 1, kMost);
  if (rule.reset > SpikeReset::None) return "no such reset";
  if (rule.leak_kind > SpikeLeak::Fraction) return "no such kind of leak";
  if (model == NeuronModel::CurrentLif && !fraction) return "a leak that is not a fraction";
  if (rule.leak < 0 || rule.leak > most_leak) return outside("leak", rule.leak, 0, most_leak);
  if (rule.current_decay < 0 || rule.current_decay > most_decay) {
    return outside("current decay", rule.current_decay, 0, most_decay);
  }
  if (rule.refractory < 0 || rule.refractory > kMostSteps) {
    return outside("refractory period", rule.refractory, 0, kMostSteps);
  }
  return find_truenorth_fault(model, rule);
}

}  // namespace weft
