// Bounds on cores, for people.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "mapping/bounds/bounds.hpp"
#include "model/report/report.hpp"

namespace weft::mapping {

// Each with what it follows from and what it holds for. `packed`: packing_bound() of the neurons and partial
// sums. `exact`: cores of a packing that an exact search proved optimal.
std::vector<CoreBoundReport> list_bounds(const Bounds& bounds, std::int64_t packed,
                                         const std::optional<std::int64_t>& exact);

}  // namespace weft::mapping
