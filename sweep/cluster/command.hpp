// Another program, run to its end.
#pragma once

#include <string>
#include <vector>

namespace weft::sweep {

struct CommandResult {
  bool found = true;  // false: no such program on the PATH
  int code = 0;       // its exit code, or 128 + the signal
  std::string out, err;
};

// The first word is looked for on the PATH; no shell is between. Throws InputError where no process can be
// made.
CommandResult run_command(const std::vector<std::string>& words);

// A word as a POSIX shell takes it, whatever is in it.
std::string shell_word(const std::string& word);

}  // namespace weft::sweep
