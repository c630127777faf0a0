// Constants scale with nothing by themselves: a core of twice the axons has the area that its preset says.
// Who varies a size derives the constants from it, by the rules of fabrics/README.md, which are those of
// energy_constants() and area_constants() here; he is told so, and how, where he does not.
#include "app/sweep/constants.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

#include "model/fabric/presets.hpp"
#include "sweep/points.hpp"

namespace weft::app {
namespace {

struct Size {
  const char* key;  // below fabric
  double (*of)(const Fabric& fabric);
};

const Size kAxons{"core.axons", [](const Fabric& f) -> double { return f.core.axons; }};
const Size kNeurons{"core.neurons", [](const Fabric& f) -> double { return f.core.neurons; }};
const Size kWeightBits{"core.weight_bits", [](const Fabric& f) -> double { return f.core.weight_bits; }};
const Size kUnitSynapses{"core.unit_synapses",
                         [](const Fabric& f) -> double { return f.core.unit_synapses; }};
const Size kMemoryBits{"core.synapse_memory_bits",
                       [](const Fabric& f) { return static_cast<double>(f.core.synapse_memory_bits); }};
const Size kCores{"cores_per_tile", [](const Fabric& f) -> double { return f.cores_per_tile; }};
const Size kFlitBits{"router.flit_bits", [](const Fabric& f) -> double { return f.router.flit_bits; }};
const Size kBufferDepth{"router.buffer_depth",
                        [](const Fabric& f) -> double { return f.router.buffer_depth; }};

struct Constant {
  const char* key;   // below fabric
  const char* part;  // what it is of
  double (*of)(const Fabric& fabric);
  std::vector<Size> follows;  // in proportion to each
};

// The sizes whose product is in proportion to the bits that a core holds.
std::vector<Size> bits_of_core(CoreKind kind) {
  if (kind == CoreKind::Memory) return {kMemoryBits};
  if (kind == CoreKind::Units) return {kNeurons, kUnitSynapses, kWeightBits};
  return {kAxons, kNeurons, kWeightBits};
}

std::vector<Constant> energy_constants(CoreKind kind) {
  std::vector<Size> leakage = bits_of_core(kind), row;
  leakage.push_back(kCores);
  if (kind == CoreKind::Crossbar) row = {kNeurons, kWeightBits};  // its bits
  return {{"energy.row_joule", "rows", [](const Fabric& f) { return f.energy.row_joule; }, row},
          {"energy.synapse_joule",
           "synapses",
           [](const Fabric& f) { return f.energy.synapse_joule; },
           {kWeightBits}},
          {"energy.neuron_update_joule",
           "neurons",
           [](const Fabric& f) { return f.energy.neuron_update_joule; },
           {}},
          {"energy.message_joule", "messages", [](const Fabric& f) { return f.energy.message_joule; }, {}},
          {"energy.hop_joule", "hops", [](const Fabric& f) { return f.energy.hop_joule; }, {kFlitBits}},
          {"energy.port_joule", "ports", [](const Fabric& f) { return f.energy.port_joule; }, {kFlitBits}},
          {"energy.static_watt_per_tile", "leakage",
           [](const Fabric& f) { return f.energy.static_watt_per_tile; }, leakage}};
}

std::vector<Constant> area_constants(CoreKind kind) {
  return {{"area.core_mm2", "cores", [](const Fabric& f) { return f.area.core_mm2; }, bits_of_core(kind)},
          {"area.router_mm2",
           "routers",
           [](const Fabric& f) { return f.area.router_mm2; },
           {kFlitBits, kBufferDepth}},
          {"area.port_mm2", "ports", [](const Fabric& f) { return f.area.port_mm2; }, {kFlitBits}}};
}

bool looks_at(const sweep::SweepFile& sweep, const std::string& section) {
  const auto is_in = [&](const std::string& name) { return name.rfind(section + ".", 0) == 0; };
  for (const sweep::Objective& objective : sweep.objectives)
    if (is_in(objective.name)) return true;
  for (const sweep::Comparison& condition : sweep.subject_to)
    if (std::any_of(condition.names().begin(), condition.names().end(), is_in)) return true;
  return false;
}

// The preset whose constants the fabric has, with the sizes for which they are given.
std::optional<Fabric> source_of(const Fabric& fabric) {
  const std::vector<std::string> presets = fabric_preset_names();
  if (std::find(presets.begin(), presets.end(), fabric.name) == presets.end()) return std::nullopt;
  Fabric preset = load_fabric(fabric.name);
  if (preset.constants != fabric.constants) return std::nullopt;
  return preset;
}

class Sentences {
 public:
  Sentences(const Fabric& fabric, const sweep::SweepFile& sweep)
      : fabric_(fabric), source_(source_of(fabric)), set_(sweep::setting_names(sweep)) {}

  void add(const std::string& section, const std::vector<Constant>& constants) {
    std::vector<std::string> missing;
    for (const Constant& constant : constants) {
      if (is_set(constant.key)) continue;
      if (source_ && constant.of(fabric_) != constant.of(*source_))
        sentences.push_back(
            fmt::format("fabric.{} is not that of {}, as its neighbors are: fabric.constants is to "
                        "say where they are from",
                        constant.key, source_->constants));
      else if (constant.of(fabric_) == 0)
        missing.emplace_back(constant.part);
      else
        add_followed(constant);
    }
    if (!missing.empty())
      sentences.push_back(
          fmt::format("the fabric {} has no constant for the {} of {}: not modeled, or part of "
                      "another one",
                      fabric_.name, section, fmt::join(missing, ", ")));
  }
  void add_kind() {
    if (source_ && source_->core.kind != fabric_.core.kind)
      sentences.push_back(
          fmt::format("the constants of the fabric {} are given for a {} core, not for a {} core",
                      fabric_.name, to_string(source_->core.kind), to_string(fabric_.core.kind)));
  }

  std::vector<std::string> sentences;

 private:
  bool is_set(const std::string& key) const {
    return std::find(set_.begin(), set_.end(), "fabric." + key) != set_.end();
  }
  void add_followed(const Constant& constant) {
    std::vector<std::string> sizes;
    std::string formula = source_ ? fmt::format("{}", constant.of(*source_)) : "";
    for (const Size& size : constant.follows) {
      if (!is_set(size.key) && !(source_ && size.of(*source_) != size.of(fabric_))) continue;
      sizes.push_back(std::string("fabric.") + size.key);
      if (source_) formula += fmt::format(" * {} / {}", sizes.back(), size.of(*source_));
    }
    if (sizes.empty()) return;
    sentences.push_back(fmt::format(
        "fabric.{} does not follow {}: derive it where it should{}", constant.key, fmt::join(sizes, ", "),
        source_ ? fmt::format(", as in \"fabric.{}: {}\"", constant.key, formula) : ""));
  }

  const Fabric& fabric_;
  const std::optional<Fabric> source_;
  const std::vector<std::string> set_;
};

}  // namespace

std::vector<std::string> find_unmodeled(const std::vector<FlowConfig>& flows, const sweep::SweepFile& sweep) {
  const bool energy = looks_at(sweep, "energy"), area = looks_at(sweep, "area");
  if (!energy && !area) return {};
  Sentences all(flows.at(0).fabric, sweep);
  all.add_kind();
  const CoreKind kind = flows[0].fabric.core.kind;
  if (energy) all.add("energy", energy_constants(kind));
  if (area) all.add("area", area_constants(kind));

  std::vector<std::string> origins, words;
  for (const FlowConfig& flow : flows) {
    const std::string& origin = flow.fabric.constants;
    if (!origin.empty() && std::find(origins.begin(), origins.end(), origin) != origins.end()) continue;
    origins.push_back(origin);
    words.push_back(fmt::format("{}: {}", flow.fabric.name, origin.empty() ? "not said" : origin));
  }
  if (origins.size() > 1)
    all.sentences.push_back(
        fmt::format("constants of different origin are compared ({})", fmt::join(words, "; ")));
  return std::move(all.sentences);
}

}  // namespace weft::app
