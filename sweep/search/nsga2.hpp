// NSGA-II: Deb, Pratap, Agarwal and Meyarivan, A fast and elitist multiobjective genetic algorithm
// (IEEE Trans. Evolutionary Computation 6(2), 2002), over axes of numbers and of names.
#pragma once

#include <cstddef>
#include <functional>
#include <limits>
#include <set>
#include <vector>

#include "model/base/random.hpp"
#include "sweep/points.hpp"

namespace weft::sweep {

// What a point came to. All costs are to be small and all points have as many; a point that came to nothing
// has an infinite violation, and its costs are not looked at.
struct Evaluation {
  std::vector<double> costs;
  double violation = 0;  // of the conditions, summed; 0: feasible
  static Evaluation none() { return {{}, std::numeric_limits<double>::infinity()}; }
};

// Constrained domination: feasible before infeasible, less violation before more, and among feasible ones
// nowhere worse and somewhere better.
bool dominates(const Evaluation& a, const Evaluation& b);

// Per evaluation the number of its front: 0 for those that nobody dominates, 1 for those that only front 0
// does, ...
std::vector<int> sort_into_fronts(const std::vector<Evaluation>& evaluations);

// Per member of one front how far its neighbors in each cost are apart, in parts of the front's extent,
// summed; infinite at the ends of a cost's range, and 0 for members of no costs.
std::vector<double> crowding_distances(const std::vector<Evaluation>& front);

struct Individual {
  Point point;
  Evaluation evaluation;
};

// The `count` best: whole fronts in their order, of the last one the members with the most room about them,
// ties in the order of `all`.
std::vector<Individual> select_survivors(const std::vector<Individual>& all, std::size_t count);

// How a coordinate is varied: numbers have neighbors, names have none.
struct Gene {
  std::vector<std::uint32_t> order;  // per rank of a number the number of its value; empty: names
  std::size_t values = 0;
};
std::vector<Gene> genes_of(const SweepFile& sweep);

// Up to `count` children of the parents, none in `seen`, which gains them; all of them `allowed`. Parents are
// chosen in tournaments of two. Numbers are crossed by blending (Eshelman and Schaffer, FOGA 1993) and
// mutated by steps of which a step twice as long is half as likely; names are exchanged and drawn. Where no
// new child is found, a point is drawn evenly; fewer than `count` come back only where the space has hardly a
// point left.
std::vector<Point> breed(const std::vector<Individual>& parents, const std::vector<Gene>& genes,
                         std::size_t count, const std::function<bool(const Point&)>& allowed,
                         std::set<Point>& seen, Random& random);

}  // namespace weft::sweep
