// weft inspect: what is in a file, whatever kind of Weft's files it is.
#include "app/cli/command.hpp"
#include "app/cli/options.hpp"
#include "app/flow/summary.hpp"

namespace weft::app {
namespace {

struct InspectParams {
  std::string file;
};

}  // namespace

int inspect_command(Context& context, const std::vector<std::string>& words) {
  InspectParams params;
  OptionTable table(
      "inspect FILE",
      "Summarizes a network, an integer network, an image, an outcome, a report, a fabric, a flow or an "
      "event log;\nthe kind is told from the content.");
  table.argument("FILE", params.file, "the file");
  if (!table.parse(words)) {
    print_result(table.help());
    return kDone;
  }
  print_result(context.global.json ? summarize_as_json(params.file) : summarize_as_text(params.file));
  return kDone;
}

}  // namespace weft::app
