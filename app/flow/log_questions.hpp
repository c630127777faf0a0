// The questions of weft inspect to event logs, with their answers as JSON.
#pragma once

#include <cstdint>
#include <string>

namespace weft::app {

struct LogQuestions {
  std::string who_sent_to;          // a tile: tile_X_Y
  std::int64_t life = -1;           // a key
  std::int64_t step = -1;           // of the two above
  std::int64_t busiest_links = 0;   // how many
  std::int64_t critical_path = -1;  // a step
  std::string diff;                 // another log

  int count() const;  // questions asked
};

struct LogAnswer {
  std::string json;  // one object
  bool same = true;  // false where --diff found a difference
};

// The one question that is asked. Throws a Usage error for a question without its step, a step without a
// question, more than one question, or what names no tile; InputError for damage or where the log has no such
// step or tile.
LogAnswer answer(const LogQuestions& questions, const std::string& log);

}  // namespace weft::app
