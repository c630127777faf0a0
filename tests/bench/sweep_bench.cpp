// What a point costs beyond its own work, and how long questions to a large store take.
#include <chrono>
#include <cstdio>

#include "model/base/random.hpp"
#include "sweep/answers.hpp"
#include "sweep/engine.hpp"
#include "tests/bench/sweep_demo_case.hpp"
#include "tests/sweep/scratch.hpp"

namespace weft::sweep {
namespace {

using BenchClock = std::chrono::steady_clock;

struct Quiet : Progress {
  void update(std::int64_t, std::int64_t) override {}
};

double seconds_since(BenchClock::time_point begin) {
  return std::chrono::duration<double>(BenchClock::now() - begin).count();
}

// As many figures as a flow has.
PointResult figures(std::int64_t point) {
  Random random(static_cast<std::uint64_t>(point));
  PointResult result;
  for (int i = 0; i < 60; ++i) result.figures.push_back({"figure." + std::to_string(i), random.uniform()});
  return result;
}

void measure_overhead() {
  const test::Scratch scratch;
  const SweepFile sweep = test::line_sweep(1000);
  Store store(scratch / "s", sweep, "1", true);
  Quiet progress;
  const auto begin = BenchClock::now();
  run_points(
      store, sweep, [](const auto&) { return figures(1); }, EngineParams{}, progress);
  std::printf("overhead of a point             %8.2f ms   (to reach: <= 5 ms)\n", seconds_since(begin));
}

void measure_answers() {
  const test::Scratch scratch;
  constexpr int kPoints = 100'000;
  const SweepFile sweep = test::line_sweep(
      kPoints, "objectives: {minimize: [figure.0, figure.1, figure.2], subject_to: [figure.3 >= 0.1]}\n");
  Store store(scratch / "s", sweep, "1", true);
  for (std::int64_t point = 0; point < kPoints; ++point) store.finish(point, figures(point));
  auto begin = BenchClock::now();
  const std::int64_t done = store.counts().done;
  std::printf("status of %lld points        %8.3f s    (to reach: <= 1 s)\n", static_cast<long long>(done),
              seconds_since(begin));
  begin = BenchClock::now();
  const Candidates candidates = find_candidates(store, sweep);
  const std::size_t front = find_front(candidates.values, {false, false, false}).size();
  std::printf("pareto, %4zu on the front        %8.3f s    (to reach: <= 1 s)\n", front,
              seconds_since(begin));
}

void measure_demo_points(int mappings) {
  const DemoSweepSpeed speed = run_demo_sweep(mappings);
  if (speed.points == 0) {
    std::printf("points of the demo: Fashion-MNIST is not here\n");
    return;
  }
  std::printf("%d points of the demo, %2d mapped  %7.1f points/s   (to reach: >= 20)\n", speed.points,
              mappings, speed.points / speed.wall_seconds);
  std::printf("  CPU per point %23.1f ms, of which simulation %.1f ms: %.1f points/s on two free cores\n",
              1e3 * speed.cpu_seconds / speed.points, 1e3 * speed.own_seconds,
              2 * speed.points / speed.cpu_seconds);
}

}  // namespace
}  // namespace weft::sweep

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);  // each row as soon as it is known
  weft::sweep::measure_overhead();
  weft::sweep::measure_demo_points(1);
  weft::sweep::measure_demo_points(10);
  weft::sweep::measure_answers();
}
