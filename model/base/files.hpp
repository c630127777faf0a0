// Reading and writing whole files. A writer goes through a temporary file, fsync and rename: the final name
// holds either the old content or the whole new one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace weft {

using Bytes = std::vector<std::uint8_t>;

// Throws InputError when the file cannot be opened or read, or is larger than `limit` bytes.
Bytes read_file(const std::filesystem::path& path, std::uint64_t limit = std::uint64_t{8} << 30);
std::string read_text_file(const std::filesystem::path& path);

// Throws InputError (with the system's reason: full disk, no permission) and leaves no partial file. A device
// or a pipe is written to as it is; a symbolic link keeps pointing at its file.
void write_file(const std::filesystem::path& path, std::string_view content);
void write_file(const std::filesystem::path& path, const Bytes& content);

// Creates the directory with its parents, and proves by a probe file that it can be written.
void make_output_directory(const std::filesystem::path& path);

// Inflates gzip data (all members); passes anything else through. Throws InputError on truncated or damaged
// data, surplus bytes, or more than `limit` bytes of content.
Bytes gunzip(const Bytes& data, const std::string& name, std::uint64_t limit = std::uint64_t{2} << 30);
// The same for zstd data (all frames).
Bytes unzstd(const Bytes& data, const std::string& name, std::uint64_t limit = std::uint64_t{2} << 30);

}  // namespace weft
