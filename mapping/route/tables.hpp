// Routers' tables: one entry for keys that follow each other and go the same way.
#pragma once

#include <cstdint>

#include "model/fabric/image.hpp"

namespace weft::mapping {

// Fills TileImage::ranges of all tiles from their routes.
void share_entries(Image& image);

struct TableUse {
  std::int64_t entries = 0, max_entries = 0;  // of all routers, of the fullest
  std::int64_t keys = 0, max_keys = 0;        // as many as entries, if keys shared none
};
TableUse count_entries(const Image& image);

// Throws Unacceptable where a router needs more entries than router.table_entries: says which, how many
// routers are short and the table size that would do.
void require_table_room(const Image& image, const Fabric& fabric);

}  // namespace weft::mapping
