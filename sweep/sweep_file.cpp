// Strict reading of a sweep: each list is checked where it stands, so that a slip costs no night.
#include "sweep/sweep_file.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "model/base/config.hpp"
#include "model/base/files.hpp"
#include "model/base/nearest.hpp"

namespace weft::sweep {
namespace {

constexpr std::int64_t kMostPoints = 10'000'000;
constexpr std::int64_t kMostValues = 100'000;

// "range(8, 64, 8)": whole numbers from the first up to the second, which is included where a step hits it.
std::vector<std::string> expand_range(const ConfigSection& axes, const std::string& key) {
  const std::string text = axes.text(key);
  const auto refuse = [&] {
    const bool is_torn = text.rfind("range(", 0) == 0 && text.back() != ')';  // at a comma
    axes.fail(key, "\"" + text + "\"",
              std::string("a list of values, or range(first, last, step) of whole numbers") +
                  (is_torn ? ", in quotes where it stands in braces" : ""));
  };
  if (text.rfind("range(", 0) != 0 || text.back() != ')') refuse();
  std::vector<std::int64_t> numbers;
  for (std::size_t begin = 6; begin < text.size();) {
    const std::size_t end = text.find_first_of(",)", begin);
    const std::size_t first = std::min(text.find_first_not_of(' ', begin), end);
    std::int64_t number = 0;
    const auto [stop, error] = std::from_chars(text.data() + first, text.data() + end, number);
    const bool spaces_follow = std::all_of(stop, text.data() + end, [](char c) { return c == ' '; });
    if (error != std::errc() || !spaces_follow || std::abs(number) > (std::int64_t{1} << 53)) refuse();
    numbers.push_back(number);
    begin = end + 1;
  }
  if (numbers.size() == 2) numbers.push_back(1);
  if (numbers.size() != 3 || numbers[2] <= 0) refuse();
  if (numbers[1] < numbers[0] || (numbers[1] - numbers[0]) / numbers[2] >= kMostValues)
    axes.fail(key, "\"" + text + "\"", "a range of 1 to " + std::to_string(kMostValues) + " values");
  std::vector<std::string> values;
  for (std::int64_t n = numbers[0]; n <= numbers[1]; n += numbers[2]) values.push_back(std::to_string(n));
  return values;
}

std::vector<Axis> read_axes(const ConfigSection& axes) {
  std::vector<Axis> result;
  for (const std::string& key : axes.keys()) {
    Axis axis{key, {}, axes.position(key)};
    axis.values = axes.has_list(key) ? axes.texts(key) : expand_range(axes, key);
    if (axis.values.empty()) axes.fail(key, "an empty axis", "at least one value");
    std::vector<std::string> sorted = axis.values;
    std::sort(sorted.begin(), sorted.end());
    const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
    if (twice != sorted.end()) axes.fail(key, "the value " + *twice + " twice", "each value once");
    result.push_back(std::move(axis));
  }
  return result;
}

// Names in formulas are axes of numbers, or derived before.
void check_names(const std::vector<Name>& used, const SweepFile& sweep) {
  std::vector<std::string> keys;
  for (const Axis& axis : sweep.axes) keys.push_back(axis.key);
  for (const Derived& derived : sweep.derived) keys.push_back(derived.key);
  for (const Name& name : used) {
    const auto found = std::find(keys.begin(), keys.end(), name.text) - keys.begin();
    if (found == static_cast<std::ptrdiff_t>(keys.size()))
      throw InputError(name.position, "\"" + name.text + "\", which is no axis",
                       "names of axes and of what is derived before" + did_you_mean(name.text, keys));
    if (found >= static_cast<std::ptrdiff_t>(sweep.axes.size())) continue;
    for (const std::string& value : sweep.axes[static_cast<std::size_t>(found)].values)
      if (!to_number(value))
        throw InputError(name.position, "the axis " + name.text + " with the value " + value,
                         "an axis of numbers");
  }
}

void read_derived(const ConfigSection& section, SweepFile& sweep) {
  for (const std::string& key : section.keys()) {
    const auto same = [&](const Axis& axis) { return axis.key == key; };
    if (std::any_of(sweep.axes.begin(), sweep.axes.end(), same))
      section.fail(key, "an axis", "a key that is no axis");
    Formula formula(section.text(key), section.text_position(key));
    check_names(formula.used(), sweep);
    sweep.derived.push_back({key, std::move(formula), section.position(key)});
  }
}

struct Line {
  std::string text;
  SourcePosition position;
};

// A list, or one text alone.
std::vector<Line> lines_of(const ConfigSection& section, const std::string& key) {
  if (section.has(key) && !section.has_list(key)) return {{section.text(key), section.text_position(key)}};
  std::vector<Line> lines;
  const std::vector<std::string> texts = section.texts(key);
  for (std::size_t i = 0; i < texts.size(); ++i) lines.push_back({texts[i], section.text_position(key, i)});
  return lines;
}

void read_constraints(const ConfigSection& root, SweepFile& sweep) {
  for (const Line& line : lines_of(root, "constraints")) {
    sweep.constraints.emplace_back(line.text, line.position);
    check_names(sweep.constraints.back().used(), sweep);
  }
}

void read_objectives(const ConfigSection& section, SweepFile& sweep) {
  for (const char* direction : {"minimize", "maximize"})
    for (const Line& line : lines_of(section, direction))
      sweep.objectives.push_back({line.text, direction[1] == 'a', line.position});
  for (const char* key : {"subject_to", "subject to"})  // as it is read, and as the other keys are spelled
    for (const Line& line : lines_of(section, key)) sweep.subject_to.emplace_back(line.text, line.position);
  sweep.objectives_position = section.position();
}

// The budget of successive halving: an axis of rising numbers that no constraint is about.
void read_budget(const ConfigSection& section, const SweepFile& sweep, Method& method) {
  const std::string name = section.text("budget");
  std::vector<std::string> keys;
  for (const Axis& axis : sweep.axes) keys.push_back(axis.key);
  const auto found = std::find(keys.begin(), keys.end(), name);
  if (found == keys.end())
    section.fail("budget", "\"" + name + "\", which is no axis,",
                 "the name of an axis" + did_you_mean(name, keys));
  method.budget_axis = static_cast<std::size_t>(found - keys.begin());
  double last = 0;
  for (const std::string& value : sweep.axes[method.budget_axis].values) {
    const std::optional<double> number = to_number(value);
    if (!number || *number <= last)
      section.fail("budget", "the axis " + name + " with the value " + value,
                   "numbers above zero, each larger than the one before");
    last = *number;
  }
  for (const Comparison& constraint : sweep.constraints)
    if (std::count(constraint.names().begin(), constraint.names().end(), name) > 0)
      section.fail("budget", "a constraint on the budget " + name, "constraints on other axes");
  method.eta = section.integer("eta", 2, 1'000'000, 2);
  if (sweep.objectives.empty())
    section.fail("kind", "successive_halving without objectives", "figures under minimize or maximize");
}

Method read_method(const ConfigSection& section, const SweepFile& sweep) {
  Method method;
  method.kind = section.choice<MethodKind>("kind",
                                           {{"grid", MethodKind::Grid},
                                            {"random", MethodKind::Random},
                                            {"latin_hypercube", MethodKind::LatinHypercube},
                                            {"sobol", MethodKind::Sobol},
                                            {"nsga2", MethodKind::Nsga2},
                                            {"successive_halving", MethodKind::SuccessiveHalving}},
                                           MethodKind::Grid);
  if (method.kind == MethodKind::Grid) return method;
  method.points = section.integer("points", 1, kMostPoints);
  if (method.kind != MethodKind::Sobol)
    method.seed = static_cast<std::uint64_t>(section.integer("seed", 0, std::int64_t{1} << 62, 1));
  if (method.kind == MethodKind::Nsga2) method.population = section.integer("population", 4, 100'000, 50);
  if (method.kind == MethodKind::SuccessiveHalving) read_budget(section, sweep, method);
  return method;
}

}  // namespace

SweepFile parse_sweep_file(const std::string& yaml, const std::string& file) {
  const Config config = Config::parse(yaml, file);
  const ConfigSection root = config.root();
  SweepFile sweep;
  sweep.title = root.text("title", "sweep");
  if (root.has("flow") == root.has("flow_text"))
    root.fail("flow", root.has("flow") ? "flow and flow_text" : "neither flow nor flow_text", "one of them");
  if (root.has("flow")) {
    const std::filesystem::path flow = root.text("flow");
    sweep.flow_file = flow.is_absolute() ? flow : std::filesystem::absolute(file).parent_path() / flow;
    sweep.flow_text = read_text_file(sweep.flow_file);
  } else {
    sweep.flow_file = std::filesystem::path(file + ": flow_text");
    sweep.flow_text = root.text("flow_text");
  }
  sweep.axes = read_axes(root.section("axes"));
  if (sweep.axes.empty()) root.fail("axes", "no axes", "at least one");
  read_derived(root.section("derived"), sweep);
  read_constraints(root, sweep);
  read_objectives(root.section("objectives"), sweep);
  sweep.method = read_method(root.section("method"), sweep);
  if (sweep.method.kind == MethodKind::Nsga2 && sweep.objectives.empty())
    root.fail("method", "nsga2 without objectives", "figures under minimize or maximize");
  const ConfigSection limits = root.section("limits");
  sweep.limits.seconds = limits.number("seconds", 0, 1e9, 0);
  sweep.limits.memory_mib = limits.integer("memory_mib", 0, std::int64_t{1} << 30, 0);
  config.finish();
  return sweep;
}

SweepFile read_sweep_file(const std::filesystem::path& path) {
  return parse_sweep_file(read_text_file(path), path.string());
}

Digest digest(const SweepFile& sweep) {
  DigestBuilder builder;
  builder.add(std::string_view(sweep.flow_text)).add(sweep.axes.size());
  for (const Axis& axis : sweep.axes) {
    builder.add(std::string_view(axis.key)).add(axis.values.size());
    for (const std::string& value : axis.values) builder.add(std::string_view(value));
  }
  for (const Derived& derived : sweep.derived)
    builder.add(std::string_view(derived.key)).add(std::string_view(derived.formula.text()));
  builder.add(sweep.derived.size()).add(sweep.constraints.size());
  for (const Comparison& constraint : sweep.constraints) builder.add(std::string_view(constraint.text()));
  builder.add(static_cast<int>(sweep.method.kind)).add(sweep.method.points).add(sweep.method.seed);
  const bool halving = sweep.method.kind == MethodKind::SuccessiveHalving;
  if (!halving && sweep.method.kind != MethodKind::Nsga2) return builder.finish();
  // A search goes where its objectives lead it.
  builder.add(sweep.method.population).add(sweep.objectives.size());
  for (const Objective& objective : sweep.objectives)
    builder.add(std::string_view(objective.name)).add(objective.maximize);
  for (const Comparison& condition : sweep.subject_to) builder.add(std::string_view(condition.text()));
  if (halving) builder.add(sweep.method.budget_axis).add(sweep.method.eta);
  return builder.finish();
}

std::optional<double> to_number(const std::string& text) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || error != std::errc() || stop != end || !std::isfinite(value)) return std::nullopt;
  return value;
}

}  // namespace weft::sweep
