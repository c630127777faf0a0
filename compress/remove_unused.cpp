// Two sweeps over channels (a neuron of a dense population is a channel of one position). Front to back: a
// channel all of whose sources are constant or of weight zero is constant itself; its value goes into the
// biases behind it and its weights become zero. Back to front: a channel is needed when it leads to a needed
// one. Invariant: what is cleared had no influence on any output.
#include "compress/remove_unused.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace weft::compress {
namespace {

// A projection as weights between channels: of target channel t and source channel s there are `span` items.
struct ChannelView {
  Projection& projection;
  Shape source, target;

  ChannelView(Network& network, Projection& p)
      : projection(p),
        source(network.populations[p.source].shape),
        target(network.populations[p.target].shape) {}
  bool pool() const {
    return projection.kind == ProjectionKind::AveragePool || projection.kind == ProjectionKind::MaxPool;
  }
  // Calls visit(weight) for each weight from source channel s to target channel t. Grouped convolutions: only
  // where the two are of one group.
  template <class Visit>
  void each_weight(int s, int t, Visit&& visit) const {
    if (projection.kind == ProjectionKind::Dense) {
      const int from = source.height * source.width, to = target.height * target.width;
      for (int i = 0; i < to; ++i) {
        const std::size_t row =
            static_cast<std::size_t>(t * to + i) * static_cast<std::size_t>(source.size());
        for (int j = 0; j < from; ++j)
          visit(projection.weights[row + static_cast<std::size_t>(s * from + j)]);
      }
      return;
    }
    const int per_group = source.channels / projection.groups;
    if (s / per_group != t / (target.channels / projection.groups)) return;
    const int kernel = projection.window.kernel_height * projection.window.kernel_width;
    const std::size_t at = static_cast<std::size_t>((t * per_group + s % per_group) * kernel);
    for (int i = 0; i < kernel; ++i) visit(projection.weights[at + static_cast<std::size_t>(i)]);
  }
  bool connects(int s, int t) const {
    if (pool()) return s == t;
    bool found = false;
    each_weight(s, t, [&](float& weight) { found = found || weight != 0.0f; });
    return found;
  }
  bool padded() const {
    return projection.kind != ProjectionKind::Dense &&
           (projection.window.pad_height > 0 || projection.window.pad_width > 0);
  }
  // Whether a constant source channel gives all positions of a target channel the same.
  bool uniform() const {
    if (projection.kind == ProjectionKind::Dense) return target.height * target.width == 1;
    return !padded();
  }
};

double activate(double sum, Activation activation) {
  switch (activation) {
    case Activation::Relu:
      return std::max(sum, 0.0);
    case Activation::Sigmoid:
      return 1 / (1 + std::exp(-sum));
    case Activation::Tanh:
      return std::tanh(sum);
    default:
      return sum;
  }
}

using Constants = std::vector<std::vector<std::optional<double>>>;  // [population][channel]

// The value of a channel that hears only constants; nothing where it hears more than its bias can hold.
std::optional<double> constant_value(Network& network, std::uint32_t p, int channel, const Constants& known) {
  const Population& population = network.populations[PopulationId(p)];
  double sum = population.bias.empty() ? 0 : population.bias[static_cast<std::size_t>(channel)];
  for (Projection& projection : network.projections) {
    if (projection.target.value() != p) continue;
    const ChannelView view(network, projection);
    for (int s = 0; s < view.source.channels; ++s) {
      if (!view.connects(s, channel)) continue;
      const auto& value = known[projection.source.index()][static_cast<std::size_t>(s)];
      if (!value || !view.pool() || view.padded()) return std::nullopt;
      sum += *value;  // of a pool; weights from constants are gone by now
    }
  }
  return activate(sum, population.activation);
}

void fold_constants(Network& network) {
  Constants known(network.populations.size());
  known[0].resize(static_cast<std::size_t>(network.populations[PopulationId(0)].shape.channels));
  for (std::uint32_t p = 1; p < network.populations.size(); ++p) {
    const int channels = network.populations[PopulationId(p)].shape.channels;
    for (int c = 0; c < channels; ++c) known[p].push_back(constant_value(network, p, c, known));
    for (Projection& projection : network.projections) {
      if (projection.source.value() != p) continue;
      const ChannelView view(network, projection);
      if (view.pool() || !view.uniform()) continue;
      Population& target = network.populations[projection.target];
      for (int t = 0; t < view.target.channels; ++t) {
        double change = 0;
        for (int s = 0; s < channels; ++s) {
          const auto& value = known[p][static_cast<std::size_t>(s)];
          if (!value) continue;
          view.each_weight(s, t, [&](float& weight) {
            change += *value * double{weight};
            weight = 0.0f;
          });
        }
        if (change == 0) continue;
        if (target.bias.empty()) target.bias.assign(static_cast<std::size_t>(target.shape.channels), 0.0f);
        target.bias[static_cast<std::size_t>(t)] += static_cast<float>(change);
      }
    }
  }
}

using Needed = std::vector<std::vector<char>>;  // [population][channel]

Needed find_needed(Network& network) {
  Needed needed(network.populations.size());
  for (std::uint32_t p = 0; p < network.populations.size(); ++p) {
    const auto channels = static_cast<std::size_t>(network.populations[PopulationId(p)].shape.channels);
    const bool end = p == 0 || p == network.output().value();
    needed[p].assign(channels, end ? 1 : 0);
  }
  for (std::size_t i = network.projections.size(); i-- > 0;) {  // ordered by target: the last ones first
    Projection& projection = network.projections[ProjectionId(static_cast<std::uint32_t>(i))];
    const ChannelView view(network, projection);
    for (int s = 0; s < view.source.channels; ++s) {
      char& item = needed[projection.source.index()][static_cast<std::size_t>(s)];
      for (int t = 0; t < view.target.channels && !item; ++t) {
        if (needed[projection.target.index()][static_cast<std::size_t>(t)] && view.connects(s, t)) item = 1;
      }
    }
  }
  return needed;
}

void clear_unneeded(Network& network, const Needed& needed) {
  for (Projection& projection : network.projections) {
    const ChannelView view(network, projection);
    if (view.pool()) continue;
    for (int t = 0; t < view.target.channels; ++t) {
      if (needed[projection.target.index()][static_cast<std::size_t>(t)]) continue;
      for (int s = 0; s < view.source.channels; ++s)
        view.each_weight(s, t, [](float& weight) { weight = 0.0f; });
    }
  }
}

// Calls visit(index) for each weight whose two channels are kept, in order. Not of grouped convolutions.
template <class Visit>
void each_kept(const Network& whole, ProjectionId id, const Needed& kept, Visit&& visit) {
  const Projection& projection = whole.projections[id];
  const Shape from = whole.populations[projection.source].shape,
              to = whole.populations[projection.target].shape;
  const bool dense = projection.kind == ProjectionKind::Dense;
  const int rows_per = dense ? to.height * to.width : 1;
  const int columns_per =
      dense ? from.height * from.width : projection.window.kernel_height * projection.window.kernel_width;
  const std::size_t columns = static_cast<std::size_t>(from.channels) * static_cast<std::size_t>(columns_per);
  for (int row = 0; row < to.channels * rows_per; ++row) {
    if (!kept[projection.target.index()][static_cast<std::size_t>(row / rows_per)]) continue;
    for (std::size_t column = 0; column < columns; ++column) {
      if (kept[projection.source.index()][column / static_cast<std::size_t>(columns_per)])
        visit(static_cast<std::size_t>(row) * columns + column);
    }
  }
}

}  // namespace

Network clear_unused(const Network& network) {
  Network result = network;
  fold_constants(result);
  clear_unneeded(result, find_needed(result));
  return result;
}

Network remove_unused(const Network& network) {
  return reduce(network).network;
}

Reduction reduce(const Network& network) {
  Network whole = clear_unused(network);
  Needed kept = find_needed(whole);
  // A grouped convolution pairs channels by their numbers: leave its populations as they are.
  for (const Projection& projection : whole.projections) {
    if (projection.groups == 1) continue;
    for (const PopulationId id : {projection.source, projection.target})
      std::fill(kept[id.index()].begin(), kept[id.index()].end(), 1);
  }
  for (auto& channels : kept) {
    if (std::find(channels.begin(), channels.end(), 1) == channels.end()) channels.front() = 1;
  }
  // Pools pair channels too: what one end keeps the other keeps.
  for (bool changed = true; changed;) {
    changed = false;
    for (const Projection& projection : whole.projections) {
      if (projection.kind != ProjectionKind::AveragePool && projection.kind != ProjectionKind::MaxPool)
        continue;
      auto &a = kept[projection.source.index()], &b = kept[projection.target.index()];
      for (std::size_t c = 0; c < a.size(); ++c) {
        if (a[c] == b[c]) continue;
        a[c] = b[c] = 1;
        changed = true;
      }
    }
  }
  Network result = whole;
  for (std::uint32_t p = 0; p < whole.populations.size(); ++p) {
    Population& population = result.populations[PopulationId(p)];
    population.shape.channels = static_cast<int>(std::count(kept[p].begin(), kept[p].end(), 1));
    if (population.bias.empty()) continue;
    population.bias.clear();
    const std::vector<float>& bias = whole.populations[PopulationId(p)].bias;
    for (std::size_t c = 0; c < bias.size(); ++c) {
      if (kept[p][c]) population.bias.push_back(bias[c]);
    }
  }
  for (std::uint32_t i = 0; i < whole.projections.size(); ++i) {
    Projection& projection = result.projections[ProjectionId(i)];
    if (projection.weights.empty() || projection.groups != 1) continue;
    projection.weights.clear();
    each_kept(whole, ProjectionId(i), kept, [&](std::size_t at) {
      projection.weights.push_back(whole.projections[ProjectionId(i)].weights[at]);
    });
  }
  return {std::move(result), std::move(kept)};
}

Network expand(const Network& whole, const Reduction& reduction, const Network& trained) {
  Network result = whole;
  for (std::uint32_t p = 0; p < whole.populations.size(); ++p) {
    std::vector<float>& bias = result.populations[PopulationId(p)].bias;
    const std::vector<float>& from = trained.populations[PopulationId(p)].bias;
    if (bias.empty() && !from.empty()) bias.assign(reduction.kept[p].size(), 0.0f);
    std::size_t next = 0;
    for (std::size_t c = 0; c < bias.size() && !from.empty(); ++c) {
      if (reduction.kept[p][c]) bias[c] = from[next++];
    }
  }
  for (std::uint32_t i = 0; i < whole.projections.size(); ++i) {
    Projection& projection = result.projections[ProjectionId(i)];
    const std::vector<float>& from = trained.projections[ProjectionId(i)].weights;
    if (projection.weights.empty() || projection.groups != 1) {
      projection.weights = from;
      continue;
    }
    std::fill(projection.weights.begin(), projection.weights.end(), 0.0f);
    std::size_t next = 0;
    each_kept(whole, ProjectionId(i), reduction.kept,
              [&](std::size_t at) { projection.weights[at] = from[next++]; });
  }
  return result;
}

}  // namespace weft::compress
