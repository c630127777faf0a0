// Layer after layer is taken out of the network as matrices, compressed, and put back, so that the next
// layer's statistics see what this one gives now. Invariant: between two layers the network is complete and
// passes validate().
#include "compress/round.hpp"

#include <algorithm>
#include <optional>

#include "compress/calibration/target.hpp"
#include "compress/density.hpp"
#include "compress/factorize.hpp"
#include "compress/granularity/granularities.hpp"
#include "compress/layer.hpp"

namespace weft::compress {
namespace {

Projection* find(Network& network, const std::string& name) {
  for (Projection& projection : network.projections) {
    if (projection.name == name) return &projection;
  }
  return nullptr;
}

// The layer of a plan in a network: in one piece, or as NAME_a and NAME_b, with NAME beside them where there
// is a sparse path.
struct Layer {
  Projection* first = nullptr;   // the layer itself or NAME_a
  Projection* second = nullptr;  // null or NAME_b
  Projection* beside = nullptr;  // null or the sparse path
  Population* target = nullptr;

  Layer(Network& network, const LayerPlan& plan) {
    const std::string& name = plan.projection;
    if (plan.rank != 0) {
      first = find(network, first_factor_name(name));
      second = find(network, second_factor_name(name));
    }
    (first ? beside : first) = find(network, name);
    if (!first || (first->name != name && !second))
      internal_error("layer '" + name + "' got lost in compression");
    target = &network.populations[(second ? second : first)->target];
  }
  LayerWeights weights() const {
    const auto rows = static_cast<Eigen::Index>(
        first->kind == ProjectionKind::Dense ? target->shape.size() : target->shape.channels);
    const auto size = [](const Projection* p) { return static_cast<Eigen::Index>(p->weights.size()); };
    LayerWeights result;
    if (second) {
      const Eigen::Index rank = size(second) / rows;
      result.factorized = true;
      result.factors = {to_matrix(second->weights, rows, rank),
                        to_matrix(first->weights, rank, size(first) / rank)};
      if (beside) result.sparse = to_matrix(beside->weights, rows, size(beside) / rows);
    } else {
      result.whole = to_matrix(first->weights, rows, size(first) / rows);
    }
    return result;
  }
};

void put_back(Network& network, const LayerPlan& plan, const LayerWeights& weights) {
  const Layer layer(network, plan);
  std::vector<float> sparse = to_floats(weights.sparse);
  if (!weights.factorized) {
    layer.first->weights = to_floats(weights.whole);
  } else if (layer.second) {
    layer.first->weights = to_floats(weights.factors.right);
    layer.second->weights = to_floats(weights.factors.left);
    if (layer.beside) layer.beside->weights = std::move(sparse);
  } else {
    LowRank factors;
    factors.rank = static_cast<int>(weights.factors.right.rows());
    factors.left = to_floats(weights.factors.left);
    factors.right = to_floats(weights.factors.right);
    network = replace_by_factors(network, plan.projection, std::move(factors), std::move(sparse));
  }
}

void add_to_bias(Population& population, const Vector& change) {
  // A dense layer into a population of more than one row or column: the bias is one per channel.
  const auto channels = static_cast<std::size_t>(population.shape.channels);
  const std::size_t positions = static_cast<std::size_t>(change.size()) / channels;
  if (population.bias.empty()) population.bias.assign(channels, 0.0f);
  for (std::size_t i = 0; i < channels; ++i) {
    double sum = 0;
    for (std::size_t j = 0; j < positions; ++j) sum += change[static_cast<Eigen::Index>(i * positions + j)];
    population.bias[i] += static_cast<float>(sum / static_cast<double>(positions));
  }
}

GroupGeometry geometry_of(const Projection& first, const LayerPlan& layer) {
  GroupGeometry geometry;
  if (first.kind == ProjectionKind::Convolution)
    geometry.input_columns = Eigen::Index{first.window.kernel_height} * first.window.kernel_width;
  if (layer.block_rows > 0) geometry.block_rows = layer.block_rows;
  if (layer.block_columns > 0) geometry.block_columns = layer.block_columns;
  return geometry;
}

PruneRule prune_rule(const Criterion& criterion, const GranularityRule& granularity,
                     const GroupGeometry& geometry) {
  if (granularity.value == Granularity::Weights) return criterion.prune;
  return [&criterion, &granularity, geometry](const Matrix& weights, const RowProblem& problem) {
    return prune_in_groups(weights, problem, criterion, granularity, geometry);
  };
}

void add_moved(const Movements& movements, const Layer& layer, const LayerWeights& now, LayerRules& rules) {
  const auto moved = [&](const Projection& projection, const Matrix& like) {
    const auto at = movements.find(projection.name);
    return at == movements.end() ? Matrix() : to_matrix(at->second, like.rows(), like.cols());
  };
  if (!now.factorized) {
    rules.moved_whole = moved(*layer.first, now.whole);
  } else {
    rules.moved_right = moved(*layer.first, now.factors.right);
    rules.moved_left = moved(*layer.second, now.factors.left);
  }
}

std::string too_small(const std::string& name, const InputStatistics& statistics) {
  return "projection '" + name + "' has " + std::to_string(statistics.mean.size()) + " inputs but only " +
         std::to_string(statistics.observations) +
         " calibration observations: their covariance is singular and the damping decides much; give more "
         "calibration samples";
}

}  // namespace

bool needs_calibration(const CompressParams& params) {
  const bool pruning = find_criterion(params.criterion).calibrated;
  const bool factorizing = find_factorization(params.factorization).calibrated;
  return std::any_of(params.layers.begin(), params.layers.end(), [&](const LayerPlan& layer) {
    return (pruning && (layer.density < 1 || params.shared_density > 0)) ||
           (factorizing && layer.rank != 0) || layer.rank == kAutoRank;
  });
}

RoundResult compress_round(const Network& network, const std::vector<LayerPlan>& plan,
                           const Dataset* calibration, const RoundParams& params, WorkerPool& pool) {
  RoundResult result{network, plan, {}};
  Network reference = network;
  const Criterion& criterion = find_criterion(params.criterion);
  std::vector<std::string> order;  // front to back, whatever the plan's
  for (const Projection& projection : network.projections) {
    for (const LayerPlan& layer : plan) {
      const bool here = projection.name == layer.projection ||
                        (layer.rank != 0 && projection.name == first_factor_name(layer.projection));
      if (here && std::find(order.begin(), order.end(), layer.projection) == order.end())
        order.push_back(layer.projection);
    }
  }
  for (const std::string& name : order) {
    LayerPlan& layer = *std::find_if(result.plan.begin(), result.plan.end(),
                                     [&](const LayerPlan& item) { return item.projection == name; });
    const LayerWeights now = Layer(result.network, layer).weights();
    const Matrix dense = Layer(reference, layer).weights().effective();
    const GranularityRule& granularity = find_granularity(layer.granularity);
    LayerRules rules{
        criterion,
        prune_rule(criterion, granularity, geometry_of(*Layer(result.network, layer).first, layer)),
        find_factorization(params.factorization),
        pool,
        {},
        {},
        {}};
    if (params.movements) add_moved(*params.movements, Layer(result.network, layer), now, rules);
    LayerStep step{layer.rank, layer.density, params.damping, layer.sparse};
    std::optional<InputStatistics> statistics;
    if (calibration) {
      const Projection& source = *Layer(result.network, layer).first;
      const bool choosing = step.rank == kAutoRank || step.damping <= 0;
      const std::int64_t fit_samples =
          choosing ? calibration->size() - calibration->size() / 4 : calibration->size();
      statistics =
          input_statistics(result.network, reference, source, slice(*calibration, 0, fit_samples), pool);
      if (statistics->observations < statistics->mean.size())
        result.notes.push_back(too_small(name, *statistics));
      if (choosing) {
        const Dataset rest = slice(*calibration, fit_samples, calibration->size());
        const InputStatistics held_out =
            rest.size() > 0 ? input_statistics(result.network, reference, source, rest, pool) : *statistics;
        step = choose_step(now, dense, *statistics, held_out, step, rules);
      }
      layer.rank = step.rank;
      layer.density = step.density;
    }
    if (!granularity.at_once) step.density = ramp_density(step.density, params.round, params.rounds);
    const LayerWeights after = compress_layer(now, dense, statistics ? &*statistics : nullptr, step, rules);
    put_back(result.network, layer, after);
    if (statistics)
      add_to_bias(*Layer(result.network, layer).target, bias_change(after.effective(), dense, *statistics));
  }
  return result;
}

}  // namespace weft::compress
