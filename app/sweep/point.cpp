// The engine calls in a process of the point's own, whose memory is a copy of what prepare() left: a flow may
// use up its data there, and no other point sees it.
#include "app/sweep/point.hpp"

#include <fmt/format.h>

#include "app/reuse/stage_keys.hpp"
#include "app/sweep/area.hpp"
#include "app/sweep/figures.hpp"

namespace weft::app {
namespace {

// All that load_flow_data() looks at.
std::string data_key(const FlowConfig& config) {
  return fmt::format("{}{}", section_text(config, "data"), config.run.frames);
}

std::vector<sweep::Figure> figures_of(const FlowConfig& config, const FlowResult& flow) {
  std::vector<sweep::Figure> figures = flatten_report(flow.report);
  if (flow.report.utilization)
    for (sweep::Figure& figure : area_figures(config.fabric, flow.report.utilization->cores.used))
      figures.push_back(std::move(figure));
  return figures;
}

Context quiet_context(const Context& context, Console& console) {
  GlobalOptions global = context.global;
  global.threads = 1;
  return Context{global, console};
}

}  // namespace

FlowConfig point_config(const sweep::SweepFile& sweep, const std::vector<std::string>& overrides) {
  return parse_flow_config(sweep.flow_text, sweep.flow_file.string(), overrides);
}

PointRunner::PointRunner(const Context& context, const sweep::SweepFile& sweep, const sweep::Cache* cache)
    : context_(context), sweep_(sweep) {
  reuse_.cache = cache;
  if (cache) reuse_.program = program_digest();
}

void PointRunner::prepare(const std::vector<sweep::Point>& points) {
  // Only these axes decide on the data; a point that cannot be read says so itself.
  std::map<std::vector<std::string>, bool> seen;
  for (const sweep::Point& point : points) {
    std::vector<std::string> overrides;
    for (const std::string& word : sweep::to_overrides(sweep_, point))
      if (word.rfind("data", 0) == 0 || word.rfind("run", 0) == 0) overrides.push_back(word);
    if (!seen.emplace(overrides, true).second) continue;
    FlowConfig config;
    try {
      config = point_config(sweep_, overrides);
    } catch (const InputError&) {
      continue;
    }
    std::shared_ptr<FlowData>& data = data_[data_key(config)];
    if (data) continue;
    Console console(ConsoleStyle{true, false, false, 80}, stderr);
    Context quiet = quiet_context(context_, console);
    data = std::make_shared<FlowData>(load_flow_data(quiet, config));
  }
}

template <class Act>
sweep::PointResult PointRunner::with_flow(const FlowConfig& config, const Act& act) const {
  Console console(ConsoleStyle{true, false, false, 80}, stderr);
  Context quiet = quiet_context(context_, console);
  const auto found = data_.find(data_key(config));
  FlowData own;
  if (found == data_.end()) own = load_flow_data(quiet, config);
  sweep::PointResult result;
  Reuse reuse = reuse_;
  reuse.counts = &result.reuse;
  FlowResult flow;
  try {
    flow = act(quiet, found == data_.end() ? own : *found->second, reuse);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::Unacceptable) throw;
    result.state = sweep::PointState::Infeasible;
    result.error = error.what();
    return result;
  }
  result.figures = figures_of(config, flow);
  result.error = fmt::format("{}", fmt::join(flow.shortfalls, "; "));
  if (!flow.shortfalls.empty()) result.state = sweep::PointState::Infeasible;
  if (flow.report.accuracy && flow.report.accuracy->mismatches > 0) result.state = sweep::PointState::Failed;
  return result;
}

sweep::PointResult PointRunner::operator()(const std::vector<std::string>& overrides) const {
  const FlowConfig config = point_config(sweep_, overrides);
  return with_flow(config, [&](Context& context, FlowData& data, const Reuse& reuse) {
    return compute_flow(context, config, data, reuse);
  });
}

sweep::PointResult PointRunner::write(const std::vector<std::string>& overrides,
                                      const std::filesystem::path& directory, const std::string& title,
                                      const FigureCheck& check) const {
  FlowConfig config = point_config(sweep_, overrides);
  config.title = title;
  std::string refusal;
  sweep::PointResult result = with_flow(config, [&](Context& context, FlowData& data, const Reuse& reuse) {
    return run_flow(context, config, data, directory, reuse, [&](const FlowResult& flow) {
      refusal = check(figures_of(config, flow));
      return refusal.empty();
    });
  });
  if (result.state == sweep::PointState::Infeasible && !result.figures.empty())
    result.state = sweep::PointState::Done;  // short of what is required, but there is a report
  if (refusal.empty()) return result;
  result.state = sweep::PointState::Failed;
  result.error = refusal;
  return result;
}

}  // namespace weft::app
