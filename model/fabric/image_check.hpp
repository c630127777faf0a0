// What the two halves of an image's validation share.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/fabric/image.hpp"

namespace weft {

// Who sends with a key.
struct ImageSender {
  TileId tile;
  bool is_input = false;
  PortId port;               // of an input
  std::int64_t largest = 0;  // the largest magnitude it sends
};
using ImageSenders = std::map<MessageKey, ImageSender>;

// Reports keys that are not a sender's own to `out`.
ImageSenders collect_senders(const Image& image, std::vector<Violation>& out);

inline bool has_direction(const RouteEntry& route, Direction direction) {
  return (route.directions & direction_bit(direction)) != 0;
}

template <class Visit>
void for_each_tile(const Image& image, Visit&& visit) {
  for (std::uint32_t t = 0; t < image.tiles.size(); ++t) visit(TileId(t), image.tiles[TileId(t)]);
}

}  // namespace weft
