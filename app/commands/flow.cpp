// weft flow: from data to figures, as one YAML file says.
#include <fmt/format.h>

#include "app/cli/command.hpp"
#include "app/cli/options.hpp"
#include "app/flow/flow.hpp"
#include "model/base/error.hpp"

namespace weft::app {
namespace {

struct FlowParams {
  std::string file;
  std::string output;
  std::vector<std::string> overrides;
};

}  // namespace

int flow_command(Context& context, const std::vector<std::string>& words) {
  FlowParams params;
  OptionTable table("flow [options] FILE",
                    "Runs the stages that a YAML file describes and writes all results.");
  table.argument("FILE", params.file, "the flow; effective.yaml of an earlier run is one");
  table.text("output,o", params.output, "DIR",
             "where the results go (default: the file's key output, or out/flow)");
  table.texts("set", params.overrides, "KEY=VALUE",
              "overrides a key of the file, e.g. --set train.epochs=2; repeatable");
  if (!table.parse(words)) {
    print_result(table.help());
    return kDone;
  }
  std::vector<std::string> overrides = seed_override(context);
  overrides.insert(overrides.end(), params.overrides.begin(), params.overrides.end());
  const FlowConfig config = read_flow_config(params.file, overrides);
  std::filesystem::path output = params.output;
  if (output.empty()) output = config.output.empty() ? "out/flow" : config.output;
  return finish_flow(context, config, output);
}

}  // namespace weft::app
