// The demo as a whole process: runs the program given as the only argument, reads the report it wrote, and
// prints what a user waits for and pays in memory. Figures only; the clock gives no verdict.
#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "model/base/files.hpp"
#include "model/report/report.hpp"
#include "tests/model/temporary_directory.hpp"

namespace {

struct Timing {
  double wall_seconds = 0;
  double cpu_seconds = 0;
};

double children_cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_CHILDREN, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

Timing run(const std::string& command) {
  const double cpu = children_cpu_seconds();
  const auto begin = std::chrono::steady_clock::now();
  const int status = std::system((command + " >/dev/null").c_str());
  Timing timing;
  timing.wall_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  timing.cpu_seconds = children_cpu_seconds() - cpu;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    std::fprintf(stderr, "failed: %s\n", command.c_str());
    std::exit(1);
  }
  return timing;
}

Timing median_of(int runs, const std::string& command) {
  std::vector<Timing> timings;
  for (int i = 0; i < runs; ++i) timings.push_back(run(command));
  std::sort(timings.begin(), timings.end(),
            [](const Timing& a, const Timing& b) { return a.wall_seconds < b.wall_seconds; });
  return timings[timings.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: weft_demo_bench WEFT_PROGRAM\n");
    return 2;
  }
  const weft::TemporaryDirectory folder;
  const std::string weft = "'" + std::string(argv[1]) + "' --quiet ";
  const std::string demo = "'" + (folder.path() / "demo").string() + "'";
  const Timing whole = run(weft + "demo -o " + demo);
  const weft::Report report =
      weft::parse_report_json(weft::read_text_file(folder.path() / "demo" / "report.json"), "report.json");
  // One frame: what is left is the start, since a frame takes microseconds of it.
  const Timing one_frame = median_of(
      5, weft + "run " + demo + "/image.npz --frames 1 -o '" + (folder.path() / "run").string() + "'");

  const weft::SimulationReport& simulation = report.simulation.value();
  std::printf("%-46s %10s %10s\n", "figure", "measured", "target");
  std::printf("%-46s %10.1f %10s\n", "whole demo, wall s", whole.wall_seconds, "120");
  std::printf("%-46s %10.1f\n", "whole demo, CPU s", whole.cpu_seconds);
  std::printf("%-46s %10.1f %10s\n", "synapses, times fewer", report.compression.value().ratio, "20");
  const weft::AccuracyReport& accuracy = report.accuracy.value();
  std::printf("%-46s %10.2f %10s\n", "accuracy lost on the fabric, points",
              100 * (accuracy.dense.value() - accuracy.fabric.value()), "1.0");
  std::printf("%-46s %10lld %10s\n", "mismatches", static_cast<long long>(accuracy.mismatches), "0");
  std::printf("%-46s %10.2f %10s\n", "simulation of all frames, wall s", simulation.wall_seconds, "30");
  std::printf("%-46s %10.2f\n", "simulation of all frames, CPU s", simulation.cpu_seconds);
  std::printf("%-46s %10.1f %10s\n", "peak memory of the demo, MB",
              static_cast<double>(simulation.peak_rss_bytes) / 1e6, "500");
  std::printf("%-46s %10.3f %10s\n", "weft run, one frame, start to end, wall s", one_frame.wall_seconds,
              "0.5");
  return 0;
}
