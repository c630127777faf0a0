// A point's result as bytes, for the pipe between a worker and the engine.
#pragma once

#include <optional>
#include <string>

#include "sweep/ledger.hpp"

namespace weft::sweep {

std::string pack(const PointResult& result);
// Nothing where the bytes are not a whole result: the worker ended while it wrote.
std::optional<PointResult> unpack(const std::string& bytes);

}  // namespace weft::sweep
