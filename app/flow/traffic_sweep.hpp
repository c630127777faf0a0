// Synthetic traffic at several rates, and its figures as a table, CSV and JSON.
#pragma once

#include <string>
#include <vector>

#include "app/cli/console.hpp"
#include "model/fabric/fabric.hpp"
#include "sim/traffic.hpp"

namespace weft::app {

// "0.01", or "FROM:TO:STEP" with both ends included. Throws a Usage error.
std::vector<double> parse_rates(const std::string& text);

struct TrafficPoint {
  double rate = 0;
  sim::TrafficResult result;
};

struct TrafficSweep {
  Fabric fabric;
  sim::TrafficParams params;  // but for the rate
  std::vector<TrafficPoint> points;
  bool interrupted() const { return !points.empty() && points.back().result.interrupted; }
};

// Latency in cycles without contention from creation to the tail's delivery, `hops` apart (a mean is
// allowed): sim/TIMING.md section 12. Exact where the buffers hold a round trip.
double zero_load_latency(const Fabric& fabric, int packet_flits, double hops);
// Mean hops of a run's packets.
double mean_hops(const sim::TrafficResult& result);

// One run after another; after Ctrl-C the run that was interrupted is the last.
void run_sweep(TrafficSweep& sweep, const std::vector<double>& rates, Console& console,
               EventSink* events = nullptr, SignalSink* signals = nullptr);

std::string format_sweep_table(const TrafficSweep& sweep);
std::string format_sweep_csv(const TrafficSweep& sweep);
std::string format_sweep_json(const TrafficSweep& sweep);

}  // namespace weft::app
