// Constants scale with nothing by themselves: a core of twice the axons has the area that its preset says.
// Who varies a core derives the constants from its axes, and is told so where he does not.
#include "app/sweep/area.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "sweep/points.hpp"

namespace weft::app {
namespace {

bool looks_at(const sweep::SweepFile& sweep, const std::string& section) {
  const auto is_in = [&](const std::string& name) { return name.rfind(section + ".", 0) == 0; };
  for (const sweep::Objective& objective : sweep.objectives)
    if (is_in(objective.name)) return true;
  for (const sweep::Comparison& condition : sweep.subject_to)
    if (std::any_of(condition.names().begin(), condition.names().end(), is_in)) return true;
  return false;
}

struct Constant {
  const char* key;   // below fabric
  const char* part;  // what it is of
  double value;
  std::vector<const char*> measured_on;  // keys below fabric.core that it would have to follow
};

std::vector<Constant> energy_constants(const EnergySpec& energy) {
  return {{"energy.row_joule", "rows", energy.row_joule, {"neurons", "weight_bits"}},
          {"energy.synapse_joule", "synapses", energy.synapse_joule, {"weight_bits"}},
          {"energy.neuron_update_joule", "neurons", energy.neuron_update_joule, {}},
          {"energy.message_joule", "messages", energy.message_joule, {}},
          {"energy.hop_joule", "hops", energy.hop_joule, {}},
          {"energy.port_joule", "ports", energy.port_joule, {}},
          {"energy.static_watt_per_tile",
           "leakage",
           energy.static_watt_per_tile,
           {"axons", "neurons", "weight_bits"}}};
}

std::vector<Constant> area_constants(const AreaSpec& area) {
  return {{"area.core_mm2", "cores", area.core_mm2, {"axons", "neurons", "weight_bits"}},
          {"area.router_mm2", "routers", area.router_mm2, {}},
          {"area.port_mm2", "ports", area.port_mm2, {}}};
}

void add_sentences(const std::string& section, const std::string& fabric,
                   const std::vector<Constant>& constants, const std::vector<std::string>& set,
                   std::vector<std::string>& sentences) {
  const auto is_set = [&](const std::string& key) {
    return std::find(set.begin(), set.end(), "fabric." + key) != set.end();
  };
  std::vector<std::string> missing;
  for (const Constant& constant : constants) {
    if (is_set(constant.key)) continue;
    if (constant.value == 0) {
      missing.emplace_back(constant.part);
      continue;
    }
    for (const char* core : constant.measured_on)
      if (is_set(std::string("core.") + core))
        sentences.push_back(fmt::format("fabric.{} does not follow fabric.core.{}: derive it where it should",
                                        constant.key, core));
  }
  if (!missing.empty())
    sentences.push_back(fmt::format("the {} of {} is not modeled by the fabric {}", section,
                                    fmt::join(missing, ", "), fabric));
}

}  // namespace

std::vector<sweep::Figure> area_figures(const Fabric& fabric, std::int64_t used_cores) {
  const AreaSpec& area = fabric.area;
  if (area.core_mm2 == 0 && area.router_mm2 == 0 && area.port_mm2 == 0) return {};
  const double tiles = fabric.tiles(), cores = tiles * fabric.cores_per_tile;
  const double ports = static_cast<double>(port_tiles(fabric).size()) * area.port_mm2;
  const auto used = static_cast<double>(used_cores);
  return {{"area.cores_mm2", cores * area.core_mm2},
          {"area.ports_mm2", ports},
          {"area.routers_mm2", tiles * area.router_mm2},
          {"area.total_mm2", cores * area.core_mm2 + tiles * area.router_mm2 + ports},
          {"area.used_mm2",
           used * area.core_mm2 + std::ceil(used / fabric.cores_per_tile) * area.router_mm2 + ports}};
}

std::vector<std::string> find_unmodeled(const FlowConfig& flow, const sweep::SweepFile& sweep) {
  const std::vector<std::string> set = sweep::setting_names(sweep);
  std::vector<std::string> sentences;
  const bool energy = looks_at(sweep, "energy"), area = looks_at(sweep, "area");
  if (energy) add_sentences("energy", flow.fabric.name, energy_constants(flow.fabric.energy), set, sentences);
  if (area) add_sentences("area", flow.fabric.name, area_constants(flow.fabric.area), set, sentences);
  for (const sweep::Axis& axis : sweep.axes)
    if (axis.key == "fabric.preset" && axis.values.size() > 1 && (energy || area))
      sentences.push_back(
          fmt::format("constants of different origin are compared: {}", fmt::join(axis.values, ", ")));
  return sentences;
}

}  // namespace weft::app
