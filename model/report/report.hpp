// The figures of one flow, as report.json has them. A section that a command did not produce is absent.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/base/digest.hpp"

namespace weft {

// A frame whose largest output is another than its label.
struct WrongFrameReport {
  std::int64_t frame = 0;
  std::int64_t label = 0, answer = 0;
  std::string pixels;  // its picture: base64 of width * height bytes, row by row, 0 is black
};

// What the fabric answered, frame by frame: the first of the largest outputs is the answer.
struct AnswersReport {
  std::vector<std::string> classes;     // their names; as many as there are outputs
  std::vector<std::int64_t> confusion;  // frames by label * classes.size() + answer
  std::int64_t wrong_frames = 0;
  int width = 0, height = 0;            // of a picture; 0 where frames are none
  std::vector<WrongFrameReport> wrong;  // the first of them
};

struct AccuracyReport {  // fractions from 0 to 1; absent where the stage did not run
  std::optional<double> dense, compressed, fixed, fabric;  // `dense` is written under the key "float"
  std::int64_t samples = 0;
  std::int64_t mismatches = 0;  // frames whose fabric outputs differ from the integer reference in any bit
  std::optional<AnswersReport> answers = std::nullopt;  // of the fabric; absent where labels are no classes
};

struct LayerReport {
  std::string name;
  std::string method;  // "dense", "pruned", "factorized", "factorized+pruned"
  int rank = 0;        // 0: not factorized
  std::int64_t synapses_before = 0, synapses_after = 0;
  double density = 0;       // nonzero share of the weights that the layer holds now
  double output_error = 0;  // relative Frobenius error of the layer's weights against the dense ones
  // Where it was fitted to calibration samples: what its least squares were solved with, "covariance" or
  // "samples", and their damping, a fraction of the inputs' mean variance.
  std::optional<std::string> algebra = std::nullopt;
  std::optional<double> damping = std::nullopt;
};

struct CompressionReport {
  std::int64_t synapses_before = 0, synapses_after = 0, neurons_before = 0, neurons_after = 0;
  double ratio = 0;
  std::vector<LayerReport> layers;
};

struct TradeoffPointReport {
  std::string series;   // "factorization", "pruning", "both", "structured"
  double accuracy = 0;  // on the validation samples
  double cost = 0;
  std::int64_t synapses = 0, neurons = 0;
  std::string plan;
  bool chosen = false;
};

// The points that a search for a budget measured.
struct TradeoffReport {
  std::string cost;  // "synapses", "neurons", "axons", "cores"
  double dense_accuracy = 0, dense_cost = 0;
  std::int64_t validation_samples = 0;
  std::optional<double> least_accuracy, most_cost;  // the budget: one of them
  bool met = false;
  std::vector<TradeoffPointReport> points;  // by series, then by cost
};

struct UseReport {
  std::int64_t used = 0, available = 0;
  std::optional<std::int64_t> lower_bound;
};

struct UtilizationReport {
  UseReport cores, axons, neurons, synapses, links;
};

// Equally wide bins over [first, first + width * counts.size()).
struct HistogramReport {
  double first = 0, width = 1;
  std::vector<std::int64_t> counts;
};

struct LatencyReport {
  double cycles_mean = 0, cycles_p50 = 0, cycles_p99 = 0, cycles_max = 0;
  std::int64_t steps = 0;     // a frame's way through the network
  double seconds = 0;         // mean, at the fabric's clock
  HistogramReport histogram;  // of the frames' cycles
};

struct EnergyReport {
  double total_joule = 0, per_frame_joule = 0;
  std::map<std::string, double> parts;
};

struct RouterIterationReport {
  std::int64_t iteration = 0;
  std::int64_t overused = 0;  // tracks too many, over all links
  std::int64_t ripped = 0;    // circuits that were laid again
  std::int64_t wirelength = 0;
};

// Of a fabric of circuits.
struct CircuitReport {
  std::int64_t tracks = 0;         // that a link has, per direction
  std::int64_t channel_width = 0;  // that the fullest link needs
  // What the channel width cannot go below: for any mapping, given these clusters, given this placement.
  std::int64_t bound_any = 0, bound_clusters = 0, bound_placement = 0;
  std::vector<RouterIterationReport> iterations;
  HistogramReport occupancy;  // links by the share of their tracks that is taken
};

// One annealing of the placer.
struct PlacerRoundReport {
  std::int64_t round = 0;
  std::string start;  // where it began: "middle", "plane", "best", ...
  std::int64_t moves = 0, accepted = 0;
  std::int64_t cost = 0;           // hops of all trees, weighted by their flits, that it ended with
  std::int64_t max_link_load = 0;  // flits over the busiest link, weighted likewise
};

// What the calibration frames send over this mapping's routes.
struct TrafficReport {
  std::int64_t frames = 0;
  std::int64_t messages = 0;       // in all frames together, as the next two
  std::int64_t flit_hops = 0;      // links crossed
  std::int64_t max_link_load = 0;  // flits over the busiest link
  std::int64_t max_port_load = 0;  // flits through the busiest port, one way
  bool used = false;               // the placer weighed trees by it
};

// The longest chain of work of a step in which every axon is active and every neuron sends: no step of that
// kind can be shorter, whatever waits for what.
struct CriticalPathReport {
  std::string kind;         // "core": its rows, updates and messages; "port": what enters there; "link"
  std::string from, to;     // tiles; core: to the listener that is farthest
  std::int64_t cycles = 0;  // the sum of the rest
  std::int64_t rows = 0, updates = 0, messages = 0, links = 0;
};

// Cores that no mapping of some kind goes below.
struct CoreBoundReport {
  std::string counts;  // what it follows from: "axons", "parted neurons", ...
  std::int64_t cores = 0;
  std::string holds;  // "holds for any mapping", "given these neurons and partial sums", ...
};

struct MappingReport {
  std::int64_t hops = 0;  // links of all routing trees (unicast: paths), each once
  std::int64_t multicast_hops = 0, unicast_hops = 0;  // what this placement takes with either routing
  std::int64_t hops_lower_bound = 0;                  // "holds for these clusters"
  std::int64_t max_link_load = 0;                     // routes over the busiest link
  std::int64_t route_entries = 0;                     // of all routers' tables
  std::int64_t max_table_entries = 0;                 // of the fullest
  std::int64_t partial_sums = 0;                      // neurons added by splitting
  std::int64_t added_steps = 0;
  std::optional<CircuitReport> circuits;
  // What the tables would hold with an entry for each key, where keys share entries.
  std::optional<std::int64_t> unshared_entries = {}, max_unshared_entries = {};
  std::vector<PlacerRoundReport> placer = {};
  std::optional<TrafficReport> traffic = {};
  std::optional<HistogramReport> link_loads = {};  // links by routes, as shares of the busiest link's
  std::optional<CriticalPathReport> critical_path = {};
  std::vector<CoreBoundReport> core_bounds = {};
  // Where an exact search was asked for: whether it proved that no packing of these neurons and partial sums
  // has fewer cores.
  std::optional<bool> packing_optimal = {};
};

struct SimulationReport {
  std::int64_t cycles = 0, flit_hops = 0, synaptic_ops = 0, peak_rss_bytes = 0;
  double wall_seconds = 0, cpu_seconds = 0;
};

// One of the cores that share a tile.
struct CoreReport {
  std::string population;  // the one with most neurons here
  std::int64_t axons = 0, neurons = 0, synapses = 0;
};

// One tile of the fabric as the run left it: what the pictures of the HTML report are drawn from.
struct TileReport {
  int x = 0, y = 0;
  std::string population;  // the one with most neurons here; empty for a tile without a core in use
  std::int64_t axons = 0, neurons = 0, synapses = 0;
  std::int64_t busy_cycles = 0, stall_cycles = 0;
  // Flits that left towards each side, and through the port.
  std::int64_t flits_north = 0, flits_east = 0, flits_south = 0, flits_west = 0, flits_edge = 0;
  std::vector<CoreReport> cores = {};  // those in use, where tiles may have several: the rest are their sums
  // Routes that leave to the north, east, south and west.
  std::optional<std::vector<std::int64_t>> routes = {};
};

// Neurons (or inputs, where `from` is a port's tile) of one tile that a tile's cores, or its port, hear.
struct FlowReport {
  std::int64_t from = 0, to = 0;  // indices into FabricReport::tiles
  std::int64_t senders = 0;
};

struct FabricReport {
  std::string name;
  int width = 0, height = 0;
  std::vector<TileReport> tiles;       // row by row, all of them
  std::vector<FlowReport> flows = {};  // ascending; none where there are too many to be looked at
};

// A frame whose steps lie in the run's own event log.
struct WatchedFrameReport {
  std::string name;  // "median", "slowest": by latency
  std::int64_t frame = 0;
  std::int64_t cycles = 0;                 // its latency
  std::int64_t first_step = 0, steps = 0;  // from its first flit in to its last result out
};

// Frames that were run once more with their events on record. `of_frames`: they are the median and the
// slowest of so many from the front, which are all unless the run was long.
struct CloserLookReport {
  std::string events;  // the event log, beside report.json
  std::int64_t of_frames = 0;
  std::vector<WatchedFrameReport> frames;
};

// A run that the user stopped: what was done of it.
struct InterruptedReport {
  std::string stage;  // in which it was stopped
  std::int64_t frames_done = 0, frames = 0;
  std::int64_t steps_done = 0, steps = 0;  // of the simulation; 0 where it had not begun
};

struct LateTileReport {
  std::int64_t step = 0;
  int x = 0, y = 0;
  std::int64_t messages = 0;
  bool core = false;  // was still at work
};

// Of a fabric whose steps are ticks: what was not done at their ends (sim/TIMING.md section 2).
struct TickReport {
  std::int64_t cycles = 0;
  std::int64_t late_messages = 0, late_steps = 0;
  std::int64_t sufficient_cycles = 0;  // of a tick in which nothing would have been late; 0: nothing was
  std::vector<LateTileReport> first;   // the first tiles with late work

  bool is_late() const { return late_messages > 0 || late_steps > 0; }
};

struct ProvenanceReport {
  std::string version;
  std::uint64_t seed = 1;
  std::map<std::string, std::string> digests;
  std::string effective_config;  // YAML that repeats this run
};

struct Report {
  std::string title;
  std::optional<AccuracyReport> accuracy;
  std::optional<CompressionReport> compression;
  std::optional<TradeoffReport> tradeoff;
  std::optional<UtilizationReport> utilization;
  std::optional<LatencyReport> latency;
  std::optional<double> frames_per_second;
  std::optional<EnergyReport> energy;
  std::optional<MappingReport> mapping;
  std::optional<SimulationReport> simulation;
  std::optional<TickReport> tick;
  std::optional<FabricReport> fabric;
  std::optional<CloserLookReport> closer_look;
  std::optional<InterruptedReport> interrupted;  // absent: all was done
  ProvenanceReport provenance;
  std::map<std::string, double> stage_seconds;
};

// The latency section from the frames' cycles; all zero for no frames. p50 and p99 by the nearest rank.
LatencyReport make_latency_report(const std::vector<std::uint64_t>& latency_cycles, std::int64_t steps,
                                  double clock_hz);

// Two-space indented JSON with the keys of the contract; a missing section is a missing key.
std::string format_report_json(const Report& report);
// Throws InputError (naming the file and the key) on anything format_report_json does not write.
Report parse_report_json(const std::string& text, const std::string& file);

}  // namespace weft
