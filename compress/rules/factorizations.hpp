// The factorizations. A new one is a file beside these with a function of this form, a value of
// Factorization, and its line in factorizations.cpp.
#pragma once

#include "compress/calibration/svd.hpp"
#include "compress/compress.hpp"

namespace weft::compress {

// metric is empty for a rule that is not calibrated.
using FactorizeRule = OrthonormalFactors (*)(const Matrix& weights, const Matrix& metric, int rank);

struct FactorizationRule {
  Factorization value;
  const char* name;
  bool calibrated;
  FactorizeRule factorize;
};

const std::vector<FactorizationRule>& factorizations();
const FactorizationRule& find_factorization(Factorization value);

}  // namespace weft::compress
