// Per series a ladder of plans from large to small, of which some are carried out: first points spread evenly
// over the logarithm of their sizes, for the curve, then the middle between the last one that is within the
// budget and the next smaller (larger) one that is not, as often as asked for. That accuracy falls and cost
// falls along a ladder is assumed for where to look, not for what is reported. Invariant: which points are
// measured depends on the parameters and on earlier points alone, so a search that remembers goes the same
// way.
#include "compress/search/search.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <map>
#include <utility>

#include "compress/remove_unused.hpp"
#include "compress/search/ladder.hpp"
#include "model/network/forward.hpp"

namespace weft::compress {
namespace {

// Counts points outwards and hands an interrupt inwards.
class InnerProgress : public Progress {
 public:
  explicit InnerProgress(Progress* outer) : outer_(outer) {}
  void update(std::int64_t, std::int64_t) override {}
  bool stop_requested() const override { return outer_ && outer_->stop_requested(); }

 private:
  Progress* outer_;
};

class Search {
 public:
  Search(const Network& network, const Dataset& fit, const Dataset& validation, const SearchParams& params,
         const CostFunction& cost, const SearchMemory& memory, Progress* progress)
      : network_(network),
        fit_(fit),
        validation_(validation),
        params_(params),
        cost_(cost),
        memory_(memory),
        progress_(progress),
        inner_(progress),
        pool_(params.compress.retrain.threads) {
    forward_.threads = params.compress.retrain.threads;
    total_ = static_cast<std::int64_t>(params.series.size()) * (params.points + params.refinements);
  }

  SearchResult run() {
    result_.dense_accuracy = accuracy(network_, validation_, forward_);
    result_.dense_cost = cost_(network_);
    for (const SearchSeries series : params_.series) {
      if (!result_.interrupted) search_series(series);
    }
    std::stable_sort(result_.curve.begin(), result_.curve.end(),
                     [](const SearchPoint& a, const SearchPoint& b) {
                       return a.series != b.series ? a.series < b.series : a.measured.cost < b.measured.cost;
                     });
    for (std::size_t i = 0; i < result_.curve.size(); ++i) {
      if (!result_.best || better(result_.curve[i].measured, result_.curve[*result_.best].measured))
        result_.best = i;
    }
    if (!result_.best) return std::move(result_);
    const SearchPoint& best = result_.curve[*result_.best];
    result_.met = within(best.measured);
    if (best_key_ != best.key()) carry_out(best, nullptr);  // it was remembered: made again
    result_.compressed = std::move(best_compressed_);
    result_.network = std::move(best_network_);
    return std::move(result_);
  }

 private:
  bool within(const Measured& measured) const {
    if (params_.most_cost) return measured.cost <= *params_.most_cost;
    return measured.accuracy >= result_.dense_accuracy - *params_.most_loss - 1e-12;
  }

  // What the search is after; outside the budget, what is nearer to it.
  bool better(const Measured& a, const Measured& b) const {
    if (within(a) != within(b)) return within(a);
    const bool accurate = params_.most_cost.has_value() == within(a);  // the figure to go by first
    const auto rank = [&](const Measured& m) {
      return accurate ? std::pair<double, double>(-m.accuracy, m.cost)
                      : std::pair<double, double>(m.cost, -m.accuracy);
    };
    return rank(a) < rank(b);
  }

  void search_series(SearchSeries series) {
    const Dataset calibration = slice(fit_, 0, params_.compress.calibration_samples);
    const std::vector<PlanStep> ladder = plan_ladder(network_, calibration, series, params_.compress, pool_);
    if (ladder.size() < 2) return skip(params_.points + params_.refinements);
    std::map<std::size_t, bool> tried;  // step of the ladder: within the budget
    const auto attempt = [&](std::size_t step) {
      if (step == 0 || tried.count(step) || result_.interrupted) return skip(1);
      if (const auto measured = measure({series, ladder[step].plan, {}})) tried[step] = within(*measured);
      skip(1);
    };
    const double first = std::log(ladder.front().size), last = std::log(ladder.back().size);
    for (int point = 1; point <= params_.points; ++point)
      attempt(nearest(ladder, first + (last - first) * point / (params_.points + 0.5)));
    for (int round = 0; round < params_.refinements; ++round) {
      // The budget's edge: the last step that keeps the accuracy, or the first that keeps the cost.
      std::size_t large = 0, small = ladder.size() - 1;
      for (const auto& [step, good] : tried) {
        const bool go_smaller = good != params_.most_cost.has_value();
        if (go_smaller) {
          large = std::max(large, step);
        }
      }
      for (const auto& [step, good] : tried) {
        if (step > large && good == params_.most_cost.has_value()) {
          small = step;
          break;
        }
      }
      const double middle = (std::log(ladder[large].size) + std::log(ladder[small].size)) / 2;
      std::size_t step = nearest(ladder, middle);
      if (step <= large) step = large + 1;
      attempt(std::min(step, small));
    }
  }

  static std::size_t nearest(const std::vector<PlanStep>& ladder, double log_size) {
    std::size_t best = 0;
    for (std::size_t i = 1; i < ladder.size(); ++i) {
      if (std::fabs(std::log(ladder[i].size) - log_size) < std::fabs(std::log(ladder[best].size) - log_size))
        best = i;
    }
    return best;
  }

  void skip(int points) {
    done_ += points;
    if (progress_) {
      progress_->update(done_, total_);
      result_.interrupted = result_.interrupted || progress_->stop_requested();
    }
  }

  std::optional<Measured> measure(SearchPoint point) {
    std::optional<Measured> known = memory_.recall ? memory_.recall(point.key()) : std::nullopt;
    if (known) {
      point.measured = *known;
    } else {
      if (!carry_out(point, &inner_)) return std::nullopt;
      point.measured = last_;
    }
    if (!best_ || better(point.measured, *best_)) {
      best_ = point.measured;
      if (!known) {
        best_key_ = point.key();
        best_compressed_ = std::move(compressed_);
        best_network_ = std::move(reduced_);
      }
    }
    if (!known && memory_.store) memory_.store(point);
    result_.curve.push_back(point);
    return point.measured;
  }

  // Fills compressed_, reduced_ and last_; false where it was stopped. Without progress it is the best
  // point's turn, and goes to its end.
  bool carry_out(const SearchPoint& point, Progress* progress) {
    CompressParams params = params_.compress;
    params.layers = point.plan;
    compressed_ = compress_network(network_, fit_, params, progress);
    if (compressed_.interrupted) {
      result_.interrupted = true;
      return false;
    }
    reduced_ = remove_unused(compressed_.network);
    last_ = {accuracy(reduced_, validation_, forward_), cost_(reduced_), count_synapses(reduced_),
             count_neurons(reduced_)};
    if (!progress) {
      best_compressed_ = std::move(compressed_);
      best_network_ = std::move(reduced_);
    }
    return true;
  }

  const Network& network_;
  const Dataset &fit_, &validation_;
  const SearchParams& params_;
  const CostFunction& cost_;
  const SearchMemory& memory_;
  Progress* progress_;
  InnerProgress inner_;
  WorkerPool pool_;
  ForwardParams forward_;
  std::int64_t done_ = 0, total_ = 0;
  SearchResult result_;
  CompressResult compressed_, best_compressed_;
  Network reduced_, best_network_;
  Measured last_;
  std::optional<Measured> best_;
  std::string best_key_;
};

}  // namespace

std::vector<std::string> series_names() {
  return {"factorization", "pruning", "both", "structured"};
}

std::string SearchPoint::key() const {
  std::string text = series_names()[static_cast<std::size_t>(series)];
  const auto digits = [](double number) {
    char buffer[40];
    std::snprintf(buffer, sizeof buffer, "%.17g", number);
    return std::string(buffer);
  };
  for (const LayerPlan& layer : plan) {
    // All fields by name: a new one does not compile until it is in the key.
    const auto& [projection, rank, density, granularity, block_rows, block_columns, sparse, algebra] = layer;
    text += " " + projection + ":rank=" + (rank == kAutoRank ? "auto" : std::to_string(rank)) +
            ",density=" + digits(density);
    if (sparse > 0) text += ",sparse=" + digits(sparse);
    if (granularity != Granularity::Weights)
      text += ",granularity=" + granularity_names()[static_cast<std::size_t>(granularity)];
    if (block_rows > 0) text += ",block=" + std::to_string(block_rows) + "x" + std::to_string(block_columns);
    if (algebra != Algebra::Auto) text += ",algebra=" + algebra_names()[static_cast<std::size_t>(algebra)];
  }
  return text;
}

SearchResult search_compression(const Network& network, const Dataset& fit, const Dataset& validation,
                                const SearchParams& params, const CostFunction& cost,
                                const SearchMemory& memory, Progress* progress) {
  if (params.most_loss.has_value() == params.most_cost.has_value())
    throw InputError({}, params.most_loss ? "a budget of accuracy and one of cost" : "no budget",
                     "one of them");
  if (validation.size() == 0) throw InputError({validation.name}, "no validation samples", "at least one");
  if (params.compress.calibration_samples < 1 || fit.size() == 0)
    throw InputError({fit.name}, "no calibration samples", "at least one");
  return Search(network, fit, validation, params, cost, memory, progress).run();
}

}  // namespace weft::compress
