// The table from factorization to function. Invariant: one line per value of Factorization, in their order.
#include "compress/rules/factorizations.hpp"

#include "model/base/error.hpp"

namespace weft::compress {
namespace {

OrthonormalFactors plain(const Matrix& weights, const Matrix&, int rank) {
  return truncate(weights, rank);
}

}  // namespace

const std::vector<FactorizationRule>& factorizations() {
  static const std::vector<FactorizationRule> table = {
      {Factorization::Svd, "svd", false, plain},
      {Factorization::DataAwareSvd, "data-aware-svd", true, truncate_whitened},
  };
  return table;
}

const FactorizationRule& find_factorization(Factorization value) {
  for (const FactorizationRule& rule : factorizations()) {
    if (rule.value == value) return rule;
  }
  internal_error("a factorization without a rule");
}

std::vector<std::string> factorization_names() {
  std::vector<std::string> names;
  for (const FactorizationRule& rule : factorizations()) names.push_back(rule.name);
  return names;
}

}  // namespace weft::compress
