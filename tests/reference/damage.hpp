// Random damage to images.
#pragma once

#include "model/base/random.hpp"
#include "model/fabric/image.hpp"

namespace weft::test {

// One random edit of one number or list of the image's tables or bindings: near, far or extreme. May change
// nothing.
void damage(Image& image, Random& random);

}  // namespace weft::test
