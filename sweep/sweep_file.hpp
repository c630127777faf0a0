// A sweep: one flow, the keys of it that vary, and what is looked for.
//
//   flow: ../examples/demo.yaml         # or flow_text: | and the flow itself
//   axes:
//     fabric.core.axons: [64, 128, 256]
//     compress.layers[0].rank: range(8, 64, 8)
//   derived:
//     fabric.core.neurons: min(fabric.core.axons, 128)
//   constraints: [fabric.core.axons >= 2 * compress.layers[0].rank]
//   objectives:
//     minimize: [energy.per_frame_joule, latency.cycles.p99]
//     subject_to: [accuracy.fabric >= 0.85]
//   method: {kind: sobol, points: 200}    # or grid, random, latin_hypercube, or a search:
//                                         # {kind: nsga2, population: 50, points: 750, seed: 1}
//                                         # {kind: successive_halving, points: 81, budget: run.frames, eta:
//                                         3}
//   limits: {seconds: 600, memory_mib: 4096}
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "model/base/digest.hpp"
#include "sweep/expression.hpp"

namespace weft::sweep {

// A key of the flow and the values that it takes, each YAML as an override has it; at least one, none twice.
struct Axis {
  std::string key;
  std::vector<std::string> values;
  SourcePosition position;
};

// A key of the flow whose value follows from the axes, and from what is derived before it.
struct Derived {
  std::string key;
  Formula formula;
  SourcePosition position;
};

struct Objective {
  std::string name;  // a figure of report.json, dotted, an axis or a derived value
  bool maximize = false;
  SourcePosition position;
};

enum class MethodKind { Grid, Random, LatinHypercube, Sobol, Nsga2, SuccessiveHalving };

struct Method {
  MethodKind kind = MethodKind::Grid;
  std::int64_t points = 0;      // not for a grid
  std::uint64_t seed = 1;       // of random, latin_hypercube, nsga2 and successive_halving
  std::int64_t population = 0;  // of nsga2: points of a generation
  // successive_halving: `points` is that of the first round; one in `eta` of a round is tried again with the
  // next value of the budget's axis.
  std::size_t budget_axis = 0;
  std::int64_t eta = 2;
};

struct Limits {  // per point; 0: none
  double seconds = 0;
  std::int64_t memory_mib = 0;
};

struct SweepFile {
  std::string title;
  std::string flow_text;            // the flow's YAML
  std::filesystem::path flow_file;  // what its relative paths are relative to, and messages name
  std::vector<Axis> axes;
  std::vector<Derived> derived;
  std::vector<Comparison> constraints;  // over axes and derived values
  std::vector<Objective> objectives;
  std::vector<Comparison> subject_to;  // over figures, axes and derived values
  SourcePosition objectives_position;
  Method method;
  Limits limits;
};

// Throws InputError. Names of figures are not checked here: a sweep knows no report.
SweepFile parse_sweep_file(const std::string& yaml, const std::string& file);
SweepFile read_sweep_file(const std::filesystem::path& path);

// Of all that decides which points there are and what comes out of them: not of objectives and limits, which
// may change between two runs of a sweep.
Digest digest(const SweepFile& sweep);

// The number that `text` is, if it is one.
std::optional<double> to_number(const std::string& text);

}  // namespace weft::sweep
