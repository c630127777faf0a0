// The results of a sweep: one SQLite file, its table `points` with one row per point, open to other tools.
// Columns: point, state, error, seconds, version, the axes, what is derived from them, then the figures as
// they come.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "sweep/database.hpp"
#include "sweep/ledger.hpp"
#include "sweep/sweep_file.hpp"

namespace weft::sweep {

struct StateCounts {
  std::int64_t pending = 0, running = 0, done = 0, failed = 0, infeasible = 0;
  std::int64_t total() const { return pending + running + done + failed + infeasible; }
};

struct Table {
  std::vector<std::string> columns;
  std::vector<std::vector<Value>> rows;
};

class Store : public Ledger {
 public:
  // Of this sweep by this version of Weft; created with all points pending where `create` and there is none.
  // Throws InputError for a store of another sweep, another version, another schema, or no store at all.
  Store(const std::filesystem::path& path, const SweepFile& sweep, const std::string& version, bool create);

  // Points that a killed run left behind become pending again.
  void recover();
  // Failed points become pending; gives how many.
  std::int64_t retry_failed();
  std::vector<std::int64_t> pending() const;  // ascending

  // Each is one transaction.
  void start(std::int64_t point) override;
  void finish(std::int64_t point, const PointResult& result) override;
  void put_back(std::int64_t point) override;  // pending again

  // The points in their order, and those that are pending with their numbers.
  std::vector<Point> points(const SweepFile& sweep) const;
  std::vector<Task> pending_tasks(const SweepFile& sweep) const;
  // More points behind those that are there, all of them pending; one transaction.
  void add(const SweepFile& sweep, const std::vector<Point>& points);

  bool has_ended(std::int64_t point) const;  // done, failed or infeasible

  // How much of which shard is in here already: bytes per id (sweep/cluster/shard.hpp).
  std::map<std::string, std::uint64_t> merged_shards() const;
  void note_merged(const std::string& id, std::uint64_t bytes);

  StateCounts counts() const;
  ReuseByStage reuse() const;                // of all points that came to an end
  double mean_seconds() const;               // of the points that came to an end; 0 for none
  std::vector<std::string> columns() const;  // axes, derived values, then figures by name
  // Rows in the order of the points. Throws InputError for a name that is no column.
  Table read(const std::vector<std::string>& columns, const std::string& state = "") const;
  const std::filesystem::path& path() const { return database_.path(); }

 private:
  void make(const SweepFile& sweep, const std::string& version);
  void check(const SweepFile& sweep, const std::string& version) const;
  void learn_columns();
  void insert(const SweepFile& sweep, std::int64_t first, const std::vector<Point>& points);

  Database database_;
  std::vector<std::string> settings_;
  std::vector<std::string> columns_;  // all of the table
};

// The one run at a time on a store: held until the object or the process is gone. Throws Error (Unacceptable)
// where another process has it.
class StoreLock {
 public:
  explicit StoreLock(const std::filesystem::path& path);
  ~StoreLock();
  StoreLock(const StoreLock&) = delete;
  StoreLock& operator=(const StoreLock&) = delete;
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_ = -1;
};

}  // namespace weft::sweep
