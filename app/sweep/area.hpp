// The area that a fabric's constants give.
#pragma once

#include <cstdint>
#include <vector>

#include "model/fabric/fabric.hpp"
#include "sweep/ledger.hpp"

namespace weft::app {

// area.{total,cores,routers,ports,used}_mm2: of all tiles and edge ports, and `used`: of as many cores with
// their routers as hold neurons, and the ports. None where every constant is 0: an area that is not modelled
// is not zero.
std::vector<sweep::Figure> area_figures(const Fabric& fabric, std::int64_t used_cores);

}  // namespace weft::app
