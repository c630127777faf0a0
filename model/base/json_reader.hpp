// Strict reading of the JSON headers of our own files: every member is asked for by name and range, and what
// nobody asked for is an error.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "model/base/digest.hpp"

namespace weft {

// One JSON object. Every function throws InputError with the file, the member's path, what was found and what
// was expected.
class JsonReader {
 public:
  // `text` must hold one JSON object.
  static JsonReader parse(const std::string& text, const std::string& file);

  std::int64_t integer(const std::string& key, std::int64_t minimum, std::int64_t maximum);
  double number(const std::string& key);  // finite
  bool boolean(const std::string& key);
  std::string text(const std::string& key);
  Digest digest(const std::string& key);
  std::vector<std::int64_t> integers(const std::string& key, std::size_t count, std::int64_t minimum,
                                     std::int64_t maximum);
  std::vector<JsonReader> objects(const std::string& key);
  bool has(const std::string& key) const;

  // Throws if the object has a member that was not asked for.
  void finish() const;
  // Throws an InputError about this member: for rules that the reader does not know.
  [[noreturn]] void fail(const std::string& key, const std::string& found, const std::string& expected) const;

 private:
  struct State;
  explicit JsonReader(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace weft
