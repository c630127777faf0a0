// Factorization of a projection into two with a linear population between them.
#pragma once

#include <string>
#include <vector>

#include "model/network/network.hpp"

namespace weft::compress {

// W (rows x columns) ~ left (rows x rank) * right (rank x columns), all row-major.
struct LowRank {
  int rank = 0;
  std::vector<float> left;
  std::vector<float> right;
  std::vector<double> singular_values;  // all min(rows, columns) of them, descending
};

// The best approximation of that rank in the Frobenius norm (Eckart and Young, 1936): the truncated singular
// value decomposition, the root of each singular value in either factor. `weights` holds rows * columns
// finite numbers and rank is 1 to min(rows, columns), else an Internal error.
LowRank truncated_svd(const std::vector<float>& weights, int rows, int columns, int rank);

struct FactorizeParams {
  std::string projection;  // Dense
  int rank = 1;
};

// The names that a factorized projection's parts get.
std::string first_factor_name(const std::string& projection);   // "NAME_a": source -> NAME_mid
std::string second_factor_name(const std::string& projection);  // "NAME_b": NAME_mid -> target
std::string middle_name(const std::string& projection);         // "NAME_mid"

// Replaces the projection by its two factors. The middle population is Linear, without bias, and comes right
// before the target, which keeps its activation and bias; all other projections stay as they are.
Network factorize(const Network& network, const FactorizeParams& params);
// The same with given factors (left: target x rank, right: rank x source; of a convolution left: channels x
// rank, a convolution of 1 x 1, right: rank x the window's weights). Where `sparse` is not empty the
// projection stays beside them with these weights.
Network replace_by_factors(const Network& network, const std::string& projection, LowRank factors,
                           std::vector<float> sparse = {});

}  // namespace weft::compress
