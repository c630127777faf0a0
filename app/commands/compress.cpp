// weft compress: a smaller network of the same form.
#include <fmt/format.h>

#include <limits>
#include <optional>

#include "app/cli/budget_options.hpp"
#include "app/cli/command.hpp"
#include "app/cli/interrupt.hpp"
#include "app/cli/options.hpp"
#include "app/cli/train_options.hpp"
#include "app/flow/flow.hpp"
#include "app/flow/layer_plan.hpp"
#include "app/flow/names.hpp"
#include "app/flow/result_directory.hpp"
#include "app/flow/results.hpp"
#include "app/flow/stages.hpp"
#include "compress/mask.hpp"
#include "compress/untie.hpp"
#include "model/base/error.hpp"
#include "model/base/files.hpp"
#include "model/fabric/presets.hpp"

namespace weft::app {
namespace {

struct CompressCommandParams {
  std::string network;
  std::vector<std::string> layers;
  std::string plan;
  std::string mask;
  std::vector<std::string> untied;
  std::string teacher;
  std::string fabric;
  int prune_rounds = compress::CompressParams().prune_rounds;
  int final_epochs = compress::CompressParams().final_epochs;
  std::string criterion = name_of(compress::PruneCriterion::Magnitude);
  std::string factorization = name_of(compress::Factorization::Svd);
  std::int64_t calibration_samples = compress::CompressParams().calibration_samples;
  double damping = 0;
  double density = 0;
  bool one_shot = false;
  BudgetOptions budget;
  TrainOptions retrain;
  DataConfig data;
  std::string output = "out/compress";
};

OptionTable make_table(CompressCommandParams& params) {
  OptionTable table("compress [options] NETWORK",
                    "Factorizes and prunes a network and retrains it, by a plan or within a budget; writes "
                    "compressed.npz and the report.");
  table.argument("NETWORK", params.network, "a network file in floating point");
  table.texts(
      "layer", params.layers, "NAME:rank=R,density=D",
      "the plan for one projection, e.g. fc1:rank=48,density=0.2; rank=auto spends the density's "
      "share of weights "
      "on the layer or on factors, whichever disturbs the outputs less; sparse=S keeps a share of "
      "single weights beside "
      "the factors; granularity=G prunes in "
      "groups (inputs, neurons, blocks, crossbar-rows, crossbar-columns, block-diagonal), of blocks "
      "of block=NEURONSxINPUTS; algebra=samples fits a dense layer sample by sample, its outputs weighed "
      "by what they do to the network's, algebra=covariance by its inputs' covariance (default auto: "
      "samples from 2049 inputs on); repeatable");
  table.text(
      "fabric", params.fabric, "NAME|FILE",
      "a preset or a YAML file: its cores are counted for budgets, and give granularities their blocks "
      "where --layer names none");
  table.real(
      "density", params.density, 0, 1,
      "share of the synapses there are that stays, spent over all layers on the weights that are worth most "
      "(default 0: --layer says it)");
  table.text("mask", params.mask, "FILE",
             "an .npz of an array per layer, 0 where a weight is to be and to stay zero, else 1");
  table.texts(
      "untie", params.untied, "NAME",
      "give each synapse of this convolution a weight of its own first, as a crossbar has it: pruning "
      "then chooses position by position (repeatable)");
  table.text("plan", params.plan, "FILE", "take the plan from the section compress of a flow file instead");
  table.choice("criterion", params.criterion, names_of(compress::PruneCriterion()),
               "what stays when pruned: the largest weights, weights times inputs, or what costs the outputs "
               "least, with the rest fitted anew (default magnitude)");
  table.choice("factorization", params.factorization, names_of(compress::Factorization()),
               "nearest in weights, or in outputs on calibration samples (default svd)");
  table.integer("calibration-samples", params.calibration_samples, 0,
                std::numeric_limits<std::int64_t>::max(),
                "training samples that rules look at, from the front (default 2000)");
  table.real(
      "damping", params.damping, 0, 1e6,
      "of the inputs' covariance, a fraction of its mean diagonal (default 0: chosen on a quarter of the "
      "calibration samples)");
  table.flag("one-shot", params.one_shot, "one round and no retraining at all");
  table.integer("prune-rounds", params.prune_rounds, 1, 1000,
                "rounds in which the density falls (default 4)");
  table.integer("final-epochs", params.final_epochs, 0, 100000, "epochs after the last round (default 4)");
  table.section("Search within a budget");
  params.budget.declare(table);
  table.section("Data and retraining");
  add_data_options(table, params.data);
  params.retrain.params.epochs = 1;
  add_train_options(table, params.retrain);
  table.real(
      "distill", params.retrain.params.distill, 0, 1,
      "share of the retraining's loss that asks for the outputs of the network that came in (default 0)");
  table.real("temperature", params.retrain.params.temperature, 1, 1000,
             "that softens both outputs where it distills (default 4)");
  table.text(
      "teacher", params.teacher, "FILE",
      "a network whose outputs are asked for instead, e.g. the dense one of a network compressed before");
  table.section("Output");
  table.text("output,o", params.output, "DIR", "where the results go (default out/compress)");
  return table;
}

compress::CompressParams to_compress_params(const CompressCommandParams& params,
                                            const GlobalOptions& global) {
  compress::CompressParams result;
  if (!params.plan.empty()) {
    if (!params.layers.empty()) throw Error(ErrorKind::Usage, "--plan and --layer exclude each other");
    if (params.density > 0) throw Error(ErrorKind::Usage, "--plan and --density exclude each other");
    const FlowConfig flow = read_flow_config(params.plan);
    if (!flow.compress)
      throw InputError({params.plan, 0, 0}, "found no section compress", "a flow file with one");
    result = *flow.compress;
    result.retrain.threads = global.threads;
    if (global.seed_given) result.retrain.seed = static_cast<std::uint64_t>(global.seed);
    return result;
  }
  if (params.layers.empty() && params.density == 0 && !params.budget.asked())
    throw Error(ErrorKind::Usage,
                "nothing to do: give --layer NAME:rank=R,density=D, --density D, --plan FILE, or a budget "
                "(--budget POINTS, --synapses N, --cores N, ...)");
  if (!params.teacher.empty() && params.retrain.params.distill == 0)
    throw Error(ErrorKind::Usage, "--teacher is asked only where retraining distills: give --distill SHARE");
  if (!params.layers.empty() && params.density > 0)
    throw Error(ErrorKind::Usage, "--layer and --density exclude each other");
  for (const std::string& layer : params.layers) result.layers.push_back(parse_layer_plan(layer));
  if (!params.fabric.empty()) align_blocks(result.layers, load_fabric(params.fabric).core);
  result.shared_density = params.density;
  result.prune_rounds = params.prune_rounds;
  result.final_epochs = params.final_epochs;
  result.criterion = value_of<compress::PruneCriterion>(params.criterion);
  result.factorization = value_of<compress::Factorization>(params.factorization);
  result.calibration_samples = params.calibration_samples;
  result.damping = params.damping;
  result.retrain = params.retrain.resolve(global);
  if (params.one_shot) {
    result.prune_rounds = 1;
    result.final_epochs = 0;
  }
  return result;
}

// What is compressed: masked by the file's own layers, then untied.
Network read_input(const CompressCommandParams& params) {
  Network network = read_network(params.network);
  if (!params.mask.empty()) network = compress::apply_mask(network, read_npz(params.mask), params.mask);
  return compress::untie(network, params.untied);
}

std::vector<compress::LayerPlan> all_layers(const Network& network) {
  std::vector<compress::LayerPlan> layers;
  for (const Projection& projection : network.projections) {
    if (projection.weights.empty()) continue;
    layers.emplace_back();
    layers.back().projection = projection.name;
  }
  return layers;
}

// A search's results are whole once it is over; stopped, or out of reach, the best found is written all the
// same.
int search_command(Context& context, const CompressCommandParams& params,
                   const compress::CompressParams& compress_params) {
  BudgetConfig budget = params.budget.resolve(params.fabric);
  budget.shift_pixels = params.data.shift_pixels;
  DataConfig unshifted = params.data;
  unshifted.shift_pixels = 0;
  const Network network = read_input(params);
  ResultDirectory directory(params.output);
  Report report;
  report.title = fmt::format("{}, compressed within a budget", network.name);
  begin_provenance(report, compress_params.retrain.seed);
  StageContext stages{context.console, report, context.global.threads};
  const DataSplits data = load_stage(stages, unshifted, context.global.data_directory);
  dense_stage(stages, network, data.test);
  const BudgetResult result =
      search_stage(stages, network, data, compress_params, budget, directory.path() / "search.journal");
  const char* const again = "interrupted: the same command goes on with the points that are known";
  if (!result.network) {
    context.console.warn(again);
    return kUnacceptable;
  }
  write_network(directory.staged("compressed.npz"), *result.network);
  write_file(directory.staged("tradeoff.csv"), tradeoff_csv(*report.tradeoff));
  write_report(directory, report);
  directory.commit();
  print_report(context, report);
  context.console.say(fmt::format("written: {}/compressed.npz and tradeoff.csv", params.output));
  if (result.interrupted) {
    context.console.warn(again);
  } else if (!result.met) {
    context.console.warn("the budget cannot be met with these points: the nearest one was written");
  }
  return result.met && !result.interrupted ? kDone : kUnacceptable;
}

}  // namespace

int compress_command(Context& context, const std::vector<std::string>& words) {
  CompressCommandParams params;
  const OptionTable table = make_table(params);
  if (!table.parse(words)) {
    print_result(table.help());
    return kDone;
  }
  if (params.budget.asked() && !(params.layers.empty() && params.plan.empty() && params.density == 0))
    throw Error(ErrorKind::Usage,
                "a budget is searched for: --layer, --density and --plan cannot be given beside it");
  if (params.budget.asked() && !params.teacher.empty())
    throw Error(ErrorKind::Usage,
                "a search asks the network that came in: --teacher cannot be given beside it");
  compress::CompressParams compress_params = to_compress_params(params, context.global);
  if (params.budget.asked()) return search_command(context, params, compress_params);
  const Network network = read_input(params);
  if (compress_params.shared_density > 0 && compress_params.layers.empty())
    compress_params.layers = all_layers(network);
  ResultDirectory directory(params.output);

  Report report;
  report.title = fmt::format("{}, compressed", network.name);
  begin_provenance(report, compress_params.retrain.seed);
  StageContext stages{context.console, report, context.global.threads};
  const DataSplits data = load_stage(stages, params.data, context.global.data_directory);
  dense_stage(stages, network, data.test);
  std::optional<Network> teacher;
  if (!params.teacher.empty()) teacher = read_network(params.teacher);
  const Network compressed =
      compress_stage(stages, network, data, compress_params, teacher ? &*teacher : nullptr);

  write_network(directory.staged("compressed.npz"), compressed);
  write_report(directory, report);
  directory.commit();
  print_report(context, report);
  context.console.say(fmt::format("written: {}/compressed.npz", params.output));
  if (!interrupted()) return kDone;
  context.console.warn("interrupted: the network is as far as compression had come");
  return kUnacceptable;
}

}  // namespace weft::app
