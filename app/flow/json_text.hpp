// An answer in JSON as text for people: one value, two forms that always agree.
#pragma once

#include <string>

namespace weft::app {

// Of one JSON object: scalars as "key  value" lines, lists of objects as tables with a heading, in its order.
std::string as_text(const std::string& json_object);

}  // namespace weft::app
