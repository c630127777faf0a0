// RANC's own files: a folder with csram_NNN.mem and tc_NNN.mem per core (binary text, one word per line), and
// beside them what a test bench feeds and expects. Readers are strict; errors name file, line and column.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "model/ranc/ranc_network.hpp"

namespace weft {

// csram_NNN.mem, a line per neuron, most significant bit first: A connections (axon A-1 first), potential,
// reset potential, four weights, leak, positive and negative threshold (9 bits each, signed), reset mode (1),
// dx, dy (9 each, signed), axon (ceil(log2 A)), tick offset (4). A follows from the length of a line.
// tc_NNN.mem, a line per axon: its type (2 bits). Both are needed of every tile but the output bus; all cores
// have the same size. Throws InputError.
RancNetwork read_ranc_network(const std::filesystem::path& folder, const RancGrid& grid);

// One core's files, from their text; `axons` and `neurons` 0: not known yet, else what they must be.
RancCore parse_ranc_core(std::string_view csram, const std::string& csram_name, std::string_view types,
                         const std::string& types_name, int axons = 0, int neurons = 0);

// tb_num_inputs.txt (a count per tick, decimal) and tb_input.txt (a packet per line: dx, dy, axon, offset in
// the widths of a core's line).
RancStimulus read_ranc_stimulus(const std::filesystem::path& folder, const RancNetwork& network);
RancStimulus parse_ranc_stimulus(std::string_view counts, const std::string& counts_name,
                                 std::string_view packets, const std::string& packets_name, int axons);

// tb_num_outputs.txt and tb_correct.txt (an output's number per line, binary): the expected output packets,
// row by row, in order. Row r is what leaves in tick r + 2.
std::vector<std::vector<int>> read_ranc_outputs(const std::filesystem::path& folder);

}  // namespace weft
