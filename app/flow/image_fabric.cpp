// An image names its fabric by digest alone; commands look for it beside the image, where `weft map` puts it.
#include "app/flow/image_fabric.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "model/base/error.hpp"
#include "model/fabric/presets.hpp"

namespace weft::app {

namespace fs = std::filesystem;

Fabric fabric_of_image(const std::string& image_file, const Image& image, const std::string& source) {
  const fs::path beside = fs::path(image_file).parent_path() / "fabric.yaml";
  if (source.empty() && !fs::exists(beside))
    throw Error(ErrorKind::Usage, fmt::format("give --fabric: there is no {}", beside.string()));
  const std::string found = source.empty() ? beside.string() : source;
  const Fabric fabric = load_fabric(found);
  if (digest(fabric) != image.fabric)
    throw InputError({image_file, 0, 0},
                     fmt::format("an image for the fabric with digest {}", image.fabric.hex()),
                     fmt::format("one for {}, whose digest is {}", found, digest(fabric).hex()));
  return fabric;
}

}  // namespace weft::app
