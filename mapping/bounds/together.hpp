// How many neurons one core can hold whole, at most.
#pragma once

#include <cstdint>
#include <vector>

namespace weft::mapping {

// Of these many neurons no core holds more than `most` with all that they read.
struct Together {
  std::int64_t neurons = 0;
  std::int64_t most = 0;
};

// By what any two of them have in common. Let the neurons t of a core read sets R_t of at most A sources
// together, and give each a weight w_t. By Cauchy and Schwarz over these sources s,
//   (sum_t w_t |R_t|)^2 = (sum_s sum_{t reads s} w_t)^2 <= A sum_{t, u} w_t w_u |R_t and R_u|.
// For n neurons the right side is at most A times the n largest of: w_t^2 |R_t|, and the n - 1 largest of
// w_t w_u |R_t and R_u| over u. Weights of about 1 / |R_t| make the left side n^2. The first n for which this
// fails is too many, and so is any larger one, since a part of what fits together fits together. (With equal
// weights: Corradi's lemma; Lovasz, Combinatorial Problems and Exercises, 1979, 13.13.)
//
// `reads`: what each neuron reads, ascending; those that read nothing, or more than `axons`, are left out.
// One entry for each of a few sets: the neurons with largest fan-in, an eighth of them, two eighths, up to
// all. Of very many neurons only the first are looked at.
std::vector<Together> together_by_overlap(std::vector<std::vector<std::uint32_t>> reads, std::int64_t axons,
                                          std::int64_t neurons);

}  // namespace weft::mapping
