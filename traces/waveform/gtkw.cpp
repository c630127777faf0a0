// The save file is text: flags in hexadecimal ("@28": bits, right-justified, "@24": the same in decimal,
// "@420": in signed decimal, "@800200" and "@1000200": begin and end of a group, "@200": a heading), then a
// name. Groups appear in the order of their first signal, and each signal in one of them.
#include "traces/waveform/gtkw.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace weft::traces {
namespace {

// What is left of the width for the waves is 840 pixels, by measure; a few of them stay free at the right.
constexpr int kWindowWidth = 1400, kWindowHeight = 850, kNameWidth = 260, kWavesWidth = 820;

struct Place {
  std::string group;  // "tile_1_2", or "fabric" for what belongs to no tile
  std::string unit;   // "router.east"; empty for the group's own signals
};

Place place_of(const std::string& name) {
  const std::size_t top = name.find('.');
  const std::size_t end = top == std::string::npos ? top : name.find('.', top + 1);
  if (end == std::string::npos) return {name.substr(0, top), ""};
  const std::size_t last = name.rfind('.');
  return {name.substr(top + 1, end - top - 1), last > end ? name.substr(end + 1, last - end - 1) : ""};
}

struct Group {
  std::string name;
  std::string lines;
  std::string unit;  // of the last line
};

}  // namespace

std::string gtkwave_save(const SavedView& view) {
  std::vector<Group> groups;
  std::map<std::string, std::size_t> index;
  for (const SavedSignal& signal : view.signals) {
    const Place place = place_of(signal.name);
    const auto found = index.emplace(place.group, groups.size()).first;
    if (found->second == groups.size()) groups.push_back({place.group, "", ""});
    Group& group = groups[found->second];
    if (place.unit != group.unit) group.lines += "@200\n-" + place.unit + "\n";
    group.unit = place.unit;
    group.lines += (signal.width == 1 ? "@28\n" : signal.is_signed ? "@420\n" : "@24\n") + signal.name;
    if (signal.width > 1) group.lines += "[" + std::to_string(signal.width - 1) + ":0]";
    group.lines += "\n";
  }
  // GTKWave draws 2^-zoom time units on 200 pixels; the zoom need not be whole.
  const double frames = kWavesWidth / 200.0;
  const double zoom = std::min(-std::log2(std::max(view.duration, 1.0) / frames), 0.0);
  std::string text = "[dumpfile] \"" + view.dump_file + "\"\n[timestart] " + std::to_string(view.start) +
                     "\n[size] " + std::to_string(kWindowWidth) + " " + std::to_string(kWindowHeight) +
                     "\n*" + std::to_string(zoom) + " " + std::to_string(view.start) +
                     " -1 -1 -1 -1 -1 -1\n[signals_width] " + std::to_string(kNameWidth) + "\n";
  for (const Group& group : groups) {
    text += "@800200\n-" + group.name + "\n" + group.lines + "@1000200\n-" + group.name + "\n";
  }
  return text;
}

}  // namespace weft::traces
