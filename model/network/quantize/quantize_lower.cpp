// Lowering. A max pool becomes a tournament of ceil(log2(window)) rounds: of a pair (a, b) one neuron holds
// relu(a - b), another passes b on, and their sum is the larger of the two. The sum is never a neuron of its
// own but in the end: the next round subtracts the sums directly. All this has the scale of the pool's source
// and weights of 1 and -1, so that it is exact on integers. Every round takes one step; a projection around
// it waits.
#include "model/network/quantize/quantize_lower.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "model/network/convolution_taps.hpp"

namespace weft {
namespace {

// A value in a tournament: the sum of the values of these neurons, by population.
struct Term {
  std::size_t population = 0;
  std::uint32_t neuron = 0;
};
using Player = std::vector<Term>;
using Players = std::vector<std::vector<Player>>;  // of each window

class Lowering {
 public:
  explicit Lowering(const Network& network) : network_(network) {
    for (const Population& population : network.populations) population_names_.insert(population.name);
    for (const Projection& projection : network.projections) projection_names_.insert(projection.name);
  }

  LoweredNetwork run() {
    for (std::uint32_t p = 0; p < network_.populations.size(); ++p) {
      incoming_.clear();
      for (const Projection& projection : network_.projections) {
        if (projection.target == PopulationId(p)) incoming_.push_back(&projection);
      }
      const bool is_pool = !incoming_.empty() && incoming_[0]->kind == ProjectionKind::MaxPool;
      if (is_pool) {
        max_pool(PopulationId(p), *incoming_[0]);
      } else {
        weighted_sum(PopulationId(p));
      }
    }
    return std::move(lowered_);
  }

 private:
  std::vector<double> neuron_biases(const Population& population) const {
    std::vector<double> bias(static_cast<std::size_t>(population.shape.size()), 0);
    const std::size_t plane = bias.size() / static_cast<std::size_t>(population.shape.channels);
    for (std::size_t n = 0; n < bias.size() && !population.bias.empty(); ++n)
      bias[n] = population.bias[n / plane];
    return bias;
  }

  std::size_t add(LoweredPopulation population, int arrival) {
    lowered_.populations.push_back(std::move(population));
    arrival_.push_back(arrival);
    return lowered_.populations.size() - 1;
  }

  void weighted_sum(PopulationId id) {
    const Population& population = network_.populations[id];
    LoweredPopulation item;
    item.name = population.name;
    item.shape = population.shape;
    item.activation = population.activation;
    int arrival = 0;
    if (id == network_.input()) {
      item.real_scale = network_.input_scale;
      item.real_offset = network_.input_offset;
    } else {
      item.bias = neuron_biases(population);
      item.calibrated_by = id;
      for (const Projection* projection : incoming_) {
        arrival = std::max(arrival, arrival_[lowered_id_[projection->source.index()]] + 1);
      }
    }
    const std::size_t target = add(std::move(item), arrival);
    lowered_id_.push_back(target);
    for (const Projection* projection : incoming_) add_projection(*projection, target);
  }

  void add_projection(const Projection& projection, std::size_t target) {
    LoweredProjection item;
    item.name = projection.name;
    item.source = lowered_id_[projection.source.index()];
    item.target = target;
    item.delay = arrival_[target] - arrival_[item.source];
    item.window = projection.window;
    item.groups = projection.groups;
    item.kind = projection.kind == ProjectionKind::Dense ? FixedProjectionKind::Dense
                                                         : FixedProjectionKind::Convolution;
    if (projection.kind == ProjectionKind::AveragePool) {
      const int channels = network_.populations[projection.source].shape.channels;
      const int kernel = projection.window.kernel_height * projection.window.kernel_width;
      item.groups = channels;
      item.weights = std::make_shared<std::vector<float>>(
          static_cast<std::size_t>(channels) * static_cast<std::size_t>(kernel),
          1.0f / static_cast<float>(kernel));
    } else {
      item.weights = {std::shared_ptr<void>(), &projection.weights};  // the network's own, not copied
    }
    lowered_.projections.push_back(std::move(item));
  }

  // The windows of a max pool, padded places left out.
  Players first_players(const Projection& pool, std::size_t source) const {
    const Shape& from = network_.populations[pool.source].shape;
    const Shape& to = network_.populations[pool.target].shape;
    Players players(static_cast<std::size_t>(to.size()));
    for (std::size_t window = 0; window < players.size(); ++window) {
      for_each_tap(from, to, pool.window, from.channels, static_cast<std::int64_t>(window),
                   [&](std::uint32_t neuron, std::size_t) {
                     players[window].push_back({{source, neuron}});
                   });
    }
    return players;
  }

  void max_pool(PopulationId id, const Projection& pool) {
    const std::size_t source = lowered_id_[pool.source.index()];
    Players players = first_players(pool, source);
    // A negative scale turns the order around: the largest real value is the smallest integer.
    const float sign = lowered_.populations[source].real_scale < 0 ? -1 : 1;
    int arrival = arrival_[source] + 1;
    for (int round = 1; is_open(players); ++round, ++arrival) {
      players = play(players, source, pool.name, round, sign, arrival);
    }

    const Population& population = network_.populations[id];
    LoweredPopulation item;
    item.name = population.name;
    item.shape = population.shape;
    item.activation = population.activation;
    item.bias = neuron_biases(population);
    const bool is_exact = population.activation == Activation::Linear &&
                          std::all_of(item.bias.begin(), item.bias.end(), [](double b) { return b == 0; });
    if (is_exact) {
      item.scale_of = source;
      item.real_scale = lowered_.populations[source].real_scale;
      item.real_offset = lowered_.populations[source].real_offset;
    } else {
      item.calibrated_by = id;
    }
    const std::size_t target = add(std::move(item), arrival);
    lowered_id_.push_back(target);
    std::vector<std::pair<Player, Player>> sums;  // plus, minus
    for (const auto& window : players) sums.push_back({window.empty() ? Player{} : window[0], {}});
    connect(sums, target, pool.name, sign);
  }

  static bool is_open(const Players& players) {
    return std::any_of(players.begin(), players.end(), [](const auto& window) { return window.size() > 1; });
  }

  // One round: adds the differences and what is passed on, and returns the sums that remain.
  Players play(const Players& players, std::size_t source, const std::string& pool, int round, float sign,
               int arrival) {
    std::vector<std::pair<Player, Player>> differences;
    std::vector<std::pair<Player, Player>> passed;
    Players next(players.size());
    const std::size_t difference_id = lowered_.populations.size();
    const std::size_t pass_id = difference_id + 1;
    for (std::size_t w = 0; w < players.size(); ++w) {
      for (std::size_t i = 0; i < players[w].size(); i += 2) {
        const bool has_pair = i + 1 < players[w].size();
        Player sum{{pass_id, static_cast<std::uint32_t>(passed.size())}};
        passed.push_back({players[w][has_pair ? i + 1 : i], {}});
        if (has_pair) {
          sum.insert(sum.begin(), {difference_id, static_cast<std::uint32_t>(differences.size())});
          differences.push_back({players[w][i], players[w][i + 1]});
        }
        next[w].push_back(std::move(sum));
      }
    }
    const std::string difference_name = pool + "_diff" + std::to_string(round);
    const std::string pass_name = pool + "_pass" + std::to_string(round);
    add_part(difference_name, differences.size(), true, source, arrival);
    connect(differences, difference_id, difference_name, sign);
    add_part(pass_name, passed.size(), false, source, arrival);
    connect(passed, pass_id, pass_name, sign);
    return next;
  }

  void add_part(const std::string& name, std::size_t neurons, bool is_difference, std::size_t source,
                int arrival) {
    const LoweredPopulation& whole = lowered_.populations[source];
    LoweredPopulation part;
    part.name = unique(population_names_, name);
    part.shape = {static_cast<int>(neurons), 1, 1};
    part.activation = is_difference ? Activation::Relu : Activation::Linear;
    part.is_difference = is_difference;
    part.real_scale = whole.real_scale;
    part.real_offset = is_difference ? 0 : whole.real_offset;
    part.bias.assign(neurons, 0);
    part.scale_of = source;
    add(std::move(part), arrival);
  }

  // Sparse projections for neurons that are each a sum of players, less another: one per source population.
  void connect(const std::vector<std::pair<Player, Player>>& sums, std::size_t target,
               const std::string& name, float sign) {
    std::set<std::size_t> sources;
    for (const auto& [plus, minus] : sums) {
      for (const Term& term : plus) sources.insert(term.population);
      for (const Term& term : minus) sources.insert(term.population);
    }
    for (const std::size_t source : sources) {
      LoweredProjection item;
      item.name = unique(projection_names_,
                         sources.size() == 1 ? name : name + "_of_" + lowered_.populations[source].name);
      item.source = source;
      item.target = target;
      item.kind = FixedProjectionKind::Sparse;
      item.delay = arrival_[target] - arrival_[source];
      // With the order turned around: min(a, b) = b - relu(b - a).
      const bool turns_source = lowered_.populations[source].is_difference;
      const bool turns_target = lowered_.populations[target].is_difference;
      const float weight = turns_source != turns_target ? sign : 1;
      std::vector<float> weights;
      for (std::uint32_t neuron = 0; neuron < sums.size(); ++neuron) {
        std::vector<std::pair<std::uint32_t, float>> row;
        for (const Term& term : sums[neuron].first) {
          if (term.population == source) row.emplace_back(term.neuron, weight);
        }
        for (const Term& term : sums[neuron].second) {
          if (term.population == source) row.emplace_back(term.neuron, -weight);
        }
        std::sort(row.begin(), row.end());
        for (const auto& [from, value] : row) {
          item.synapses.push_back({from, neuron});
          weights.push_back(value);
        }
      }
      item.weights = std::make_shared<std::vector<float>>(std::move(weights));
      lowered_.projections.push_back(std::move(item));
    }
  }

  static std::string unique(std::set<std::string>& names, std::string name) {
    while (!names.insert(name).second) name += "_";
    return name;
  }

  const Network& network_;
  LoweredNetwork lowered_;
  std::vector<std::size_t> lowered_id_;  // by population of the network
  std::vector<int> arrival_;             // by lowered population
  std::vector<const Projection*> incoming_;
  std::set<std::string> population_names_, projection_names_;
};

}  // namespace

LoweredNetwork lower(const Network& network) {
  return Lowering(network).run();
}

}  // namespace weft
