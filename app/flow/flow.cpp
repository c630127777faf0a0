// The stages in a row. Every value is kept until all is done, then everything is written at once; after each
// stage the flow looks whether the user asked to stop.
#include "app/flow/flow.hpp"

#include <fmt/format.h>

#include <optional>

#include "app/cli/interrupt.hpp"
#include "app/flow/answers.hpp"
#include "app/flow/gather.hpp"
#include "app/flow/result_directory.hpp"
#include "app/flow/results.hpp"
#include "app/flow/stages.hpp"
#include "app/report/html.hpp"

namespace weft::app {
namespace {

constexpr const char* kFramesFile = "frames.events";

// The values that are there so far.
struct Artefacts {
  std::optional<Kept<Network>> dense, compressed;
  std::optional<Kept<FixedNetwork>> fixed;
  std::optional<Kept<Image>> image;
  std::optional<Outcome> outcome;
};

void write_results(ResultDirectory& directory, const Artefacts& artefacts, const FlowConfig& config,
                   const Report& report) {
  if (artefacts.dense) write_network(directory.staged("dense.npz"), artefacts.dense->value());
  if (artefacts.compressed) write_network(directory.staged("compressed.npz"), artefacts.compressed->value());
  if (artefacts.fixed) write_fixed_network(directory.staged("fixed.npz"), artefacts.fixed->value());
  if (artefacts.image) write_image(directory.staged("image.npz"), artefacts.image->value());
  if (artefacts.outcome)
    write_npz(directory.staged("outcome.npz"),
              to_npz(*artefacts.outcome, digest(config.fabric), artefacts.image->digest()));
  write_file(directory.staged("fabric.yaml"), format_fabric(config.fabric));
  write_file(directory.staged("effective.yaml"), report.provenance.effective_config);
  write_report(directory, report);
}

// Returns early, with what there is, once the user asked to stop.
void run_stages(StageContext& stages, Artefacts& made, const FlowConfig& config, DataSplits& data,
                const Reuse& reuse) {
  ReusedStages reused(reuse, stages, config, data);
  made.dense = reused.dense();
  if (interrupted()) return;
  if (config.compress) {
    made.compressed = reused.compressed(*made.dense);
    if (interrupted()) return;
  }
  made.fixed = reused.fixed(made.compressed ? *made.compressed : *made.dense);
  if (interrupted()) return;
  made.image = reused.image(*made.fixed);
  if (interrupted()) return;
  const FixedNetwork& fixed = made.fixed->value();
  const Image& image = made.image->value();
  data.train = Dataset();  // the simulation's peak memory is to be its own

  made.outcome = simulate_stage(stages, config.fabric, image, data.test, config.run);
  compare_stage(stages, fixed, *made.outcome, data.test);
  std::vector<std::string> names;
  for (const FixedPopulation& population : fixed.populations) names.push_back(population.name);
  stages.report.fabric = fabric_figures(image, config.fabric, &*made.outcome, names);
  stages.report.accuracy->answers =
      answer_figures(made.outcome->outputs, data.test.labels, data.test.name, pictures_of(data.test));
}

// The stage that made the last of these: the one that was told to stop.
std::string last_stage(const Artefacts& made) {
  if (made.image) return "map";
  if (made.fixed) return "quantize";
  if (made.compressed) return "compress";
  return made.dense ? "train" : "load";
}

void compute(Context& context, const FlowConfig& config, FlowData& data, FlowResult& result, Artefacts& made,
             const Reuse& reuse = {}) {
  Report& report = result.report = data.report;
  report.title = config.title;
  begin_provenance(report, config.seed);
  report.provenance.effective_config = format_flow_config(config);
  StageContext stages{context.console, report, context.global.threads};
  if (!interrupted()) run_stages(stages, made, config, data.splits, reuse);
  result.interrupted = interrupted() && (!made.outcome || made.outcome->interrupted);
  if (result.interrupted && !report.interrupted)
    report.interrupted = InterruptedReport{last_stage(made), 0, data.splits.test.size(), 0, 0};
  result.shortfalls = find_shortfalls(report, config.require);
}

}  // namespace

std::vector<std::string> find_shortfalls(const Report& report, const RequireConfig& require) {
  std::vector<std::string> missed;
  if (report.accuracy && report.accuracy->mismatches > 0)
    missed.push_back(fmt::format("{} frames differ from the integer reference", report.accuracy->mismatches));
  if (report.tick && report.tick->is_late()) missed.push_back(late_words(*report.tick));
  if (require.compression_ratio && report.compression &&
      report.compression->ratio < *require.compression_ratio)
    missed.push_back(fmt::format("the network has {:.2f} times fewer synapses, {:.2f} are required",
                                 report.compression->ratio, *require.compression_ratio));
  if (require.accuracy_loss && report.accuracy && report.accuracy->dense && report.accuracy->fabric) {
    const double loss = *report.accuracy->dense - *report.accuracy->fabric;
    if (loss > *require.accuracy_loss + 1e-12)
      missed.push_back(
          fmt::format("the fabric is {:.2f} points less accurate than the dense network, {:.2f} are allowed",
                      loss * 100, *require.accuracy_loss * 100));
  }
  return missed;
}

FlowData load_flow_data(Context& context, const FlowConfig& config) {
  FlowData data;
  StageContext stages{context.console, data.report, context.global.threads};
  data.splits = load_stage(stages, config.data, context.global.data_directory);
  if (config.run.frames > 0) data.splits.test = slice(data.splits.test, 0, config.run.frames);
  return data;
}

FlowResult compute_flow(Context& context, const FlowConfig& config, FlowData& data, const Reuse& reuse) {
  FlowResult result;
  Artefacts made;
  compute(context, config, data, result, made, reuse);
  return result;
}

FlowResult run_flow(Context& context, const FlowConfig& config, const std::filesystem::path& output) {
  const ResultDirectory place(output);  // before anything takes long
  FlowData data = load_flow_data(context, config);
  return run_flow(context, config, data, output, {});
}

FlowResult run_flow(Context& context, const FlowConfig& config, FlowData& data,
                    const std::filesystem::path& output, const Reuse& reuse,
                    const std::function<bool(const FlowResult&)>& accept) {
  ResultDirectory directory(output);
  FlowResult result;
  Artefacts made;
  compute(context, config, data, result, made, reuse);
  if (accept && !accept(result)) return result;

  if (made.outcome && !result.interrupted) {
    StageContext stages{context.console, result.report, context.global.threads};
    const Stimulus stimulus =
        make_stimulus(data.splits.test, 0, made.outcome->outputs.rows, config.run.interval_steps);
    if (!look_stage(stages, config.fabric, made.image->value(), stimulus, *made.outcome,
                    directory.staged(kFramesFile)))
      directory.forget(kFramesFile);
  }
  Stage stage(context.console, "write");
  write_results(directory, made, config, result.report);
  const std::filesystem::path target = result.interrupted ? output / "partial" : output;
  directory.commit_to(target);
  stage.done(target.string());
  return result;
}

int finish_flow(Context& context, const FlowConfig& config, const std::filesystem::path& output) {
  const FlowResult result = run_flow(context, config, output);
  print_report(context, result.report);
  if (result.interrupted) {
    context.console.warn(
        fmt::format("interrupted; what there is so far is in {}", (output / "partial").string()));
    return kUnacceptable;
  }
  for (const std::string& shortfall : result.shortfalls) context.console.error(shortfall);
  return result.shortfalls.empty() ? kDone : kUnacceptable;
}

}  // namespace weft::app
