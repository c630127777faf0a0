// Labelled recordings of an event camera.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "model/base/files.hpp"
#include "model/network/shape.hpp"

namespace weft {

struct PixelEvent {
  std::uint32_t microseconds = 0;  // since the recording's start; ascending
  std::uint32_t input = 0;         // polarity * height * width + y * width + x
};

// Recording r has events [begin[r], begin[r + 1]).
struct Recordings {
  std::string name;
  Shape shape;  // polarities x height x width
  int classes = 0;
  std::vector<std::uint16_t> labels;
  std::vector<std::uint64_t> begin{0};
  std::vector<PixelEvent> events;

  std::int64_t size() const { return static_cast<std::int64_t>(labels.size()); }
};

// An .evp file of N-MNIST recordings (Orchard et al., Frontiers in Neuroscience 9, 2015): 34 x 34 pixels, two
// polarities, ten classes. Throws InputError on a wrong magic number, truncated or surplus data, a pixel,
// class or split that there is not, or times that go back.
Recordings read_evp(const std::filesystem::path& path, const std::string& name);
Recordings parse_evp(const Bytes& data, const std::string& file, const std::string& name);

// "nmnist": DIR/nmnist/nmnist_train1000.evp, with DIR from `directory`, else the environment variable
// WEFT_DATA.
Recordings load_recordings(const std::string& name, const std::filesystem::path& directory = {});
std::vector<std::string> known_recording_names();

}  // namespace weft
