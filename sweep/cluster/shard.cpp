// Each line carries a check of itself, so that a line is either what was written or nothing. A file has one
// writer for all its life and only grows: a reader needs no lock, and comes back to the byte where it was.
#include "sweep/cluster/shard.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>

#include "model/base/error.hpp"

namespace weft::sweep {
namespace {

using Json = nlohmann::ordered_json;
constexpr int kFormat = 1;
const std::string kCheck = ",\"check\":\"";
constexpr std::size_t kDigits = 32;

std::string check_of(std::string_view text) {
  return DigestBuilder().add(text).finish().hex();
}

// The JSON object with a last member "check", and a line feed.
std::string to_line(const Json& json) {
  std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  text.pop_back();
  return text + kCheck + check_of(text) + "\"}\n";
}

// Nothing where the line is not what was written. `check` gets its check.
std::optional<Json> from_line(const std::string& line, std::string& check) {
  const std::size_t tail = kCheck.size() + kDigits + 2;
  if (line.size() < tail) return std::nullopt;
  const std::string text = line.substr(0, line.size() - tail);
  check = line.substr(text.size() + kCheck.size(), kDigits);
  if (line.compare(text.size(), kCheck.size(), kCheck) != 0 || check != check_of(text)) return std::nullopt;
  Json json = Json::parse(text + "}", nullptr, false);
  if (!json.is_object()) return std::nullopt;
  return json;
}

Json to_json(const Value& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return *whole;
  if (const auto* number = std::get_if<double>(&value)) return *number;
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  return nullptr;
}

Value to_value(const Json& json) {
  if (json.is_number_integer()) return json.get<std::int64_t>();
  if (json.is_number()) return json.get<double>();
  if (json.is_string()) return json.get<std::string>();
  return std::monostate();
}

std::optional<ShardRecord> to_record(const Json& json) try {
  ShardRecord record;
  record.point = json.at("point").get<std::int64_t>();
  const std::string state = json.at("state").get<std::string>();
  for (const PointState known : {PointState::Done, PointState::Failed, PointState::Infeasible})
    if (state == to_string(known)) record.result.state = known;
  record.result.error = json.at("error").get<std::string>();
  record.result.seconds = json.at("seconds").get<double>();
  for (const auto& item : json.at("figures").items())
    record.result.figures.push_back({item.key(), to_value(item.value())});
  if (json.contains("reuse"))
    for (const auto& item : json.at("reuse").items())
      record.result.reuse[item.key()] = {item.value().at(0).get<std::int64_t>(),
                                         item.value().at(1).get<std::int64_t>()};
  return record;
} catch (const Json::exception&) {
  return std::nullopt;
}

void read_header(const std::string& line, const std::filesystem::path& path, Shard& shard) try {
  const Json header = from_line(line, shard.id).value_or(Json::object());
  const int format = header.at("weft_shard").get<int>();
  if (format != kFormat)
    throw InputError({path.string(), 1, 1}, "a shard of format " + std::to_string(format),
                     "format " + std::to_string(kFormat));
  shard.empty = false;
  shard.origin.sweep = Digest::from_hex(header.at("sweep").get<std::string>());
  shard.origin.version = header.at("version").get<std::string>();
  shard.title = header.at("title").get<std::string>();
} catch (const Json::exception&) {
  throw InputError({path.string(), 1, 1}, "a first line that is not that of a shard",
                   "a file of \"weft sweep worker\"");
}

std::string host_name() {
  char name[256] = "";
  gethostname(name, sizeof name - 1);
  return name;
}

}  // namespace

Shard read_shard(const std::filesystem::path& path, const Merged& merged) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw InputError({path.string(), 0, 0}, std::string("cannot be read: ") + std::strerror(errno));
  Shard shard;
  std::string line, check;
  // getline() sets eof where no line feed follows: a line that is not whole.
  if (!std::getline(file, line) || file.eof()) return shard;
  read_header(line, path, shard);
  shard.end = line.size() + 1;
  if (const auto known = merged.find(shard.id); known != merged.end()) {
    shard.end = known->second;
    file.seekg(static_cast<std::streamoff>(shard.end));
  }
  while (std::getline(file, line) && !file.eof()) {
    shard.end += line.size() + 1;
    const std::optional<Json> json = from_line(line, check);
    const std::optional<ShardRecord> record = json ? to_record(*json) : std::nullopt;
    if (record)
      shard.records.push_back(*record);
    else
      ++shard.damaged;
  }
  return shard;
}

std::vector<std::filesystem::path> list_shards(const std::filesystem::path& directory) {
  std::vector<std::filesystem::path> paths;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(directory, none))
    if (entry.path().extension() == ".jsonl") paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  return paths;
}

ShardWriter::ShardWriter(std::filesystem::path directory, ShardOrigin origin, std::string title,
                         std::string worker)
    : directory_(std::move(directory)),
      origin_(std::move(origin)),
      title_(std::move(title)),
      worker_(std::move(worker)) {}

ShardWriter::~ShardWriter() {
  if (descriptor_ >= 0) close(descriptor_);
}

void ShardWriter::finish(std::int64_t point, const PointResult& result) {
  if (descriptor_ < 0) open_file();
  Json figures = Json::object();
  for (const Figure& figure : result.figures) figures[figure.name] = to_json(figure.value);
  Json record = {{"point", point},
                 {"state", to_string(result.state)},
                 {"error", result.error},
                 {"seconds", result.seconds},
                 {"figures", figures}};
  for (const auto& [stage, counts] : result.reuse) record["reuse"][stage] = {counts.hits, counts.misses};
  append(to_line(record));
}

void ShardWriter::open_file() {
  for (int number = 0; descriptor_ < 0; ++number) {
    path_ = directory_ / (worker_ + "." + std::to_string(number) + ".jsonl");
    descriptor_ = open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0666);
    if (descriptor_ < 0 && errno != EEXIST) fail();
  }
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  append(to_line({{"weft_shard", kFormat},
                  {"sweep", origin_.sweep.hex()},
                  {"version", origin_.version},
                  {"title", title_},
                  {"worker", worker_},
                  {"host", host_name()},
                  {"process", static_cast<std::int64_t>(getpid())},
                  {"begun_ns", std::chrono::duration_cast<std::chrono::nanoseconds>(now).count()}}));
  const int directory = open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) fail();
  fsync(directory);  // some file systems refuse it; the name is as safe there as it can be
  close(directory);
}

void ShardWriter::append(const std::string& line) {
  for (std::size_t at = 0; at < line.size();) {
    const ssize_t count = write(descriptor_, line.data() + at, line.size() - at);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail();
    at += static_cast<std::size_t>(count);
  }
  if (fsync(descriptor_) != 0) fail();
  size_ += static_cast<std::int64_t>(line.size());
}

// A line that did not fit is taken back, so that the next one does not begin in the middle of it.
void ShardWriter::fail() const {
  const int reason = errno;
  if (descriptor_ >= 0 && ftruncate(descriptor_, size_) != 0) { /* the check of the line tells as well */
  }
  throw InputError({path_.string(), 0, 0}, std::string("cannot be written: ") + std::strerror(reason));
}

}  // namespace weft::sweep
