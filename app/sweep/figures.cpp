// The names come from report.json itself, so that a key added there is a column here.
#include "app/sweep/figures.hpp"

#include <nlohmann/json.hpp>

namespace weft::app {
namespace {

using Json = nlohmann::ordered_json;

void flatten(const Json& json, const std::string& path, std::vector<sweep::Figure>& figures) {
  if (json.is_object()) {
    for (const auto& item : json.items())
      flatten(item.value(), path.empty() ? item.key() : path + "." + item.key(), figures);
  } else if (json.is_array()) {
    for (std::size_t i = 0; i < json.size(); ++i)
      flatten(json[i], path + "[" + std::to_string(i) + "]", figures);
  } else {
    sweep::Figure& figure = figures.emplace_back();
    figure.name = path;
    if (json.is_number_integer()) figure.value = json.get<std::int64_t>();
    if (json.is_number_float()) figure.value = json.get<double>();
    if (json.is_string()) figure.value = json.get<std::string>();
  }
}

}  // namespace

std::vector<sweep::Figure> flatten_report(const Report& report) {
  Report slim = report;
  slim.fabric.reset();
  slim.closer_look.reset();
  if (slim.accuracy) slim.accuracy->answers.reset();
  if (slim.latency) slim.latency->histogram = {};
  Json json = Json::parse(format_report_json(slim));
  json.erase("title");
  if (json.contains("latency")) json["latency"].erase("histogram");
  if (json.contains("provenance")) {
    for (const char* key : {"effective_config", "version", "seed"}) json["provenance"].erase(key);
  }
  std::vector<sweep::Figure> figures;
  flatten(json, "", figures);
  return figures;
}

std::vector<std::string> known_figures() {
  Report full;
  full.accuracy = AccuracyReport{0.0, 0.0, 0.0, 0.0, 0, 0};
  full.compression.emplace();
  full.utilization.emplace();
  for (UseReport UtilizationReport::*part :
       {&UtilizationReport::cores, &UtilizationReport::axons, &UtilizationReport::neurons,
        &UtilizationReport::synapses, &UtilizationReport::links})
    ((*full.utilization).*part).lower_bound = 0;
  full.latency.emplace();
  full.frames_per_second = 0;
  full.energy.emplace();
  full.mapping.emplace();
  full.simulation.emplace();
  std::vector<std::string> names = {"energy.parts.",  "compression.layers[", "stage_seconds.",
                                    "area.cores_mm2", "area.ports_mm2",      "area.routers_mm2",
                                    "area.total_mm2", "area.used_mm2"};
  for (const sweep::Figure& figure : flatten_report(full)) names.push_back(figure.name);
  return names;
}

}  // namespace weft::app
