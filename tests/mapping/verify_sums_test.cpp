// Deliveries to sums, as verify_mapping reads them back: synapses of weight 1 that have no axon.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "mapping/map.hpp"
#include "tests/mapping/verify_example.hpp"

namespace weft::test {
namespace {

using mapping::verify_mapping;

// h[0]'s second partial sum goes to its sum; the axon and the synapse that it had go.
Example make_example_with_sum() {
  Example example = make_example();
  example.fabric.core.native_sums = true;
  example.sign();
  TileImage& hidden = example.image.tiles[TileId(1)];
  const MessageKey part2 = example.image.tiles[TileId(3)].core.neurons[0].key;
  for (const RouteEntry& route : hidden.routes) {
    for (std::uint32_t d = route.delivery_begin; d < route.delivery_end; ++d) {
      Delivery& delivery = hidden.deliveries[d];
      if (route.key == part2) {
        delivery = {0, 1, true};
      } else if (delivery.axon > 1) {
        --delivery.axon;
      }
    }
  }
  CoreImage& core = hidden.core;
  core.neuron.erase(core.neuron.begin() + 1);
  core.weight.erase(core.weight.begin() + 1);
  core.row_begin.erase(core.row_begin.begin() + 2);
  for (std::size_t a = 2; a < core.row_begin.size(); ++a) --core.row_begin[a];
  return example;
}

TEST(VerifyMapping, ReadsASumBackAsASynapseOfWeightOne) {
  Example example = make_example_with_sum();
  EXPECT_EQ(rules(example), std::set<std::string>());
  std::vector<Delivery>& deliveries = example.image.tiles[TileId(1)].deliveries;
  const auto sum = std::find_if(deliveries.begin(), deliveries.end(), [](auto& d) { return d.to_sum; });
  sum->axon = 1;
  EXPECT_EQ(rules(example), (std::set<std::string>{"synapse-missing", "synapse-weight"}));
  sum->axon = 3;
  EXPECT_EQ(rules(example), std::set<std::string>{"delivery-sum"});
  sum->axon = 0;
  sum->delay = 2;
  EXPECT_EQ(rules(example), std::set<std::string>{"path-delay"});
}

TEST(VerifyMapping, RefusesASumWhereTheCoreTakesAxonsOnly) {
  Example example = make_example_with_sum();
  example.fabric.core.native_sums = false;
  example.sign();
  EXPECT_EQ(rules(example), std::set<std::string>{"delivery-sum"});
}

}  // namespace
}  // namespace weft::test
