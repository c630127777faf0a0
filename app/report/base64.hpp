// Bytes as text (RFC 4648, section 4), for what a page carries in itself.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/base/files.hpp"

namespace weft::app {

std::string to_base64(const Bytes& bytes);
// Empty for text that to_base64() does not write.
std::optional<Bytes> from_base64(std::string_view text);

}  // namespace weft::app
