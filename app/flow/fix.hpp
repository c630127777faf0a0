// Constraints for the placer as people write them: "layer fc1" or "core 3", columns "0..3", rows "2".
#pragma once

#include <string>
#include <vector>

#include "mapping/place/regions.hpp"

namespace weft::app {

// Throws InputError at `where`.
mapping::FixedRegion parse_fix(const std::string& subject, const std::vector<std::string>& columns_and_rows,
                               const SourcePosition& where);

// "layer fc1=0..3,0..3", as it is given to --fix. Throws a Usage error.
mapping::FixedRegion parse_fix_option(const std::string& text);

// The lines of a `fix:` section that read as the same constraints; empty for none.
std::string format_fix(const std::vector<mapping::FixedRegion>& fix, int indent);

}  // namespace weft::app
