// What is not known of a network has no line.
#include "mapping/bounds/bound_list.hpp"

#include <algorithm>
#include <string>

namespace weft::mapping {

std::vector<CoreBoundReport> list_bounds(const Bounds& bounds, std::int64_t packed,
                                         const std::optional<std::int64_t>& exact) {
  const std::string any = "holds for any mapping";
  const std::string given = "given these neurons and partial sums";
  std::vector<CoreBoundReport> list = {
      {"neurons", bounds.cores_for.neurons, any},
      {"axons", bounds.cores_for.axons, any},
      {"synapses", bounds.cores_for.synapses, any},
      {"synapse memory", bounds.cores_for.memory, any},
      {"parted neurons", bounds.cores_for.parting, any},
      {"whole neurons", bounds.whole_cores, "holds for any mapping without partial sums"},
      {"packing", packed, given},
      {"exact search", exact.value_or(0), given}};
  list.erase(std::remove_if(list.begin(), list.end(), [](const auto& bound) { return bound.cores == 0; }),
             list.end());
  return list;
}

}  // namespace weft::mapping
