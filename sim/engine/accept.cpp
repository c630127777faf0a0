// Refusals before a run. Invariant: what passes here can be compiled and run on this fabric.
#include "sim/engine/accept.hpp"

#include <string>

#include "model/base/error.hpp"

namespace weft::sim {

void require_usable(const Fabric& fabric, const Image& image) {
  const Digest expected = digest(fabric);
  if (image.fabric != expected) {
    throw InputError({"image", 0, 0}, "made for a fabric with digest " + image.fabric.hex(),
                     "this fabric's, " + expected.hex() + " (" + fabric.name + ")");
  }
  const auto violations = validate(image, fabric);
  if (!violations.empty())
    throw InputError({"image", 0, 0}, "not valid on this fabric:\n" + describe(violations));
}

void require_usable(const RunParams& params) {
  if (!(params.stall_share >= 0 && params.stall_share < 1)) {
    throw InputError({"stall share", 0, 0}, std::to_string(params.stall_share), "at least 0 and less than 1");
  }
}

}  // namespace weft::sim
