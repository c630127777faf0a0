// What a worker writes where no database can be shared: a file of lines, one per point (sweep/SHARDS.md).
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "model/base/digest.hpp"
#include "sweep/ledger.hpp"

namespace weft::sweep {

// Which points a shard may hold: those of this sweep, by this version.
struct ShardOrigin {
  Digest sweep;
  std::string version;
  friend bool operator==(const ShardOrigin& a, const ShardOrigin& b) {
    return a.sweep == b.sweep && a.version == b.version;
  }
};

struct ShardRecord {
  std::int64_t point = 0;
  PointResult result;
};

struct Shard {
  bool empty = true;  // not even the first line is whole: nothing else is set
  std::string id;     // of this file alone, whatever its name
  ShardOrigin origin;
  std::string title;
  std::vector<ShardRecord> records;
  std::uint64_t end = 0;  // bytes up to the last whole line
  int damaged = 0;        // whole lines that are not what was written: their points count as not run
};

// Per id of a shard the bytes that were merged into a store.
using Merged = std::map<std::string, std::uint64_t>;

// The records behind what was merged. What follows the last line feed is being written or was torn by a
// crash, and is left out. Throws InputError for a file that is no shard, or of another format.
Shard read_shard(const std::filesystem::path& path, const Merged& merged = {});

// The shards in a directory, by name; none where there is no directory.
std::vector<std::filesystem::path> list_shards(const std::filesystem::path& directory);

// A worker's shard, which only its process writes. The file is made with the first record under a name that
// no file has, so a worker that is begun again writes another one. Throws InputError where it cannot be
// written; what was written before stays whole.
class ShardWriter : public Ledger {
 public:
  // `worker` is "3-of-8": the name of the file begins so.
  ShardWriter(std::filesystem::path directory, ShardOrigin origin, std::string title, std::string worker);
  ~ShardWriter() override;
  ShardWriter(const ShardWriter&) = delete;
  ShardWriter& operator=(const ShardWriter&) = delete;

  void start(std::int64_t) override {}
  void finish(std::int64_t point, const PointResult& result) override;  // returns once it is on the disk
  void put_back(std::int64_t) override {}

 private:
  void open_file();
  void append(const std::string& line);
  [[noreturn]] void fail() const;

  std::filesystem::path directory_, path_;
  ShardOrigin origin_;
  std::string title_, worker_;
  int descriptor_ = -1;
  std::int64_t size_ = 0;
};

}  // namespace weft::sweep
