// First pass: from populations and projections to single neurons and synapses.
#pragma once

#include "mapping/graph/neuron_graph.hpp"

namespace weft::mapping {

// Convolutions are unrolled; parallel synapses between two neurons become one. A neuron whose sources are all
// constant (or that has none) is constant: its value goes into the biases of its readers, exactly, since the
// proof that potentials fit 32 bits covers every value it could take. A neuron whose result reaches no output
// is dropped; inputs keep their numbers even where nobody reads them; all outputs stay. `network` must be
// valid(). Throws InputError where parallel synapses add up to more than `weight_bits` hold.
NeuronGraph expand(const FixedNetwork& network, int weight_bits);

}  // namespace weft::mapping
