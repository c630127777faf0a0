// Finds how small a network gets within a budget of accuracy, or how good within a budget of hardware.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "compress/compress.hpp"
#include "model/base/progress.hpp"
#include "model/data/dataset.hpp"
#include "model/network/network.hpp"

namespace weft::compress {

// A family of plans. Each is searched by itself, so that the curve shows what each of them reaches.
enum class SearchSeries {
  Factorization,  // ranks alone
  Pruning,        // densities alone
  Both,           // per layer pruned or factorized with pruned factors, whichever disturbs its outputs less
  Structured      // whole inputs, and with them the neurons that nobody hears any more
};
std::vector<std::string> series_names();  // in the order of the values

// What a compressed network (without its unused neurons) costs; infinite where it cannot be had at all.
using CostFunction = std::function<double(const Network&)>;

struct Measured {
  double accuracy = 0;  // share of the validation samples
  double cost = 0;
  std::int64_t synapses = 0, neurons = 0;
};

struct SearchPoint {
  SearchSeries series = SearchSeries::Pruning;
  std::vector<LayerPlan> plan;
  Measured measured;
  std::string key() const;  // one line that names series and plan
};

struct SearchParams {
  // Exactly one of the two. Accuracy: the share that may be lost against the dense network's on the
  // validation samples, e.g. 0.01 for a point. Cost: the most that the network may cost.
  std::optional<double> most_loss, most_cost;
  std::vector<SearchSeries> series = {SearchSeries::Factorization, SearchSeries::Pruning, SearchSeries::Both};
  int points = 5;           // of each series, spread over all sizes
  int refinements = 4;      // of each series, between the last point that is within the budget and the next
  CompressParams compress;  // rules and retraining; its layers are not looked at
};

// Results of an earlier, interrupted search with the same network, data and parameters.
struct SearchMemory {
  std::function<std::optional<Measured>(const std::string& key)> recall;  // may be empty
  std::function<void(const SearchPoint& point)> store;                    // may be empty
};

struct SearchResult {
  double dense_accuracy = 0, dense_cost = 0;
  std::vector<SearchPoint> curve;   // by series, then by cost
  std::optional<std::size_t> best;  // of the curve: within the budget, or else the nearest to it; none where
                                    // the search was stopped before its first point
  bool met = false;
  bool interrupted = false;
  CompressResult compressed;  // of the best point, with all neurons
  Network network;            // the same without unused neurons
};

// Plans come from a ladder per series (ladder.hpp); each is carried out with compress_network() on `fit` and
// judged on `validation`, which nothing is fitted to. The same parameters give the same result, from memory
// or not. Stopped by `progress`, which counts points, it returns what it has. Throws InputError on an empty
// validation set, on budgets of both kinds or none, and what compress_network() throws.
SearchResult search_compression(const Network& network, const Dataset& fit, const Dataset& validation,
                                const SearchParams& params, const CostFunction& cost,
                                const SearchMemory& memory = {}, Progress* progress = nullptr);

}  // namespace weft::compress
