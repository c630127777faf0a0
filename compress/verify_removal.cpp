// The independent check of remove_unused(): the two networks are compared item by item, and what each neuron
// hears and feeds is counted anew, with plain loops over single neurons.
#include <algorithm>
#include <set>
#include <string>

#include "compress/remove_unused.hpp"
#include "model/network/convolution_taps.hpp"

namespace weft::compress {
namespace {

struct Degrees {
  std::vector<std::vector<std::int64_t>> heard, fed;  // [population][neuron]
};

Degrees count_degrees(const Network& network) {
  Degrees degrees;
  for (const Population& population : network.populations) {
    degrees.heard.emplace_back(static_cast<std::size_t>(population.shape.size()), 0);
    degrees.fed.emplace_back(static_cast<std::size_t>(population.shape.size()), 0);
  }
  for (const Projection& p : network.projections) {
    const Shape from = network.populations[p.source].shape, to = network.populations[p.target].shape;
    auto &fed = degrees.fed[p.source.index()], &heard = degrees.heard[p.target.index()];
    for (std::int64_t target = 0; target < to.size(); ++target) {
      const auto note = [&](std::size_t source) {
        ++fed[source];
        ++heard[static_cast<std::size_t>(target)];
      };
      if (p.kind == ProjectionKind::Dense) {
        for (std::int64_t source = 0; source < from.size(); ++source) {
          if (p.weights[static_cast<std::size_t>(target * from.size() + source)] != 0.0f)
            note(static_cast<std::size_t>(source));
        }
      } else if (p.kind == ProjectionKind::Convolution) {
        for_each_tap(from, to, p.window, p.groups, target, [&](std::uint32_t source, std::size_t weight) {
          if (p.weights[weight] != 0.0f) note(source);
        });
      } else {
        for_each_tap(from, to, p.window, from.channels, target,
                     [&](std::uint32_t source, std::size_t) { note(source); });
      }
    }
  }
  return degrees;
}

void check_form(const Network& before, const Network& after, std::vector<Violation>& found) {
  const auto add = [&](const std::string& where, const std::string& what) {
    found.push_back({"form", where, what});
  };
  if (before.populations.size() != after.populations.size() ||
      before.projections.size() != after.projections.size())
    return add(after.name, "populations or projections are missing or were added");
  for (std::uint32_t i = 0; i < before.populations.size(); ++i) {
    const Population &a = before.populations[PopulationId(i)], &b = after.populations[PopulationId(i)];
    const bool end = i == 0 || i + 1 == before.populations.size();
    if (a.name != b.name || a.activation != b.activation || a.shape.height != b.shape.height ||
        a.shape.width != b.shape.width)
      add(b.name, "its name, activation or height and width changed");
    if (b.shape.channels > a.shape.channels || (end && b.shape != a.shape))
      add(b.name, std::to_string(b.shape.channels) + " channels of " + std::to_string(a.shape.channels));
  }
  for (std::uint32_t i = 0; i < before.projections.size(); ++i) {
    const Projection &a = before.projections[ProjectionId(i)], &b = after.projections[ProjectionId(i)];
    if (a.name != b.name || a.source != b.source || a.target != b.target || a.kind != b.kind ||
        !(a.window == b.window) || a.groups != b.groups)
      add(b.name, "its name, ends, kind, window or groups changed");
    std::multiset<float> left(a.weights.begin(), a.weights.end());
    for (const float weight : b.weights) {
      if (weight == 0.0f) continue;
      const auto at = left.find(weight);
      if (at == left.end()) {
        add(b.name, "a weight that was not there before");
        break;
      }
      left.erase(at);
    }
  }
}

}  // namespace

std::vector<Violation> verify_removal(const Network& before, const Network& after) {
  std::vector<Violation> found = validate(after);
  if (!found.empty()) return found;
  check_form(before, after, found);
  if (!found.empty()) return found;
  const Degrees degrees = count_degrees(after);
  for (std::uint32_t p = 1; p + 1 < after.populations.size(); ++p) {
    const Population& population = after.populations[PopulationId(p)];
    if (population.shape.channels == 1) continue;  // the one that every population keeps
    // Pools and grouped convolutions pair channels: one may stay for the sake of the other.
    if (std::any_of(after.projections.begin(), after.projections.end(), [&](const Projection& item) {
          const bool pool = item.kind == ProjectionKind::AveragePool || item.kind == ProjectionKind::MaxPool;
          return (pool && item.target.value() == p) ||
                 (item.groups != 1 && (item.source.value() == p || item.target.value() == p));
        }))
      continue;
    const auto positions = static_cast<std::size_t>(population.shape.height * population.shape.width);
    for (std::size_t c = 0; c < static_cast<std::size_t>(population.shape.channels); ++c) {
      const auto& fed = degrees.fed[p];
      const auto begin = fed.begin() + static_cast<std::ptrdiff_t>(c * positions);
      if (std::all_of(begin, begin + static_cast<std::ptrdiff_t>(positions),
                      [](std::int64_t n) { return n == 0; }))
        found.push_back({"unused", population.name, "channel " + std::to_string(c) + " feeds nobody"});
    }
  }
  return found;
}

}  // namespace weft::compress
