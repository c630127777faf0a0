// The three files against one image, each named by the digest of the one before it.
#include <fmt/format.h>

#include "mapping/files/text_scan.hpp"

namespace weft::mapping {

std::string describe(const std::vector<TextFinding>& findings, std::size_t limit) {
  std::string text;
  for (std::size_t i = 0; i < std::min(limit, findings.size()); ++i) {
    const TextFinding& f = findings[i];
    text += fmt::format("{}:{}: {}: {}\n", f.file, f.line, f.rule, f.detail);
  }
  if (findings.size() > limit) text += fmt::format("and {} more\n", findings.size() - limit);
  return text;
}

std::vector<TextFinding> check_text_files(const NamedText& net, const NamedText& place,
                                          const NamedText& route, const Image& image, const Fabric& fabric) {
  const Netlist netlist = read_netlist(image, fabric, {});
  std::vector<TextFinding> all;
  Findings of_net(net.file, all), of_place(place.file, all), of_route(route.file, all);
  const std::vector<std::string> names = check_net_file(net.text, netlist, image, of_net);
  check_place_file(place.text, netlist, fabric, text_digest(net.text), of_place);
  check_route_file(route.text, netlist, image, fabric, text_digest(place.text), names, of_route);
  return all;
}

}  // namespace weft::mapping
