// The words for enum values on the command line and in YAML. A list is in the order of the enum's values.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "app/flow/budget_search.hpp"
#include "app/flow/flow_config.hpp"

namespace weft::app {

inline const std::vector<std::string>& names_of(Optimizer) {
  static const std::vector<std::string> names = {"sgd", "adam"};
  return names;
}
inline const std::vector<std::string>& names_of(Schedule) {
  static const std::vector<std::string> names = {"constant", "cosine", "step"};
  return names;
}
inline const std::vector<std::string>& names_of(Activation) {
  static const std::vector<std::string> names = {"linear", "relu", "sigmoid", "tanh"};
  return names;
}
inline const std::vector<std::string>& names_of(NetworkKind) {
  static const std::vector<std::string> names = {"mlp", "lenet5"};
  return names;
}

inline const std::vector<std::string>& names_of(compress::PruneCriterion) {
  static const std::vector<std::string> names = compress::criterion_names();
  return names;
}
inline const std::vector<std::string>& names_of(compress::Factorization) {
  static const std::vector<std::string> names = compress::factorization_names();
  return names;
}

inline const std::vector<std::string>& names_of(compress::Granularity) {
  static const std::vector<std::string> names = compress::granularity_names();
  return names;
}

inline const std::vector<std::string>& names_of(compress::Algebra) {
  static const std::vector<std::string> names = compress::algebra_names();
  return names;
}

inline const std::vector<std::string>& names_of(compress::SearchSeries) {
  static const std::vector<std::string> names = compress::series_names();
  return names;
}
inline const std::vector<std::string>& names_of(TrafficSource) {
  static const std::vector<std::string> names = {"data", "uniform"};
  return names;
}
inline const std::vector<std::string>& names_of(CostKind) {
  static const std::vector<std::string> names = {"synapses", "neurons", "axons", "cores"};
  return names;
}

template <class Enum>
const std::string& name_of(Enum value) {
  return names_of(value)[static_cast<std::size_t>(value)];
}

// `name` must be one of names_of(Enum()).
template <class Enum>
Enum value_of(const std::string& name) {
  const auto& names = names_of(Enum());
  return static_cast<Enum>(std::find(names.begin(), names.end(), name) - names.begin());
}

}  // namespace weft::app
