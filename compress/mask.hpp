// Which weights may be there at all, from outside.
#pragma once

#include <string>

#include "model/base/npz.hpp"
#include "model/network/network.hpp"

namespace weft::compress {

// `network` with every weight zero whose item in the mask is zero: what is zero stays zero in compression and
// retraining. The archive holds an array per layer, under the projection's name, of the shape of its weights
// ((out, in), or (out, in / groups, height, width)) and of numbers that are 0 or 1, of any of the types of
// .npy; layers that it does not name stay free. Throws InputError naming `file`, the array, what was found
// and what was expected: no such layer, another shape, other numbers, no array at all.
Network apply_mask(const Network& network, const NpzArchive& mask, const std::string& file);

}  // namespace weft::compress
