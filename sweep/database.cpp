// Write-ahead logging: a killed process leaves either the whole transaction or none of it, and readers do not
// wait for the writer.
#include "sweep/database.hpp"

#include <sqlite3.h>

#include "model/base/error.hpp"

namespace weft::sweep {
namespace {

constexpr int kWaitMilliseconds = 10'000;

Value column(sqlite3_stmt* statement, int index) {
  switch (sqlite3_column_type(statement, index)) {
    case SQLITE_INTEGER:
      return static_cast<std::int64_t>(sqlite3_column_int64(statement, index));
    case SQLITE_FLOAT:
      return sqlite3_column_double(statement, index);
    case SQLITE_NULL:
      return std::monostate();
    default:
      return std::string(reinterpret_cast<const char*>(sqlite3_column_text(statement, index)),
                         static_cast<std::size_t>(sqlite3_column_bytes(statement, index)));
  }
}

void bind(sqlite3_stmt* statement, int index, const Value& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) sqlite3_bind_int64(statement, index, *whole);
  if (const auto* number = std::get_if<double>(&value)) sqlite3_bind_double(statement, index, *number);
  if (const auto* text = std::get_if<std::string>(&value))
    sqlite3_bind_text(statement, index, text->data(), static_cast<int>(text->size()), SQLITE_TRANSIENT);
}

}  // namespace

std::optional<double> to_number(const Value& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
  if (const auto* real = std::get_if<double>(&value)) return *real;
  return std::nullopt;
}

Database::Database(const std::filesystem::path& path, bool create) : path_(path) {
  const int flags = SQLITE_OPEN_READWRITE | (create ? SQLITE_OPEN_CREATE : 0);
  if (sqlite3_open_v2(path.c_str(), &connection_, flags, nullptr) != SQLITE_OK) {
    const std::string reason = connection_ ? sqlite3_errmsg(connection_) : "out of memory";
    sqlite3_close(connection_);
    throw InputError({path.string(), 0, 0}, "cannot be opened: " + reason);
  }
  sqlite3_busy_timeout(connection_, kWaitMilliseconds);
}

Database::~Database() {
  sqlite3_close(connection_);
}

void Database::fail() const {
  throw InputError({path_.string(), 0, 0}, std::string("the store: ") + sqlite3_errmsg(connection_));
}

void Database::execute(const std::string& sql) const {
  if (sqlite3_exec(connection_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail();
}

std::vector<std::vector<Value>> Database::query(const std::string& sql,
                                                const std::vector<Value>& arguments) const {
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v2(connection_, sql.c_str(), -1, &raw, nullptr) != SQLITE_OK) fail();
  const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> statement(raw, sqlite3_finalize);
  for (std::size_t i = 0; i < arguments.size(); ++i) bind(raw, static_cast<int>(i) + 1, arguments[i]);
  std::vector<std::vector<Value>> rows;
  int state = SQLITE_ROW;
  while ((state = sqlite3_step(raw)) == SQLITE_ROW) {
    std::vector<Value>& row = rows.emplace_back();
    row.reserve(static_cast<std::size_t>(sqlite3_column_count(raw)));
    for (int i = 0; i < sqlite3_column_count(raw); ++i) row.push_back(column(raw, i));
  }
  if (state != SQLITE_DONE) fail();
  return rows;
}

std::int64_t Database::number(const std::string& sql) const {
  const auto rows = query(sql);
  const auto* const value = rows.empty() ? nullptr : std::get_if<std::int64_t>(&rows[0][0]);
  if (value == nullptr) internal_error("no number from: " + sql);
  return *value;
}

Transaction::Transaction(const Database& database) : database_(database) {
  database_.execute("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
  if (!open_) return;
  try {
    database_.execute("ROLLBACK");
  } catch (const Error&) {  // the failure that led here may have rolled back already
  }
}

void Transaction::commit() {
  database_.execute("COMMIT");
  open_ = false;
}

std::string quoted_name(const std::string& name) {
  std::string quoted = "\"";
  for (const char c : name) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

}  // namespace weft::sweep
