// The confusion matrix as a table, whose figures can be selected, and frames as bitmaps within the page.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/report/base64.hpp"
#include "app/report/figures/figures.hpp"
#include "app/report/figures/svg.hpp"
#include "app/report/html.hpp"

namespace weft::app::figures {
namespace {

using html::escape;
using html::grouped;

void put(Bytes& to, std::uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) to.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

// A picture of 256 grays that every browser draws: BMP, rows from the bottom up, each padded to four bytes.
Bytes bitmap(const Bytes& gray, int width, int height) {
  const auto columns = static_cast<std::uint32_t>(width), rows = static_cast<std::uint32_t>(height);
  const std::uint32_t row_bytes = (columns + 3) / 4 * 4, start = 14 + 40 + 256 * 4;
  Bytes out = {'B', 'M'};
  put(out, start + row_bytes * rows, 4);
  put(out, 0, 4);
  put(out, start, 4);
  put(out, 40, 4);
  put(out, columns, 4);
  put(out, rows, 4);
  put(out, 1, 2);
  put(out, 8, 2);
  for (const std::uint32_t field : {0u, row_bytes * rows, 2835u, 2835u, 256u, 0u}) put(out, field, 4);
  for (std::uint32_t shade = 0; shade < 256; ++shade) put(out, shade * 0x010101, 4);
  for (std::uint32_t row = rows; row-- > 0;)
    for (std::uint32_t x = 0; x < row_bytes; ++x)
      out.push_back(x < columns ? gray[row * columns + x] : std::uint8_t{0});
  return out;
}

}  // namespace

std::string confusion(const AnswersReport& answers) {
  const std::size_t classes = answers.classes.size();
  std::string out =
      "<div class=\"scroll\"><table class=\"confusion\"><thead><tr><th scope=\"col\">label \\ "
      "answer</th>";
  for (const std::string& name : answers.classes)
    out += fmt::format("<th scope=\"col\"><span>{}</span></th>", escape(name));
  out += "<th scope=\"col\"><span>right</span></th></tr></thead><tbody>\n";
  for (std::size_t label = 0; label < classes; ++label) {
    const std::int64_t* row = answers.confusion.data() + label * classes;
    std::int64_t sum = 0;
    for (std::size_t answer = 0; answer < classes; ++answer) sum += row[answer];
    out += fmt::format("<tr><th scope=\"row\">{}</th>", escape(answers.classes[label]));
    for (std::size_t answer = 0; answer < classes; ++answer) {
      // By square root, so that rare mistakes are seen beside a full diagonal.
      const double share =
          sum > 0 ? std::sqrt(static_cast<double>(row[answer]) / static_cast<double>(sum)) : 0;
      out += fmt::format("<td class=\"{}{}\"{}>{}</td>", answer == label ? "heat " : "wrong ",
                         heat_text(share), heat(share), grouped(row[answer]));
    }
    out += fmt::format(
        "<td>{}</td></tr>\n",
        sum > 0 ? html::percent(static_cast<double>(row[label]) / static_cast<double>(sum), 1) : "");
  }
  return out + "</tbody></table></div>\n";
}

std::string wrong_frames(const AnswersReport& answers) {
  const auto name = [&](std::int64_t number) {
    return escape(answers.classes[static_cast<std::size_t>(number)]);
  };
  std::string out = "<div class=\"frames\">\n";
  for (const WrongFrameReport& frame : answers.wrong) {
    const auto pixels = from_base64(frame.pixels);
    const bool drawn =
        answers.width > 0 && pixels &&
        pixels->size() == static_cast<std::size_t>(answers.width) * static_cast<std::size_t>(answers.height);
    out += "<figure>";
    if (drawn)
      out += fmt::format("<img alt=\"frame {}\" src=\"data:image/bmp;base64,{}\">", frame.frame,
                         to_base64(bitmap(*pixels, answers.width, answers.height)));
    out += fmt::format("<figcaption><b>{}</b>for {}<small>frame {}</small></figcaption></figure>\n",
                       name(frame.answer), name(frame.label), grouped(frame.frame));
  }
  return out + "</div>\n";
}

}  // namespace weft::app::figures
