// A RANC grid as a file in fabrics/: its size and what its surroundings do to it. Another machine than the
// fabrics of model/fabric, with a file form of its own.
#pragma once

#include <string>
#include <vector>

#include "model/ranc/ranc_network.hpp"

namespace weft {

struct RancMachine {
  std::string name = "ranc";
  RancGrid grid;
  std::int64_t tick_cycles = 0;        // 0: the fewest with which no core misses a tick
  std::int64_t first_burst_cycle = 0;  // of tick 0: reset holds the input back until then
};

// YAML, strictly; throws InputError.
RancMachine parse_ranc_machine(const std::string& yaml, const std::string& file,
                               const std::vector<std::string>& overrides = {});

std::vector<std::string> ranc_preset_names();  // ascending: "ranc-256", "ranc-transpose"
// A preset by its name, or else a YAML file. What is neither is an InputError that names the presets.
RancMachine load_ranc_machine(const std::string& name_or_path,
                              const std::vector<std::string>& overrides = {});

}  // namespace weft
