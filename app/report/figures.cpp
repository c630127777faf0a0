// SVG drawn from the report's figures. Sizes are in user units of a fixed view box, so that the page scales
// the picture; colors are the eight of Okabe and Ito (2008), legible for color-blind people, and a blue ramp
// for heat.
#include "app/report/figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "app/report/html.hpp"

namespace weft::app::figures {
namespace {

constexpr std::array<std::string_view, 8> kColors = {"#0072b2", "#e69f00", "#009e73", "#cc79a7",
                                                     "#56b4e9", "#d55e00", "#f0e442", "#999999"};
constexpr double kCell = 56, kTile = 36, kMargin = 18;

using html::escape;
using html::grouped;

std::string open_svg(double width, double height, const std::string& label) {
  return fmt::format(
      "<svg viewBox=\"0 0 {:.0f} {:.0f}\" style=\"max-width:{:.0f}px\" role=\"img\" aria-label=\"{}\">\n",
      width, height, std::max(width, 220.0), escape(label));
}

// Populations in the order in which their first tile appears; the index chooses the color.
std::map<std::string, std::size_t> population_colors(const FabricReport& fabric) {
  std::map<std::string, std::size_t> order;
  for (const TileReport& tile : fabric.tiles) {
    if (!tile.population.empty()) order.emplace(tile.population, order.size());
  }
  return order;
}

double tile_left(const TileReport& tile) {
  return kMargin + kCell * tile.x;
}
double tile_top(const TileReport& tile) {
  return kMargin + kCell * tile.y;
}

std::string tile_tooltip(const TileReport& tile) {
  std::string text = fmt::format("tile_{}_{}", tile.x, tile.y);
  if (tile.population.empty()) return text + ": no core in use";
  return text + fmt::format(": {} - {} neurons, {} axons, {} synapses, busy {} cycles, stalled {}",
                            tile.population, grouped(tile.neurons), grouped(tile.axons),
                            grouped(tile.synapses), grouped(tile.busy_cycles), grouped(tile.stall_cycles));
}

std::string rectangle(const TileReport& tile, const std::string& fill, const std::string& extra) {
  return fmt::format(
      "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.0f}\" height=\"{:.0f}\" rx=\"4\" "
      "fill=\"{}\"{}><title>{}</title></rect>\n",
      tile_left(tile), tile_top(tile), kTile, kTile, fill, extra, escape(tile_tooltip(tile)));
}

struct LinkEnd {
  double dx, dy;  // towards the neighbor, in tiles
  double side;    // offset across, so that the two directions of a link lie beside each other
  std::int64_t flits;
  const char* name;
};

std::string links(const FabricReport& fabric) {
  std::int64_t most = 1;
  for (const TileReport& t : fabric.tiles) {
    most = std::max({most, t.flits_north, t.flits_east, t.flits_south, t.flits_west});
  }
  std::string out = "<g class=\"links\">\n";
  for (const TileReport& tile : fabric.tiles) {
    const double x = tile_left(tile) + kTile / 2, y = tile_top(tile) + kTile / 2;
    for (const LinkEnd& end :
         {LinkEnd{0, -1, 5, tile.flits_north, "north"}, LinkEnd{1, 0, 5, tile.flits_east, "east"},
          LinkEnd{0, 1, -5, tile.flits_south, "south"}, LinkEnd{-1, 0, -5, tile.flits_west, "west"}}) {
      if (end.flits == 0) continue;
      const double width = 1 + 5 * std::sqrt(static_cast<double>(end.flits) / static_cast<double>(most));
      const double ox = end.dy != 0 ? end.side : 0, oy = end.dx != 0 ? end.side : 0;
      out += fmt::format(
          "<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" stroke-width=\"{:.1f}\">"
          "<title>tile_{}_{} {}: {} flits</title></line>\n",
          x + end.dx * kTile / 2 + ox, y + end.dy * kTile / 2 + oy, x + end.dx * (kCell - kTile / 2) + ox,
          y + end.dy * (kCell - kTile / 2) + oy, width, tile.x, tile.y, end.name, grouped(end.flits));
    }
  }
  return out + "</g>\n";
}

}  // namespace

std::string placed_grid(const FabricReport& fabric) {
  const auto colors = population_colors(fabric);
  std::string out =
      open_svg(kCell * fabric.width + 16, kCell * fabric.height + 16, "placed cores and link loads");
  out += links(fabric);
  for (const TileReport& tile : fabric.tiles) {
    if (tile.population.empty()) {
      out += rectangle(tile, "none", " class=\"idle\"");
    } else {
      out += rectangle(tile, std::string(kColors[colors.at(tile.population) % kColors.size()]), "");
    }
  }
  out += "</svg>\n<ul class=\"legend\">";
  for (const TileReport& tile : fabric.tiles) {  // in order of first appearance, which the map's order is not
    const auto found = colors.find(tile.population);
    if (found == colors.end()) continue;
    const bool first = std::none_of(fabric.tiles.data(), &tile, [&](const TileReport& earlier) {
      return earlier.population == tile.population;
    });
    if (!first) continue;
    out += fmt::format("<li><span style=\"background:{}\"></span>{}</li>",
                       kColors[found->second % kColors.size()], escape(tile.population));
  }
  return out + "</ul>\n";
}

std::string busy_map(const FabricReport& fabric, std::int64_t cycles) {
  std::string out =
      open_svg(kCell * fabric.width + 16, kCell * fabric.height + 16, "share of cycles each core is busy");
  for (const TileReport& tile : fabric.tiles) {
    if (tile.population.empty()) {
      out += rectangle(tile, "none", " class=\"idle\"");
      continue;
    }
    const double share = cycles > 0 ? static_cast<double>(tile.busy_cycles) / static_cast<double>(cycles) : 0;
    out += rectangle(tile, fmt::format("hsl(205 80% {:.0f}%)", 92 - 60 * std::min(share, 1.0)), "");
    out += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" class=\"{}\">{:.0f}%</text>\n",
                       tile_left(tile) + kTile / 2, tile_top(tile) + kTile / 2 + 4,
                       share > 0.55 ? "on-dark" : "on-light", 100 * share);
  }
  return out + "</svg>\n";
}

std::string latency_histogram(const LatencyReport& latency) {
  const HistogramReport& bins = latency.histogram;
  if (bins.counts.empty()) return "";
  constexpr double kWidth = 640, kHeight = 200, kLeft = 10, kBase = 165;
  const auto most = static_cast<double>(*std::max_element(bins.counts.begin(), bins.counts.end()));
  const double step = (kWidth - 2 * kLeft) / static_cast<double>(bins.counts.size());
  std::string out = open_svg(kWidth, kHeight, "frames over latency");
  for (std::size_t i = 0; i < bins.counts.size(); ++i) {
    const double height = 140 * static_cast<double>(bins.counts[i]) / std::max(most, 1.0);
    const double from = bins.first + bins.width * static_cast<double>(i);
    out += fmt::format(
        "<rect class=\"bar\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\"><title>{} to {} "
        "cycles: {} "
        "frames</title></rect>\n",
        kLeft + step * static_cast<double>(i), kBase - height, std::max(step - 1, 0.5), height,
        grouped(std::llround(from)), grouped(std::llround(from + bins.width) - 1), grouped(bins.counts[i]));
  }
  const double span = bins.width * static_cast<double>(bins.counts.size());
  const auto mark = [&](double cycles, const char* name, double y) {
    const double x = kLeft + (kWidth - 2 * kLeft) * (cycles - bins.first + 0.5) / span;
    out += fmt::format(
        "<line class=\"mark\" x1=\"{0:.1f}\" y1=\"{3:.0f}\" x2=\"{0:.1f}\" y2=\"{1:.0f}\"/>"
        "<text x=\"{0:.1f}\" y=\"{2:.0f}\">{4}</text>\n",
        x, kBase, y - 3, y, name);
  };
  mark(latency.cycles_p50, "median", 22);
  mark(latency.cycles_p99, "p99", 14);
  out += fmt::format("<text x=\"{:.0f}\" y=\"{:.0f}\" class=\"start\">{} cycles</text>", kLeft, kBase + 18,
                     grouped(std::llround(bins.first)));
  out += fmt::format("<text x=\"{:.0f}\" y=\"{:.0f}\" class=\"end\">{} cycles</text>\n</svg>\n",
                     kWidth - kLeft, kBase + 18, grouped(std::llround(bins.first + span) - 1));
  return out;
}

std::string bars(std::vector<std::pair<std::string, double>> items, const std::string& unit) {
  std::stable_sort(items.begin(), items.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  double sum = 0;
  for (const auto& item : items) sum += item.second;
  std::string out = "<table class=\"bars\"><tbody>\n";
  for (const auto& [name, value] : items) {
    const double share = sum > 0 ? value / sum : 0;
    out += fmt::format(
        "<tr><th scope=\"row\">{}</th><td class=\"track\"><span "
        "style=\"width:{:.2f}%\"></span></td><td>{}</td><td>{}</td></tr>\n",
        escape(name), 100 * share, html::si(value, unit), html::percent(share, 1));
  }
  return out + "</tbody></table>\n";
}

}  // namespace weft::app::figures
