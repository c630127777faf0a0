// How long a step is at least, in which every axon is active and every neuron sends.
#pragma once

#include "model/fabric/fabric.hpp"
#include "model/fabric/image.hpp"
#include "model/report/report.hpp"

namespace weft::mapping {

// The longest of three kinds of chains, none of which waits for another: a core's rows, its updates and its
// messages, one a cycle, and the links to the listener that is farthest; the flits that enter (or leave) at a
// port, one after the other; the flits of the busiest link. Cycles of work by sim/TIMING.md, without the
// barrier. The image must be valid for the fabric.
CriticalPathReport critical_path(const Image& image, const Fabric& fabric);

}  // namespace weft::mapping
