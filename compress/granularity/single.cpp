// Single weights: the finest granularity, every weight a group of its own.
#include "compress/granularity/granularities.hpp"

namespace weft::compress {

Support choose_weights(const Matrix& scores, const GroupGeometry&, std::int64_t kept) {
  return largest(scores, kept);
}

}  // namespace weft::compress
