// weft demo: the embedded examples/demo.yaml, run as any other flow.
#include <algorithm>

#include "app/cli/command.hpp"
#include "app/cli/options.hpp"
#include "app/flow/flow.hpp"
#include "model/base/embedded.hpp"
#include "model/base/error.hpp"

namespace weft {
const std::vector<EmbeddedFile>& embedded_examples();  // written by CMake from examples/
}

namespace weft::app {
namespace {

struct DemoParams {
  std::string output = "out/demo";
};

const std::string& demo_yaml() {
  for (const EmbeddedFile& file : embedded_examples())
    if (file.name == "demo.yaml") return file.text;
  internal_error("demo.yaml was not built into the program");
}

}  // namespace

int demo_command(Context& context, const std::vector<std::string>& words) {
  DemoParams params;
  OptionTable table(
      "demo [options]",
      "Trains LeNet-300-100 on Fashion-MNIST, compresses it, maps it onto the default fabric, simulates "
      "all\ntest images and compares every output with the integer reference.");
  table.text("output,o", params.output, "DIR", "where the results go (default out/demo)");
  if (!table.parse(words)) {
    print_result(table.help());
    return kDone;
  }
  FlowConfig config = parse_flow_config(demo_yaml(), "examples/demo.yaml", seed_override(context));
  return finish_flow(context, config, params.output);
}

}  // namespace weft::app
