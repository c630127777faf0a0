// The stages as the commands use them: each calls one function of a wing, runs that stage's verifier on what
// came out, puts the figures into the report and says one line. A violation found by a verifier is an
// Internal error that lists what was found: a result that is not proved right leaves no stage.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/cli/console.hpp"
#include "app/flow/flow_config.hpp"
#include "compress/compress.hpp"
#include "mapping/map.hpp"
#include "model/data/dataset.hpp"
#include "model/fabric/outcome.hpp"
#include "model/network/evaluate.hpp"
#include "model/network/message_counts.hpp"
#include "model/report/report.hpp"
#include "sim/run.hpp"

namespace weft::app {

struct StageContext {
  Console& console;
  Report& report;
  int threads = 0;
};

DataSplits load_stage(StageContext& context, const DataConfig& config,
                      const std::filesystem::path& directory);

// The accuracy of `network` on `test`; the report learns how many samples those are.
double measure_accuracy(StageContext& context, const Network& network, const Dataset& test);
// Accuracies are taken on `test`.
Network train_stage(StageContext& context, const Network& start, const Dataset& train, const Dataset& test,
                    const TrainParams& params);
// Records the dense network as it is: its digest, accuracy and synapses.
void dense_stage(StageContext& context, const Network& network, const Dataset& test);
Network compress_stage(StageContext& context, const Network& network, const DataSplits& data,
                       const compress::CompressParams& params, const Network* teacher = nullptr);
// The figures of a compressed network, whose neurons may be fewer than in the layers' reports.
void record_compressed(StageContext& context, const Network& dense, compress::CompressResult& result,
                       const Dataset& test);
FixedNetwork quantize_stage(StageContext& context, const Network& network, const Dataset& calibration,
                            const QuantizeParams& params);
// The messages that the network sends for the first samples of `calibration`, a few hundred at most, and no
// more than the network was quantized with.
MessageCounts traffic_stage(StageContext& context, const FixedNetwork& network, const Dataset& calibration,
                            std::int64_t calibration_samples);
// The image is for the fabric beside it, which is the one given unless `params` ask for fewest tracks.
mapping::Mapped map_stage(StageContext& context, const FixedNetwork& network, const Fabric& fabric,
                          const mapping::MapParams& params);

// How a run is made, and what it is to do beside computing. Sinks may be null.
struct Probes {
  sim::Model model = sim::Model::Engine;
  EventSink* events = nullptr;
  SignalSink* signals = nullptr;
  sim::VcdTrace* trace = nullptr;  // what writes the signals, as in RunParams
  sim::CheckpointParams checkpoint;
  const Checkpoint* resume = nullptr;  // to go on from
  std::string resume_name;             // its file
};
// Runs `frames` samples from the front of `test` (0: all). Checks the image against the fabric first.
Outcome simulate_stage(StageContext& context, const Fabric& fabric, const Image& image, const Dataset& test,
                       const RunConfig& config, const Probes& probes = {});
// The same with frames of any kind; `labels` begin with those of the frames, `data` names the set.
Outcome simulate_frames(StageContext& context, const Fabric& fabric, const Image& image,
                        const Stimulus& stimulus, const std::vector<std::uint16_t>& labels,
                        const std::string& data, const Probes& probes = {});
// Runs the median and the slowest frame once more, with their events in `file`; false, and no file, where the
// run was too long for that.
bool look_stage(StageContext& context, const Fabric& fabric, const Image& image, const Stimulus& stimulus,
                const Outcome& outcome, const std::filesystem::path& file);
// The integer reference on the same samples; counts the frames that differ in any bit.
void compare_stage(StageContext& context, const FixedNetwork& network, const Outcome& outcome,
                   const Dataset& test);
// The same with frames of any kind.
void compare_frames(StageContext& context, const FixedNetwork& network, const Outcome& outcome,
                    Stimulus stimulus, const std::vector<std::uint16_t>& labels, const std::string& data);

// Throws an Internal error that lists the violations, if there are any.
void require_none(const std::string& verifier, const std::vector<Violation>& violations);

}  // namespace weft::app
