// What the fabric answered to each frame, and the frames that it got wrong, as pictures.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "model/base/files.hpp"
#include "model/data/dataset.hpp"
#include "model/data/recordings.hpp"
#include "model/network/int_matrix.hpp"
#include "model/report/report.hpp"

namespace weft::app {

// Frames as gray pictures: `pixels(frame)` gives width * height bytes. Width 0: there are none.
struct FramePictures {
  int width = 0, height = 0;
  std::function<Bytes(std::int64_t frame)> pixels;
};
// The mean of a sample's channels.
FramePictures pictures_of(const Dataset& data);
// A recording's events per pixel, both polarities, the most of them white.
FramePictures pictures_of(const Recordings& data);

constexpr std::int64_t kWrongFramesShown = 30;

// `labels` begin with those of the frames. Empty if a label is no output's number.
std::optional<AnswersReport> answer_figures(const IntMatrix& outputs,
                                            const std::vector<std::uint16_t>& labels, const std::string& data,
                                            const FramePictures& pictures);

}  // namespace weft::app
