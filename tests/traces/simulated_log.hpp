// Logs of small random runs, for the tests of what is drawn from logs.
#pragma once

#include "tests/model/temporary_directory.hpp"
#include "tests/sim/random_case.hpp"
#include "traces/log/event_log.hpp"

namespace weft::traces {

// The log of random_case(seed), with what the simulator counted beside it.
struct SimulatedLog {
  explicit SimulatedLog(std::uint64_t seed, std::uint64_t from = 0,
                        std::uint64_t to = std::numeric_limits<std::uint64_t>::max())
      : simulated(sim::random_case(seed)), file(directory / "run.events") {
    EventLogWriter writer(simulated.made.fabric, {file, from, to});
    outcome = simulated.made.run(simulated.stimulus, {}, &writer);
    writer.finish();
  }

  TemporaryDirectory directory;
  sim::RandomCase simulated;
  std::filesystem::path file;
  Outcome outcome;
};

}  // namespace weft::traces
