// A small network and a correct image of it made by hand, to be damaged by the tests: partial sums, a
// constant neuron, a table, different delays, several tiles.
#pragma once

#include <set>
#include <string>

#include "model/fabric/fabric.hpp"
#include "model/fabric/image.hpp"
#include "model/network/fixed_network.hpp"

namespace weft::test {

struct Example {
  FixedNetwork network;
  Fabric fabric;
  Image image;

  // After the fabric or the network was changed on purpose.
  void sign();
};

// Tiles 0 1 2 over 3 4 5, ports 0 to 3 at tiles 0, 2, 3, 5. Two inputs (4 bits); four ReLU neurons h, of
// which h0 is split into partial sums on tiles 0 and 3 and h3 is the constant 6; two table neurons t; two
// linear outputs. h0, h1, h2 are neurons 0 to 2 of tile 1; h3, t0, t1 neurons 0 to 2 of tile 4; the outputs
// are on tiles 5 and 2.
Example make_example();

// A population whose neurons have bias 0 and shift 0, and a dense projection without synapses.
FixedPopulation make_population(const char* name, int size, NeuronModel model, ValueFormat format);
FixedProjection make_dense(const FixedNetwork& network, std::uint32_t source, std::uint32_t target,
                           int delay = 1);
std::int16_t& dense_weight(FixedNetwork& network, std::uint32_t projection, std::uint32_t target,
                           std::uint32_t source);
// Two populations of `size` linear neurons; each of the second hears its own of the first, with weight 100.
FixedNetwork pass_through(int size, ValueFormat format);

// The register settings that make a core's neuron behave as that of the network.
NeuronConfig make_config(const FixedNetwork& network, std::uint32_t population, std::uint32_t index);
NeuronConfig make_partial(std::uint32_t population, std::uint32_t index, std::uint32_t part);

// What mapping::verify_mapping() finds: the rules that are broken, and all of it in words. Each finding says
// where and what.
std::set<std::string> rules(const Example& example);
std::string explain(const Example& example);

}  // namespace weft::test
