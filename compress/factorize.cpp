// The truncated singular value decomposition with the root of each value in either factor, and the graph
// around two factors.
//
// Invariant of factorize: populations and projections keep their order rules, since the middle takes the
// place right before the target and the first factor the place of the first projection into the target.
#include "compress/factorize.hpp"

#include <algorithm>
#include <cmath>

#include "compress/calibration/svd.hpp"

namespace weft::compress {

namespace {

const Projection& projection_named(const Network& network, const std::string& name) {
  for (const Projection& projection : network.projections) {
    if (projection.name == name) return projection;
  }
  internal_error("no projection '" + name + "' to factorize");
}

}  // namespace

LowRank truncated_svd(const std::vector<float>& weights, int rows, int columns, int rank) {
  if (rank < 1 || rank > std::min(rows, columns) ||
      weights.size() != static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns)) {
    internal_error("truncated_svd of a matrix and a rank that do not fit");
  }
  OrthonormalFactors factors = truncate(to_matrix(weights, rows, columns), rank);
  for (int k = 0; k < rank; ++k) {
    const double root = std::sqrt(factors.singular_values[static_cast<std::size_t>(k)]);
    if (root == 0) continue;
    factors.left.col(k) *= root;
    factors.right.row(k) /= root;
  }
  return {rank, to_floats(factors.left), to_floats(factors.right), std::move(factors.singular_values)};
}

std::string first_factor_name(const std::string& projection) {
  return projection + "_a";
}
std::string second_factor_name(const std::string& projection) {
  return projection + "_b";
}
std::string middle_name(const std::string& projection) {
  return projection + "_mid";
}

Network factorize(const Network& network, const FactorizeParams& params) {
  const Projection& whole = projection_named(network, params.projection);
  if (whole.kind != ProjectionKind::Dense) internal_error("'" + whole.name + "' is not dense");
  return replace_by_factors(network, params.projection,
                            truncated_svd(whole.weights, network.populations[whole.target].shape.size(),
                                          network.populations[whole.source].shape.size(), params.rank));
}

Network replace_by_factors(const Network& network, const std::string& name, LowRank factors,
                           std::vector<float> sparse) {
  const Projection& whole = projection_named(network, name);

  const bool convolution = whole.kind == ProjectionKind::Convolution;
  const PopulationId middle = whole.target;  // the target and all after it move up by one
  const auto moved = [&](PopulationId id) { return id < middle ? id : PopulationId(id.value() + 1); };

  Network result;
  result.name = network.name;
  result.input_scale = network.input_scale;
  result.input_offset = network.input_offset;
  for (const Population& population : network.populations) {
    if (result.populations.size() == middle.index()) {
      Population linear;
      linear.name = middle_name(whole.name);
      linear.shape = population.shape;  // a convolution's positions
      linear.shape.channels = factors.rank;
      if (!convolution) linear.shape = Shape{factors.rank, 1, 1};
      result.populations.push_back(std::move(linear));
    }
    result.populations.push_back(population);
  }
  bool first_factor_placed = false;
  for (const Projection& projection : network.projections) {
    if (projection.target == whole.target && !first_factor_placed) {
      Projection first;
      first.name = first_factor_name(whole.name);
      first.source = whole.source;
      first.target = middle;
      first.weights = std::move(factors.right);
      first.kind = whole.kind;
      first.window = whole.window;
      result.projections.push_back(std::move(first));
      first_factor_placed = true;
    }
    if (projection.name == whole.name && !sparse.empty()) {
      Projection beside = projection;
      beside.source = moved(projection.source);
      beside.target = moved(projection.target);
      beside.weights = std::move(sparse);
      result.projections.push_back(std::move(beside));
    }
    Projection copy = projection;
    copy.source = moved(projection.source);
    copy.target = moved(projection.target);
    if (projection.name == whole.name) {
      copy.name = second_factor_name(whole.name);
      copy.source = middle;
      copy.weights = std::move(factors.left);
      copy.window = Window{};  // of 1 x 1
    }
    result.projections.push_back(std::move(copy));
  }
  return result;
}

}  // namespace weft::compress
