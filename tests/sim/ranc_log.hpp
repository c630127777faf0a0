// Logs of RANC's RTL, and the same lines from a run of ours.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "sim/ranc/event.hpp"

namespace weft::sim {

// Per tick, its lines in canonical order: sorted as (cycle, letter, numbers). T lines are apart.
struct RancLog {
  std::map<int, std::vector<std::string>> events;
  std::map<int, std::vector<RancTileTime>> tiles;  // [tick][tile]; a tile that a T line does not name is 0/0
};

RancLog read_ranc_log(const std::filesystem::path& path, int tiles);

// The lines of one of our ticks, in the same order.
std::vector<std::string> log_lines(int tick, const RancTick& result);

// "" if equal, else the first difference with the lines around it.
std::string first_difference(const std::vector<std::string>& expected, const std::vector<std::string>& found);

}  // namespace weft::sim
