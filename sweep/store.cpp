// Invariant: a point is done, failed or infeasible exactly if its whole result is in its row, since both are
// written in one transaction. Whatever a killed run had begun is found "running" and begun again.
#include "sweep/store.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>

namespace weft::sweep {
namespace {

constexpr std::int64_t kApplication = 0x57656674;  // "Weft", in the header of the file
constexpr std::int64_t kSchema = 2;
const std::vector<std::string> kFixedColumns = {"point", "state", "error", "seconds", "version"};

// An axis of numbers is a column of numbers.
Value to_value(const std::string& text) {
  if (const std::optional<double> number = to_number(text)) {
    const bool whole = text.find_first_of(".eE") == std::string::npos && std::abs(*number) < 9e15;
    if (whole) return static_cast<std::int64_t>(*number);
    return *number;
  }
  return text;
}

}  // namespace

const char* to_string(PointState state) {
  static constexpr const char* names[] = {"pending", "running", "done", "failed", "infeasible"};
  return names[static_cast<std::size_t>(state)];
}

Store::Store(const std::filesystem::path& path, const SweepFile& sweep, const std::string& version,
             bool create)
    : database_(
          (!create && !std::filesystem::exists(path)
               ? throw InputError({path.string(), 0, 0}, "no store", "the store of a sweep that was run")
               : path),
          create),
      settings_(setting_names(sweep)) {
  if (create) {
    database_.execute("PRAGMA journal_mode=WAL");
    database_.execute("PRAGMA synchronous=NORMAL");
  }
  const bool empty = database_.number("SELECT count(*) FROM sqlite_master") == 0;
  if (empty && create) make(sweep, version);
  check(sweep, version);
  learn_columns();
}

void Store::make(const SweepFile& sweep, const std::string& version) {
  const std::vector<Point> points = choose_points(sweep);
  Transaction transaction(database_);
  database_.execute("PRAGMA application_id=" + std::to_string(kApplication));
  database_.execute("PRAGMA user_version=" + std::to_string(kSchema));
  database_.execute("CREATE TABLE sweep (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID");
  for (const auto& [key, value] : {std::pair<std::string, std::string>{"digest", digest(sweep).hex()},
                                   {"title", sweep.title},
                                   {"version", version}})
    database_.query("INSERT INTO sweep VALUES (?, ?)", {key, value});
  database_.execute(
      "CREATE TABLE reuse (stage TEXT PRIMARY KEY, hits INTEGER, misses INTEGER) WITHOUT ROWID");
  std::string create =
      "CREATE TABLE points (point INTEGER PRIMARY KEY, state TEXT, error TEXT, seconds REAL, version TEXT";
  for (const std::string& setting : settings_) create += ", " + quoted_name(setting);
  database_.execute(create + ")");
  insert(sweep, 0, points);
  database_.execute("CREATE INDEX point_state ON points (state)");
  database_.execute("CREATE TABLE shards (id TEXT PRIMARY KEY, bytes INTEGER) WITHOUT ROWID");
  transaction.commit();
}

void Store::insert(const SweepFile& sweep, std::int64_t first, const std::vector<Point>& points) {
  std::string names, marks;
  for (const std::string& setting : settings_) {
    names += ", " + quoted_name(setting);
    marks += ", ?";
  }
  const std::string command =
      "INSERT INTO points (point, state, error" + names + ") VALUES (?, 'pending', ''" + marks + ")";
  for (std::size_t i = 0; i < points.size(); ++i) {
    std::vector<Value> values;
    values.emplace_back(first + static_cast<std::int64_t>(i));
    for (const std::string& value : setting_values(sweep, points[i])) values.push_back(to_value(value));
    database_.query(command, values);
  }
}

void Store::add(const SweepFile& sweep, const std::vector<Point>& points) {
  Transaction transaction(database_);
  insert(sweep, database_.number("SELECT count(*) FROM points"), points);
  transaction.commit();
}

std::vector<Point> Store::points(const SweepFile& sweep) const {
  std::vector<std::map<Value, std::uint32_t>> numbers;
  std::string names;
  for (const Axis& axis : sweep.axes) {
    names += (names.empty() ? "" : ", ") + quoted_name(axis.key);
    std::map<Value, std::uint32_t>& of_axis = numbers.emplace_back();
    for (std::size_t i = 0; i < axis.values.size(); ++i)
      of_axis.emplace(to_value(axis.values[i]), static_cast<std::uint32_t>(i));
  }
  std::vector<Point> points;
  for (const auto& row : database_.query("SELECT " + names + " FROM points ORDER BY point")) {
    Point& point = points.emplace_back();
    for (std::size_t i = 0; i < row.size(); ++i) point.push_back(numbers[i].at(row[i]));
  }
  return points;
}

std::vector<Task> Store::pending_tasks(const SweepFile& sweep) const {
  const std::vector<Point> all = points(sweep);
  std::vector<Task> tasks;
  for (const std::int64_t number : pending())
    tasks.push_back({number, all[static_cast<std::size_t>(number)]});
  return tasks;
}

void Store::check(const SweepFile& sweep, const std::string& version) const {
  const SourcePosition position{path().string(), 0, 0};
  if (database_.number("PRAGMA application_id") != kApplication)
    throw InputError(position, "a database of another program", "the store of a sweep");
  const std::int64_t schema = database_.number("PRAGMA user_version");
  if (schema != kSchema)
    throw InputError(position, "a store of schema " + std::to_string(schema),
                     "schema " + std::to_string(kSchema) + ": choose another place with --output");
  const auto value = [&](const char* key) {
    const auto rows = database_.query("SELECT value FROM sweep WHERE key = ?", {std::string(key)});
    return rows.empty() ? std::string() : std::get<std::string>(rows[0][0]);
  };
  if (value("digest") != digest(sweep).hex())
    throw InputError(position, "the store of another sweep (\"" + value("title") + "\")",
                     "one of this flow, these axes, constraints and this method: choose another place with "
                     "--output");
  if (value("version") != version)
    throw InputError(
        position, "a store of Weft " + value("version"),
        "one of " + version + ", whose figures can be compared: choose another place with --output");
}

void Store::learn_columns() {
  columns_.clear();
  for (const auto& row : database_.query("SELECT name FROM pragma_table_info('points') ORDER BY cid"))
    columns_.push_back(std::get<std::string>(row[0]));
}

void Store::recover() {
  database_.execute("UPDATE points SET state = 'pending' WHERE state = 'running'");
}

std::int64_t Store::retry_failed() {
  const std::int64_t failed = counts().failed;
  database_.execute("UPDATE points SET state = 'pending', error = '' WHERE state = 'failed'");
  return failed;
}

std::vector<std::int64_t> Store::pending() const {
  std::vector<std::int64_t> points;
  for (const auto& row : database_.query("SELECT point FROM points WHERE state = 'pending' ORDER BY point"))
    points.push_back(std::get<std::int64_t>(row[0]));
  return points;
}

void Store::start(std::int64_t point) {
  database_.query("UPDATE points SET state = 'running' WHERE point = ?", {point});
}

void Store::put_back(std::int64_t point) {
  database_.query("UPDATE points SET state = 'pending' WHERE point = ?", {point});
}

void Store::finish(std::int64_t point, const PointResult& result) {
  Transaction transaction(database_);
  for (const Figure& figure : result.figures) {
    if (std::find(columns_.begin(), columns_.end(), figure.name) != columns_.end()) continue;
    database_.execute("ALTER TABLE points ADD COLUMN " + quoted_name(figure.name));
    columns_.push_back(figure.name);
  }
  std::string update =
      "UPDATE points SET state = ?, error = ?, seconds = ?, version = (SELECT value FROM sweep WHERE key = "
      "'version')";
  std::vector<Value> values;
  values.emplace_back(std::string(to_string(result.state)));
  values.emplace_back(result.error);
  values.emplace_back(result.seconds);
  for (const Figure& figure : result.figures) {
    update += ", " + quoted_name(figure.name) + " = ?";
    values.push_back(figure.value);
  }
  values.emplace_back(point);
  database_.query(update + " WHERE point = ?", values);
  for (const auto& [stage, counts] : result.reuse)
    database_.query(
        "INSERT INTO reuse VALUES (?, ?, ?) ON CONFLICT (stage) DO UPDATE SET hits = hits + excluded.hits, "
        "misses = misses + excluded.misses",
        {stage, counts.hits, counts.misses});
  transaction.commit();
}

bool Store::has_ended(std::int64_t point) const {
  const auto rows =
      database_.query("SELECT state NOT IN ('pending', 'running') FROM points WHERE point = ?", {point});
  return !rows.empty() && rows[0][0] == Value(std::int64_t{1});
}

std::map<std::string, std::uint64_t> Store::merged_shards() const {
  std::map<std::string, std::uint64_t> merged;
  for (const auto& row : database_.query("SELECT id, bytes FROM shards"))
    merged[std::get<std::string>(row[0])] = static_cast<std::uint64_t>(std::get<std::int64_t>(row[1]));
  return merged;
}

void Store::note_merged(const std::string& id, std::uint64_t bytes) {
  database_.query("INSERT OR REPLACE INTO shards VALUES (?, ?)", {id, static_cast<std::int64_t>(bytes)});
}

StateCounts Store::counts() const {
  StateCounts counts;
  for (const auto& row : database_.query("SELECT state, count(*) FROM points GROUP BY state")) {
    const auto& state = std::get<std::string>(row[0]);
    const std::int64_t count = std::get<std::int64_t>(row[1]);
    if (state == "pending") counts.pending = count;
    if (state == "running") counts.running = count;
    if (state == "done") counts.done = count;
    if (state == "failed") counts.failed = count;
    if (state == "infeasible") counts.infeasible = count;
  }
  return counts;
}

ReuseByStage Store::reuse() const {
  ReuseByStage reuse;
  for (const auto& row : database_.query("SELECT stage, hits, misses FROM reuse"))
    reuse[std::get<std::string>(row[0])] = {std::get<std::int64_t>(row[1]), std::get<std::int64_t>(row[2])};
  return reuse;
}

double Store::mean_seconds() const {
  const auto rows = database_.query("SELECT avg(seconds) FROM points");
  const auto* const mean = std::get_if<double>(&rows[0][0]);
  return mean ? *mean : 0;
}

std::vector<std::string> Store::columns() const {
  std::vector<std::string> columns(kFixedColumns);
  columns.insert(columns.end(), settings_.begin(), settings_.end());
  const auto figures = static_cast<std::ptrdiff_t>(columns.size());
  for (const std::string& column : columns_)
    if (std::find(columns.begin(), columns.begin() + figures, column) == columns.begin() + figures)
      columns.push_back(column);
  std::sort(columns.begin() + figures, columns.end());
  return columns;
}

Table Store::read(const std::vector<std::string>& columns, const std::string& state) const {
  std::string names;
  for (const std::string& column : columns) {
    if (std::find(columns_.begin(), columns_.end(), column) == columns_.end())
      throw InputError({path().string(), 0, 0}, "no column \"" + column + "\"",
                       "an axis, or a figure of a point that is done");
    names += (names.empty() ? "" : ", ") + quoted_name(column);
  }
  const std::string where = state.empty() ? "" : " WHERE state = ?";
  std::vector<Value> arguments;
  if (!state.empty()) arguments.emplace_back(state);
  return {columns,
          database_.query("SELECT " + names + " FROM points" + where + " ORDER BY point", arguments)};
}

StoreLock::StoreLock(const std::filesystem::path& path) {
  descriptor_ = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor_ < 0)
    throw InputError({path.string(), 0, 0}, std::string("cannot be opened: ") + std::strerror(errno));
  if (flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    close(descriptor_);
    throw Error(ErrorKind::Unacceptable,
                path.string() + ": another \"weft sweep run\" is at work on this store");
  }
}

StoreLock::~StoreLock() {
  close(descriptor_);
}

}  // namespace weft::sweep
