// How much of the whole grid's hypervolume NSGA-II finds with 15 % of its points, beside as many points at
// random.
#include <algorithm>
#include <cstdio>

#include "tests/sweep/search_problem.hpp"

int main() {
  using namespace weft::sweep::test;
  constexpr int kSeeds = 20;
  for (const auto& [name, problem] : {std::pair{"spheres", kSpheres}, {"fabrics", kFabrics}}) {
    double least = 1, sum = 0, random = 0;
    SearchFigures figures;
    for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
      figures = run_search(problem, seed);
      least = std::min(least, figures.share);
      sum += figures.share;
      random += figures.random_share;
    }
    std::printf(
        "%s: %lld of %lld points (%.0f %%, to reach: <= 15), %lld on the grid's front; hypervolume of %d "
        "seeds: mean "
        "%.2f %%, least %.2f %% (to reach: >= 95); as many at random: mean %.2f %%\n",
        name, static_cast<long long>(figures.evaluations), static_cast<long long>(figures.space),
        100.0 * static_cast<double>(figures.evaluations) / static_cast<double>(figures.space),
        static_cast<long long>(figures.front), kSeeds, 100 * sum / kSeeds, 100 * least,
        100 * random / kSeeds);
  }
}
