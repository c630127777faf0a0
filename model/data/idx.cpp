// LeCun's idx format: two zero bytes, a type (8: bytes), the number of dimensions, each dimension in four
// bytes, big-endian, then the data and nothing else. No size is believed before it was compared with the
// bytes there are.
#include <cstdint>
#include <string>
#include <vector>

#include "model/base/error.hpp"
#include "model/base/files.hpp"
#include "model/data/dataset.hpp"

namespace weft {
namespace {

constexpr std::uint32_t kImageMagic = 0x00000803, kLabelMagic = 0x00000801;
constexpr int kClasses = 10;
constexpr std::uint32_t kMostPixels = 1 << 24;  // of one image

std::uint32_t big_endian(const Bytes& data, std::size_t offset) {
  return std::uint32_t{data[offset]} << 24 | std::uint32_t{data[offset + 1]} << 16 |
         std::uint32_t{data[offset + 2]} << 8 | std::uint32_t{data[offset + 3]};
}

std::string hex(std::uint32_t number) {
  std::string text = "0x";
  for (int shift = 28; shift >= 0; shift -= 4) text += "0123456789abcdef"[number >> shift & 15];
  return text;
}

// The dimensions behind a magic of so many dimensions.
std::vector<std::uint32_t> read_header(const Bytes& data, const std::string& file, std::uint32_t magic) {
  if (data.size() < 4) {
    throw InputError({file}, std::to_string(data.size()) + " bytes",
                     "an idx file that begins with " + hex(magic));
  }
  const std::uint32_t found = big_endian(data, 0);
  if (found != magic) throw InputError({file}, "the magic number " + hex(found), "idx " + hex(magic));
  const std::size_t dimensions = magic & 255;
  if (data.size() < 4 + 4 * dimensions) {
    throw InputError({file}, "a header of " + std::to_string(data.size()) + " bytes",
                     std::to_string(4 + 4 * dimensions));
  }
  std::vector<std::uint32_t> sizes;
  for (std::size_t i = 0; i < dimensions; ++i) sizes.push_back(big_endian(data, 4 + 4 * i));
  return sizes;
}

// The bytes behind the header; `expected` of them must be there.
Bytes read_content(const Bytes& data, std::size_t header, std::uint64_t expected, const std::string& file) {
  const std::uint64_t found = data.size() - header;
  if (found < expected) {
    throw InputError({file}, "truncated data of " + std::to_string(found) + " bytes",
                     std::to_string(expected));
  }
  if (found > expected) {
    throw InputError({file}, std::to_string(found - expected) + " surplus bytes after the data", "the end");
  }
  return Bytes(data.begin() + static_cast<std::ptrdiff_t>(header), data.end());
}

Dataset parse(const Bytes& packed_images, const std::string& image_file, const Bytes& packed_labels,
              const std::string& label_file, const std::string& name) {
  const Bytes images = gunzip(packed_images, image_file);
  const Bytes labels = gunzip(packed_labels, label_file);
  const auto image_sizes = read_header(images, image_file, kImageMagic);
  const std::uint32_t count = image_sizes[0], height = image_sizes[1], width = image_sizes[2];
  const std::uint64_t pixels = std::uint64_t{height} * width;
  const std::string size_text = std::to_string(height) + " x " + std::to_string(width);
  if (pixels == 0 || pixels > kMostPixels) {
    throw InputError({image_file}, "images of " + size_text + " pixels",
                     "1 to " + std::to_string(kMostPixels));
  }

  Dataset dataset;
  dataset.name = name;
  dataset.shape = {1, static_cast<int>(height), static_cast<int>(width)};
  dataset.classes = kClasses;
  dataset.samples = read_content(images, 16, count * pixels, image_file);  // 32 times 24 bits: no overflow

  const std::uint32_t label_count = read_header(labels, label_file, kLabelMagic)[0];
  const Bytes classes = read_content(labels, 8, label_count, label_file);
  if (label_count != count) {
    throw InputError({label_file}, std::to_string(label_count) + " labels",
                     std::to_string(count) + ", as many as " + image_file + " has images");
  }
  for (std::size_t i = 0; i < classes.size(); ++i) {
    if (classes[i] < kClasses) continue;
    throw InputError({label_file}, "label " + std::to_string(classes[i]) + " of sample " + std::to_string(i),
                     "0 to " + std::to_string(kClasses - 1));
  }
  dataset.labels.assign(classes.begin(), classes.end());
  return dataset;
}

}  // namespace

Dataset parse_idx(const std::vector<std::uint8_t>& images, const std::vector<std::uint8_t>& labels,
                  const std::string& name) {
  return parse(images, name + " images", labels, name + " labels", name);
}

Dataset read_idx(const std::filesystem::path& images, const std::filesystem::path& labels,
                 const std::string& name) {
  return parse(read_file(images), images.string(), read_file(labels), labels.string(), name);
}

}  // namespace weft
