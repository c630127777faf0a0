// What it costs to watch: the same run without a trace, with waveforms, and with the event log, in turns, so
// that a busy machine is equally busy for all. Figures only; the clock gives no verdict. With a second core
// free for the thread that writes, a run takes about what its own thread does; without one, what all do.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "model/base/error.hpp"
#include "sim/run.hpp"
#include "tests/bench/conv_case.hpp"
#include "tests/bench/sim_cases.hpp"
#include "tests/model/temporary_directory.hpp"
#include "traces/log/event_log.hpp"
#include "traces/waveform/trigger.hpp"
#include "traces/waveform/waveform.hpp"

namespace {

using namespace weft;

double cpu_seconds(clockid_t whose) {
  timespec time{};
  clock_gettime(whose, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
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
  std::vector<double> wall, own_cpu, cpu;
  double peak = 0;
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void measure(Watched& watched) {
  const double own_cpu = cpu_seconds(CLOCK_THREAD_CPUTIME_ID), cpu = cpu_seconds(CLOCK_PROCESS_CPUTIME_ID);
  const auto begin = std::chrono::steady_clock::now();
  watched.run();
  watched.wall.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  watched.own_cpu.push_back(cpu_seconds(CLOCK_THREAD_CPUTIME_ID) - own_cpu);
  watched.cpu.push_back(cpu_seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu);
  watched.peak = peak_megabytes();
}

void print_table(const char* title, std::vector<Watched>& all, std::uint64_t events) {
  std::printf("\n%s: %.3f s\n%-30s %8s %12s %8s %10s %10s  %s\n", title, median(all[0].wall), "", "wall",
              "own thread's", "all CPU", "file, MB", "peak, MB", "target");
  for (const Watched& w : all) {
    const double bytes = w.file.empty() ? 0 : static_cast<double>(std::filesystem::file_size(w.file));
    std::printf("%-30s %7.2fx %11.2fx %7.2fx %10.1f %10.0f  %s\n", w.name,
                median(w.wall) / median(all[0].wall), median(w.own_cpu) / median(all[0].own_cpu),
                median(w.cpu) / median(all[0].cpu), bytes / 1e6, w.peak, w.target);
    if (w.file.extension() == ".log" && events > 0)
      std::printf("  %.2f bytes per event, %.1f million events\n", bytes / static_cast<double>(events),
                  static_cast<double>(events) / 1e6);
  }
}

// A build without FST says so.
bool can_write(const Watched& watched) {
  try {
    watched.run();
    return true;
  } catch (const InputError& error) {
    std::printf("%s\n", error.what());
    return false;
  }
}

// With `before` cycles: around a trigger that never holds, which keeps so many.
void run_waveform(const bench::Case& c, traces::WaveformParams params, std::uint64_t before,
                  bool by_systemc = true) {
  traces::WaveformWriter* watching = nullptr;
  sim::VcdTrace trace([&](std::uint64_t cycles) { watching->end(cycles); });
  by_systemc = by_systemc && params.file.extension() == ".vcd";
  if (by_systemc) params.player = &trace;
  traces::WaveformWriter writer(params);
  watching = &writer;
  sim::RunParams run;
  if (by_systemc) run.trace = &trace;
  if (before > 0) {
    traces::TriggeredWaveform triggered(
        writer, {traces::parse_trigger("tile_1_0.router.east.valid == 1 for 99999"), before, 0});
    triggered.finish(sim::run_image(c.fabric, c.image, c.stimulus, run, nullptr, &triggered).cycles);
  } else {
    writer.finish(sim::run_image(c.fabric, c.image, c.stimulus, run, nullptr, &writer).cycles);
  }
}

void compare(const char* title, const bench::Case& c, int rounds) {
  const TemporaryDirectory directory;
  std::uint64_t events = 0;
  const auto waveform = [&](const char* name, std::vector<std::string> scopes, bool by_systemc = false) {
    return [&c, file = directory / name, scopes = std::move(scopes), by_systemc] {
      traces::WaveformParams params;
      params.file = file;
      params.scopes = scopes;
      params.clock_hz = c.fabric.clock_hz;
      run_waveform(c, params, 0, by_systemc);
    };
  };
  std::vector<Watched> all;
  // In the order of their memory: the peak is that of the process so far.
  all.push_back(
      {"without a trace", "", [&] { sim::run_image(c.fabric, c.image, c.stimulus); }, {}, {}, {}, {}});
  all.push_back({"waveform of a tile, sc_trace",
                 "<= 1.3x",
                 waveform("tile.vcd", {"tile_1_0.*"}, true),
                 directory / "tile.vcd",
                 {},
                 {},
                 {}});
  all.push_back({"... by a writer of our own",
                 "",
                 waveform("own.vcd", {"tile_1_0.*"}),
                 directory / "own.vcd",
                 {},
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
                 {},
                 {}});
  all.push_back({"all routers, sc_trace",
                 "",
                 waveform("all.vcd", {"*.router.*"}, true),
                 directory / "all.vcd",
                 {},
                 {},
                 {}});
  all.push_back({"... by a writer of our own",
                 "",
                 waveform("all_own.vcd", {"*.router.*"}),
                 directory / "all_own.vcd",
                 {},
                 {},
                 {}});
  all.push_back({"waveform of all routers, FST",
                 "<= 3x",
                 waveform("all.fst", {"*.router.*"}),
                 directory / "all.fst",
                 {},
                 {},
                 {}});
  if (!can_write(all.back())) all.pop_back();
  for (Watched& watched : all) {  // once to warm the caches
    measure(watched);
    watched.wall.clear();
    watched.own_cpu.clear();
    watched.cpu.clear();
  }
  for (int round = 0; round < rounds; ++round) {
    for (Watched& watched : all) measure(watched);
  }
  print_table(title, all, events);
}

// Peak memory of a process that does nothing but this.
double peak_alone(const std::function<void()>& run) {
  const pid_t child = fork();
  if (child == 0) {
    run();
    _exit(0);
  }
  rusage usage{};
  int status = 0;
  if (child < 0 || wait4(child, &status, 0, &usage) < 0 || status != 0) throw std::runtime_error("no child");
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

void print_memory(const char* title, const std::function<bench::Case(int)>& make) {
  const TemporaryDirectory directory;
  std::printf("\n%s: MB of peak memory above the plain run's (target: 100)\n%-44s %8s %8s %8s\n", title, "",
              "1x", "4x", "16x");
  struct Row {
    const char* name;
    std::function<void(const bench::Case&)> run;
  };
  const auto wave = [&](const char* file, const char* scope, std::uint64_t before) {
    return [&directory, file, scope, before](const bench::Case& c) {
      traces::WaveformParams params;
      params.file = directory / file;
      params.scopes = {scope};
      params.clock_hz = c.fabric.clock_hz;
      run_waveform(c, params, before);
    };
  };
  const std::vector<Row> rows = {
      {"waveform of a tile, sc_trace", wave("tile.vcd", "tile_1_0.*", 0)},
      {"all routers, FST", wave("all.fst", "*.router.*", 0)},
      {"a trigger that never holds, 10,000 cycles kept", wave("never.fst", "*.router.*", 10000)},
      {"event log of everything", [&](const bench::Case& c) {
         traces::EventLogWriter log(c.fabric, {directory / "run.log"});
         sim::run_image(c.fabric, c.image, c.stimulus, {}, &log);
         log.finish();
       }}};
  for (const Row& row : rows) {
    std::printf("%-44s", row.name);
    for (const int times : {1, 4, 16}) {
      const double plain = peak_alone([&] {
        const bench::Case c = make(times);
        sim::run_image(c.fabric, c.image, c.stimulus);
      });
      std::printf(" %8.1f", peak_alone([&] { row.run(make(times)); }) - plain);
      std::fflush(stdout);
    }
    std::printf("\n");
  }
}

}  // namespace

// All cases, or those whose numbers are given.
int main(int count, char** words) {
  const auto wanted = [&](const char* number) {
    return count < 2 || std::any_of(words + 1, words + count,
                                    [&](const char* word) { return std::string(word) == number; });
  };
  if (wanted("1")) compare("1: the demo's shape on 8 x 8 tiles, 500 frames", weft::bench::demo_like(500), 5);
  if (wanted("2"))
    compare("2: every tile sends on 8 x 8 tiles, 200 steps", weft::bench::uniform_load(8, 64, 200), 5);
  if (wanted("3"))
    compare("3: convolutional spiking network on Loihi, 8 x 4 tiles of 4 cores, 500 steps",
            weft::bench::conv_case(500), 5);
  if (wanted("4")) {
    print_memory("4: the demo's shape, 125, 500 and 2,000 frames",
                 [](int times) { return weft::bench::demo_like(125 * times); });
    print_memory("4: every tile sends, 50, 200 and 800 steps",
                 [](int times) { return weft::bench::uniform_load(8, 64, 50 * times); });
  }
}
