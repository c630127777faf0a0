// Glob matching with one point of return, the last star: linear in memory, at worst the product of the
// lengths in time.
#include "traces/waveform/glob.hpp"

#include <cstddef>

namespace weft::traces {

bool glob_match(std::string_view pattern, std::string_view name) {
  constexpr std::size_t none = std::string_view::npos;
  std::size_t p = 0, n = 0, star = none, star_name = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_name = n;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == name[n])) {
      ++p;
      ++n;
    } else if (star != none) {  // let the last star take one character more
      p = star + 1;
      n = ++star_name;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

bool scope_match(std::string_view pattern, std::string_view name) {
  const std::size_t first_dot = name.find('.');
  const std::size_t short_begin = first_dot == std::string_view::npos ? 0 : first_dot + 1;
  for (std::size_t end = name.size();; end = name.rfind('.', end - 1)) {
    if (end == std::string_view::npos) return false;
    if (glob_match(pattern, name.substr(0, end))) return true;
    if (end > short_begin && glob_match(pattern, name.substr(short_begin, end - short_begin))) return true;
    if (end == 0) return false;
  }
}

}  // namespace weft::traces
