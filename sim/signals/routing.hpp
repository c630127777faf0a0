// Where a router sends a flit, and what it means that an output has granted one.
#pragma once

#include <cstdint>

#include "model/fabric/image.hpp"
#include "sim/signals/flit.hpp"
#include "sim/signals/ledger.hpp"

namespace weft::sim::signals {

class RouteRule {
 public:
  virtual ~RouteRule() = default;
  // direction_bit()s; at least one.
  virtual unsigned sides(TileId tile, const Flit& flit) const = 0;
  // Flits of each packet.
  virtual int packet_flits() const { return 1; }
  // Output `side` of the tile has granted the flit in this cycle: events and counts.
  virtual void granted(std::uint64_t cycle, TileId tile, Direction side, const Flit& flit) = 0;
};

// A delivery as the core sees it that it is for: numbered within the core.
struct LocalDelivery {
  std::size_t core = 0;
  Delivery delivery;
};
LocalDelivery local_delivery(const CoreImage& cores, const Delivery& delivery);

// Messages of networks: each router looks their key up in its table.
class TableRouting final : public RouteRule {
 public:
  TableRouting(const Image& image, Ledger& ledger) : image_(image), ledger_(ledger) {}
  unsigned sides(TileId tile, const Flit& flit) const override;
  void granted(std::uint64_t cycle, TileId tile, Direction side, const Flit& flit) override;
  // What the key is to do in the tile; the sides are the table's to say.
  const RouteEntry& entry(TileId tile, std::uint32_t key) const;

 private:
  const Image& image_;
  Ledger& ledger_;
};

}  // namespace weft::sim::signals
