// The fabric as pictures, and the places where the page's script draws the replay and the raster.
#include <fmt/format.h>

#include <algorithm>

#include "app/report/figures/figures.hpp"
#include "app/report/figures/svg.hpp"
#include "app/report/html.hpp"
#include "app/report/sections/sections.hpp"

namespace weft::app::sections {

using html::escape;
using html::grouped;

std::string fabric(const FabricReport& fabric, const std::optional<SimulationReport>& simulation) {
  std::string body = "<div class=\"pair\"><div><h3>Placed cores</h3>" + figures::placed_grid(fabric) +
                     "</div><div id=\"tile\" aria-live=\"polite\"><h3>A tile</h3>"
                     "<p class=\"note\">Click on a tile of any picture for its figures.</p></div>";
  const bool routed = std::any_of(fabric.tiles.begin(), fabric.tiles.end(),
                                  [](const TileReport& tile) { return tile.routes.has_value(); });
  if (routed) body += "<div><h3>Routes over the links</h3>" + figures::route_map(fabric) + "</div>";
  if (simulation) {
    body += "<div><h3>Busy cores, share of cycles</h3>" + figures::busy_map(fabric, simulation->cycles) +
            "</div><div><h3>Load of the links</h3>" + figures::link_map(fabric, simulation->cycles) +
            "</div>";
  }
  const std::string note = fmt::format("{}: {} x {} tiles. Point at a tile or a link for its figures.",
                                       escape(fabric.name), fabric.width, fabric.height);
  return html::section("fabric", "The fabric", note, body + "</div>\n");
}

std::string replay(const Replay& replay) {
  const std::string note = fmt::format(
      "{} events of {} steps{}. Tiles light up when they work, links when flits cross them; a red frame: the "
      "core "
      "waits to hand over a message.",
      grouped(replay.events), grouped(static_cast<std::int64_t>(replay.steps.size())),
      replay.all ? "" : ", the first of a longer log");
  const std::string body =
      "<canvas id=\"fabric-canvas\" role=\"img\" aria-label=\"the fabric at work\"></canvas>\n"
      "<div class=\"controls\"><button id=\"play\" type=\"button\">Play</button>"
      "<input id=\"time\" type=\"range\" min=\"0\" value=\"0\" step=\"1\" aria-label=\"time\">"
      "<label>cycles a second <select id=\"speed\"></select></label></div>\n"
      "<table class=\"now\"><tbody><tr><th scope=\"row\">cycle</th><td id=\"now-cycle\"></td>"
      "<th scope=\"row\">step</th><td id=\"now-step\"></td>"
      "<th scope=\"row\">tiles at work</th><td id=\"now-tiles\"></td>"
      "<th scope=\"row\">flits on links</th><td id=\"now-flits\"></td></tr></tbody></table>\n"
      "<h3>Raster</h3><p class=\"note\">Each dot is a neuron with a result that is not zero: cycles to the "
      "right, "
      "neurons downwards, tile by tile, in the colors of the placed cores.</p>"
      "<canvas id=\"raster-canvas\" role=\"img\" aria-label=\"raster of the neurons' results\"></canvas>\n"
      "<p class=\"ends\"><span id=\"raster-first\"></span><span id=\"raster-last\"></span></p>"
      "<noscript><p class=\"note\">Replay and raster need JavaScript.</p></noscript>\n";
  return html::section("replay", "Replay", note, body);
}

}  // namespace weft::app::sections
