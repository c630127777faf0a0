// What it costs to watch: the same run without a trace, with waveforms, and with the event log, in turns, so
// that a busy machine is equally busy for all. Figures only; the clock gives no verdict.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "model/base/error.hpp"
#include "sim/run.hpp"
#include "tests/bench/sim_cases.hpp"
#include "tests/model/temporary_directory.hpp"
#include "traces/log/event_log.hpp"
#include "traces/waveform/waveform.hpp"

namespace {

using namespace weft;

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec) + 1e-6 * static_cast<double>(usage.ru_utime.tv_usec);
}

double peak_megabytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

struct Watched {
  const char* name;
  const char* target;
  std::function<void()> run;
  std::filesystem::path file;
  std::vector<double> wall, cpu;
  double peak = 0;
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void measure(Watched& watched) {
  const double cpu = cpu_seconds();
  const auto begin = std::chrono::steady_clock::now();
  watched.run();
  watched.wall.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  watched.cpu.push_back(cpu_seconds() - cpu);
  watched.peak = peak_megabytes();
}

void print_table(const char* title, std::vector<Watched>& all, std::uint64_t events) {
  std::printf("\n%s\n%-34s %10s %10s %12s %10s  %s\n", title, "", "wall", "user CPU", "file, MB", "peak, MB",
              "target");
  for (const Watched& w : all) {
    const double bytes = w.file.empty() ? 0 : static_cast<double>(std::filesystem::file_size(w.file));
    std::printf("%-34s %9.2fx %9.2fx %12.1f %10.0f  %s\n", w.name, median(w.wall) / median(all[0].wall),
                median(w.cpu) / median(all[0].cpu), bytes / 1e6, w.peak, w.target);
    if (w.file.extension() == ".log" && events > 0)
      std::printf("  %.2f bytes per event, %.1f million events\n", bytes / static_cast<double>(events),
                  static_cast<double>(events) / 1e6);
  }
}

void compare(const char* title, const bench::Case& c, int rounds) {
  const TemporaryDirectory directory;
  std::uint64_t events = 0;
  const auto waveform = [&](const char* name, std::vector<std::string> scopes) {
    return [&c, file = directory / name, scopes = std::move(scopes)] {
      traces::WaveformParams params;
      params.file = file;
      params.scopes = scopes;
      params.clock_hz = c.fabric.clock_hz;
      traces::WaveformWriter writer(params);
      const Outcome outcome = sim::run_image(c.fabric, c.image, c.stimulus, {}, nullptr, &writer);
      writer.finish(outcome.cycles);
    };
  };
  std::vector<Watched> all;
  // In the order of their memory: the peak is that of the process so far.
  all.push_back({"without a trace", "", [&] { sim::run_image(c.fabric, c.image, c.stimulus); }, {}, {}, {}});
  all.push_back({"waveform of a tile, VCD",
                 "<= 1.3x",
                 waveform("tile.vcd", {"tile_1_0.*"}),
                 directory / "tile.vcd",
                 {},
                 {}});
  all.push_back({"event log of everything",
                 "<= 1.5x, <= 10 bytes per event, + 100 MB",
                 [&] {
                   traces::EventLogWriter log(c.fabric, {directory / "run.log"});
                   sim::run_image(c.fabric, c.image, c.stimulus, {}, &log);
                   log.finish();
                   events = log.events();
                 },
                 directory / "run.log",
                 {},
                 {}});
  all.push_back({"waveform of all routers, VCD",
                 "",
                 waveform("all.vcd", {"*.router.*"}),
                 directory / "all.vcd",
                 {},
                 {}});
  all.push_back({"waveform of all routers, FST",
                 "<= 3x",
                 waveform("all.fst", {"*.router.*"}),
                 directory / "all.fst",
                 {},
                 {}});
  try {
    measure(all.back());  // also warms the caches
    all.back().wall.clear();
    all.back().cpu.clear();
  } catch (const InputError& error) {
    std::printf("%s\n", error.what());
    all.pop_back();
  }
  for (int round = 0; round < rounds; ++round) {
    for (Watched& watched : all) measure(watched);
  }
  print_table(title, all, events);
}

}  // namespace

int main() {
  compare("the demo's shape, 500 frames, 8 x 8 tiles", weft::bench::demo_like(500), 5);
  compare("every tile sends, 8 x 8 tiles", weft::bench::uniform_load(8, 64, 200), 5);
}
