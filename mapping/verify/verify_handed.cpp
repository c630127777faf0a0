// Neurons that vanished into their parts: which ones they are, and what a list of sources says of them.
//
// Assumed: senders' claims are only claims; whoever asks compares the parts with the neuron.
#include <algorithm>

#include <fmt/format.h>

#include "mapping/verify/verify_internal.hpp"

namespace weft::mapping::verify {

void merge(std::vector<Weighted>& list) {
  std::sort(list.begin(), list.end(),
            [](const Weighted& a, const Weighted& b) { return a.source < b.source; });
  std::size_t kept = 0;
  for (std::size_t i = 0; i < list.size();) {
    Weighted sum{list[i].source, 0};
    for (; i < list.size() && list[i].source == sum.source; ++i) {
      sum.weight = static_cast<std::int64_t>(static_cast<std::uint64_t>(sum.weight) +
                                             static_cast<std::uint64_t>(list[i].weight));
    }
    if (sum.weight != 0) list[kept++] = sum;
  }
  list.resize(kept);
}

HandedNeurons::HandedNeurons(const FixedNetwork& network, const SourceNetwork& source,
                             const std::vector<SenderId>& claimed,
                             const std::vector<std::pair<std::uint32_t, SenderId>>& parts,
                             std::size_t senders)
    : neurons_(source.size()), whole_(senders, kNoNeuron) {
  for (const auto& [neuron, sender] : parts) {
    const std::uint32_t p = source.population[neuron];
    const FixedPopulation& population = network.populations[PopulationId(p)];
    if (claimed[neuron] != kNoSender || p == network.output().value()) continue;
    if (population.model != NeuronModel::Linear || population.shift[neuron - source.first[p]] != 0) continue;
    parts_[neuron].push_back(sender);
    whole_[sender] = neuron;
  }
}

std::vector<std::uint32_t> HandedNeurons::open(std::vector<Weighted>& list) const {
  std::vector<Weighted> opened;
  std::map<std::uint32_t, std::vector<std::int64_t>> weights;  // by neuron: of its parts that are read
  for (const Weighted& item : list) {
    if (item.source < neurons_) {
      opened.push_back(item);
    } else {
      weights[whole_[SenderId(item.source - neurons_)]].push_back(item.weight);
    }
  }
  std::vector<std::uint32_t> torn;
  for (const auto& [neuron, found] : weights) {
    const bool alike = std::all_of(found.begin(), found.end(), [&](auto w) { return w == found.front(); });
    if (!alike || found.size() != parts_.at(neuron).size()) {
      torn.push_back(neuron);
    } else {
      opened.push_back({neuron, found.front()});
    }
  }
  merge(opened);
  list = std::move(opened);
  return torn;
}

}  // namespace weft::mapping::verify
