// A share is counted off before finished points are dropped: whenever the workers of a round begin, no point
// is in two shares.
#include "sweep/cluster/plan.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "model/base/error.hpp"
#include "model/base/files.hpp"

namespace weft::sweep {
namespace {

using Json = nlohmann::ordered_json;
constexpr int kFormat = 2;

Point to_point(const Json& item, const SweepFile& sweep, const SourcePosition& position) {
  Point point = item.get<Point>();
  bool fits = point.size() == sweep.axes.size();
  for (std::size_t i = 0; fits && i < point.size(); ++i) fits = point[i] < sweep.axes[i].values.size();
  if (!fits) throw InputError(position, "a point " + item.dump(), "one of the axes of the sweep");
  return point;
}

}  // namespace

void write_plan(const std::filesystem::path& path, const Plan& plan, const ShardOrigin& origin) {
  Json merged = Json::object(), points = Json::array();
  for (const auto& [id, bytes] : plan.merged) merged[id] = bytes;
  for (const Task& task : plan.tasks) points.push_back({task.number, task.point});
  const Json json = {{"weft_plan", kFormat},      {"sweep", origin.sweep.hex()},
                     {"version", origin.version}, {"workers", plan.workers},
                     {"array", plan.array},       {"last", plan.last},
                     {"merged", merged},          {"points", points}};
  write_file(path, json.dump() + "\n");
}

Plan read_plan(const std::filesystem::path& path, const ShardOrigin& origin, const SweepFile& sweep) {
  const SourcePosition position{path.string(), 0, 0};
  const Json json = Json::parse(read_text_file(path), nullptr, false);
  if (!json.is_object() || json.value("weft_plan", 0) != kFormat)
    throw InputError(position, "something else", "a plan of \"weft sweep collect --plan\"");
  Plan plan;
  try {
    if (json.at("sweep") != origin.sweep.hex() || json.at("version") != origin.version)
      throw InputError(position, "a plan of another sweep, or of another version of Weft",
                       "one of this sweep by " + origin.version);
    plan.workers = json.at("workers").get<std::vector<int>>();
    plan.array = json.at("array").get<int>();
    plan.last = json.at("last").get<bool>();
    for (const auto& item : json.at("merged").items()) plan.merged[item.key()] = item.value();
    for (const Json& item : json.at("points"))
      plan.tasks.push_back({item.at(0).get<std::int64_t>(), to_point(item.at(1), sweep, position)});
  } catch (const Json::exception&) {
    throw InputError(position, "a plan with missing parts", "one of \"weft sweep collect --plan\"");
  }
  return plan;
}

Plan plan_all(const SweepFile& sweep) {
  Plan plan;
  for (Point& point : choose_points(sweep))
    plan.tasks.push_back({static_cast<std::int64_t>(plan.tasks.size()), std::move(point)});
  return plan;
}

std::vector<Task> choose_share(const Plan& plan, int index, int count, const std::filesystem::path& directory,
                               const ShardOrigin& origin) {
  std::set<std::int64_t> done;
  for (const std::filesystem::path& path : list_shards(directory)) {
    const Shard shard = read_shard(path, plan.merged);
    if (shard.empty || !(shard.origin == origin)) continue;
    for (const ShardRecord& record : shard.records) done.insert(record.point);
  }
  if (!plan.workers.empty()) {
    const auto place = std::find(plan.workers.begin(), plan.workers.end(), index);
    if (place == plan.workers.end()) return {};
    index = static_cast<int>(place - plan.workers.begin());
    count = static_cast<int>(plan.workers.size());
  }
  std::vector<Task> share;
  for (std::size_t i = static_cast<std::size_t>(index); i < plan.tasks.size();
       i += static_cast<std::size_t>(count))
    if (done.count(plan.tasks[i].number) == 0) share.push_back(plan.tasks[i]);
  return share;
}

}  // namespace weft::sweep
