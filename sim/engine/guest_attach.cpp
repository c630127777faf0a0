// Who takes part, before the first cycle: where guests cannot be, and what each of them may send. Invariant:
// what passes here keeps TIMING.md's section on guests to the letter, and each key that a guest sends is its
// own.
#include <fmt/format.h>

#include <cstdlib>

#include "model/base/error.hpp"
#include "model/fabric/link.hpp"
#include "sim/engine/guests.hpp"

namespace weft::sim {
namespace {

[[noreturn]] void refuse(const char* key, const std::string& found, const std::string& expected) {
  throw InputError({key, 0, 0}, found, expected + " where modules of the user's take part in a step");
}

// What a flit of this entry becomes. The compiler has proved that trees end; a snake through the grid may be
// long.
TreeTotals tree_totals(const Program& program, std::uint32_t root) {
  TreeTotals sum;
  std::vector<std::uint32_t> open{root};
  while (!open.empty()) {
    const Entry& entry = program.entries[open.back()];
    open.pop_back();
    sum.deliveries += entry.delivery_count;
    sum.emissions += (entry.sides & direction_bit(Direction::Edge)) != 0 ? 1 : 0;
    for (const std::uint32_t next : entry.next) {
      if (next == kNone) continue;
      open.push_back(next);
      ++sum.hops;
    }
  }
  return sum;
}

}  // namespace

void Guests::attach(Program& program, const Image& image) {
  if (!any()) return;
  require_possible(program.fabric);
  std::vector<Violation> ignored;
  const ImageSenders known = collect_senders(image, ignored);
  port_places_.clear();
  core_places_.clear();
  core_owners_.assign(cores.empty() ? 0 : program.cores.size(), false);
  for (const PortGuest& guest : ports) attach_port(program, known, guest);
  for (const CoreGuest& guest : cores) attach_core(program, known, guest);
  held_.assign(routers.size(), {});
  link_free_.assign(routers.size(), {});
  router_of_tile_.assign(routers.empty() ? 0 : program.port_of_tile.size(), kNone);
  for (std::uint32_t i = 0; i < routers.size(); ++i) router_of_tile_[routers[i].tile.index()] = i;
}

void Guests::attach_port(Program& program, const ImageSenders& known, const PortGuest& guest) {
  Place place;
  place.tile = guest.tile.value();
  place.number = program.port_of_tile[place.tile];
  if (guest.enters) {
    for (const PortInput& input : program.ports[place.number].inputs) {
      const std::uint32_t key = program.entries[input.entry].key;
      place.senders[key] = {input.entry, tree_totals(program, input.entry), known.at(MessageKey(key)).largest,
                            kNever};
    }
    program.ports[place.number].inputs.clear();
  }
  port_places_.push_back(std::move(place));
}

void Guests::attach_core(const Program& program, const ImageSenders& known, const CoreGuest& guest) {
  Place place;
  place.tile = guest.tile.value();
  place.number = program.core_of_tile[place.tile];
  if (place.number == kNone) {
    throw InputError(
        {tile_name(program.fabric, guest.tile), 0, 0},
        "a core that the image does not use: a module in its place would have neither axons nor keys");
  }
  const CoreProgram& core = program.cores[place.number];
  for (std::uint32_t n = 0; n < core.neurons; ++n) {
    if (core.entry[n] == kNone) continue;
    const std::uint32_t key = program.entries[core.entry[n]].key;
    place.senders[key] = {core.entry[n], tree_totals(program, core.entry[n]),
                          known.at(MessageKey(key)).largest, kNever};
  }
  core_owners_[place.number] = true;
  core_places_.push_back(std::move(place));
}

const Guests::Sender& Guests::sender_of(const Context& context, Place& place, const FlitWires& flit,
                                        std::uint64_t cycle, bool is_port) const {
  const auto refuse = [&](const std::string& found, const std::string& expected) {
    throw InputError({fmt::format("{}.{}", tile_name(context.program.fabric, TileId(place.tile)),
                                  is_port ? "port" : "core"),
                      0, 0},
                     fmt::format("{} in cycle {}", found, cycle), expected);
  };
  const auto found = place.senders.find(flit.key);
  if (found == place.senders.end()) {
    refuse(fmt::format("a flit with key {}", flit.key),
           is_port ? "the key of an input that enters here" : "the key of a neuron of this core");
  }
  Sender& sender = found->second;
  const ValueFormat& format = context.program.input_format;
  if (flit.value == 0 || std::abs(std::int64_t{flit.value}) > sender.largest ||
      (is_port && (flit.value < format.minimum() || flit.value > format.maximum()))) {
    refuse(fmt::format("the value {} under key {}", flit.value, flit.key),
           fmt::format("a value other than 0 of at most {}", sender.largest));
  }
  const std::uint64_t now = context.state.step;
  if (sender.last_step == now) {
    refuse(fmt::format("key {} for the second time in step {}", flit.key, now), "each key once at most");
  }
  sender.last_step = now;
  return sender;
}

void Guests::require_possible(const Fabric& fabric) const {
  if (fabric.router.routing == Routing::Circuit) refuse("router.routing", "circuit", "routing by routers");
  if (fabric.step.synchronization != Synchronization::Barrier)
    refuse("step.synchronization", to_string(fabric.step.synchronization), "a barrier");
  if (fabric.step.barrier_cycles < 1) refuse("step.barrier_cycles", "0", "at least 1");
  if (fabric.topology != Topology::Mesh && !routers.empty())
    refuse("topology", to_string(fabric.topology), "a mesh, for modules in routers' places,");
  if (fabric.router.routing != Routing::Multicast && !cores.empty())
    refuse("router.routing", to_string(fabric.router.routing), "multicast, for modules in cores' places,");
  if (fabric.cores_per_tile != 1 && !cores.empty())
    refuse("cores_per_tile", std::to_string(fabric.cores_per_tile), "1, for modules in cores' places,");
  // What one of two such neighbors says is known to the fabric a cycle later, and to the other in the next.
  if (hop_cycles(fabric.router) >= 2 && fabric.router.credit_cycles >= 2) return;
  for (const RouterGuest& a : routers) {
    for (const Direction side : {Direction::East, Direction::South}) {
      if (!has_neighbor(fabric, a.tile, side)) continue;
      const TileId other = neighbor(fabric, a.tile, side);
      for (const RouterGuest& b : routers) {
        if (b.tile != other) continue;
        throw InputError(
            {fmt::format("{} and {}", tile_name(fabric, a.tile), tile_name(fabric, other)), 0, 0},
            "modules in the places of both routers",
            "a tile between them, or a fabric with hops of two cycles or more and "
            "router.credit_cycles of at least 2");
      }
    }
  }
}

}  // namespace weft::sim
