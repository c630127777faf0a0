// The points that a search for a budget has measured, on disk, so that an interrupted or killed one goes on.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "compress/search/search.hpp"

namespace weft::app {

// One line of text per point, each on disk before the next is measured; a line that was cut off by a crash
// and all behind it are dropped.
class SearchJournal {
 public:
  // Reads what is there if it was written under the same `identity` (network, data, parameters), else begins
  // anew. Throws InputError where the file cannot be written.
  SearchJournal(std::filesystem::path path, const std::string& identity);

  std::size_t recalled() const { return known_.size(); }  // points that were read
  std::optional<compress::Measured> recall(const std::string& key) const;
  void store(const std::string& key, const compress::Measured& measured);
  void remove();  // the search is over

 private:
  std::filesystem::path path_;
  std::map<std::string, compress::Measured> known_;
};

}  // namespace weft::app
