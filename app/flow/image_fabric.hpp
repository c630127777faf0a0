// The fabric that an image was made for.
#pragma once

#include <string>

#include "model/fabric/fabric.hpp"
#include "model/fabric/image.hpp"

namespace weft::app {

// `source`: a preset's name or a file; empty: fabric.yaml beside the image. Throws a Usage error where there
// is none, InputError where it is another fabric than the image's.
Fabric fabric_of_image(const std::string& image_file, const Image& image, const std::string& source);

}  // namespace weft::app
