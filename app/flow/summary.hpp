// Summaries of files for weft inspect.
#pragma once

#include <filesystem>
#include <string>

namespace weft::app {

// One JSON object; "kind" and "file" come first. Throws InputError for what is not a file of Weft.
std::string summarize_as_json(const std::filesystem::path& path);
// The same content: scalars as "key  value" lines, lists of objects as tables.
std::string summarize_as_text(const std::filesystem::path& path);

}  // namespace weft::app
