// The whole chain: data, network, training, compression, integers, image, simulation, comparison, results.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "app/cli/command.hpp"
#include "app/flow/flow_config.hpp"
#include "app/reuse/stage_reuse.hpp"
#include "model/data/dataset.hpp"
#include "model/report/report.hpp"

namespace weft::app {

struct FlowResult {
  Report report;
  std::vector<std::string>
      shortfalls;  // what of `require` was not reached, and mismatches; empty: all is well
  bool interrupted = false;
};

// The data of a flow, ready for its stages: the test samples are those of the run.
struct FlowData {
  DataSplits splits;
  Report report;  // what loading has to say
};
FlowData load_flow_data(Context& context, const FlowConfig& config);

// The stages from the network to the comparison, with nothing written: the report and what the flow requires.
// `data` may lose its training samples. Stages are taken from the cache in `reuse` where they are there.
FlowResult compute_flow(Context& context, const FlowConfig& config, FlowData& data, const Reuse& reuse = {});

// Writes report.json, report.html, dense.npz, compressed.npz (where there is a compression), fixed.npz,
// image.npz, outcome.npz, frames.events (closer_look.hpp), fabric.yaml and effective.yaml into `output`. An
// interrupted flow writes what it has into output/partial and leaves earlier results as they are.
FlowResult run_flow(Context& context, const FlowConfig& config, const std::filesystem::path& output);
// The same on data that was loaded, which may lose its training samples, with stages from the cache; nothing
// is written unless `accept` holds for the result (the default: any).
FlowResult run_flow(Context& context, const FlowConfig& config, FlowData& data,
                    const std::filesystem::path& output, const Reuse& reuse,
                    const std::function<bool(const FlowResult&)>& accept = {});

// Runs the flow, prints the report and the shortfalls; the exit code.
int finish_flow(Context& context, const FlowConfig& config, const std::filesystem::path& output);

// What of the requirements the report misses, one sentence each.
std::vector<std::string> find_shortfalls(const Report& report, const RequireConfig& require);

}  // namespace weft::app
