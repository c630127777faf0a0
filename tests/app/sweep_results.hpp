// Rows of a sweep without what differs from run to run.
#pragma once

#include <string>

namespace weft::test {

// JSON to JSON, without the columns that depend on the clock and on the machine's memory.
std::string timeless(const std::string& rows);

}  // namespace weft::test
