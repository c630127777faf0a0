// Counts (label, answer) pairs. An answer is the first of the largest outputs, as accuracy() has it, so that
// the matrix's diagonal adds up to the accuracy.
#include "app/flow/answers.hpp"

#include <algorithm>

#include "app/report/base64.hpp"
#include "model/data/class_names.hpp"

namespace weft::app {

FramePictures pictures_of(const Dataset& data) {
  const int pixels = data.shape.height * data.shape.width;
  if (pixels == 0) return {};
  return {data.shape.width, data.shape.height, [&data, pixels](std::int64_t frame) {
            Bytes gray;
            for (int i = 0; i < pixels; ++i) {
              int sum = 0;
              for (int channel = 0; channel < data.shape.channels; ++channel)
                sum += data.sample(frame)[channel * pixels + i];
              gray.push_back(static_cast<std::uint8_t>(sum / data.shape.channels));
            }
            return gray;
          }};
}

FramePictures pictures_of(const Recordings& data) {
  const auto pixels =
      static_cast<std::size_t>(data.shape.height) * static_cast<std::size_t>(data.shape.width);
  if (pixels == 0) return {};
  return {data.shape.width, data.shape.height, [&data, pixels](std::int64_t frame) {
            const auto row = static_cast<std::size_t>(frame);
            std::vector<std::uint64_t> counts(pixels, 0);
            for (std::uint64_t i = data.begin[row]; i < data.begin[row + 1]; ++i)
              ++counts[data.events[i].input % pixels];
            const std::uint64_t most =
                std::max<std::uint64_t>(1, *std::max_element(counts.begin(), counts.end()));
            Bytes gray;
            for (const std::uint64_t count : counts)
              gray.push_back(static_cast<std::uint8_t>(255 * count / most));
            return gray;
          }};
}

std::optional<AnswersReport> answer_figures(const IntMatrix& outputs,
                                            const std::vector<std::uint16_t>& labels, const std::string& data,
                                            const FramePictures& pictures) {
  const auto classes = static_cast<std::size_t>(outputs.columns);
  const auto frames = static_cast<std::size_t>(outputs.rows);
  if (frames == 0 || frames > labels.size() ||
      std::any_of(labels.begin(), labels.begin() + static_cast<std::ptrdiff_t>(frames),
                  [&](std::uint16_t label) { return label >= classes; }))
    return std::nullopt;
  AnswersReport report;
  report.classes = class_names(data, static_cast<int>(classes));
  report.confusion.assign(classes * classes, 0);
  report.width = pictures.width;
  report.height = pictures.height;
  for (std::int64_t frame = 0; frame < outputs.rows; ++frame) {
    const std::int32_t* values = outputs.row(frame);
    const auto answer = std::max_element(values, values + outputs.columns) - values;
    const std::int64_t label = labels[static_cast<std::size_t>(frame)];
    ++report.confusion[static_cast<std::size_t>(label) * classes + static_cast<std::size_t>(answer)];
    if (answer == label) continue;
    if (report.wrong_frames++ >= kWrongFramesShown) continue;
    report.wrong.push_back(
        {frame, label, answer, pictures.width > 0 ? to_base64(pictures.pixels(frame)) : std::string()});
  }
  return report;
}

}  // namespace weft::app
