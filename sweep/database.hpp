// A thin hold on SQLite: a connection and its statements, every failure an InputError with the file's name.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace weft::sweep {

using Value = std::variant<std::monostate, std::int64_t, double, std::string>;  // monostate: nothing there
// What is a number in it.
std::optional<double> to_number(const Value& value);

class Database {
 public:
  // Creates the file where it is missing if `create`. Waits a few seconds for another's transaction.
  Database(const std::filesystem::path& path, bool create);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  void execute(const std::string& sql) const;
  // The rows of a query, or none for a command; `arguments` stand for the question marks.
  std::vector<std::vector<Value>> query(const std::string& sql,
                                        const std::vector<Value>& arguments = {}) const;
  std::int64_t number(const std::string& sql) const;  // one row, one whole number
  const std::filesystem::path& path() const { return path_; }

 private:
  [[noreturn]] void fail() const;

  std::filesystem::path path_;
  sqlite3* connection_ = nullptr;
};

// All or nothing: rolled back unless commit() is reached.
class Transaction {
 public:
  explicit Transaction(const Database& database);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  const Database& database_;
  bool open_ = true;
};

std::string quoted_name(const std::string& name);  // as SQL wants the name of a column

}  // namespace weft::sweep
