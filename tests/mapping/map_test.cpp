// The whole chain: what comes out computes what went in.
#include <gtest/gtest.h>

#include "mapping/graph/expand.hpp"
#include "mapping/map.hpp"
#include "mapping/split/plan_splits.hpp"
#include "model/base/error.hpp"
#include "model/network/evaluate.hpp"
#include "tests/mapping/nets_for_tests.hpp"
#include "tests/mapping/step_interpreter.hpp"

namespace weft::mapping {
namespace {

MapParams quick() {
  MapParams params;
  params.pack_rounds = 20;
  params.place_moves = 2000;
  return params;
}

void expect_equal_results(const FixedNetwork& network, const Fabric& fabric, const Image& image,
                          Random random, int frames) {
  ASSERT_EQ(describe(validate(image, fabric)), "");
  std::vector<std::vector<std::int32_t>> inputs;
  for (int f = 0; f < frames; ++f) inputs.push_back(random_frame(network, random));
  const auto outputs = interpret(fabric, image, inputs);
  ASSERT_EQ(outputs.size(), inputs.size());
  for (std::size_t f = 0; f < inputs.size(); ++f)
    EXPECT_EQ(outputs[f], evaluate(network, inputs[f]).back()) << "frame " << f;
}

std::int64_t count_sums(const Image& image) {
  std::int64_t sums = 0;
  for (const TileImage& tile : image.tiles) {
    for (const Delivery& delivery : tile.deliveries) sums += delivery.to_sum ? 1 : 0;
  }
  return sums;
}

std::string failure(const FixedNetwork& network, const Fabric& fabric) {
  try {
    map_network(network, fabric, quick());
  } catch (const Error& error) {
    return std::to_string(static_cast<int>(error.kind())) + " " + error.what();
  }
  return "";
}

TEST(Map, PutsASmallNetworkIntoOneCoreAtItsPorts) {
  const FixedNetwork network = layered_network({{4, 3, 2}}, Random(1));
  const Fabric fabric = small_fabric(1, 1, 8, 8);
  const Mapped mapped = map_network(network, fabric, quick());
  EXPECT_EQ(mapped.utilization.cores.used, 1);
  EXPECT_EQ(mapped.utilization.cores.lower_bound, 1);
  EXPECT_EQ(mapped.utilization.axons.used, 4 + 3);
  EXPECT_EQ(mapped.utilization.neurons.used, 3 + 2);
  EXPECT_EQ(mapped.utilization.synapses.used, 4 * 3 + 3 * 2);
  EXPECT_EQ(mapped.mapping.hops, 0);
  EXPECT_EQ(mapped.image.depth_steps, 2);
  expect_equal_results(network, fabric, mapped.image, Random(2), 6);
}

TEST(Map, EqualsTheReferenceOnRandomNetworksAndFabrics) {
  Random random(7);
  int split = 0, native = 0;
  for (int round = 0; round < 60; ++round) {
    const FixedNetwork network = random_network(random.fork("network " + std::to_string(round)));
    ASSERT_EQ(describe(validate(network)), "");
    Fabric fabric =
        small_fabric(4 + static_cast<int>(random.below(8)), 4 + static_cast<int>(random.below(8)),
                     6 + static_cast<int>(random.below(60)), 4 + static_cast<int>(random.below(40)));
    fabric.core.max_delay = 15;
    fabric.ports.north = random.below(2) == 0;
    if (random.below(3) == 0) {
      fabric.core.kind = CoreKind::Units;
      fabric.core.unit_synapses = 2 + static_cast<int>(random.below(20));
      fabric.core.neurons *= 4;
    } else if (random.below(2) == 0) {
      fabric.core.kind = CoreKind::Memory;
      fabric.core.synapse_memory_bits = 3000 + static_cast<std::int64_t>(random.below(10000));
    }
    if (random.below(3) == 0) fabric.router.routing = Routing::Circuit;
    fabric.router.tracks = 4 + static_cast<int>(random.below(60));
    fabric.core.native_sums = fabric.core.kind != CoreKind::Units && random.below(2) == 0;
    if (random.below(3) == 0) fabric.cores_per_tile = 2 + static_cast<int>(random.below(3));
    MapParams params = quick();
    params.seed = random.bits();
    SCOPED_TRACE("round " + std::to_string(round));
    try {
      const Mapped mapped = map_network(network, fabric, params);
      split += mapped.mapping.partial_sums > 0 ? 1 : 0;
      native += mapped.mapping.partial_sums > 0 && fabric.core.native_sums ? 1 : 0;
      EXPECT_EQ(count_sums(mapped.image), fabric.core.native_sums ? mapped.mapping.partial_sums : 0);
      EXPECT_EQ(mapped.image.depth_steps, depth_steps(network) + mapped.mapping.added_steps);
      EXPECT_LE(*mapped.utilization.cores.lower_bound, mapped.utilization.cores.used);
      EXPECT_LE(*mapped.utilization.axons.lower_bound, mapped.utilization.axons.used);
      EXPECT_LE(*mapped.utilization.neurons.lower_bound, mapped.utilization.neurons.used);
      EXPECT_LE(*mapped.utilization.synapses.lower_bound, mapped.utilization.synapses.used);
      EXPECT_LE(*mapped.utilization.links.lower_bound, mapped.utilization.links.used);
      EXPECT_LE(mapped.mapping.hops_lower_bound, mapped.mapping.hops);
      expect_equal_results(network, fabric, mapped.image, random.fork("frames"), 5);
      EXPECT_EQ(describe(verify_mapping(network, fabric, mapped.image)), "");
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::Unacceptable) << error.what();
    }
  }
  EXPECT_GT(split, 10);
  EXPECT_GT(native, 3);
}

TEST(Map, TakesBackSplitsThatSaveNoCore) {
  const FixedNetwork network = layered_network({{64, 40}, 12, 8}, Random(4));
  const CoreSpec core = small_fabric(8, 8, 16, 64).core;
  const NeuronGraph graph = expand(network, 8);
  const CoreLimits limits = core_limits(core);
  const SplitPlan plan = plan_splits(graph, core, limits, {}, nullptr);
  ASSERT_EQ(plan.split.added_steps, 1);
  EXPECT_EQ(with_fewer_steps(graph, core, limits, {}, plan).split.added_steps, 1) << "it saves cores";
  // In wide cores all neurons stand together anyway.
  const CoreSpec wide = small_fabric(8, 8, 64, 64).core;
  SplitPlan needless = plan_splits(graph, wide, core_limits(wide), {}, nullptr);
  ASSERT_EQ(needless.split.added_steps, 0);
  needless.params.populations.at(1).all = true;
  needless.split = split(graph, core, needless.params);
  ASSERT_EQ(needless.split.added_steps, 1);
  const SplitPlan simpler = with_fewer_steps(graph, wide, core_limits(wide), {}, needless);
  EXPECT_EQ(simpler.split.added_steps, 0);
  EXPECT_EQ(simpler.clusters.cores, 1u);
}

TEST(Map, TakesNoAxonsForNativeSums) {
  const FixedNetwork network = single_layer(32, 24, 1);
  Fabric fabric = small_fabric(5, 5, 16, 24);
  const Mapped on_axons = map_network(network, fabric, quick());
  fabric.core.native_sums = true;
  const Mapped native = map_network(network, fabric, quick());
  EXPECT_EQ(on_axons.utilization.axons.used, 32 + 2 * 24);
  EXPECT_EQ(native.utilization.axons.used, 32);
  EXPECT_EQ(native.utilization.synapses.used, 32 * 24) << "and no synapses";
  EXPECT_LT(native.utilization.cores.used, on_axons.utilization.cores.used);
  expect_equal_results(network, fabric, native.image, Random(2), 4);
  EXPECT_EQ(describe(verify_mapping(network, fabric, native.image)), "");
}

TEST(Map, SendsToEachListenerByItselfWithUnicastRouting) {
  Random random(11);
  for (int round = 0; round < 12; ++round) {
    SCOPED_TRACE(round);
    const FixedNetwork network = random_network(random.fork("network " + std::to_string(round)));
    Fabric fabric = small_fabric(8, 8, 40, 30);
    fabric.core.max_delay = 15;
    fabric.router.table_entries = 1;  // it has none
    fabric.router.routing = Routing::Unicast;
    try {
      const Mapped mapped = map_network(network, fabric, quick());
      EXPECT_EQ(mapped.mapping.hops, mapped.mapping.unicast_hops);
      EXPECT_LE(mapped.mapping.multicast_hops, mapped.mapping.unicast_hops);
      EXPECT_LE(mapped.mapping.hops_lower_bound, mapped.mapping.hops);
      expect_equal_results(network, fabric, mapped.image, random.fork("frames"), 3);
      EXPECT_EQ(describe(verify_mapping(network, fabric, mapped.image)), "");
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::Unacceptable) << error.what();
    }
  }
}

TEST(Map, CountsTheHopsOfBothKindsOfRouting) {
  // Two cores that a third one's neurons all reach: a tree of two links, or two ways.
  const FixedNetwork network = layered_network({{6, 6, 12}}, Random(4));
  Fabric fabric = small_fabric(3, 1, 6, 6);
  for (const Routing routing : {Routing::Multicast, Routing::Unicast}) {
    fabric.router.routing = routing;
    const MappingReport report = map_network(network, fabric, quick()).mapping;
    EXPECT_EQ(report.hops, routing == Routing::Unicast ? report.unicast_hops : report.multicast_hops);
    EXPECT_LE(report.multicast_hops, report.unicast_hops);
  }
}

TEST(Map, GivesTheSameImageForTheSameSeed) {
  const FixedNetwork network = layered_network({{60, 40, 10}, 30, 8}, Random(3));
  const Fabric fabric = small_fabric(6, 6, 32, 16);
  MapParams params = quick();
  const Digest once = digest(map_network(network, fabric, params).image);
  EXPECT_EQ(once, digest(map_network(network, fabric, params).image));
  params.seed = 2;
  EXPECT_NE(once, digest(map_network(network, fabric, params).image));
}

TEST(Map, ServesANetworkOfConstants) {
  FixedNetwork network = layered_network({{5, 4, 3}}, Random(1));
  auto& weights = network.projections[ProjectionId(0)].weights;
  std::fill(weights.begin(), weights.end(), 0);
  const Fabric fabric = small_fabric(2, 2, 8, 8);
  const Mapped mapped = map_network(network, fabric, quick());
  EXPECT_TRUE(mapped.image.inputs.empty());
  expect_equal_results(network, fabric, mapped.image, Random(2), 3);
  EXPECT_EQ(describe(verify_mapping(network, fabric, mapped.image)), "");
}

TEST(Map, FoldsAConstantThatAPartialSumWouldHaveRead) {
  // fc2 reads four neurons, one of them the constant 5 with weight 3; and five, so that it must be split.
  for (const int varying : {3, 4}) {
    SCOPED_TRACE(varying);
    FixedNetwork network = layered_network({{3, varying + 1, 2}}, Random(1));
    auto& first = network.projections[ProjectionId(0)].weights;
    std::fill(first.end() - 3, first.end(), std::int16_t{0});
    FixedPopulation& hidden = network.populations[PopulationId(1)];
    hidden.bias.back() = 5;
    hidden.shift.back() = 0;
    auto& second = network.projections[ProjectionId(1)].weights;
    second[static_cast<std::size_t>(varying)] = 3;
    second.back() = 3;
    const Fabric fabric = small_fabric(4, 4, 3, 4);
    const Mapped mapped = map_network(network, fabric, quick());
    EXPECT_EQ(mapped.mapping.partial_sums > 0, varying == 4);
    expect_equal_results(network, fabric, mapped.image, Random(2), 5);
    EXPECT_EQ(describe(verify_mapping(network, fabric, mapped.image)), "");
  }
}

TEST(Map, SplitsWhereThatSavesCores) {
  // 40 neurons, each with 8 of 64 inputs: apart they need nearly a core each, as partial sums they share.
  FixedNetwork network = layered_network({{64, 40}, 12, 8}, Random(4));
  const Fabric fabric = small_fabric(8, 8, 16, 64);
  const Mapped mapped = map_network(network, fabric, quick());
  EXPECT_GT(mapped.mapping.partial_sums, 0);
  EXPECT_LE(mapped.utilization.cores.used, 16);
  expect_equal_results(network, fabric, mapped.image, Random(2), 4);
}

void expect_pruned_lenet_fits(int percent, std::int64_t cores) {
  const FixedNetwork network =
      layered_network({{784, 300, 100, 10}, percent, 8}, Random(static_cast<std::uint64_t>(percent)));
  const Fabric fabric = small_fabric(8, 8, 256, 256);
  const Mapped mapped = map_network(network, fabric, {});
  EXPECT_LE(mapped.utilization.cores.used, cores);
  EXPECT_LE(mapped.mapping.hops, 8 * mapped.mapping.hops_lower_bound);
  EXPECT_EQ(describe(verify_mapping(network, fabric, mapped.image)), "");
  expect_equal_results(network, fabric, mapped.image, Random(2), 2);
}

TEST(Map, FitsAPrunedLeNet300OnTheDefaultFabric) {
  expect_pruned_lenet_fits(8, 13);
}

TEST(MapFull, FitsPrunedLeNets300OnTheDefaultFabric) {
  for (int percent : {2, 5, 10, 20, 50}) {
    SCOPED_TRACE(percent);
    expect_pruned_lenet_fits(percent, 14);
  }
}

TEST(Map, SaysHowManyCoresAreShort) {
  const Fabric fabric = small_fabric(2, 2, 16, 16);
  EXPECT_EQ(failure(single_layer(16, 100, 1), fabric),
            "1 needs at least 7 cores, the fabric has 4: 3 short, 3 x 3 tiles of this kind at least");
}

TEST(Map, SaysWhatThePackerNeededWhereTheBoundWouldFit) {
  // Each neuron reads the same 5 inputs twice over: 3 + 3 axons do not fit into 4.
  FixedNetwork network = single_layer(6, 2, 1);
  network.projections[ProjectionId(0)].weights = {1, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1};
  Fabric fabric = small_fabric(1, 1, 6, 1);
  EXPECT_EQ(failure(network, fabric),
            "1 needs at least 2 cores, the fabric has 1: 1 short, 2 x 1 tiles of this kind at least");
  network = single_layer(5, 3, 1);
  network.projections[ProjectionId(0)].weights = {1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0};
  network.projections[ProjectionId(0)].weights = {1, 1, 1, 0, 0, 1, 0, 0, 1, 1, 0, 1, 1, 1, 0};
  fabric = small_fabric(2, 1, 3, 3);
  EXPECT_EQ(failure(network, fabric),
            "1 the best packing found needs 3 cores (any needs at least 2), the fabric has 2: 1 short, 2 x 2 "
            "tiles of this kind would do");
}

TEST(Map, RefusesWeightsWiderThanTheFabrics) {
  Fabric fabric = small_fabric(2, 2, 16, 16);
  fabric.core.weight_bits = 4;
  EXPECT_EQ(failure(single_layer(2, 2, 1), fabric),
            "3 layers: found weights of 8 bits, expected at most core.weight_bits = 4");
}

TEST(Map, RefusesValuesWiderThanTheFabrics) {
  Fabric fabric = small_fabric(2, 2, 16, 16);
  fabric.core.value_bits = 23;
  EXPECT_EQ(failure(single_layer(2, 2, 1), fabric),
            "3 layers: found values of 24 bits in population \"fc1\", expected at most core.value_bits = 23");
}

TEST(Map, RefusesAnInvalidNetwork) {
  FixedNetwork network = single_layer(2, 2, 1);
  network.projections[ProjectionId(0)].weights.pop_back();
  EXPECT_EQ(failure(network, small_fabric(2, 2, 16, 16)).substr(0, 26), "3 layers: not a valid netw");
}

TEST(Map, SaysWhichRouterTableIsTooSmall) {
  Fabric fabric = small_fabric(1, 1, 16, 16);
  fabric.router.table_entries = 1;
  EXPECT_EQ(
      failure(layered_network({{4, 3, 2}}, Random(1)), fabric),
      "1 the router of tile_0_0 needs 2 table entries for its 9 keys, router.table_entries is 1; 1 router is "
      "short, router.table_entries = 2 would do");
}

TEST(Map, SaysHowManyKeysAreShort) {
  Fabric fabric = small_fabric(1, 1, 16, 16);
  fabric.router.key_bits = 3;
  EXPECT_EQ(failure(layered_network({{4, 3, 2}}, Random(1)), fabric),
            "1 needs 9 message keys, router.key_bits = 3 tells 8 apart");
}

TEST(Map, SaysWhichNeuronASynapseMemoryCannotHold) {
  Fabric fabric = small_fabric(2, 2, 16, 16);
  fabric.core.kind = CoreKind::Memory;
  fabric.core.synapse_memory_bits = 200;
  EXPECT_EQ(failure(single_layer(10, 1, 1), fabric),
            "1 neuron fc1[0] needs 280 bits of synapse memory for its 10 synapses, core.synapse_memory_bits "
            "is 200");
}

class Stopping : public Progress {
 public:
  void update(std::int64_t done, std::int64_t total) override {
    EXPECT_GE(done, last_);
    EXPECT_LE(done, total);
    last_ = done;
    ++calls_;
  }
  bool stop_requested() const override { return stop_; }
  std::int64_t last_ = 0;
  int calls_ = 0;
  bool stop_ = false;
};

TEST(Map, TellsHowFarItIs) {
  Stopping progress;
  map_network(layered_network({{60, 40, 10}, 30, 8}, Random(3)), small_fabric(6, 6, 32, 16), quick(),
              &progress);
  EXPECT_EQ(progress.last_, 1000);
  EXPECT_GT(progress.calls_, 10);
}

TEST(Map, EndsEarlyWithAValidImageWhenAskedToStop) {
  Stopping progress;
  progress.stop_ = true;
  const FixedNetwork network = layered_network({{60, 40, 10}, 30, 8}, Random(3));
  const Fabric fabric = small_fabric(6, 6, 32, 16);
  expect_equal_results(network, fabric, map_network(network, fabric, quick(), &progress).image, Random(2), 2);
}

}  // namespace
}  // namespace weft::mapping
