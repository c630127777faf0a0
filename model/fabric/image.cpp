// What an image uses of a fabric, and its file. Digest and file cover the same arrays (image_flat.hpp).
#include "model/fabric/image.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "model/base/json_reader.hpp"
#include "model/fabric/image_flat.hpp"

namespace weft {
namespace {

constexpr const char* kFormat = "weft-image";
constexpr int kOldest = 1, kNewest = 8;  // versions of the file
constexpr Direction kMeshDirections[] = {Direction::North, Direction::East, Direction::South,
                                         Direction::West};

// That of the newest optional array.
int version_of(const FlatImage& flat) {
  int version = kOldest;
  FlatImage::for_each_optional(flat, [&](const char*, const auto& array, int since) {
    if (!array.empty()) version = since;
  });
  return version;
}

}  // namespace

Digest digest(const Image& image) {
  const auto number = [](auto value) { return static_cast<std::int64_t>(value); };
  DigestBuilder builder;
  builder.add(std::string_view(kFormat))
      .add(std::string_view(image.name))
      .add(image.fabric)
      .add(image.network);
  builder.add(number(image.input_count)).add(number(image.output_count));
  builder.add(number(image.input_format.bits)).add(number(image.input_format.is_signed));
  builder.add(number(image.depth_steps));
  const FlatImage flat = flatten(image);
  FlatImage::for_each(flat, [&](const char* name, const auto& array) {
    builder.add(std::string_view(name)).add_array(array);
  });
  FlatImage::for_each_optional(flat, [&](const char* name, const auto& array, int) {
    if (!array.empty()) builder.add(std::string_view(name)).add_array(array);
  });
  return builder.finish();
}

const RouteRange* find_range(const TileImage& tile, MessageKey key) {
  const auto found = std::partition_point(tile.ranges.begin(), tile.ranges.end(),
                                          [key](const RouteRange& range) { return range.last < key; });
  return found != tile.ranges.end() && !(key < found->first) ? &*found : nullptr;
}

ImageUse usage(const Image& image, const Fabric& fabric) {
  ImageUse use;
  for (std::size_t index = 0; index < image.tiles.size(); ++index) {
    const TileId tile(static_cast<std::uint32_t>(index));
    const CoreImage& core = image.tiles[tile].core;
    use.cores += static_cast<std::int64_t>(core.cores());
    use.axons += core.axons();
    use.neurons += static_cast<std::int64_t>(core.neurons.size());
    use.synapses += static_cast<std::int64_t>(core.weight.size());
    use.routes += static_cast<std::int64_t>(image.tiles[tile].table_entries());
    unsigned directions = 0;
    for (const RouteEntry& route : image.tiles[tile].routes) directions |= route.directions;
    for (const Direction direction : kMeshDirections) {
      if ((directions & direction_bit(direction)) != 0 && has_neighbor(fabric, tile, direction)) ++use.links;
    }
  }
  return use;
}

ImageUse capacity(const Fabric& fabric) {
  const CoreSpec& core = fabric.core;
  ImageUse all;
  all.cores = std::int64_t{fabric.tiles()} * fabric.cores_per_tile;
  all.axons = all.cores * core.axons;
  all.neurons = all.cores * core.neurons;
  switch (core.kind) {
    case CoreKind::Crossbar:
      all.synapses = all.axons * core.neurons;
      break;
    case CoreKind::Memory:
      all.synapses = all.cores * (core.synapse_memory_bits / (core.weight_bits + core.index_bits));
      break;
    case CoreKind::Units:
      all.synapses = all.neurons * most_fan_in(core);
      break;
  }
  all.routes = std::int64_t{fabric.tiles()} * fabric.router.table_entries;
  for (std::uint32_t tile = 0; tile < static_cast<std::uint32_t>(fabric.tiles()); ++tile) {
    for (const Direction direction : kMeshDirections) {
      if (has_neighbor(fabric, TileId(tile), direction)) ++all.links;
    }
  }
  return all;
}

NpzArchive to_npz(const Image& image) {
  const FlatImage flat = flatten(image);
  const nlohmann::ordered_json header = {{"format", kFormat},
                                         {"version", version_of(flat)},
                                         {"name", image.name},
                                         {"fabric", image.fabric.hex()},
                                         {"network", image.network.hex()},
                                         {"input_count", image.input_count},
                                         {"output_count", image.output_count},
                                         {"input_bits", image.input_format.bits},
                                         {"input_signed", image.input_format.is_signed},
                                         {"depth_steps", image.depth_steps}};
  NpzArchive archive;
  archive.header = header.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  FlatImage::for_each(
      flat, [&](const char* name, const auto& array) { archive.arrays[name] = NpyArray::from(array); });
  FlatImage::for_each_optional(flat, [&](const char* name, const auto& array, int) {
    if (!array.empty()) archive.arrays[name] = NpyArray::from(array);
  });
  return archive;
}

Image image_from_npz(const NpzArchive& archive, const std::string& file) {
  constexpr std::int64_t kLargest = 0x7fffffff;
  JsonReader reader = JsonReader::parse(archive.header, file);
  const std::string format = reader.text("format");
  if (format != kFormat) reader.fail("format", "\"" + format + "\"", "\"" + std::string(kFormat) + "\"");
  const std::int64_t version = reader.integer("version", kOldest, kNewest);
  Image image;
  image.name = reader.text("name");
  image.fabric = reader.digest("fabric");
  image.network = reader.digest("network");
  image.input_count = static_cast<std::uint32_t>(reader.integer("input_count", 1, kLargest));
  image.output_count = static_cast<std::uint32_t>(reader.integer("output_count", 1, kLargest));
  image.input_format.bits = static_cast<int>(reader.integer("input_bits", 1, 31));
  image.input_format.is_signed = reader.boolean("input_signed");
  image.depth_steps = static_cast<int>(reader.integer("depth_steps", 1, kLargest));
  reader.finish();

  FlatImage flat;
  std::size_t arrays = 0;
  const auto read = [&](const char* name, auto& array) {
    using Item = typename std::decay_t<decltype(array)>::value_type;
    array = archive.at(name, file).as<Item>(file + ": " + name);
    ++arrays;
  };
  FlatImage::for_each(flat, read);
  FlatImage::for_each_optional(flat, [&](const char* name, auto& array, int since) {
    if (version == since || (version > since && archive.arrays.count(name) != 0)) read(name, array);
  });
  if (archive.arrays.size() != arrays) {
    throw InputError({file}, std::to_string(archive.arrays.size()) + " arrays", std::to_string(arrays));
  }
  unflatten(flat, file, image);
  const auto violations = validate(image);
  if (!violations.empty()) throw InputError({file}, "not a valid image\n" + describe(violations));
  return image;
}

Image read_image(const std::filesystem::path& path) {
  return image_from_npz(read_npz(path), path.string());
}

void write_image(const std::filesystem::path& path, const Image& image) {
  write_npz(path, to_npz(image));
}

}  // namespace weft
