// Plans for a whole network from large to small.
#pragma once

#include <vector>

#include "compress/search/search.hpp"
#include "model/base/worker_pool.hpp"

namespace weft::compress {

// One way to treat one layer: what it holds then (in synapses; inputs for SearchSeries::Structured) and the
// share of its outputs' variance that is estimated to be lost.
struct Rung {
  LayerPlan plan;
  double size = 0;
  double error = 0;
};

struct PlanStep {
  std::vector<LayerPlan> plan;  // layers that stay dense are left out
  double size = 0;              // of all layers of the series together, as in Rung
};

// The rungs of a layer that pay: those on the lower convex hull of error over size, the whole layer first.
std::vector<Rung> convex_rungs(std::vector<Rung> rungs);

// Takes, from all layers at their first rung on, the step down that costs the least error per size saved,
// until every layer is at its last. Each step is then the best plan for some price of a synapse (Lagrange).
// rungs[layer] is convex.
std::vector<PlanStep> merge_ladders(const std::vector<std::vector<Rung>>& rungs);

// All layers with weights that the series can treat, errors by the dense network's inputs on `calibration`.
std::vector<PlanStep> plan_ladder(const Network& network, const Dataset& calibration, SearchSeries series,
                                  const CompressParams& params, WorkerPool& pool);

}  // namespace weft::compress
