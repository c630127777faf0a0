// Samples moved at random, drawn one by one.
#pragma once

#include "model/data/dataset.hpp"

namespace weft {

// `count` of the samples, drawn at random, each moved down and right by -pixels to `pixels`, each as likely;
// what moves in repeats the edge. Where a map has no margin, as features of a convolution have none, zeros
// would be nothing that a network ever sees.
Dataset moves(const Dataset& dataset, std::int64_t count, int pixels, std::uint64_t seed);

}  // namespace weft
