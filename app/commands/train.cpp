// weft train: a network from a data set.
#include <fmt/format.h>

#include "app/cli/command.hpp"
#include "app/cli/interrupt.hpp"
#include "app/cli/options.hpp"
#include "app/cli/train_options.hpp"
#include "app/flow/names.hpp"
#include "app/flow/result_directory.hpp"
#include "app/flow/results.hpp"
#include "app/flow/stages.hpp"
#include "model/base/error.hpp"

namespace weft::app {
namespace {

struct TrainCommandParams {
  DataConfig data;
  std::string kind = "mlp";
  std::string hidden = "300,100";
  std::string activation = "relu";
  std::string from;
  TrainOptions train;
  std::string output = "out/train";
};

OptionTable make_table(TrainCommandParams& params) {
  OptionTable table("train [options]", "Trains a network on a data set; writes network.npz and the report.");
  table.choice("network", params.kind, names_of(NetworkKind()), "its form (default mlp)");
  table.text("hidden", params.hidden, "N,N,...", "mlp: widths between input and classes (default 300,100)");
  table.choice("activation", params.activation, names_of(Activation()),
               "mlp: of the hidden layers (default relu)");
  table.text("from", params.from, "FILE", "start from this network instead; its zero weights stay zero");
  table.section("Data and training");
  add_data_options(table, params.data);
  add_train_options(table, params.train);
  table.section("Output");
  table.text("output,o", params.output, "DIR", "where the results go (default out/train)");
  return table;
}

std::vector<int> to_widths(const std::string& text) {
  std::vector<int> widths;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    widths.push_back(static_cast<int>(to_integer("--hidden", text.substr(begin, end - begin), 1, 1 << 20)));
    begin = end + 1;
  }
  return widths;
}

NetworkConfig to_network_config(const TrainCommandParams& params) {
  NetworkConfig config;
  config.from = params.from;
  config.kind = value_of<NetworkKind>(params.kind);
  config.hidden = to_widths(params.hidden);
  config.activation = value_of<Activation>(params.activation);
  return config;
}

}  // namespace

int train_command(Context& context, const std::vector<std::string>& words) {
  TrainCommandParams params;
  const OptionTable table = make_table(params);
  if (!table.parse(words)) {
    print_result(table.help());
    return kDone;
  }
  const NetworkConfig network_config = to_network_config(params);
  const TrainParams train_params = params.train.resolve(context.global);
  ResultDirectory directory(params.output);

  Report report;
  begin_provenance(report, train_params.seed);
  StageContext stages{context.console, report, context.global.threads};
  const DataSplits data = load_stage(stages, params.data, context.global.data_directory);
  const Network start = make_network(network_config, data.train.shape, data.train.classes, train_params.seed);
  const Network network = train_stage(stages, start, data.train, data.test, train_params);
  report.title = fmt::format("{} on {}", network.name, params.data.set);

  write_network(directory.staged("network.npz"), network);
  write_report(directory, report);
  directory.commit();
  print_report(context, report);
  context.console.say(fmt::format("written: {}/network.npz", params.output));
  if (!interrupted()) return kDone;
  context.console.warn("interrupted: the network is as far as training had come");
  return kUnacceptable;
}

}  // namespace weft::app
