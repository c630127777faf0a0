// The figures of one flow, as report.json has them. A section that a command did not produce is absent.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/base/digest.hpp"

namespace weft {

struct AccuracyReport {  // fractions from 0 to 1; absent where the stage did not run
  std::optional<double> dense, compressed, fixed, fabric;  // `dense` is written under the key "float"
  std::int64_t samples = 0;
  std::int64_t mismatches = 0;  // frames whose fabric outputs differ from the integer reference in any bit
};

struct LayerReport {
  std::string name;
  std::string method;  // "dense", "pruned", "factorized", "factorized+pruned"
  int rank = 0;        // 0: not factorized
  std::int64_t synapses_before = 0, synapses_after = 0;
  double density = 0;  // nonzero share of the weights that the layer holds now
  double output_error = 0;  // relative Frobenius error of the layer's weights against the dense ones
};

struct CompressionReport {
  std::int64_t synapses_before = 0, synapses_after = 0, neurons_before = 0, neurons_after = 0;
  double ratio = 0;
  std::vector<LayerReport> layers;
};

struct UseReport {
  std::int64_t used = 0, available = 0;
  std::optional<std::int64_t> lower_bound;
};

struct UtilizationReport {
  UseReport cores, axons, neurons, synapses, links;
};

struct LatencyReport {
  double cycles_mean = 0, cycles_p50 = 0, cycles_p99 = 0, cycles_max = 0;
  std::int64_t steps = 0;   // a frame's way through the network
  double seconds = 0;       // mean, at the fabric's clock
};

struct EnergyReport {
  double total_joule = 0, per_frame_joule = 0;
  std::map<std::string, double> parts;
};

struct MappingReport {
  std::int64_t hops = 0;             // links of all routing trees, each once
  std::int64_t hops_lower_bound = 0; // "holds for these clusters"
  std::int64_t max_link_load = 0;    // routes over the busiest link
  std::int64_t route_entries = 0;
  std::int64_t max_table_entries = 0;
  std::int64_t partial_sums = 0;     // neurons added by splitting
  std::int64_t added_steps = 0;
};

struct SimulationReport {
  std::int64_t cycles = 0, flit_hops = 0, synaptic_ops = 0, peak_rss_bytes = 0;
  double wall_seconds = 0, cpu_seconds = 0;
};

struct ProvenanceReport {
  std::string version;
  std::uint64_t seed = 1;
  std::map<std::string, std::string> digests;
  std::string effective_config;  // YAML that repeats this run
};

struct Report {
  std::string title;
  std::optional<AccuracyReport> accuracy;
  std::optional<CompressionReport> compression;
  std::optional<UtilizationReport> utilization;
  std::optional<LatencyReport> latency;
  std::optional<double> frames_per_second;
  std::optional<EnergyReport> energy;
  std::optional<MappingReport> mapping;
  std::optional<SimulationReport> simulation;
  ProvenanceReport provenance;
  std::map<std::string, double> stage_seconds;
};

std::string format_report_json(const Report& report);
Report parse_report_json(const std::string& text, const std::string& file);

}  // namespace weft
