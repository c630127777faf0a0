// Summary of the frames' latencies. Percentiles by the nearest rank on sorted integers, so that each figure
// is a latency that some frame had.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "model/report/report.hpp"

namespace weft {
namespace {

constexpr std::size_t kBins = 60;

double nearest_rank(const std::vector<std::uint64_t>& sorted, double share) {
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
  return static_cast<double>(sorted[std::max<std::size_t>(rank, 1) - 1]);
}

HistogramReport histogram(const std::vector<std::uint64_t>& sorted) {
  HistogramReport bins;
  const std::uint64_t span = sorted.back() - sorted.front() + 1;
  const std::uint64_t width = (span + kBins - 1) / kBins;
  bins.first = static_cast<double>(sorted.front());
  bins.width = static_cast<double>(width);
  bins.counts.assign((span + width - 1) / width, 0);
  for (std::uint64_t cycles : sorted) ++bins.counts[(cycles - sorted.front()) / width];
  return bins;
}

}  // namespace

LatencyReport make_latency_report(const std::vector<std::uint64_t>& latency_cycles, std::int64_t steps,
                                  double clock_hz) {
  LatencyReport report;
  report.steps = steps;
  if (latency_cycles.empty()) return report;
  std::vector<std::uint64_t> sorted = latency_cycles;
  std::sort(sorted.begin(), sorted.end());
  const std::uint64_t sum = std::accumulate(sorted.begin(), sorted.end(), std::uint64_t{0});
  report.cycles_mean = static_cast<double>(sum) / static_cast<double>(sorted.size());
  report.cycles_p50 = nearest_rank(sorted, 0.50);
  report.cycles_p99 = nearest_rank(sorted, 0.99);
  report.cycles_max = static_cast<double>(sorted.back());
  report.seconds = report.cycles_mean / clock_hz;
  report.histogram = histogram(sorted);
  return report;
}

}  // namespace weft
