// A header line with the identity, then "accuracy cost synapses neurons key" per point. Numbers are written
// with the digits that give back the same bits.
#include "app/flow/search_journal.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <sstream>

#include "model/base/error.hpp"

namespace weft::app {
namespace {

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

void write_line(const std::filesystem::path& path, const char* mode, const std::string& line) {
  const std::unique_ptr<std::FILE, Close> file(std::fopen(path.c_str(), mode));
  const bool good = file && std::fwrite(line.data(), 1, line.size(), file.get()) == line.size() &&
                    std::fflush(file.get()) == 0 && ::fsync(::fileno(file.get())) == 0;
  if (!good)
    throw InputError({path.string(), 0, 0}, std::strerror(errno),
                     "a place where the search's points can be kept");
}

}  // namespace

SearchJournal::SearchJournal(std::filesystem::path path, const std::string& identity)
    : path_(std::move(path)) {
  std::ifstream in(path_, std::ios::binary);
  std::stringstream whole;
  whole << in.rdbuf();
  const std::string header = "weft-search 1 " + identity + "\n", text = whole.str();
  std::string good = header;
  if (text.compare(0, header.size(), header) == 0) {
    for (std::size_t at = header.size();;) {
      const std::size_t end = text.find('\n', at);
      if (end == std::string::npos) break;
      std::istringstream line(text.substr(at, end - at));
      compress::Measured measured;
      std::string accuracy, cost, key;  // as words: a cost may be infinite
      if (!(line >> accuracy >> cost >> measured.synapses >> measured.neurons) || line.get() != ' ' ||
          !std::getline(line, key) || key.empty())
        break;
      measured.accuracy = std::strtod(accuracy.c_str(), nullptr);
      measured.cost = std::strtod(cost.c_str(), nullptr);
      known_[key] = measured;
      good += text.substr(at, end + 1 - at);
      at = end + 1;
    }
  }
  write_line(path_, "wb", good);
}

std::optional<compress::Measured> SearchJournal::recall(const std::string& key) const {
  const auto at = known_.find(key);
  if (at == known_.end()) return std::nullopt;
  return at->second;
}

void SearchJournal::store(const std::string& key, const compress::Measured& measured) {
  known_[key] = measured;
  write_line(path_, "ab",
             fmt::format("{:.17g} {:.17g} {} {} {}\n", measured.accuracy, measured.cost, measured.synapses,
                         measured.neurons, key));
}

void SearchJournal::remove() {
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
}

}  // namespace weft::app
