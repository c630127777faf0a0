// Places in a plane for the nodes of a net, from who reads whom alone.
#pragma once

#include <cstdint>
#include <vector>

#include "mapping/graph/lines.hpp"

namespace weft::mapping {

using Places = IdVector<NodeId, std::int64_t>;

// Of all nodes that read or are read. Neighbors in a net that is flat lie beside each other; a square sheet
// is a square, its sides along x and y.
struct Plane {
  Places x, y;
};
constexpr std::int64_t kPlaneHop = 1 << 16;  // of a place: about two lines crossed

Plane find_plane(const Lines& lines);

std::int64_t extent(const Places& places, const std::vector<NodeId>& nodes);  // of nodes, not none
void sort_by(const Places& places, std::vector<NodeId>& nodes);               // equals by their ids

// Consecutive parts, of sizes as equal as `shares` are.
std::vector<std::vector<NodeId>> cut(const std::vector<NodeId>& nodes,
                                     const std::vector<std::int64_t>& shares);
// `whole` shared out among so many parts.
std::vector<std::int64_t> equal_shares(std::int64_t whole, std::int64_t parts);
// How many columns a rectangle of so many cells has, if it is as wide and high as that; 1 to `cells`.
std::int64_t columns_of(std::int64_t cells, std::int64_t width, std::int64_t height);

}  // namespace weft::mapping
