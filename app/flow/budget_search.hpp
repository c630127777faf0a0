// The search for a budget as a stage of weft compress.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "app/flow/stages.hpp"
#include "compress/search/search.hpp"
#include "model/fabric/fabric.hpp"

namespace weft::app {

enum class CostKind { Synapses, Neurons, Axons, Cores };  // axons and cores: after mapping onto the fabric

struct BudgetConfig {
  CostKind cost = CostKind::Synapses;
  std::optional<double> most_loss;  // share of the validation samples; exactly one of the two
  std::optional<double> most_cost;
  std::vector<compress::SearchSeries> series;  // empty: those that go with the cost
  int points = 5, refinements = 4;
  std::int64_t validation_samples = 10000;  // held out from the end of the training samples, where the data
                                            // set brings none of its own
  int shift_pixels = 0;                     // of what is fitted to (DataConfig); not of what is held out
  std::optional<Fabric> fabric;             // for axons and cores
};

struct BudgetResult {
  std::optional<Network> network;  // none where it was interrupted before its first point
  bool met = false;
  bool interrupted = false;
};

// Searches, verifies, records the curve and the chosen network's figures. Points that were measured are kept
// in `journal` until the search is complete. `data.train` is not shifted yet: a copy of a sample that is held
// out must not be fitted to. `data.test` serves for the report's accuracy alone.
BudgetResult search_stage(StageContext& context, const Network& network, const DataSplits& data,
                          const compress::CompressParams& params, const BudgetConfig& budget,
                          const std::filesystem::path& journal);

// series,cost,synapses,neurons,accuracy,chosen,plan
std::string tradeoff_csv(const TradeoffReport& tradeoff);

}  // namespace weft::app
