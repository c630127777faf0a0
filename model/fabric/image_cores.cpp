// One core out of a tile's lists.
#include <algorithm>

#include "model/fabric/image.hpp"

namespace weft {
namespace {

template <class T>
std::vector<T> part(const std::vector<T>& all, std::uint32_t begin, std::uint32_t end) {
  return std::vector<T>(all.begin() + begin, all.begin() + end);
}

}  // namespace

CoreEnd core_begin(const CoreImage& cores, std::size_t k) {
  return k == 0 ? CoreEnd() : cores.ends[k - 1];
}

CoreEnd core_end(const CoreImage& cores, std::size_t k) {
  if (!cores.ends.empty()) return cores.ends[k];
  return {static_cast<std::uint32_t>(cores.axons()), static_cast<std::uint32_t>(cores.neurons.size())};
}

CoreImage core_alone(const CoreImage& cores, std::size_t k) {
  if (cores.ends.empty()) return cores;
  const CoreEnd begin = core_begin(cores, k), end = core_end(cores, k);
  const std::uint32_t first = cores.row_begin[begin.axons], last = cores.row_begin[end.axons];
  CoreImage core;
  core.row_begin = part(cores.row_begin, begin.axons, end.axons + 1);
  for (std::uint32_t& row : core.row_begin) row -= first;
  core.neuron = part(cores.neuron, first, last);
  for (std::uint16_t& neuron : core.neuron) neuron = static_cast<std::uint16_t>(neuron - begin.neurons);
  core.weight = part(cores.weight, first, last);
  core.neurons = part(cores.neurons, begin.neurons, end.neurons);
  if (!cores.axon_type.empty()) core.axon_type = part(cores.axon_type, begin.axons, end.axons);
  return core;
}

std::size_t core_of_axon(const CoreImage& cores, std::uint32_t axon) {
  const auto found = std::upper_bound(cores.ends.begin(), cores.ends.end(), axon,
                                      [](std::uint32_t a, const CoreEnd& end) { return a < end.axons; });
  return static_cast<std::size_t>(found - cores.ends.begin());
}

std::size_t core_of_neuron(const CoreImage& cores, std::uint32_t neuron) {
  const auto found = std::upper_bound(cores.ends.begin(), cores.ends.end(), neuron,
                                      [](std::uint32_t n, const CoreEnd& end) { return n < end.neurons; });
  return static_cast<std::size_t>(found - cores.ends.begin());
}

}  // namespace weft
