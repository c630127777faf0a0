// Entries in the order in which flits come by: a sender's entry, then its way hop by hop, each branch of a
// tree behind the other. A way of a few hops then lies in one or two cache lines, however many entries there
// are, and the next entry is mostly the next one. Invariant: afterwards Program::hops says the same as
// Program::entries.
#include <algorithm>
#include <utility>

#include "sim/engine/program.hpp"

namespace weft::sim {
namespace {

// The entries from `root` on that have no place yet get the next places, parents before their children.
void place_tree(const Program& program, std::uint32_t root, std::vector<std::uint32_t>& place_of,
                std::uint32_t& places) {
  std::vector<std::uint32_t> open{root};
  while (!open.empty()) {
    const std::uint32_t entry = open.back();
    open.pop_back();
    if (place_of[entry] != kNone) continue;
    place_of[entry] = places++;
    for (const std::uint32_t next : program.entries[entry].next)
      if (next != kNone) open.push_back(next);
  }
}

std::vector<std::uint32_t> find_places(const Program& program) {
  std::vector<std::uint32_t> place_of(program.entries.size(), kNone);
  std::uint32_t places = 0;
  const auto place = [&](std::uint32_t root) {
    if (root != kNone) place_tree(program, root, place_of, places);
  };
  for (const CoreProgram& core : program.cores) {
    auto further = core.further.begin();
    for (std::uint32_t n = 0; n < core.neurons; ++n) {
      place(core.entry[n]);
      for (std::uint32_t m = 1; m < core.message_count(n); ++m) place(*further++);
    }
  }
  for (const PortProgram& port : program.ports)
    for (const PortInput& input : port.inputs) place(input.entry);
  for (std::uint32_t entry = 0; entry < place_of.size(); ++entry) place(entry);  // that nobody sends to
  return place_of;
}

void move_entries(const std::vector<std::uint32_t>& place_of, Program& program) {
  std::vector<Entry> entries(program.entries.size());
  for (std::uint32_t old = 0; old < entries.size(); ++old) {
    Entry& entry = entries[place_of[old]] = program.entries[old];
    for (std::uint32_t& next : entry.next)
      if (next != kNone) next = place_of[next];
  }
  std::vector<Delivery> deliveries;
  deliveries.reserve(program.deliveries.size());
  for (Entry& entry : entries) {
    const auto begin = program.deliveries.begin() + entry.delivery_begin;
    entry.delivery_begin = static_cast<std::uint32_t>(deliveries.size());
    deliveries.insert(deliveries.end(), begin, begin + entry.delivery_count);
  }
  program.entries = std::move(entries);
  program.deliveries = std::move(deliveries);
  for (CoreProgram& core : program.cores) {
    for (std::uint32_t& entry : core.entry)
      if (entry != kNone) entry = place_of[entry];
    for (std::uint32_t& entry : core.further) entry = place_of[entry];
  }
  for (PortProgram& port : program.ports)
    for (PortInput& input : port.inputs) input.entry = place_of[input.entry];
}

void make_hops(Program& program) {
  program.hops.reserve(program.entries.size());
  for (std::uint32_t index = 0; index < program.entries.size(); ++index) {
    const Entry& entry = program.entries[index];
    Hop hop;
    hop.sides = entry.sides;
    hop.delivery_count = entry.delivery_count;
    hop.forks = std::any_of(entry.next.begin(), entry.next.end(),
                            [index](std::uint32_t next) { return next != kNone && next != index + 1; });
    if (hop.forks) {
      hop.detail = static_cast<std::uint32_t>(program.forks.size());
      program.forks.push_back(entry.next);
    } else if (entry.delivery_count == 1) {
      hop.detail = pack_delivery(program.deliveries[entry.delivery_begin]);
    } else {
      hop.detail = entry.delivery_begin;
    }
    program.hops.push_back(hop);
  }
}

}  // namespace

void order_by_trees(Program& program) {
  const std::vector<std::uint32_t> place_of = find_places(program);
  move_entries(place_of, program);
  program.table = place_of;
  make_hops(program);
}

}  // namespace weft::sim
