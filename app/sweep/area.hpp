// What the constants of a fabric say about area and energy, and what they leave out.
#pragma once

#include <string>
#include <vector>

#include "app/flow/flow_config.hpp"
#include "sweep/ledger.hpp"
#include "sweep/sweep_file.hpp"

namespace weft::app {

// area.{total,cores,routers,ports,used}_mm2: of all tiles and edge ports, and `used`: of as many cores with
// their routers as hold neurons, and the ports. None where every constant is 0: an area that is not modelled
// is not zero.
std::vector<sweep::Figure> area_figures(const Fabric& fabric, std::int64_t used_cores);

// What the objectives and conditions of a sweep rest on that its fabric does not model, a sentence each:
// constants that are 0, constants that stay while an axis changes what they were measured on, presets of
// different origin.
std::vector<std::string> find_unmodeled(const FlowConfig& flow, const sweep::SweepFile& sweep);

}  // namespace weft::app
