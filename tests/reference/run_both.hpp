// One case on all cycle models: the two of sim/, and sim/TIMING.md as a program.
#pragma once

#include "model/base/random.hpp"
#include "model/fabric/fabric.hpp"
#include "model/fabric/image.hpp"
#include "model/fabric/outcome.hpp"

namespace weft::test {

// Runs the engine, the signal model (where it has all that the fabric asks for) and the reference with the
// same random stalls and expects equal outcomes: outputs, cycles, steps, latencies, every counter of every
// tile; in a third of the cases also every event and every signal in every cycle. False after a mismatch,
// which is told by the first number that differs and the facts of the case. `outcome` is the engine's.
bool run_both(const Fabric& fabric, const Image& image, const Stimulus& stimulus, Random& random,
              Outcome& outcome);

}  // namespace weft::test
