// Color is never the only sign: each population also has a number, and each heat its figure in words.
#include "app/report/figures/svg.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/report/html.hpp"

namespace weft::app::figures {
namespace {

constexpr std::array<std::string_view, 8> kColors = {"#0072b2", "#e69f00", "#009e73", "#cc79a7",
                                                     "#56b4e9", "#d55e00", "#f0e442", "#999999"};

}  // namespace

std::string open_svg(double width, double height, const std::string& label) {
  return fmt::format(
      "<svg viewBox=\"0 0 {:.0f} {:.0f}\" style=\"max-width:{:.0f}px\" role=\"img\" aria-label=\"{}\">\n",
      width, height, std::max(width, 220.0), html::escape(label));
}

std::string_view color(std::size_t index) {
  return kColors[index % kColors.size()];
}
std::string_view text_on(std::size_t index) {
  return index % kColors.size() == 0 ? "#fff" : "#000";
}

namespace {

double opacity(double share) {
  return share > 0 ? 0.08 + 0.92 * std::min(share, 1.0) : 0;
}

}  // namespace

std::string heat(double share) {
  return share > 0 ? fmt::format(" style=\"--heat:{:.3f}\"", opacity(share)) : "";
}
// Where ink on the heat stops being legible: earlier on dark paper ("warm" is its step) than on light.
std::string_view heat_text(double share) {
  return opacity(share) > 0.85 ? "on-hot" : opacity(share) > 0.6 ? "on-warm" : "on-cool";
}

Populations::Populations(const FabricReport& fabric) {
  for (const TileReport& tile : fabric.tiles)
    if (!tile.population.empty() && order_.emplace(tile.population, names_.size()).second)
      names_.push_back(tile.population);
}

std::string Populations::legend() const {
  std::string out = "<ul class=\"legend\">";
  for (std::size_t i = 0; i < names_.size(); ++i)
    out += fmt::format("<li><span style=\"background:{};color:{}\">{}</span>{}</li>", color(i), text_on(i),
                       i + 1, html::escape(names_[i]));
  return out + "</ul>\n";
}

}  // namespace weft::app::figures
