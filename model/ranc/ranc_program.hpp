// A RANC network with its grid, what enters and what is expected to come out: what weft import --format ranc
// writes and weft run runs.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "model/base/npz.hpp"
#include "model/ranc/ranc_machine.hpp"

namespace weft {

struct RancProgram {
  RancMachine machine;
  RancNetwork network;                    // its grid is the machine's
  RancStimulus stimulus;                  // may be empty
  std::vector<std::vector<int>> outputs;  // expected; row r leaves in tick r + kRancOutputTick; may be empty
};

constexpr int kRancOutputTick = 2;  // what enters in tick 0 leaves in this one

// RANC's folder; the test bench's files are read where they are. Throws InputError.
RancProgram read_ranc_folder(const std::filesystem::path& folder, const RancMachine& machine);

// What is read is valid, or an InputError.
NpzArchive to_npz(const RancProgram& program);
RancProgram ranc_program_from_npz(const NpzArchive& archive, const std::string& file);
RancProgram read_ranc_program(const std::filesystem::path& path);
// True if the file is an archive of this kind; false for all others, also such as cannot be read.
bool is_ranc_program(const std::filesystem::path& path);

}  // namespace weft
