// The table of the targets of compression: `cmake --build build/release --target compress_table` prints all
// rows, weft_compress_table --quick those of one seed, weft_compress_table ROW... the ones named.
#include <cstdio>
#include <cstring>
#include <exception>
#include <string>
#include <vector>

#include "model/base/error.hpp"
#include "tests/bench/compress_rows.hpp"

namespace {

using namespace weft::bench;

struct Rows {
  const char* name;
  void (*print)(bool quick);
};

const Rows kRows[] = {{"one-shot", one_shot_rows},        {"lenet-300", retrained_lenet300_rows},
                      {"lenet-5", retrained_lenet5_rows}, {"fashion", retrained_fashion_rows},
                      {"fc6", alexhead_one_shot_rows},    {"tuned", alexhead_tuned_rows},
                      {"speed", alexhead_speed_row}};

bool wanted(const char* name, const std::vector<std::string>& names) {
  for (const std::string& word : names) {
    if (word == name) return true;
  }
  return names.empty();
}

}  // namespace

int main(int count, char** words) {
  bool quick = false;
  std::vector<std::string> names;
  for (int i = 1; i < count; ++i) {
    if (std::strcmp(words[i], "--quick") == 0) {
      quick = true;
    } else {
      names.emplace_back(words[i]);
    }
  }
  for (const std::string& name : names) {
    bool known = false;
    for (const Rows& rows : kRows) known = known || name == rows.name;
    if (known) continue;
    std::fprintf(stderr, "no rows '%s': one-shot, lenet-300, lenet-5, fashion, fc6, tuned, speed\n",
                 name.c_str());
    return 2;
  }
  try {
    print_head();
    for (const Rows& rows : kRows) {
      if (wanted(rows.name, names)) rows.print(quick);
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
