// Lines are compared as text; a sort by (cycle, letter, numbers) takes away what a log's order does not mean:
// what happened first within one cycle.
#include "tests/sim/ranc_log.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <utility>

namespace weft::sim {
namespace {

using Line = std::pair<std::vector<long>, std::string>;  // sort key, text

std::vector<std::string> sorted(std::vector<Line> lines) {
  std::sort(lines.begin(), lines.end());
  std::vector<std::string> texts;
  for (Line& line : lines) texts.push_back(std::move(line.second));
  return texts;
}

}  // namespace

RancLog read_ranc_log(const std::filesystem::path& path, int tiles) {
  RancLog log;
  std::map<int, std::vector<Line>> lines;
  std::ifstream in(path);
  for (std::string text; std::getline(in, text);) {
    std::istringstream fields(text);
    char letter = 0;
    int tick = 0;
    fields >> letter >> tick;
    if (letter == 'T') {  // "busy/stall" of each tile in turn, or "tile:busy/stall"
      std::vector<RancTileTime>& row = log.tiles[tick];
      row.resize(static_cast<std::size_t>(tiles));
      std::size_t tile = 0;
      for (std::string field; fields >> field; ++tile) {
        const std::size_t colon = field.find(':'), slash = field.find('/');
        if (colon != std::string::npos) tile = std::stoul(field.substr(0, colon));
        const std::size_t begin = colon == std::string::npos ? 0 : colon + 1;
        row.at(tile).busy = std::stoul(field.substr(begin, slash - begin));
        row.at(tile).stalled = std::stoul(field.substr(slash + 1));
      }
      continue;
    }
    Line line{{0, letter}, text};
    fields >> line.first[0];
    for (long number = 0; fields >> number;) line.first.push_back(number);
    lines[tick].push_back(std::move(line));
  }
  for (auto& [tick, of_tick] : lines) log.events[tick] = sorted(std::move(of_tick));
  return log;
}

std::vector<std::string> log_lines(int tick, const RancTick& result) {
  std::vector<Line> lines;
  for (const RancEvent& event : result.events) {
    const long cycle = static_cast<long>(event.cycle);
    char letter = 'I';
    std::vector<long> numbers{event.tile, static_cast<long>(event.index)};
    switch (event.kind) {
      case RancEventKind::Input:
        numbers = {static_cast<long>(event.index)};
        break;
      case RancEventKind::Spike:
        letter = 'S';
        break;
      case RancEventKind::Delivery:
        letter = 'D';
        numbers.push_back(event.offset);
        break;
      case RancEventKind::Output:
        letter = 'O';
        break;
    }
    std::string text = std::string(1, letter) + " " + std::to_string(tick) + " " + std::to_string(cycle);
    for (const long number : numbers) text += " " + std::to_string(number);
    std::vector<long> key{cycle, letter};
    key.insert(key.end(), numbers.begin(), numbers.end());
    lines.push_back({std::move(key), std::move(text)});
  }
  return sorted(std::move(lines));
}

std::string first_difference(const std::vector<std::string>& expected,
                             const std::vector<std::string>& found) {
  std::size_t i = 0;
  while (i < expected.size() && i < found.size() && expected[i] == found[i]) ++i;
  if (i == expected.size() && i == found.size()) return "";
  std::ostringstream text;
  text << "line " << i + 1 << " of " << expected.size() << " (found " << found.size() << " lines)\n";
  for (std::size_t j = i < 4 ? 0 : i - 4; j < i; ++j) text << "   both      " << expected[j] << "\n";
  for (std::size_t j = i; j < i + 4; ++j) {
    text << "   expected  " << (j < expected.size() ? expected[j] : "(end)") << "\n"
         << "   found     " << (j < found.size() ? found[j] : "(end)") << "\n";
  }
  return text.str();
}

}  // namespace weft::sim
