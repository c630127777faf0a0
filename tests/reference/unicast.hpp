// A multicast image as one for unicast routing, made without the mapper: for each sender a message to each
// core and port that its tree reaches, along that tree.
#pragma once

#include "model/fabric/fabric.hpp"
#include "model/fabric/image.hpp"

namespace weft::test {

// `image` is valid for `fabric` but for its routing; listeners in the order in which a walk through the tree
// meets them.
Image as_unicast(const Image& image, const Fabric& fabric);

}  // namespace weft::test
