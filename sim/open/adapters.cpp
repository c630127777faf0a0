// The signals of a replaced part, beside the engine's wires.
#include "sim/open/adapters.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "model/base/error.hpp"
#include "sim/open_fabric.hpp"

namespace weft::sim {
namespace {

// The table's entry of a key, or null.
const RouteEntry* find_route(const TileImage& tile, std::uint32_t key) {
  const auto found = std::lower_bound(tile.routes.begin(), tile.routes.end(), MessageKey(key),
                                      [](const RouteEntry& route, MessageKey k) { return route.key < k; });
  return found != tile.routes.end() && found->key == MessageKey(key) ? &*found : nullptr;
}

}  // namespace

CoreAdapter::CoreAdapter(const sc_core::sc_module_name& name, OpenFabric& fabric, TileId tile)
    : sc_module((fabric.check_place(tile, false), name)), fabric_(fabric), tile_(tile) {
  fabric.core_adapters_.push_back(this);
}

std::vector<Delivery> CoreAdapter::deliveries(std::uint32_t key) const {
  const TileImage& tile = fabric_.image().tiles[tile_];
  const RouteEntry* route = find_route(tile, key);
  if (route == nullptr) return {};
  return {tile.deliveries.begin() + route->delivery_begin, tile.deliveries.begin() + route->delivery_end};
}

void CoreAdapter::drive(const Guests& guests, const CoreGuest& guest) {
  out_ready.write(guest.out_ready);
  step_begin.write(guests.step_begin);
  step.write(guests.step);
  in_valid.write(guest.in.valid);
  if (!guest.in.valid) return;
  const std::vector<Delivery> all = deliveries(guest.in.key);
  in_key.write(guest.in.key);
  in_value.write(guest.in.value);
  in_axon.write(all.front().axon);
  in_delay.write(all.front().delay);
  in_deliveries.write(static_cast<std::uint32_t>(all.size()));
}

RouterAdapter::RouterAdapter(const sc_core::sc_module_name& name, OpenFabric& fabric, TileId tile)
    : sc_module((fabric.check_place(tile, true), name)), fabric_(fabric), tile_(tile) {
  for (std::size_t side = 0; side < kDirections; ++side) {
    const auto direction = static_cast<Direction>(side);
    if (has_neighbor(fabric.fabric(), tile, direction))
      links_[side] = std::make_unique<Link>(to_string(direction));
  }
  fabric.router_adapters_.push_back(this);
}

RouterAdapter::Link& RouterAdapter::link(Direction side) {
  if (!has(side)) {
    throw InputError({fmt::format("{}.{}", fabric_.name(), tile_name(fabric_.fabric(), tile_)), 0, 0},
                     fmt::format("a link to the {}, where nothing is", to_string(side)));
  }
  return *links_[static_cast<std::size_t>(side)];
}

std::uint8_t RouterAdapter::sides(std::uint32_t key) const {
  const TileImage& tile = fabric_.image().tiles[tile_];
  const RouteEntry* route = find_route(tile, key);
  if (route == nullptr) return 0;
  if (tile.ranges.empty()) return route->directions;
  const RouteRange* range = find_range(tile, MessageKey(key));
  return range == nullptr ? std::uint8_t{0} : range->directions;
}

void RouterAdapter::sample(RouterGuest& guest) const {
  for (std::size_t side = 0; side < kDirections; ++side) {
    if (links_[side] == nullptr) continue;
    const Link& link = *links_[side];
    guest.out[side] = {link.out_valid.read(), link.out_key.read(), link.out_value.read()};
    guest.in_credit[side] = link.in_credit.read();
  }
}

void RouterAdapter::drive(const RouterGuest& guest) {
  for (std::size_t side = 0; side < kDirections; ++side) {
    if (links_[side] == nullptr) continue;
    Link& link = *links_[side];
    link.in_valid.write(guest.in[side].valid);
    link.in_key.write(guest.in[side].key);
    link.in_value.write(guest.in[side].value);
    link.out_credit.write(guest.out_credit[side]);
  }
}

}  // namespace weft::sim
