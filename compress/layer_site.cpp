// Out of the network and back into it. Invariant: what is put back was taken out of the same place, so only
// the step from one piece to factors changes the graph.
#include "compress/layer_site.hpp"

#include "compress/factorize.hpp"
#include "model/base/error.hpp"

namespace weft::compress {
namespace {

Projection* find(Network& network, const std::string& name) {
  for (Projection& projection : network.projections) {
    if (projection.name == name) return &projection;
  }
  return nullptr;
}

// rank 0: `left` is the layer in one piece.
void put_back(Network& network, const LayerPlan& plan, int rank, std::vector<float> left,
              std::vector<float> right, std::vector<float> sparse) {
  const LayerSite site(network, plan);
  if (rank == 0) {
    site.first->weights = std::move(left);
  } else if (site.second) {
    site.first->weights = std::move(right);
    site.second->weights = std::move(left);
    if (site.beside) site.beside->weights = std::move(sparse);
  } else {
    LowRank factors;
    factors.rank = rank;
    factors.left = std::move(left);
    factors.right = std::move(right);
    network = replace_by_factors(network, plan.projection, std::move(factors), std::move(sparse));
  }
}

}  // namespace

LayerSite::LayerSite(Network& network, const LayerPlan& plan) {
  const std::string& name = plan.projection;
  if (plan.rank != 0) {
    first = find(network, first_factor_name(name));
    second = find(network, second_factor_name(name));
  }
  (first ? beside : first) = find(network, name);
  if (!first || (first->name != name && !second))
    internal_error("layer '" + name + "' got lost in compression");
  source = &network.populations[first->source];
  target = &network.populations[(second ? second : first)->target];
}

LayerWeights LayerSite::weights() const {
  const auto rows = static_cast<Eigen::Index>(first->kind == ProjectionKind::Dense ? target->shape.size()
                                                                                   : target->shape.channels);
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

WideFactors LayerSite::wide_weights() const {
  const std::int64_t rows = target->shape.size(), columns = source->shape.size();
  if (!second) return {{rows, columns, first->weights}, {}};
  const std::int64_t rank = static_cast<std::int64_t>(second->weights.size()) / rows;
  return {{rows, rank, second->weights}, {rank, columns, first->weights}};
}

void put_back(Network& network, const LayerPlan& plan, const LayerWeights& weights) {
  if (!weights.factorized) return put_back(network, plan, 0, to_floats(weights.whole), {}, {});
  put_back(network, plan, static_cast<int>(weights.factors.right.rows()), to_floats(weights.factors.left),
           to_floats(weights.factors.right), to_floats(weights.sparse));
}

void put_back(Network& network, const LayerPlan& plan, WideFactors weights) {
  put_back(network, plan, static_cast<int>(weights.right.rows), std::move(weights.left.values),
           std::move(weights.right.values), {});
}

void add_to_bias(Population& population, const std::vector<double>& change) {
  const auto channels = static_cast<std::size_t>(population.shape.channels);
  const std::size_t positions = change.size() / channels;
  if (population.bias.empty()) population.bias.assign(channels, 0.0f);
  for (std::size_t i = 0; i < channels; ++i) {
    double sum = 0;
    for (std::size_t j = 0; j < positions; ++j) sum += change[i * positions + j];
    population.bias[i] += static_cast<float>(sum / static_cast<double>(positions));
  }
}

}  // namespace weft::compress
