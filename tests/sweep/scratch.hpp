// A directory and a sweep for tests of the store and the engine.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include "sweep/sweep_file.hpp"

namespace weft::sweep::test {

class Scratch {
 public:
  Scratch() {
    std::string pattern = (std::filesystem::temp_directory_path() / "weft-sweep-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

// `count` points over one axis "x" from 0.
inline SweepFile line_sweep(int count, const std::string& rest = "") {
  return parse_sweep_file("flow_text: x\naxes:\n  x: range(0, " + std::to_string(count - 1) + ")\n" + rest,
                          "s.yaml");
}

}  // namespace weft::sweep::test
