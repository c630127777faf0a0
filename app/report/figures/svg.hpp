// What the drawn figures have in common. Sizes are in user units of a fixed view box, so that the page scales
// the picture; heat is the accent color at growing opacity, which reads on light and on dark paper.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/report/report.hpp"

namespace weft::app::figures {

// Shrinks with the page, and is never drawn larger than `width`.
std::string open_svg(double width, double height, const std::string& label);

// The fill and the text upon it of number `index` of Okabe and Ito's eight colors (2008), legible for
// color-blind people; from the ninth on they come again.
std::string_view color(std::size_t index);
std::string_view text_on(std::size_t index);

// " style=..." of a cell with this share of the largest value; 0 stays paper.
std::string heat(double share);
// The class of text on such a cell.
std::string_view heat_text(double share);

// Populations of tiles, numbered from 0 in the order in which their first tile appears.
class Populations {
 public:
  explicit Populations(const FabricReport& fabric);
  std::size_t index(const std::string& name) const { return order_.at(name); }
  std::string legend() const;  // "1 input, 2 fc1, ..." with their colors

 private:
  std::map<std::string, std::size_t> order_;
  std::vector<std::string> names_;
};

}  // namespace weft::app::figures
