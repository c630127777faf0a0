// Runs the built program as a user does and catches what it says.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace weft::test {

struct Finished {
  int code = -1;  // the exit code, or 128 + the signal
  std::string out, err;
};

// `environment` is set for this run alone; an empty value unsets the variable.
Finished run_weft(const std::vector<std::string>& words,
                  const std::map<std::string, std::string>& environment = {});

// False where there is no /dev/pts, as in a bare chroot: what is drawn on a terminal cannot be tested there.
bool terminals_can_be_opened();

// The same with a terminal as stderr; err holds what was drawn on it. Once `mark` is, `keys` are typed.
Finished run_weft_on_terminal(const std::vector<std::string>& words,
                              const std::map<std::string, std::string>& environment = {},
                              const std::string& mark = "", const std::string& keys = "");

// The same as run_weft(), with Ctrl-C as soon as `mark` has appeared on stderr.
Finished run_weft_and_interrupt(const std::vector<std::string>& words, const std::string& mark);

// The same with any signal, sent once `when` holds for what is on stderr so far; it is asked again and again.
Finished run_weft_and_signal(const std::vector<std::string>& words, int signal,
                             const std::function<bool(const std::string& err)>& when);

// Any program; the first word is its path.
Finished run_program(const std::vector<std::string>& words,
                     const std::map<std::string, std::string>& environment = {});

// An empty directory of the running test's own, gone with the object.
class Scratch {
 public:
  Scratch();
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  std::string path() const { return path_.string(); }
  // Writes a file and gives its path.
  std::string file(const std::string& name, const std::string& text) const;

 private:
  std::filesystem::path path_;
};

std::string read_all(const std::string& path);
bool has_fashion_mnist();

}  // namespace weft::test
