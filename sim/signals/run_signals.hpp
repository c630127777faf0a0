// The signal model: the fabric in textbook SystemC, a module per router, port and tile's cores, sc_signal
// wires between them, every process called at every clock edge. It takes and gives what the engine does,
// cycle for cycle, some fifty times slower: to be read, and to be compared with. chip.hpp is where to begin.
#pragma once

#include "sim/run.hpp"
#include "sim/traffic.hpp"

namespace weft::sim::signals {

// As sim::run_image() and sim::run_traffic(), which check what they are given.
Outcome run_image(const Fabric& fabric, const Image& image, const Stimulus& stimulus, const RunParams& params,
                  EventSink* events, SignalSink* signals, Progress* progress);
TrafficResult run_traffic(const Fabric& fabric, const TrafficParams& params, EventSink* events,
                          SignalSink* signals, Progress* progress);

}  // namespace weft::sim::signals
