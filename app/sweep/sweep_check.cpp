// A value can be wrong for one point and right for another, so some points are tried before it is refused.
#include "app/sweep/sweep_check.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/sweep/figures.hpp"
#include "app/sweep/point.hpp"
#include "model/base/nearest.hpp"

namespace weft::app {
namespace {

constexpr int kTriedPoints = 8;

void check_axes(const sweep::SweepFile& sweep, const std::vector<sweep::Point>& points) {
  struct Use {
    int tried = 0;
    bool accepted = false;
    std::string refusal;
  };
  std::vector<std::vector<Use>> uses;
  for (const sweep::Axis& axis : sweep.axes) uses.emplace_back(axis.values.size());
  for (const sweep::Point& point : points) {
    bool needed = false;
    for (std::size_t i = 0; i < point.size(); ++i) {
      const Use& use = uses[i][point[i]];
      needed |= !use.accepted && use.tried < kTriedPoints;
    }
    if (!needed) continue;
    std::string refusal;
    try {
      point_config(sweep, sweep::to_overrides(sweep, point));
    } catch (const InputError& error) {
      refusal = error.what();
    }
    for (std::size_t i = 0; i < point.size(); ++i) {
      Use& use = uses[i][point[i]];
      ++use.tried;
      use.accepted |= refusal.empty();
      if (use.refusal.empty()) use.refusal = refusal;
    }
  }
  for (std::size_t i = 0; i < uses.size(); ++i)
    for (std::size_t value = 0; value < uses[i].size(); ++value) {
      const Use& use = uses[i][value];
      if (use.tried > 0 && !use.accepted)
        throw InputError(sweep.axes[i].position,
                         fmt::format("the axis {} with the value {} cannot be used: {}", sweep.axes[i].key,
                                     sweep.axes[i].values[value], use.refusal));
    }
}

void check_name(const std::string& name, const SourcePosition& position,
                const std::vector<std::string>& known) {
  for (const std::string& figure : known) {
    const bool open = figure.back() == '.' || figure.back() == '[';
    if (open ? name.size() > figure.size() && name.compare(0, figure.size(), figure) == 0 : name == figure)
      return;
  }
  throw InputError(position, fmt::format("\"{}\" in objectives", name),
                   "a figure of report.json or an axis" + did_you_mean(name, known));
}

}  // namespace

void check_sweep(const sweep::SweepFile& sweep, const std::vector<sweep::Point>& points) {
  std::vector<std::string> known = known_figures();
  for (const std::string& name : sweep::setting_names(sweep)) known.push_back(name);
  for (const sweep::Objective& objective : sweep.objectives)
    check_name(objective.name, objective.position, known);
  for (const sweep::Comparison& condition : sweep.subject_to)
    for (const sweep::Name& name : condition.used()) check_name(name.text, name.position, known);
  check_axes(sweep, points);
}

}  // namespace weft::app
