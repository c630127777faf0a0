// What decides a search's measurements.
#pragma once

#include <string>

#include "app/flow/budget_search.hpp"

namespace weft::app {

// Equal for two searches whose equal points measure the same, different for others: one line.
std::string search_identity(const Network& network, const Dataset& fit, const Dataset& validation,
                            const compress::CompressParams& params, const BudgetConfig& budget);

}  // namespace weft::app
