// All refusals of a plan in one place, before any work is done. Invariant: a plan that passes can be carried
// out on the network without another error but those of training.
#include "compress/plan.hpp"

#include <algorithm>
#include <cmath>

#include "compress/factorize.hpp"
#include "compress/granularity/granularities.hpp"
#include "compress/round.hpp"
#include "model/base/nearest.hpp"

namespace weft::compress {
namespace {

[[noreturn]] void refuse(const std::string& message) {
  throw InputError(SourcePosition{}, "compression plan: " + message);
}

[[noreturn]] void refuse(const std::string& where, const std::string& found, const std::string& expected) {
  refuse(where + ": found " + found + ", expected " + expected);
}

const Projection& find(const Network& network, const std::string& name) {
  std::vector<std::string> names;
  for (const Projection& projection : network.projections) {
    if (projection.name == name) return projection;
    names.push_back(projection.name);
  }
  refuse("no projection '" + name + "' in network '" + network.name + "'" + did_you_mean(name, names));
}

void check_names(const Network& network, const LayerPlan& layer) {
  for (const Projection& projection : network.projections) {
    if (projection.name == first_factor_name(layer.projection) ||
        projection.name == second_factor_name(layer.projection)) {
      refuse("projection '" + layer.projection + "' cannot be factorized: the name '" + projection.name +
             "' is taken");
    }
  }
  for (const Population& population : network.populations) {
    if (population.name == middle_name(layer.projection)) {
      refuse("projection '" + layer.projection + "' cannot be factorized: the name '" + population.name +
             "' is taken");
    }
  }
}

void check_granularity(const Projection& projection, const LayerPlan& layer, const std::string& where) {
  const GranularityRule& rule = find_granularity(layer.granularity);
  const std::string name = std::string("granularity ") + rule.name;
  const bool has_block = layer.block_rows != 0 || layer.block_columns != 0;
  if (rule.needs_block && (layer.block_rows < 1 || layer.block_columns < 1)) {
    refuse(where,
           name + " with blocks of " + std::to_string(layer.block_rows) + " neurons by " +
               std::to_string(layer.block_columns) + " inputs",
           "1 or more of each");
  }
  if (!rule.needs_block && has_block) refuse(where, "a block size beside " + name, "none: it has no blocks");
  const bool any_form = layer.granularity == Granularity::Weights ||
                        layer.granularity == Granularity::Inputs || layer.granularity == Granularity::Neurons;
  if (projection.kind == ProjectionKind::Convolution && !any_form)
    refuse(where, name + " on a convolution", "weights, inputs or neurons");
  if (projection.kind == ProjectionKind::Convolution && layer.rank != 0 &&
      layer.granularity != Granularity::Weights)
    refuse(where, name + " on a convolution in two", "weights, or rank 0");
  if (projection.groups != 1 && layer.granularity == Granularity::Inputs) {
    refuse(where, name + " on a convolution of " + std::to_string(projection.groups) + " groups",
           "weights or neurons");
  }
}

void check_sparse(const Projection& projection, const LayerPlan& layer, const std::string& where) {
  if (layer.sparse == 0) return;
  if (!(layer.sparse > 0 && layer.sparse < 1))
    refuse(where, "a sparse path of " + std::to_string(layer.sparse), "0 to less than 1");
  if (layer.rank < 1) refuse(where, "a sparse path without a rank", "a rank of 1 or more beside it");
  if (layer.granularity != Granularity::Weights)
    refuse(where, "a sparse path beside pruning in groups", "granularity weights");
  if (projection.kind != ProjectionKind::Dense)
    refuse(where, "a sparse path beside a convolution", "dense projections alone have one");
}

void check_algebra(const Network& network, const LayerPlan& layer, const CompressParams& params) {
  if (layer.algebra != Algebra::Samples) return;
  const char* const other =
      refusal_of_samples(layer, find(network, layer.projection), find_criterion(params.criterion));
  if (other)
    refuse("projection '" + layer.projection + "'", std::string("algebra samples for ") + other,
           "a dense layer, single weights, criterion obs");
}

void check_layer(const Network& network, const LayerPlan& layer) {
  const Projection& projection = find(network, layer.projection);
  const std::string where = "projection '" + layer.projection + "'";
  if (projection.kind != ProjectionKind::Dense && projection.kind != ProjectionKind::Convolution) {
    refuse(where, std::string(to_string(projection.kind)) + ", which has no weights",
           "a dense projection or a convolution");
  }
  if (!(layer.density > 0 && layer.density <= 1)) {
    refuse(where, "density " + std::to_string(layer.density), "more than 0 and at most 1");
  }
  check_granularity(projection, layer, where);
  check_sparse(projection, layer, where);
  if (layer.rank == 0) return;
  const std::string rank = layer.rank == kAutoRank ? "automatic rank" : "rank " + std::to_string(layer.rank);
  const bool convolution = projection.kind == ProjectionKind::Convolution;
  if (projection.groups != 1)
    refuse(where, rank + " on a convolution of " + std::to_string(projection.groups) + " groups", "rank 0");
  const Shape& target = network.populations[projection.target].shape;
  const int rows = convolution ? target.channels : target.size();
  const int columns = rows > 0 ? static_cast<int>(projection.weights.size()) / rows : 0;
  const int limit = std::min(rows, columns);
  if (layer.rank != kAutoRank && (layer.rank < 0 || layer.rank > limit)) {
    refuse(where, rank, "1 to " + std::to_string(limit) + ", or 0 for no factorization");
  }
  check_names(network, layer);
}

void check_calibration(const Network& network, const CompressParams& params) {
  if (params.calibration_samples < 0)
    refuse("calibration_samples", std::to_string(params.calibration_samples), "0 or more");
  if (!(params.damping >= 0 && std::isfinite(params.damping)))
    refuse("damping", std::to_string(params.damping), "0 or more");
  if (!needs_calibration(params)) return;
  for (const LayerPlan& layer : params.layers) {
    const int groups = find(network, layer.projection).groups;
    if (groups != 1)
      refuse("projection '" + layer.projection + "'",
             "a convolution of " + std::to_string(groups) + " groups",
             "one group: only pruning by magnitude takes more");
  }
}

void check_finite(const Network& network) {
  for (const Projection& projection : network.projections) {
    for (std::size_t i = 0; i < projection.weights.size(); ++i) {
      if (std::isfinite(projection.weights[i])) continue;
      throw InputError(SourcePosition{},
                       "network '" + network.name + "': projection '" + projection.name + "': found weight " +
                           std::to_string(i) + " that is " +
                           (std::isnan(projection.weights[i]) ? "not a number" : "infinite") +
                           ", expected finite weights");
    }
  }
}

void check_shared_density(const CompressParams& params) {
  const double share = params.shared_density;
  if (share == 0) return;
  if (!(share > 0 && share <= 1))
    refuse("shared density", std::to_string(share), "more than 0 and at most 1");
  if (params.layers.empty()) refuse("shared density", "no layers", "those that share it");
  for (const LayerPlan& layer : params.layers) {
    if (layer.rank != 0 || layer.density != 1 || layer.granularity != Granularity::Weights)
      refuse("projection '" + layer.projection + "'",
             "a rank, a density or a granularity beside a shared density", "its name alone");
  }
}

}  // namespace

std::vector<std::string> algebra_names() {
  return {"auto", "covariance", "samples"};
}

void check_plan(const Network& network, const CompressParams& params) {
  for (std::size_t i = 0; i < params.layers.size(); ++i) {
    check_layer(network, params.layers[i]);
    check_algebra(network, params.layers[i], params);
    for (std::size_t j = 0; j < i; ++j) {
      if (params.layers[j].projection == params.layers[i].projection) {
        refuse("projection '" + params.layers[i].projection + "' is named twice");
      }
    }
  }
  check_shared_density(params);
  check_calibration(network, params);
  if (params.prune_rounds < 1) {
    refuse("prune_rounds", std::to_string(params.prune_rounds), "1 or more");
  }
  if (params.retrain.epochs < 0)
    refuse("epochs of a round", std::to_string(params.retrain.epochs), "0 or more");
  if (params.final_epochs < 0) refuse("final_epochs", std::to_string(params.final_epochs), "0 or more");
  check_finite(network);
}

}  // namespace weft::compress
