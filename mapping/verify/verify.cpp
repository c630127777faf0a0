// The independent verifier of a mapping. It shares no code with the stage and believes nothing that the image
// says about itself: capacities are counted again, keys are walked through the tables, and the network that
// the tables form is compared with the source.
//
// Assumed: the network and the fabric are valid by their own rules (else only that is reported), and fan_in()
// of the model says what a projection's synapses are.
#include <fmt/format.h>

#include "mapping/map.hpp"
#include "mapping/verify/verify_internal.hpp"

namespace weft::mapping {
namespace {

bool check_interface(const FixedNetwork& network, const Image& image, verify::Findings& findings) {
  const std::size_t before = findings.size();
  const FixedPopulation& input = network.populations[network.input()];
  const FixedPopulation& output = network.populations[network.output()];
  const auto count = [&](const char* rule, std::uint32_t found, const FixedPopulation& population) {
    if (found == static_cast<std::uint32_t>(population.shape.size())) return;
    findings.add(rule, "image", fmt::format("{}, the network has {}", found, population.shape.size()));
  };
  count("input-count", image.input_count, input);
  count("output-count", image.output_count, output);
  if (!(image.input_format == input.format)) {
    findings.add("input-format", "image",
                 fmt::format("{} bits, {}; the network's inputs have {} bits, {}", image.input_format.bits,
                             image.input_format.is_signed ? "signed" : "unsigned", input.format.bits,
                             input.format.is_signed ? "signed" : "unsigned"));
  }
  return findings.size() == before;
}

}  // namespace

std::vector<Violation> verify_mapping(const FixedNetwork& network, const Fabric& fabric, const Image& image) {
  verify::Findings findings;
  findings.append(validate(fabric));
  findings.append(validate(network));
  if (findings.size() > 0) return findings.take();

  if (image.fabric != digest(fabric)) {
    findings.add("fabric-digest", "image",
                 "made for fabric " + image.fabric.hex() + ", not " + digest(fabric).hex());
  }
  if (image.network != digest(network)) {
    findings.add("network-digest", "image",
                 "made from network " + image.network.hex() + ", not " + digest(network).hex());
  }
  if (!verify::check_capacity(fabric, image, findings)) return findings.take();
  verify::check_router_tables(fabric, image, findings);
  const verify::Routes routes = verify::check_routes(fabric, image, findings);
  // Circuits share nothing, so that no flit waits for another.
  if (fabric.router.routing != Routing::Circuit) verify::check_deadlock(fabric, routes.visits, findings);
  if (routes.complete && check_interface(network, image, findings))
    verify::check_network(network, fabric, image, routes, findings);
  return findings.take();
}

}  // namespace weft::mapping
