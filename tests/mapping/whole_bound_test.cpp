// Bounds by what neurons have in common: never above what trying everything gives, and tight where the case
// is simple.
#include "mapping/bounds/whole_bound.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "mapping/bounds/bounds.hpp"
#include "mapping/bounds/ceil_div.hpp"
#include "mapping/bounds/varying.hpp"
#include "mapping/graph/expand.hpp"
#include "mapping/map.hpp"
#include "tests/mapping/exact_packing.hpp"
#include "tests/mapping/nets_for_tests.hpp"

namespace weft::mapping {
namespace {

using Reads = std::vector<std::vector<std::uint32_t>>;

Reads random_reads(int neurons, int sources, int percent, Random& random) {
  Reads reads(static_cast<std::size_t>(neurons));
  for (auto& list : reads) {
    for (int s = 0; s < sources; ++s) {
      if (random.below(100) < static_cast<std::uint64_t>(percent))
        list.push_back(static_cast<std::uint32_t>(s));
    }
  }
  return reads;
}

// Of all sets of neurons the largest that reads at most `axons` sources.
std::int64_t largest_set(const Reads& reads, std::int64_t axons) {
  std::int64_t most = 0;
  for (std::uint32_t set = 1; set < 1u << reads.size(); ++set) {
    std::uint64_t sources = 0;
    std::int64_t neurons = 0;
    for (std::size_t t = 0; t < reads.size(); ++t) {
      if ((set >> t & 1u) == 0) continue;
      ++neurons;
      for (const std::uint32_t source : reads[t]) sources |= std::uint64_t{1} << source;
    }
    std::int64_t used = 0;
    for (; sources != 0; sources &= sources - 1) ++used;
    if (used <= axons) most = std::max(most, neurons);
  }
  return most;
}

TEST(TogetherByOverlap, IsTheQuotientWhereNothingIsShared) {
  Reads reads;
  for (std::uint32_t t = 0; t < 40; ++t) reads.push_back({3 * t, 3 * t + 1, 3 * t + 2});
  for (const Together& set : together_by_overlap(reads, 31, 64)) {
    EXPECT_EQ(set.most, std::min<std::int64_t>(set.neurons, 10));
  }
  EXPECT_EQ(together_by_overlap(reads, 31, 64).back().neurons, 40);
  EXPECT_EQ(together_by_overlap(reads, 31, 7).back().most, 7) << "a core has no more neurons";
}

TEST(TogetherByOverlap, LeavesOutWhatIsNeverWhole) {
  EXPECT_TRUE(together_by_overlap({{}, {0, 1, 2, 3}}, 3, 8).empty());
}

TEST(TogetherByOverlap, IsNeverBelowTheLargestSetThatFits) {
  Random random(3);
  int tight = 0, cases = 0;
  for (int round = 0; round < 150; ++round) {
    SCOPED_TRACE(round);
    Reads reads = random_reads(10, 24, 10 + static_cast<int>(random.below(30)), random);
    const auto axons = static_cast<std::int64_t>(6 + random.below(10));
    const auto sets = together_by_overlap(reads, axons, 64);
    reads.erase(std::remove_if(reads.begin(), reads.end(),
                               [&](const auto& list) {
                                 return list.empty() || static_cast<std::int64_t>(list.size()) > axons;
                               }),
                reads.end());
    if (reads.empty()) continue;
    std::stable_sort(reads.begin(), reads.end(),
                     [](const auto& a, const auto& b) { return a.size() > b.size(); });
    for (const Together& set : sets) {
      const Reads prefix(reads.begin(), reads.begin() + static_cast<std::ptrdiff_t>(set.neurons));
      const std::int64_t largest = largest_set(prefix, axons);
      EXPECT_GE(set.most, largest);
      EXPECT_LE(set.most, set.neurons);
      if (set.neurons < 4) continue;
      ++cases;
      tight += set.most <= largest + 1 ? 1 : 0;
    }
  }
  EXPECT_GT(tight * 2, cases) << "mostly within one of the truth";
}

TEST(PackingBound, IsNeverAboveTheBestPacking) {
  Random random(17);
  int above_axons = 0, decided = 0;
  for (int round = 0; round < 60; ++round) {
    SCOPED_TRACE(round);
    const NeuronGraph graph = expand(
        layered_network({{14, 12, 3}, 15 + static_cast<int>(random.below(30)), 8}, random.fork("n")), 8);
    const Lines lines = find_lines(graph);
    std::size_t widest = 1;
    for (std::uint32_t n = graph.inputs; n < graph.nodes(); ++n)
      widest = std::max(widest, lines.of_node[NodeId(n)].size());
    const int axons = static_cast<int>(widest + random.below(3)), neurons = 6;
    const auto optimum = fewest_cores(lines, graph.first_neuron(), axons, neurons);
    if (!optimum) continue;
    ++decided;
    const CoreSpec core = small_fabric(1, 1, axons, neurons).core;
    const std::int64_t bound = packing_bound(lines, graph.first_neuron(), core);
    EXPECT_LE(bound, *optimum);
    above_axons +=
        bound > ceil_div(static_cast<std::int64_t>(lines.lines.size()), axons) && bound == *optimum;
  }
  EXPECT_GT(decided, 50);
  EXPECT_GT(above_axons, 3) << "the overlaps prove something that counting axons does not";
}

// The fewest cores of any way to share synapses out among cores: what a core reads are its sources' axons,
// what it adds up its neurons; a neuron in several cores is heard in all but one. What no real mapping can do
// better.
class Sharing {
 public:
  Sharing(const NeuronGraph& graph, int axons, int neurons, bool native)
      : axons_(axons), neurons_(neurons), native_(native) {
    for (std::uint32_t n = graph.inputs; n < graph.nodes(); ++n) {
      for (const Synapse& synapse : graph.synapses[NodeId(n)]) edges_.push_back({synapse.source.value(), n});
    }
  }
  std::size_t synapses() const { return edges_.size(); }
  int fewest() {
    for (int cores = 1;; ++cores) {
      sources_.assign(static_cast<std::size_t>(cores), 0);
      targets_.assign(static_cast<std::size_t>(cores), 0);
      if (share(0)) return cores;
    }
  }

 private:
  static int count(std::uint64_t bits) {
    int ones = 0;
    for (; bits != 0; bits &= bits - 1) ++ones;
    return ones;
  }
  bool allowed() const {
    std::uint64_t all = 0;
    int axons = 0, pieces = 0;
    for (std::size_t c = 0; c < sources_.size(); ++c) {
      if (count(sources_[c]) > axons_ || count(targets_[c]) > neurons_) return false;
      axons += count(sources_[c]);
      pieces += count(targets_[c]);
      all |= targets_[c];
    }
    const int heard = native_ ? 0 : pieces - count(all);
    return axons + heard <= static_cast<int>(sources_.size()) * axons_;
  }
  bool share(std::size_t edge) {
    if (!allowed()) return false;
    if (edge == edges_.size()) return true;
    for (std::size_t c = 0; c < sources_.size(); ++c) {
      const std::uint64_t source = sources_[c], target = targets_[c];
      sources_[c] |= std::uint64_t{1} << edges_[edge].first;
      targets_[c] |= std::uint64_t{1} << edges_[edge].second;
      const bool done = share(edge + 1);
      sources_[c] = source;
      targets_[c] = target;
      if (done) return true;
      if (source == 0) break;  // the other empty cores are alike
    }
    return false;
  }

  int axons_, neurons_;
  bool native_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> edges_;
  std::vector<std::uint64_t> sources_, targets_;
};

TEST(PartedBound, IsNeverAboveTheBestSharingOfSynapses) {
  Random random(23);
  int more_than_axons = 0;
  for (int round = 0; round < 60; ++round) {
    SCOPED_TRACE(round);
    const NeuronGraph graph = expand(layered_network({{9, 7}, 25, 8}, random.fork("net")), 8);
    CoreSpec core = small_fabric(1, 1, 3 + static_cast<int>(random.below(3)), 4).core;
    core.native_sums = round % 3 == 0;
    Sharing sharing(graph, core.axons, core.neurons, core.native_sums);
    if (sharing.synapses() > 18) continue;
    const Bounds bounds = lower_bounds(graph, core);
    EXPECT_LE(bounds.cores, sharing.fewest());
    more_than_axons += bounds.cores_for.parting > std::max(bounds.cores_for.axons, bounds.cores_for.neurons);
  }
  EXPECT_GT(more_than_axons, 5);
}

TEST(PartedBound, CountsWhoCannotBeWhole) {
  // 12 neurons read 4 of 12 sources each; a core of 6 axons holds few of them whole.
  WholeNodes whole = {{{{12, 2}}}, {}};
  CoreSpec core = small_fabric(1, 1, 6, 16).core;
  // 3 cores: 6 of 12 whole, 6 parted: 12 + 6 axons of 18.
  EXPECT_EQ(parted_cores_bound(whole, core, 12, 12), 3);
  EXPECT_EQ(parted_cores_bound(whole, core, 13, 12), 4);
  core.native_sums = true;
  EXPECT_EQ(parted_cores_bound(whole, core, 12, 12), 2) << "nobody hears the parts";
  core.neurons = 6;
  EXPECT_EQ(parted_cores_bound(whole, core, 12, 12), 3) << "but they are neurons";
  whole.sources = {{{12, 1}}};
  core.neurons = 16;
  // Sources with readers in two cores take an axon in both: 12 and 9 more in 3 cores, 12 and 8 in 4.
  EXPECT_EQ(parted_cores_bound(whole, core, 12, 12), 4);
}

TEST(PartedBound, KnowsThatATileOfAConvolutionSharesItsEdges) {
  // 256 axons are 4 x 4 inputs of 16 channels, which hold 2 x 2 outputs whole, and likewise 2 x 2 inputs are
  // read in one core alone. 30 x 30 x 16 nodes on both sides have full boxes.
  const Bounds bounds = lower_bounds(expand(convolution(32, 16, 16), 8), small_fabric(1, 1, 256, 256).core);
  const std::int64_t full = 30 * 30 * 16;
  EXPECT_EQ(bounds.cores_for.parting, ceil_div(32 * 32 * 16 + 2 * full, 256 + 64 + 64));
}

TEST(PartedBound, IsNeverAboveWhatAMappingTakes) {
  Random random(29);
  for (int round = 0; round < 4; ++round) {
    SCOPED_TRACE(round);
    const FixedNetwork network = layered_network({{40, 30, 8}, 20, 4}, random.fork("net"));
    const Mapped mapped = map_network(network, small_fabric(8, 8, 16, 16), {});
    EXPECT_LE(*mapped.utilization.cores.lower_bound, mapped.utilization.cores.used);
  }
}

}  // namespace
}  // namespace weft::mapping
