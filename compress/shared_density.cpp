// Within a layer the worth falls with the weight's size, so each layer keeps its largest weights whatever the
// threshold: densities say it all. Invariant: what stays costs no more than there is room for, but for the
// one weight that each layer has at least.
#include "compress/shared_density.hpp"

#include <algorithm>
#include <functional>

#include "model/base/error.hpp"

namespace weft::compress {
namespace {

struct Item {
  double worth = 0;  // per synapse
  std::size_t layer = 0;
};

ProjectionId find(const Network& network, const std::string& name) {
  for (std::uint32_t i = 0; i < network.projections.size(); ++i) {
    if (network.projections[ProjectionId(i)].name == name) return ProjectionId(i);
  }
  internal_error("no projection '" + name + "' in network '" + network.name + "'");
}

}  // namespace

std::vector<double> shared_densities(const Network& network, const std::vector<std::string>& projections,
                                     double room) {
  std::vector<Item> items;
  std::vector<double> synapses;  // per weight of each layer
  double left = room;
  for (std::size_t layer = 0; layer < projections.size(); ++layer) {
    const ProjectionId id = find(network, projections[layer]);
    const std::vector<float>& weights = network.projections[id].weights;
    const auto dense = static_cast<double>(count_synapses_dense(network, id));
    synapses.push_back(dense / static_cast<double>(weights.size()));
    std::vector<double> squares;
    for (const float weight : weights) {
      if (weight != 0) squares.push_back(double{weight} * double{weight});
    }
    std::sort(squares.begin(), squares.end(), std::greater<>());
    double sum = 0;
    for (const double square : squares) {
      sum += square;
      items.push_back({square / sum / synapses[layer], layer});
    }
  }
  std::stable_sort(items.begin(), items.end(),
                   [](const Item& a, const Item& b) { return a.worth > b.worth; });
  std::vector<double> kept(projections.size(), 0.0);
  for (const Item& item : items) {
    left -= synapses[item.layer];
    if (left < 0) break;
    kept[item.layer] += 1;
  }
  for (std::size_t layer = 0; layer < kept.size(); ++layer) {
    const auto count = network.projections[find(network, projections[layer])].weights.size();
    kept[layer] = std::max(kept[layer], 1.0) / static_cast<double>(count);
  }
  return kept;
}

}  // namespace weft::compress
