// A build without CBC proves nothing by search.
#include "mapping/pack/exact.hpp"

namespace weft::mapping {

bool has_exact_packing() {
  return false;
}

ExactPacking pack_exactly(const Clusters& start, const Lines&, const CoreLimits&, NodeId, std::int64_t bound,
                          const ExactParams&) {
  return {start, static_cast<std::int64_t>(start.cores) <= bound};
}

}  // namespace weft::mapping
