// Random small fabrics, networks, images and stimuli: everything that a cycle can depend on varies.
#pragma once

#include "model/base/random.hpp"
#include "model/fabric/fabric.hpp"
#include "model/fabric/image.hpp"
#include "model/fabric/outcome.hpp"
#include "model/network/fixed_network.hpp"

namespace weft::test {

// 1 x 1 to 5 x 5 tiles; buffers of 1 to 4 flits; latencies of 1 to 3 cycles; crossbar, memory and units
// cores.
Fabric random_fabric(Random& random);

// In two of five cases the fabric's steps become ticks of random length, most of them too short for a busy
// fabric.
void draw_tick(Random& random, Fabric& fabric);

// A valid network of 1 to 4 layers: dense, sparse and convolutional projections, two paths side by side,
// skips, delays of 1 and 2, linear, ReLU and table neurons, silent and constant neurons.
FixedNetwork random_network(Random& random, int weight_bits);

// Who talks to whom in a random image.
enum class Traffic { Uniform, HotSpot, Broadcast, ToOnePort };
constexpr int kTraffics = 4;
const char* to_string(Traffic traffic);

// A valid image that is no network's: neurons with random biases that listen to each other all over the
// fabric, in circles as well, so that routers are far busier than a mapped network makes them.
Image random_image(Random& random, const Fabric& fabric, Traffic traffic);

// 1 to 5 frames, every 1 to 3 steps, of which a random share of the values is zero.
Stimulus random_stimulus(Random& random, std::uint32_t inputs, ValueFormat format);

// A stall share: none in half of the cases.
double random_stall_share(Random& random);

}  // namespace weft::test
