// Two sweeps with one cache: the first fills it, the second is measured from outside.
#include "tests/bench/sweep_demo_case.hpp"

#include <sys/resource.h>

#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/app/weft_program.hpp"

namespace weft::sweep {
namespace {

std::string sweep_text(int mappings, bool whole) {
  std::string text = "flow: " WEFT_SOURCE_DIRECTORY
                     "/examples/demo.yaml\n"
                     "axes:\n  run.frames: [200]\n  require.compression_ratio: [0]\n"
                     "  require.accuracy_loss: [1]\n  fabric.core.axons: range(";
  text += std::to_string(256 - (mappings - 1)) + ", 256)\n";
  if (!whole) return text.replace(text.find("range("), text.size(), "[256]\n");
  text += "  fabric.router.link_cycles: range(1, 10)\n  fabric.router.pipeline_cycles: range(1, 10)\n";
  text += "  fabric.router.buffer_depth: range(1, " + std::to_string(10 / mappings) + ")\n";
  return text;
}

double cpu_seconds_of_children() {
  rusage usage{};
  getrusage(RUSAGE_CHILDREN, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

DemoSweepSpeed run_demo_sweep(int mappings) {
  DemoSweepSpeed speed;
  if (!weft::test::has_fashion_mnist()) return speed;
  const weft::test::Scratch scratch;
  const auto run = [&](const std::string& name, bool whole, const char* action) {
    const std::string file = scratch.file(name + ".yaml", sweep_text(mappings, whole));
    std::vector<std::string> words = {"--json", "sweep", action, file, "-o", scratch / name};
    if (std::string(action) == "run")
      words.insert(words.end(), {"--cache", scratch / "cache", "--jobs", "2"});
    return weft::test::run_weft(words).out;
  };
  run("first", false, "run");
  const double cpu_before = cpu_seconds_of_children();
  const auto begin = std::chrono::steady_clock::now();
  run("second", true, "run");
  speed.wall_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  speed.cpu_seconds = cpu_seconds_of_children() - cpu_before;
  for (const auto& row : nlohmann::json::parse(run("second", true, "export"))) {
    if (row["state"] != "done") continue;
    ++speed.points;
    speed.own_seconds += row["simulation.cpu_seconds"].get<double>();
  }
  if (speed.points > 0) speed.own_seconds /= speed.points;
  return speed;
}

}  // namespace weft::sweep
