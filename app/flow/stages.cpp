// One function per stage, all of the same form: work, prove, record, say.
#include "app/flow/stages.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/cli/interrupt.hpp"
#include "app/flow/closer_look.hpp"
#include "app/flow/gather.hpp"
#include "app/report/html.hpp"
#include "compress/factorize.hpp"
#include "compress/remove_unused.hpp"
#include "model/network/forward.hpp"

namespace weft::app {
namespace {

using html::grouped;
using html::percent;

std::vector<std::string> population_names(const FixedNetwork& network) {
  std::vector<std::string> names;
  for (const FixedPopulation& population : network.populations) names.push_back(population.name);
  return names;
}

AccuracyReport& accuracy_section(Report& report) {
  return report.accuracy ? *report.accuracy : report.accuracy.emplace();
}

void record(StageContext& context, const char* artefact, const Digest& digest) {
  context.report.provenance.digests[artefact] = digest.hex();
}

// The layers' synapses once unused neurons are gone: pools count by channel.
void count_again(compress::CompressResult& result) {
  const Network& network = result.network;
  for (LayerReport& layer : result.layers) {
    layer.synapses_after = 0;
    for (std::uint32_t i = 0; i < network.projections.size(); ++i) {
      const std::string& name = network.projections[ProjectionId(i)].name;
      const bool factor = layer.rank > 0 && (name == compress::first_factor_name(layer.name) ||
                                             name == compress::second_factor_name(layer.name));
      if (factor || name == layer.name) layer.synapses_after += count_synapses(network, ProjectionId(i));
    }
  }
}

void finish(StageContext& context, Stage& stage, const std::string& summary) {
  context.report.stage_seconds[stage.name()] = stage.seconds();
  stage.done(summary);
}

}  // namespace

double measure_accuracy(StageContext& context, const Network& network, const Dataset& test) {
  ForwardParams params;
  params.threads = context.threads;
  accuracy_section(context.report).samples = test.size();
  return accuracy(network, test, params);
}

void require_none(const std::string& verifier, const std::vector<Violation>& violations) {
  if (!violations.empty())
    internal_error(fmt::format("{} found {} violation{}:\n{}", verifier, violations.size(),
                               violations.size() == 1 ? "" : "s", describe(violations)));
}

DataSplits load_stage(StageContext& context, const DataConfig& config,
                      const std::filesystem::path& directory) {
  Stage stage(context.console, "load");
  DataSplits data = load_data(config.set, directory);
  if (config.train_samples > 0) data.train = slice(data.train, 0, config.train_samples);
  if (config.shift_pixels > 0) data.train = with_shifts(data.train, config.shift_pixels);
  require_none("the check of the training samples", validate(data.train));
  require_none("the check of the test samples", validate(data.test));
  record(context, "train_data", digest(data.train));
  record(context, "test_data", digest(data.test));
  const Shape& shape = data.test.shape;
  finish(context, stage,
         fmt::format("{}: {} training and {} test samples of {} x {} x {}, {} classes", config.set,
                     grouped(data.train.size()), grouped(data.test.size()), shape.channels, shape.height,
                     shape.width, data.test.classes));
  return data;
}

Network train_stage(StageContext& context, const Network& start, const Dataset& train_data,
                    const Dataset& test, const TrainParams& params) {
  Stage stage(context.console, "train");
  TrainResult result = train(start, train_data, params, &stage);
  require_none("the check of the trained network", validate(result.network));
  const double share = measure_accuracy(context, result.network, test);
  accuracy_section(context.report).dense = share;
  record(context, "dense", digest(result.network));
  const double loss = result.epochs.empty() ? 0 : result.epochs.back().loss;
  finish(context, stage,
         fmt::format("{}: {} synapses, {} epochs, loss {:.3f}, accuracy {}", result.network.name,
                     grouped(count_synapses(result.network)), result.epochs.size(), loss, percent(share, 2)));
  return std::move(result.network);
}

void dense_stage(StageContext& context, const Network& network, const Dataset& test) {
  Stage stage(context.console, "network");
  const double share = measure_accuracy(context, network, test);
  accuracy_section(context.report).dense = share;
  record(context, "dense", digest(network));
  finish(context, stage,
         fmt::format("{}: {} synapses, accuracy {}", network.name, grouped(count_synapses(network)),
                     percent(share, 2)));
}

void record_compressed(StageContext& context, const Network& dense, compress::CompressResult& result,
                       const Dataset& test) {
  count_again(result);
  accuracy_section(context.report).compressed = measure_accuracy(context, result.network, test);
  record(context, "compressed", digest(result.network));
  context.report.compression = compression_figures(dense, result);
}

Network compress_stage(StageContext& context, const Network& network, const DataSplits& data,
                       const compress::CompressParams& params, const Network* teacher) {
  Stage stage(context.console, "compress");
  compress::CompressResult result = compress::compress_network(network, data.train, params, &stage, teacher);
  require_none("the check of the compressed network", validate(result.network));
  // An interrupted compression has not reached the plan's densities; there is nothing to verify it against.
  if (!result.interrupted)
    require_none("the verifier of the compression", compress::verify_compression(network, result, params));
  const Network whole = std::move(result.network);
  result.network = compress::remove_unused(whole);
  require_none("the verifier of the removal", compress::verify_removal(whole, result.network));
  record_compressed(context, network, result, data.test);
  const CompressionReport& figures = *context.report.compression;
  const double share = *context.report.accuracy->compressed;
  for (const std::string& note : result.notes) context.console.warn(note);
  finish(context, stage,
         fmt::format("{} -> {} synapses, {:.1f} times fewer, accuracy {}", grouped(figures.synapses_before),
                     grouped(figures.synapses_after), figures.ratio, percent(share, 2)));
  return std::move(result.network);
}

FixedNetwork quantize_stage(StageContext& context, const Network& network, const Dataset& calibration,
                            const QuantizeParams& params) {
  Stage stage(context.console, "quantize");
  FixedNetwork fixed = quantize(network, calibration, params);
  require_none("the check of the integer network", validate(fixed));
  if (fixed.source != digest(network)) internal_error("the integer network names another source");
  record(context, "fixed", digest(fixed));
  finish(context, stage,
         fmt::format("{}-bit weights, {}-bit values, {} synapses, no sum can overflow", params.weight_bits,
                     params.value_bits, grouped(count_synapses(fixed))));
  return fixed;
}

MessageCounts traffic_stage(StageContext& context, const FixedNetwork& network, const Dataset& calibration,
                            std::int64_t calibration_samples) {
  constexpr std::int64_t kMostSamples = 256;
  Stage stage(context.console, "traffic");
  const std::int64_t samples = std::min({kMostSamples, calibration_samples, calibration.size()});
  MessageCounts counts = count_messages(network, make_stimulus(calibration, 0, samples), context.threads);
  std::int64_t messages = 0, most = 0;
  for (const auto& population : counts.of_neuron) {
    for (const std::int64_t sent : population) messages += sent;
    most += counts.steps * static_cast<std::int64_t>(population.size());
  }
  finish(
      context, stage,
      fmt::format(
          "{} frames of {}: {} of the inputs and neurons send", grouped(samples), calibration.name,
          percent(static_cast<double>(messages) / static_cast<double>(std::max<std::int64_t>(1, most)), 1)));
  return counts;
}

mapping::Mapped map_stage(StageContext& context, const FixedNetwork& network, const Fabric& given,
                          const mapping::MapParams& params) {
  Stage stage(context.console, "map");
  mapping::Mapped mapped = mapping::map_network(network, given, params, &stage);
  const Fabric& fabric = mapped.fabric;
  require_none("the check of the image", validate(mapped.image, fabric));
  require_none("the verifier of the mapping", mapping::verify_mapping(network, fabric, mapped.image));
  context.report.utilization = mapped.utilization;
  context.report.mapping = mapped.mapping;
  context.report.fabric = fabric_figures(mapped.image, fabric, nullptr, population_names(network));
  record(context, "fabric", digest(fabric));
  record(context, "image", digest(mapped.image));
  const UseReport& cores = mapped.utilization.cores;
  finish(context, stage,
         fmt::format(
             "{} of {} cores{}, {} hops; verified", grouped(cores.used), grouped(cores.available),
             cores.lower_bound ? fmt::format(" (no mapping needs fewer than {})", *cores.lower_bound) : "",
             grouped(mapped.mapping.hops)));
  return mapped;
}

Outcome simulate_frames(StageContext& context, const Fabric& fabric, const Image& image,
                        const Stimulus& stimulus, const std::vector<std::uint16_t>& labels,
                        const std::string& data, const Probes& probes) {
  Stage stage(context.console, "simulate");
  require_none("the check of the image", validate(image, fabric));
  const std::int64_t frames = stimulus.frames.rows;
  if (static_cast<std::int64_t>(image.input_count) != stimulus.frames.columns)
    throw Error(ErrorKind::BadInput, fmt::format("the image has {} inputs, but a sample of {} has {} values",
                                                 image.input_count, data, stimulus.frames.columns));
  if (frames > 1) {
    stage.count_in("frames", stimulus.interval_steps, frames);
  } else {
    stage.count_in("steps");
  }
  sim::RunParams params;
  params.model = probes.model;
  params.trace = probes.trace;
  params.checkpoint = probes.checkpoint;
  params.resume = probes.resume;
  params.resume_name = probes.resume_name;
  reset_peak_memory();
  Outcome outcome = sim::run_image(fabric, image, stimulus, params, probes.events, probes.signals, &stage);
  if (outcome.outputs.rows < frames && !outcome.interrupted)
    internal_error(fmt::format("{} of {} frames came out of the fabric", outcome.outputs.rows, frames));
  add_run_figures(context.report, outcome, fabric, image);
  if (outcome.interrupted) {
    context.report.interrupted = InterruptedReport{
        stage.name(), outcome.outputs.rows, frames, static_cast<std::int64_t>(outcome.steps),
        static_cast<std::int64_t>(count_steps(stimulus, image.depth_steps))};
  }
  if (fabric.step.synchronization == Synchronization::Tick) {
    TickReport& tick = context.report.tick.emplace(tick_figures(outcome, fabric));
    if (tick.is_late()) {
      context.console.say("work was late for its tick; measuring how long a tick it takes");
      tick.sufficient_cycles = static_cast<std::int64_t>(sim::sufficient_tick(fabric, image, stimulus));
    }
  }
  AccuracyReport& shares = accuracy_section(context.report);
  shares.samples = outcome.outputs.rows;
  if (outcome.outputs.rows > 0) shares.fabric = accuracy(outcome.outputs, labels, data);
  record(context, "outcome", digest(outcome));
  const double seconds = std::max(outcome.wall_seconds, 1e-9);
  finish(context, stage,
         fmt::format("{} frames in {} cycles{}; {} cycles/s", grouped(outcome.outputs.rows),
                     grouped(static_cast<std::int64_t>(outcome.cycles)),
                     shares.fabric ? ", accuracy " + percent(*shares.fabric, 2) : "",
                     grouped(static_cast<std::int64_t>(static_cast<double>(outcome.cycles) / seconds))));
  return outcome;
}

Outcome simulate_stage(StageContext& context, const Fabric& fabric, const Image& image, const Dataset& test,
                       const RunConfig& config, const Probes& probes) {
  const std::int64_t frames = config.frames > 0 ? std::min(config.frames, test.size()) : test.size();
  return simulate_frames(context, fabric, image, make_stimulus(test, 0, frames, config.interval_steps),
                         test.labels, test.name, probes);
}

bool look_stage(StageContext& context, const Fabric& fabric, const Image& image, const Stimulus& stimulus,
                const Outcome& outcome, const std::filesystem::path& file) {
  Stage stage(context.console, "look");
  context.report.closer_look = look_closer(fabric, image, stimulus, outcome, file);
  if (!context.report.closer_look) return false;
  std::string frames;
  for (const WatchedFrameReport& frame : context.report.closer_look->frames)
    frames += fmt::format("{}{} frame {} ({} cycles)", frames.empty() ? "" : ", ", frame.name,
                          grouped(frame.frame), grouped(frame.cycles));
  finish(context, stage, fmt::format("{} once more, with their events", frames));
  return true;
}

namespace {

void record_comparison(StageContext& context, Stage& stage, const IntMatrix& found,
                       const IntMatrix& reference, const std::vector<std::uint16_t>& labels,
                       const std::string& data) {
  AccuracyReport& shares = accuracy_section(context.report);
  shares.mismatches = count_mismatches(found, reference);
  if (reference.rows > 0) shares.fixed = accuracy(reference, labels, data);
  finish(context, stage,
         fmt::format("{} frames against the integer reference, bit for bit: {} mismatches",
                     grouped(reference.rows), grouped(shares.mismatches)));
}

}  // namespace

void compare_stage(StageContext& context, const FixedNetwork& network, const Outcome& outcome,
                   const Dataset& test) {
  Stage stage(context.console, "compare");
  const Dataset samples = slice(test, 0, outcome.outputs.rows);
  const IntMatrix reference = evaluate(network, samples, context.threads);
  record_comparison(context, stage, outcome.outputs, reference, samples.labels, samples.name);
}

void compare_frames(StageContext& context, const FixedNetwork& network, const Outcome& outcome,
                    Stimulus stimulus, const std::vector<std::uint16_t>& labels, const std::string& data) {
  Stage stage(context.console, "compare");
  stimulus = front(std::move(stimulus), outcome.outputs.rows);  // fewer where it was interrupted
  const IntMatrix reference = evaluate_frames(network, stimulus, context.threads);
  record_comparison(context, stage, outcome.outputs, reference, labels, data);
}

}  // namespace weft::app
