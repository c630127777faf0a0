// The fewest cores that a small network's neurons can stand in, by search.
#pragma once

#include <cstdint>
#include <optional>

#include "mapping/graph/lines.hpp"

namespace weft::mapping {

// Of all packings of whole neurons (nothing is split) into cores of so many axons and neurons. At most 64
// lines; each neuron fits into a core. None where the search would take more than `most_visits` visits.
std::optional<int> fewest_cores(const Lines& lines, NodeId first_neuron, int axons, int neurons,
                                std::int64_t most_visits = 2'000'000);

}  // namespace weft::mapping
