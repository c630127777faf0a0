// Inside of the waveform writer: which signals are chosen, and their declaration as nested scopes.
#pragma once

#include <string>
#include <vector>

#include "model/fabric/event.hpp"

namespace weft::traces {

// True for each signal that some scope matches. Throws InputError for the first scope that matches nothing.
std::vector<bool> choose_signals(const std::vector<SignalInfo>& signals,
                                 const std::vector<std::string>& scopes);

struct VcdDeclaration {
  std::string name;  // dotted
  int width = 1;
  std::string id;
};

// The $scope ... $upscope part. Scopes appear in the order of their first signal, each once.
std::string declare_scopes(const std::vector<VcdDeclaration>& signals);

// Short names of printable characters: "!", "\"", ..., "~", "!!", ...
std::string vcd_id(std::size_t number);

}  // namespace weft::traces
