// The fewest cores that neurons can stand in, proved by integer programming; for small cases.
#pragma once

#include <cstdint>

#include "mapping/pack/pack.hpp"

namespace weft::mapping {

// Whether this build can (CBC, package coinor-libcbc-dev, was there when it was configured).
bool has_exact_packing();

struct ExactParams {
  std::int64_t most_columns = 4000;  // (neurons + lines) * cores that are tried at all
  int most_nodes = 20000;            // of CBC's search for each number of cores
};

struct ExactPacking {
  Clusters clusters;     // the start, or a packing with fewer cores
  bool optimal = false;  // no packing of these neurons has fewer cores
};

// Asks again and again for a packing with one core less, until there is none or the search is too long. Where
// has_exact_packing() is false, the case is too large, or cores are memories, the start comes back unproved,
// unless it has as few cores as `bound`.
ExactPacking pack_exactly(const Clusters& start, const Lines& lines, const CoreLimits& limits,
                          NodeId first_neuron, std::int64_t bound, const ExactParams& params = {});

}  // namespace weft::mapping
