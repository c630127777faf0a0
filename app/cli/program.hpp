// The whole program but for main(): global options, the choice of the command, errors to exit codes.
#pragma once

#include <string>
#include <vector>

namespace weft::app {

// `words` without the program's name. Returns the exit code; never throws.
int run_program(const std::vector<std::string>& words);

}  // namespace weft::app
