// The fabric from above, three times: who sits where, who works, which links are loaded. Tiles without a core
// in use are one path, so that a page of a large fabric stays small.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "app/report/figures/figures.hpp"
#include "app/report/figures/svg.hpp"
#include "app/report/html.hpp"

namespace weft::app::figures {
namespace {

constexpr double kCell = 56, kTile = 36, kMargin = 22;
constexpr int kMostNumbered = 64;  // tiles of a row, up to which columns and rows are numbered

using html::escape;
using html::grouped;

double left(const TileReport& tile) {
  return kMargin + kCell * tile.x;
}
double top(const TileReport& tile) {
  return kMargin + kCell * tile.y;
}

std::string tooltip(const TileReport& tile) {
  std::string text = fmt::format("tile_{}_{}", tile.x, tile.y);
  if (tile.population.empty()) return text + ": no core in use";
  text += fmt::format(": {} - {} neurons, {} axons, {} synapses, busy {} cycles, stalled {}", tile.population,
                      grouped(tile.neurons), grouped(tile.axons), grouped(tile.synapses),
                      grouped(tile.busy_cycles), grouped(tile.stall_cycles));
  for (std::size_t k = 0; k < tile.cores.size(); ++k) {
    const CoreReport& core = tile.cores[k];
    text += fmt::format("\ncore {}: {} - {} neurons, {} axons, {} synapses", k, core.population,
                        grouped(core.neurons), grouped(core.axons), grouped(core.synapses));
  }
  return text;
}

std::string open_grid(const FabricReport& fabric, const std::string& label) {
  std::string out = open_svg(kMargin + kCell * fabric.width, kMargin + kCell * fabric.height, label);
  std::string idle;
  for (const TileReport& tile : fabric.tiles)
    if (tile.population.empty())
      idle += fmt::format("M{:.0f} {:.0f}h{}v{}h-{}z", left(tile), top(tile), kTile, kTile, kTile);
  if (!idle.empty()) out += fmt::format("<path class=\"idle\" d=\"{}\"/>\n", idle);
  if (std::max(fabric.width, fabric.height) > kMostNumbered) return out;
  for (int x = 0; x < fabric.width; ++x)
    out += fmt::format("<text x=\"{:.0f}\" y=\"13\">{}</text>", kMargin + kCell * x + kTile / 2, x);
  for (int y = 0; y < fabric.height; ++y)
    out += fmt::format("<text x=\"8\" y=\"{:.0f}\">{}</text>", kMargin + kCell * y + kTile / 2 + 4, y);
  return out + "\n";
}

// One tile with a core in use; `paint` is its fill or its style, `words` stand in it.
std::string core(const FabricReport& fabric, const TileReport& tile, const std::string& paint,
                 const std::string& words) {
  return fmt::format(
      "<g class=\"core\" data-tile=\"{}\" tabindex=\"0\"><rect x=\"{:.0f}\" y=\"{:.0f}\" width=\"{}\" "
      "height=\"{}\" rx=\"4\"{}/>{}<title>{}</title></g>\n",
      &tile - fabric.tiles.data(), left(tile), top(tile), kTile, kTile, paint, words, escape(tooltip(tile)));
}

std::string words(const TileReport& tile, const std::string& text, const std::string& attributes) {
  return fmt::format("<text x=\"{:.0f}\" y=\"{:.0f}\"{}>{}</text>", left(tile) + kTile / 2,
                     top(tile) + kTile / 2 + 4, attributes, text);
}

double share_of(std::int64_t part, std::int64_t whole) {
  return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0;
}

// What a link carries: flits of a run, or routes.
struct LinkEnd {
  double dx, dy;  // towards the neighbor, in tiles
  std::int64_t load;
  const char* name;
};
using LinkEnds = std::array<LinkEnd, 4>;
LinkEnds ends_of(std::int64_t north, std::int64_t east, std::int64_t south, std::int64_t west) {
  return {LinkEnd{0, -1, north, "north"}, LinkEnd{1, 0, east, "east"}, LinkEnd{0, 1, south, "south"},
          LinkEnd{-1, 0, west, "west"}};
}
LinkEnds flits_of(const TileReport& tile) {
  return ends_of(tile.flits_north, tile.flits_east, tile.flits_south, tile.flits_west);
}
LinkEnds routes_of(const TileReport& tile) {
  if (!tile.routes || tile.routes->size() != 4) return ends_of(0, 0, 0, 0);
  const std::vector<std::int64_t>& routes = *tile.routes;
  return ends_of(routes[0], routes[1], routes[2], routes[3]);
}

std::string map_of(const FabricReport& fabric, LinkEnds (*links_of)(const TileReport&), const char* label,
                   const char* unit, std::int64_t cycles) {
  std::int64_t most = 1;
  for (const TileReport& tile : fabric.tiles)
    for (const LinkEnd& end : links_of(tile)) most = std::max(most, end.load);
  std::string out = open_grid(fabric, label);
  for (const TileReport& tile : fabric.tiles)
    if (!tile.population.empty()) out += core(fabric, tile, " class=\"plain\"", "");
  out += "<g class=\"links\">\n";
  for (const TileReport& tile : fabric.tiles) {
    const double x = left(tile) + kTile / 2, y = top(tile) + kTile / 2;
    for (const LinkEnd& end : links_of(tile)) {
      if (end.load == 0) continue;
      // The two directions of a link lie beside each other, each to the right of who drives that way.
      const double from = kTile / 2 + 1, to = kCell - kTile / 2 - 1;
      const double ox = -end.dy * 7, oy = end.dx * 7;
      const double x1 = x + end.dx * from + ox, y1 = y + end.dy * from + oy;
      const double x2 = x + end.dx * to + ox, y2 = y + end.dy * to + oy;
      out += fmt::format(
          "<path class=\"link\"{} d=\"M{:.0f} {:.0f}L{:.0f} {:.0f}L{:.0f} {:.0f}z\"><title>tile_{}_{} {}: {} "
          "{}{}</title></path>\n",
          heat(std::sqrt(share_of(end.load, most))), x1 - end.dy * 6, y1 + end.dx * 6, x1 + end.dy * 6,
          y1 - end.dx * 6, x2, y2, tile.x, tile.y, end.name, grouped(end.load), unit,
          cycles > 0 ? ", " + html::percent(share_of(end.load, cycles), 1) + " of the cycles" : "");
    }
  }
  return out + fmt::format("</g></svg>\n<p class=\"scale\"><span></span>1 to {} {}, by square root</p>\n",
                           grouped(most), unit);
}

}  // namespace

std::string placed_grid(const FabricReport& fabric) {
  const Populations populations(fabric);
  std::string out = open_grid(fabric, "placed cores");
  for (const TileReport& tile : fabric.tiles) {
    if (tile.population.empty()) continue;
    const std::size_t index = populations.index(tile.population);
    out += core(fabric, tile, fmt::format(" fill=\"{}\"", color(index)),
                words(tile, std::to_string(index + 1), fmt::format(" style=\"fill:{}\"", text_on(index))));
  }
  return out + "</svg>\n" + populations.legend();
}

std::string busy_map(const FabricReport& fabric, std::int64_t cycles) {
  std::string out = open_grid(fabric, "share of cycles each core is busy");
  for (const TileReport& tile : fabric.tiles) {
    if (tile.population.empty()) continue;
    const auto cores = std::max<std::int64_t>(1, static_cast<std::int64_t>(tile.cores.size()));
    const double share = share_of(tile.busy_cycles, cores * cycles);
    out += core(
        fabric, tile, " class=\"heat\"" + heat(share),
        words(tile, fmt::format("{:.0f}%", 100 * share), fmt::format(" class=\"{}\"", heat_text(share))));
  }
  return out + "</svg>\n";
}

std::string link_map(const FabricReport& fabric, std::int64_t cycles) {
  return map_of(fabric, flits_of, "flits over each link", "flits", cycles);
}

std::string route_map(const FabricReport& fabric) {
  return map_of(fabric, routes_of, "routes over each link", "routes", 0);
}

}  // namespace weft::app::figures
