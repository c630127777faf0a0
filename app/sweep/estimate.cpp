// A stage is one entry for all points that agree in every axis that reaches it, or a stage before it. Which
// stages an axis reaches is tried: another value of it either changes the text of a stage's settings or not.
#include "app/sweep/estimate.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <optional>

#include "app/reuse/stage_keys.hpp"
#include "app/sweep/point.hpp"
#include "sweep/schedule.hpp"

namespace weft::app {
namespace {

// In the order of a flow. The first four can be shared.
enum StageNumber { kTrain, kCompress, kQuantize, kMap, kSimulate, kCompare, kRest, kStages };
constexpr int kSharedStages = 4;
constexpr std::size_t kMostPoints = 200'000;
constexpr std::uint32_t kTriedValues = 3;
constexpr std::array<const char*, kStages> kNames = {"train",    "compress", "quantize", "map",
                                                     "simulate", "compare",  ""};

// Data sets differ in their sizes, but not between the points that are compared.
constexpr double kAllSamples = 60'000, kAllFrames = 10'000;

std::optional<FlowConfig> try_config(const sweep::SweepFile& sweep, const sweep::Point& point) {
  try {
    return point_config(sweep, sweep::to_overrides(sweep, point));
  } catch (const InputError&) {
    return std::nullopt;
  }
}

std::array<std::string, kSharedStages> settings_of(const FlowConfig& config) {
  const std::string seed = std::to_string(config.seed);
  return {
      seed + section_text(config, "data") + section_text(config, "network") + section_text(config, "train"),
      section_text(config, "compress"), section_text(config, "quantize"),
      section_text(config, "map") + format_fabric(mapped_part(config.fabric))};
}

double train_work(const FlowConfig& config) {
  const double samples =
      config.data.train_samples > 0 ? static_cast<double>(config.data.train_samples) : kAllSamples;
  return config.train ? std::max(1, config.train->epochs) * samples : 1;
}

double frames(const FlowConfig& config) {
  return config.run.frames > 0 ? static_cast<double>(config.run.frames) : kAllFrames;
}

// What the axes of a sweep do to the stages of its points.
class Reach {
 public:
  Reach(const sweep::SweepFile& sweep, const std::vector<std::vector<sweep::Point>>& batches)
      : sweep_(sweep) {
    for (auto& per_axis : reached_) per_axis.assign(sweep.axes.size(), false);
    factors_.resize(sweep.axes.size());
    for (const auto& batch : batches)
      for (std::size_t i = 0; i < batch.size() && i < 8 && !base_; ++i)
        if ((base_ = try_config(sweep, batch[i]))) base_point_ = batch[i];
    for (std::size_t axis = 0; base_ && axis < sweep.axes.size(); ++axis) look_at(axis);
  }

  bool has(int stage) const { return stage != kCompress || !base_ || base_->compress; }
  std::int64_t entry(int stage, const sweep::Point& point) {
    std::vector<std::uint32_t> key;
    for (std::size_t axis = 0; axis < point.size(); ++axis)
      if (reached_[static_cast<std::size_t>(stage)][axis]) key.push_back(point[axis]);
    auto& entries = entries_[static_cast<std::size_t>(stage)];
    return entries.emplace(std::move(key), static_cast<std::int64_t>(entries.size())).first->second;
  }
  // By how much more work a stage is at this point than at the first one.
  double work(int stage, const sweep::Point& point) const {
    if (stage != kTrain && stage != kSimulate && stage != kCompare) return 1;
    double work = 1;
    for (std::size_t axis = 0; axis < point.size(); ++axis) {
      const auto found = factors_[axis].find(point[axis]);
      if (found != factors_[axis].end()) work *= stage == kTrain ? found->second.train : found->second.frames;
    }
    return work;
  }

 private:
  struct Factor {
    double train = 1, frames = 1;
  };

  void look_at(std::size_t axis) {
    const auto values = static_cast<std::uint32_t>(sweep_.axes[axis].values.size());
    const auto base = settings_of(*base_);
    bool has_factor = false;
    for (std::uint32_t value = 0, tried = 0; value < values; ++value) {
      if (value == base_point_[axis] || (tried >= kTriedValues && !has_factor)) continue;
      sweep::Point point = base_point_;
      point[axis] = value;
      const std::optional<FlowConfig> config = try_config(sweep_, point);
      if (!config) continue;
      ++tried;
      const auto settings = settings_of(*config);
      bool reached = false;
      for (std::size_t stage = 0; stage < kSharedStages; ++stage) {
        reached |= settings[stage] != base[stage];
        if (reached) reached_[stage][axis] = true;
      }
      const Factor factor{train_work(*config) / train_work(*base_), frames(*config) / frames(*base_)};
      has_factor |= factor.train != 1 || factor.frames != 1;
      if (has_factor) factors_[axis][value] = factor;
    }
  }

  const sweep::SweepFile& sweep_;
  std::optional<FlowConfig> base_;
  sweep::Point base_point_;
  std::array<std::vector<bool>, kSharedStages> reached_;
  std::vector<std::map<std::uint32_t, Factor>> factors_;  // per axis and value
  std::array<std::map<std::vector<std::uint32_t>, std::int64_t>, kSharedStages> entries_;
};

struct Rate {  // seconds at the work of the first point
  double mean = 0, least = 0, most = 0;
  bool known = false;
};

Rate rate_of(const std::vector<Measured::Time>& times, const Reach& reach, int stage) {
  std::vector<double> seconds;
  for (const Measured::Time& time : times) seconds.push_back(time.seconds / reach.work(stage, time.point));
  if (seconds.empty()) return {};
  std::sort(seconds.begin(), seconds.end());
  const std::size_t tenth = seconds.size() / 10;
  return {std::accumulate(seconds.begin(), seconds.end(), 0.0) / static_cast<double>(seconds.size()),
          seconds[tenth], seconds[seconds.size() - 1 - tenth], true};
}

}  // namespace

void add_measured(Measured& measured, const sweep::Point& point, const sweep::PointResult& result) {
  if (result.state == sweep::PointState::Failed) return;
  measured.points.push_back(point);
  double rest = result.seconds;
  bool has_stages = false;
  for (const sweep::Figure& figure : result.figures) {
    if (figure.name.rfind("stage_seconds.", 0) != 0) continue;
    const std::string stage = figure.name.substr(14);
    const double seconds = sweep::to_number(figure.value).value_or(0);
    rest -= seconds;
    has_stages = true;
    const auto reuse = result.reuse.find(stage);
    if (reuse == result.reuse.end() || reuse->second.hits == 0)
      measured.stages[stage].push_back({point, seconds});
  }
  if (has_stages) {
    measured.rest.push_back({point, std::max(0.0, rest)});
    return;
  }
  for (const char* stage : {"simulate", "compare"})
    measured.stages[stage].push_back({point, 0});  // it has none
}

Measured measure_store(const sweep::Store& store, const sweep::SweepFile& sweep) {
  std::vector<std::string> columns = {"state", "seconds"};
  for (const std::string& column : store.columns())
    if (column.rfind("stage_seconds.", 0) == 0) columns.push_back(column);
  const sweep::Table table = store.read(columns);
  const std::vector<sweep::Point> points = store.points(sweep);
  Measured measured;
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    const auto& row = table.rows[i];
    const bool done = row[0] == sweep::Value(std::string("done"));
    if (!done && row[0] != sweep::Value(std::string("infeasible"))) continue;
    sweep::PointResult result;
    result.state = done ? sweep::PointState::Done : sweep::PointState::Infeasible;
    result.seconds = sweep::to_number(row[1]).value_or(0);
    for (std::size_t column = 2; column < columns.size(); ++column)
      if (sweep::to_number(row[column])) result.figures.push_back({columns[column], row[column]});
    add_measured(measured, points[i], result);
  }
  for (const auto& [stage, counts] : store.reuse()) {
    std::vector<Measured::Time>& times = measured.stages[stage];
    std::stable_sort(times.begin(), times.end(),
                     [](const auto& a, const auto& b) { return a.seconds > b.seconds; });
    times.resize(std::min(times.size(), static_cast<std::size_t>(counts.misses)));
  }
  return measured;
}

Estimate estimate_time(const sweep::SweepFile& sweep, const std::vector<std::vector<sweep::Point>>& batches,
                       const Measured& measured, int jobs, bool shared) {
  Reach reach(sweep, batches);
  std::array<Rate, kStages> rates;
  for (int stage = 0; stage < kStages; ++stage) {
    auto found = measured.stages.find(kNames[static_cast<std::size_t>(stage)]);
    if (stage == kTrain && found == measured.stages.end()) found = measured.stages.find("network");
    const auto& times = stage == kRest                   ? measured.rest
                        : found == measured.stages.end() ? std::vector<Measured::Time>()
                                                         : found->second;
    rates[static_cast<std::size_t>(stage)] = rate_of(times, reach, stage);
    if (!reach.has(stage)) rates[static_cast<std::size_t>(stage)].known = true;
  }
  Estimate estimate;
  std::array<bool, kStages> unknown{};
  for (const auto& [rate, seconds] :
       {std::pair(&Rate::mean, &estimate.seconds), std::pair(&Rate::least, &estimate.least),
        std::pair(&Rate::most, &estimate.most)}) {
    sweep::Schedule schedule(jobs);
    std::array<std::map<std::int64_t, bool>, kSharedStages> there;
    for (int stage = 0; shared && stage < kSharedStages; ++stage)
      for (const sweep::Point& point : measured.points) {
        schedule.have(stage, reach.entry(stage, point));
        there[static_cast<std::size_t>(stage)][reach.entry(stage, point)] = true;
      }
    for (const auto& batch : batches) {
      const double begin = schedule.seconds();
      const std::size_t count = std::min(batch.size(), kMostPoints);
      for (std::size_t i = 0; i < count; ++i) {
        std::vector<sweep::StageWork> work;
        for (int stage = 0; stage < kStages; ++stage) {
          const auto number = static_cast<std::size_t>(stage);
          const bool is_shared = shared && stage < kSharedStages;
          const std::int64_t entry = is_shared ? reach.entry(stage, batch[i]) : -1;
          if (!rates[number].known)
            unknown[number] = unknown[number] || !is_shared || there[number].count(entry) == 0;
          work.push_back({stage, entry, rates[number].*rate * reach.work(stage, batch[i])});
        }
        schedule.add(work);
      }
      schedule.wait_for_all();
      const double more =
          static_cast<double>(batch.size() - count) / static_cast<double>(std::max<std::size_t>(1, count));
      *seconds += (schedule.seconds() - begin) * more;
    }
    *seconds += schedule.seconds();
  }
  for (int stage = 0; stage < kRest; ++stage)
    if (unknown[static_cast<std::size_t>(stage)])
      estimate.unknown.emplace_back(kNames[static_cast<std::size_t>(stage)]);
  return estimate;
}

}  // namespace weft::app
