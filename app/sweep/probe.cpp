// The points run as a sweep runs them, in processes of their own and with its limits, but one at a time: then
// no point waits for a stage of another, and what is measured is a stage's own time.
#include "app/sweep/probe.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace weft::app {
namespace {

class Memory : public sweep::Ledger {
 public:
  void start(std::int64_t) override {}
  void finish(std::int64_t, const sweep::PointResult& result) override { result_ = result; }
  void put_back(std::int64_t) override {}
  const sweep::PointResult& result() const { return result_; }

 private:
  sweep::PointResult result_{sweep::PointState::Pending, "", {}, 0};
};

// First, last, middle, quarters.
std::vector<std::size_t> spread(std::size_t count) {
  std::vector<std::size_t> chosen;
  for (const double share : {0.0, 1.0, 0.5, 0.25, 0.75}) {
    const auto i = static_cast<std::size_t>(std::lround(share * static_cast<double>(count - 1)));
    if (std::find(chosen.begin(), chosen.end(), i) == chosen.end()) chosen.push_back(i);
  }
  return chosen;
}

}  // namespace

Probe probe_points(const sweep::SweepFile& sweep, const std::vector<sweep::Point>& points,
                   PointRunner& runner, double seconds, Progress& progress) {
  using Clock = std::chrono::steady_clock;
  Probe probe;
  if (points.empty()) return probe;
  std::vector<sweep::Point> probed;
  for (const std::size_t i : spread(points.size())) probed.push_back(points[i]);
  const auto begin = Clock::now();
  const auto spent = [&] { return std::chrono::duration<double>(Clock::now() - begin).count(); };
  runner.prepare(probed);
  for (std::size_t i = 0; i < probed.size() && spent() < seconds && !progress.stop_requested(); ++i) {
    sweep::EngineParams engine;
    engine.limits = sweep.limits;
    const double left = seconds - spent();
    const bool is_ours = engine.limits.seconds == 0 || left < engine.limits.seconds;
    if (is_ours) engine.limits.seconds = left;
    Memory memory;
    const double before = spent();
    sweep::run_points(
        memory, {{static_cast<std::int64_t>(i), probed[i]}}, sweep,
        [&](const std::vector<std::string>& overrides) { return runner(overrides); }, engine, progress);
    sweep::PointResult result = memory.result();
    result.seconds = spent() - before;                      // with the making of its process
    if (result.state == sweep::PointState::Pending) break;  // its process was killed
    if (result.state == sweep::PointState::Failed) {
      if (!(is_ours && spent() >= seconds)) probe.failure = result.error;
      continue;
    }
    add_measured(probe.measured, probed[i], result);
    ++probe.ended;
  }
  probe.seconds = spent();
  return probe;
}

}  // namespace weft::app
