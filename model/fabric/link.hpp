// How long a flit is on a link between two routers. TIMING.md section 3 calls flit_cycles S.
#pragma once

#include "model/fabric/fabric.hpp"

namespace weft {

// Cycles from a link's taking a flit to its taking the next: link_bits of it go in each.
constexpr int flit_cycles(const RouterSpec& router) {
  return router.link_bits == 0 ? 1 : (router.flit_bits + router.link_bits - 1) / router.link_bits;
}

// Cycles from the grant to the flit's arrival, whole, in the next router's buffer.
constexpr int hop_cycles(const RouterSpec& router) {
  return router.link_cycles + flit_cycles(router) - 1;
}

}  // namespace weft
