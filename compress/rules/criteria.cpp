// The table from criterion to function. Invariant: one line per value of PruneCriterion, in their order.
#include "compress/rules/criteria.hpp"

#include "model/base/error.hpp"

namespace weft::compress {

const std::vector<Criterion>& criteria() {
  static const std::vector<Criterion> table = {
      {PruneCriterion::Magnitude, "magnitude", false, false, prune_by_magnitude, score_by_magnitude},
      {PruneCriterion::Activation, "activation", true, false, prune_by_activation, score_by_activation},
      {PruneCriterion::ObsOneShot, "obs", true, true, prune_by_obs, score_by_obs},
      {PruneCriterion::Movement, "movement", false, false, prune_by_movement, score_by_movement, true},
  };
  return table;
}

const Criterion& find_criterion(PruneCriterion value) {
  for (const Criterion& criterion : criteria()) {
    if (criterion.value == value) return criterion;
  }
  internal_error("a pruning criterion without a rule");
}

std::vector<std::string> criterion_names() {
  std::vector<std::string> names;
  for (const Criterion& criterion : criteria()) names.push_back(criterion.name);
  return names;
}

}  // namespace weft::compress
