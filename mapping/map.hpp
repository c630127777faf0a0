// From an integer network and a fabric to a configuration image.
#pragma once

#include <cstdint>
#include <vector>

#include "mapping/place/regions.hpp"
#include "model/base/progress.hpp"
#include "model/fabric/fabric.hpp"
#include "model/fabric/image.hpp"
#include "model/network/fixed_network.hpp"
#include "model/network/message_counts.hpp"
#include "model/report/report.hpp"

namespace weft::mapping {

struct MapParams {
  std::uint64_t seed = 1;
  int pack_rounds = 200;              // ruin-and-recreate rounds of the packer
  std::int64_t place_moves = 200000;  // moves tried in any three rounds of the annealing placer
  std::vector<FixedRegion> fix;       // where cores must stand
  // What the network's neurons send: trees are weighed by it. None: each neuron sends in each step.
  MessageCounts traffic;
  bool congestion = true;   // the placer relieves links that carry more than a step has time for
  bool min_tracks = false;  // circuits: for the fewest tracks instead of router.tracks
  bool exact = false;       // proves the packing of small cases optimal (pack/exact.hpp)
};

struct Mapped {
  Image image;
  Fabric fabric;  // that it is for: the one given, but for router.tracks where params.min_tracks
  MappingReport mapping;
  UtilizationReport utilization;  // with the lower bounds that hold for any mapping
};

// expand, split, pack, place, route, emit. Throws an Unacceptable error that says what is short and by how
// much when the network does not fit, and InputError when widths do not (weights wider than the fabric's,
// ...), or when params.fix names what does not exist or contradicts itself.
Mapped map_network(const FixedNetwork& network, const Fabric& fabric, const MapParams& params,
                   Progress* progress = nullptr);

// Recomputes every capacity, follows every table of the image back to a network and compares it with
// `network` (synapse by synapse, delay by delay, partial sums folded), and proves the channel dependency
// graph free of cycles. Shares no code with the stage. Empty when all is right.
std::vector<Violation> verify_mapping(const FixedNetwork& network, const Fabric& fabric, const Image& image);

}  // namespace weft::mapping
