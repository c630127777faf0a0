// weft run: an image at work, on the fabric it was made for.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "app/cli/command.hpp"
#include "app/cli/interrupt.hpp"
#include "app/cli/model_option.hpp"
#include "app/cli/options.hpp"
#include "app/flow/answers.hpp"
#include "app/flow/earlier_files.hpp"
#include "app/flow/flow.hpp"
#include "app/flow/gather.hpp"
#include "app/flow/image_fabric.hpp"
#include "app/flow/recorders.hpp"
#include "app/flow/result_directory.hpp"
#include "app/flow/results.hpp"
#include "app/flow/stages.hpp"
#include "app/report/html_report.hpp"
#include "model/base/error.hpp"
#include "model/base/files.hpp"
#include "model/data/recordings.hpp"
#include "model/fabric/image.hpp"
#include "model/network/fixed_network.hpp"

namespace weft::app {
namespace {

namespace fs = std::filesystem;

struct RunCommandParams {
  std::string image;
  std::string fabric;
  std::string network;
  std::string dataset = "fashion-mnist";
  RunConfig run;
  int steps = 300;
  ModelOption model;
  RecordConfig record;
  std::string checkpoint;
  std::int64_t checkpoint_steps = 0;
  std::string resume;
  std::string output = "out/run";
};

bool is_recording(const std::string& name) {
  const std::vector<std::string> names = known_recording_names();
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<std::string> known_names() {
  std::vector<std::string> names = known_data_names();
  for (const std::string& name : known_recording_names()) names.push_back(name);
  return names;
}

OptionTable make_table(RunCommandParams& params) {
  OptionTable table(
      "run [options] IMAGE",
      "Simulates an image cycle by cycle on the test samples of a data set. Where the integer network is "
      "known, every output is compared with the integer reference. \"weft run --traffic --help\" tells of "
      "synthetic traffic instead of an image, \"weft run ranc.npz --help\" of RANC programs.");
  table.argument("IMAGE", params.image, "an image file");
  table.text("fabric", params.fabric, "NAME|FILE",
             "the fabric it was made for (default: fabric.yaml beside the image)");
  table.text("network", params.network, "FILE",
             "the integer network it was made from (default: fixed.npz beside it)");
  table.choice_or("dataset", params.dataset, known_names(), "DIR", is_data_name,
                  "the data set (default fashion-mnist); nmnist: recordings of events, for spiking networks");
  table.integer("frames", params.run.frames, 0, std::numeric_limits<std::int64_t>::max(),
                "test samples, from the front (default 0: all)");
  table.integer("interval", params.run.interval_steps, 1, 1 << 20, "steps between frames (default 1)");
  table.integer("steps", params.steps, 1, 1 << 20, "of 1 ms in each recording (default 300)");
  params.model.declare(table);
  table.section("Looking inside");
  add_record_options(table, params.record);
  table.section("Long runs");
  table.text("checkpoint", params.checkpoint, "FILE",
             "put the run aside in this file once a minute, and on Ctrl-C");
  table.integer("checkpoint-every", params.checkpoint_steps, 1, std::numeric_limits<std::int64_t>::max(),
                "each so many steps instead of once a minute");
  table.text("resume", params.resume, "FILE",
             "go on from a checkpoint: the results are those of an uninterrupted run");
  table.section("Output");
  table.text("output,o", params.output, "DIR",
             "where the results go (default out/run; DIR/partial after Ctrl-C)");
  return table;
}

// The integer network to compare with, if there is one.
std::optional<FixedNetwork> find_network(const RunCommandParams& params, const Image& image) {
  const fs::path beside = fs::path(params.image).parent_path() / "fixed.npz";
  if (params.network.empty() && !fs::exists(beside)) return std::nullopt;
  const fs::path source = params.network.empty() ? beside : fs::path(params.network);
  FixedNetwork network = read_fixed_network(source);
  if (digest(network) != image.network)
    throw InputError({params.image, 0, 0},
                     fmt::format("an image of the network with digest {}", image.network.hex()),
                     fmt::format("one of {}, whose digest is {}", source.string(), digest(network).hex()));
  return network;
}

// The checkpoint to go on from, if any. Refuses what would overwrite an earlier run's files.
std::optional<Checkpoint> open_checkpoints(const RunCommandParams& params) {
  if (params.checkpoint.empty() && params.checkpoint_steps != 0)
    throw Error(ErrorKind::Usage, "--checkpoint-every needs --checkpoint FILE");
  if (params.model.model() != sim::Model::Engine && !(params.checkpoint.empty() && params.resume.empty()))
    throw Error(ErrorKind::Usage, "--checkpoint and --resume need --model engine");
  if (!params.checkpoint.empty()) protect_earlier_checkpoint(params.checkpoint, params.resume);
  if (params.resume.empty()) return std::nullopt;
  for (const std::string& file : {params.record.trace, params.record.events})
    if (!file.empty()) protect_earlier_record(file);
  return read_checkpoint(params.resume);
}

std::string describe_interruption(const RunCommandParams& params, const fs::path& results,
                                  const Outcome& outcome) {
  std::string text = fmt::format("interrupted; what there is so far is in {}", results.string());
  if (params.checkpoint.empty()) return text;
  // Not every state can be put aside: an earlier checkpoint then is the last one, or there is none.
  const std::uint64_t kept = fs::exists(params.checkpoint) ? read_checkpoint(params.checkpoint).steps() : 0;
  if (kept == 0) return text + "; the run could not be put aside";
  return text + fmt::format("; --resume {} goes on from {}", params.checkpoint,
                            kept == outcome.steps ? "here" : fmt::format("step {}", kept));
}

}  // namespace

int run_command(Context& context, const std::vector<std::string>& words) {
  if (is_traffic_run(words)) return run_traffic_command(context, words);
  if (is_ranc_run(words)) return run_ranc_command(context, words);
  RunCommandParams params;
  const OptionTable table = make_table(params);
  if (!table.parse(words)) {
    print_result(table.help());
    return kDone;
  }
  check(params.record);
  const std::optional<Checkpoint> earlier = open_checkpoints(params);
  const Image image = read_image(params.image);
  const Fabric fabric = fabric_of_image(params.image, image, params.fabric);
  const std::optional<FixedNetwork> network = find_network(params, image);
  ResultDirectory directory(params.output);

  Report report;
  report.title = fmt::format("{} on {}", image.name, fabric.name);
  begin_provenance(report, static_cast<std::uint64_t>(context.global.seed));
  report.provenance.digests["fabric"] = image.fabric.hex();
  report.provenance.digests["image"] = digest(image).hex();
  report.provenance.digests["fixed"] = image.network.hex();
  report.utilization = utilization_figures(image, fabric);
  StageContext stages{context.console, report, context.global.threads};
  Dataset test;
  Recordings recordings;
  Stimulus stimulus;
  const bool recorded = is_recording(params.dataset);
  if (recorded) {
    recordings = load_recordings(params.dataset, context.global.data_directory);
    const std::int64_t frames = params.run.frames > 0 ? params.run.frames : recordings.size();
    stimulus = make_stimulus(recordings, 0, frames, params.steps);
    stimulus.interval_steps = std::max(stimulus.interval_steps, params.run.interval_steps);
  } else {
    test = load_test_data(params.dataset, context.global.data_directory);
    const std::int64_t frames =
        params.run.frames > 0 ? std::min(params.run.frames, test.size()) : test.size();
    stimulus = make_stimulus(test, 0, frames, params.run.interval_steps);
  }

  settle_window(
      params.record, [&] { return sim::run_image(fabric, image, stimulus); }, stimulus.interval_steps,
      stimulus.frames.rows);
  Recorders recorders(params.record, fabric, params.model.model());
  Probes probes = recorders.probes();
  probes.model = params.model.model();
  probes.checkpoint = {params.checkpoint, static_cast<std::uint64_t>(params.checkpoint_steps)};
  if (earlier) {
    probes.resume = &*earlier;
    probes.resume_name = params.resume;
    context.console.say(fmt::format("going on from {}: {} steps are done, cycle {} is next", params.resume,
                                    earlier->steps(), earlier->next_cycle));
  }
  const Outcome outcome =
      simulate_frames(stages, fabric, image, stimulus, recorded ? recordings.labels : test.labels,
                      recorded ? recordings.name : test.name, probes);
  std::vector<std::string> names;
  if (network) {
    if (recorded) {
      compare_frames(stages, *network, outcome, stimulus, recordings.labels, recordings.name);
    } else {
      compare_stage(stages, *network, outcome, test);
    }
    for (const FixedPopulation& population : network->populations) names.push_back(population.name);
  } else {
    context.console.say("not compared with the integer reference: give --network for that");
  }
  report.fabric = fabric_figures(image, fabric, &outcome, names);
  report.accuracy->answers =
      recorded ? answer_figures(outcome.outputs, recordings.labels, recordings.name, pictures_of(recordings))
               : answer_figures(outcome.outputs, test.labels, test.name, pictures_of(test));
  if (!outcome.interrupted &&
      !look_stage(stages, fabric, image, stimulus, outcome, directory.staged("frames.events")))
    directory.forget("frames.events");

  write_npz(directory.staged("outcome.npz"), to_npz(outcome, image.fabric, digest(image)));
  write_report(directory, report);
  const fs::path results =
      outcome.interrupted ? fs::path(params.output) / "partial" : fs::path(params.output);
  directory.commit_to(results);
  print_report(context, report);
  for (const std::string& shortfall : find_shortfalls(report, {})) context.console.error(shortfall);
  recorders.finish(context.console, outcome.cycles,
                   outcome.interrupted);  // last: a disk that is full costs no result
  if (!params.record.events.empty()) {
    const std::optional<LogView> logs = view_logs(report, results, params.record.events);
    write_file(results / "report.html", format_html_report(report, &*logs));
  }
  if (outcome.interrupted) context.console.warn(describe_interruption(params, results, outcome));
  return outcome.interrupted || !find_shortfalls(report, {}).empty() ? kUnacceptable : kDone;
}

}  // namespace weft::app
