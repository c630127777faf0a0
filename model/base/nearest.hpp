// "Did you mean ...?": the known names that are nearest to a wrong one.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace weft {

// Changes that turn one word into the other: insert, delete, replace a character, or swap two neighbors
// (Damerau, CACM 1964, in its restricted form). Letter case does not count.
std::size_t edit_distance(std::string_view a, std::string_view b);

// At most `limit` of the known names, nearest first, in the given order where equally near. Only names that
// are near enough to be a slip: a third of the longer word's characters, at least one.
std::vector<std::string> nearest_names(std::string_view word, const std::vector<std::string>& known,
                                       std::size_t limit = 3);

// " (did you mean 'a' or 'b'?)" to end a message with; empty when nothing is near.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& known);

}  // namespace weft
