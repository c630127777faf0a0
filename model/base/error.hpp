// Errors. Libraries throw these and print nothing; only app/ speaks and turns a kind into an exit code.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

namespace weft {

// The values are the process's exit codes.
enum class ErrorKind {
  Unacceptable = 1,  // a result that is not acceptable: does not fit, mismatch, budget not met
  Usage = 2,         // the command line is off
  BadInput = 3,      // a file or a value that cannot be used, or a place that cannot be written
  Internal = 4       // our own fault
};

class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}
  ErrorKind kind() const { return kind_; }

 private:
  ErrorKind kind_;
};

// A place in an input file. Line and column count from 1; 0 means that the whole file is meant.
struct SourcePosition {
  std::string file;
  int line = 0;
  int column = 0;
};

// Bad input: "file:line:column: found X, expected Y" (the parts that are known).
class InputError : public Error {
 public:
  InputError(const SourcePosition& position, const std::string& message);
  InputError(const SourcePosition& position, const std::string& found, const std::string& expected);
};

// Throws an Internal error: a state that our own code should have made impossible.
[[noreturn]] void internal_error(const std::string& message);

// What an independent verifier found. `rule` is a short stable name ("axons-per-core"), `where` the thing
// ("tile_3_2"), `detail` what was found and what the rule allows.
struct Violation {
  std::string rule;
  std::string where;
  std::string detail;
};

// One line per violation, at most `limit` of them, then how many more there are. Empty for none.
std::string describe(const std::vector<Violation>& violations, std::size_t limit = 20);

}  // namespace weft
