// The rules of a network.
//
// validate() trusts nothing: it is what stands between a damaged file and the code that computes with a
// network. All products are formed in 64 bits with saturation, and what a rule needs (ids in range, positive
// shapes) is checked before the rule.
#include "model/network/network.hpp"

#include <cmath>
#include <initializer_list>
#include <limits>
#include <set>

namespace weft {
namespace {

constexpr std::int64_t max_neurons = std::int64_t{1} << 24;  // of one population
constexpr int max_window = 1 << 16;

std::int64_t saturating_product(std::initializer_list<std::int64_t> factors) {
  std::int64_t product = 1;
  for (const std::int64_t factor : factors) {
    if (__builtin_mul_overflow(product, factor, &product)) return std::numeric_limits<std::int64_t>::max();
  }
  return product;
}

std::string text(const Shape& shape) {
  return std::to_string(shape.channels) + "x" + std::to_string(shape.height) + "x" +
         std::to_string(shape.width);
}

class Check {
 public:
  explicit Check(const Network& network) : network_(network) {}

  std::vector<Violation> run() {
    if (!std::isfinite(network_.input_scale) || !std::isfinite(network_.input_offset)) {
      report("finite-numbers", "input", "input_scale or input_offset is not finite");
    }
    if (network_.populations.size() < 2) {
      report("populations", "network",
             std::to_string(network_.populations.size()) + " populations, at least 2 needed");
    }
    std::set<std::string> names;
    shape_is_good_.assign(network_.populations.size(), false);
    for (std::uint32_t i = 0; i < network_.populations.size(); ++i) population(PopulationId(i), names);
    names.clear();
    std::vector<int> incoming(network_.populations.size(), 0), max_pools(network_.populations.size(), 0);
    for (std::uint32_t i = 0; i < network_.projections.size(); ++i) {
      const Projection& item = network_.projections[ProjectionId(i)];
      name(item.name, "projection " + std::to_string(i), names);
      if (!ends(item, i)) continue;
      incoming[item.target.index()] += 1;
      max_pools[item.target.index()] += item.kind == ProjectionKind::MaxPool ? 1 : 0;
      projection(item);
    }
    for (std::size_t i = 1; i < incoming.size(); ++i) {
      const std::string& where = network_.populations[PopulationId(static_cast<std::uint32_t>(i))].name;
      if (incoming[i] == 0) report("connected", where, "no projection leads into this population");
      if (max_pools[i] > 0 && incoming[i] > 1) {
        report("max-pool-alone", where, "a max pool must be the only projection into its target");
      }
    }
    return std::move(violations_);
  }

 private:
  void report(const std::string& rule, const std::string& where, const std::string& detail) {
    violations_.push_back({rule, where, detail});
  }

  void name(const std::string& item, const std::string& where, std::set<std::string>& names) {
    bool good = !item.empty();
    for (const char c : item) {
      good = good && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_');
    }
    if (!good) report("names", where, "the name \"" + item + "\" is not made of A-Z a-z 0-9 _");
    if (!names.insert(item).second) report("unique-names", where, "the name " + item + " is used twice");
  }

  void finite(const std::vector<float>& items, const std::string& where, const std::string& what) {
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (std::isfinite(items[i])) continue;
      report("finite-numbers", where, what + " " + std::to_string(i) + " is not finite");
      return;
    }
  }

  void population(PopulationId id, std::set<std::string>& names) {
    const Population& item = network_.populations[id];
    name(item.name, "population " + std::to_string(id.value()), names);
    const Shape& shape = item.shape;
    const std::int64_t size = shape.channels < 1 || shape.height < 1 || shape.width < 1
                                  ? 0
                                  : saturating_product({shape.channels, shape.height, shape.width});
    shape_is_good_[id.index()] = size >= 1 && size <= max_neurons;
    if (!shape_is_good_[id.index()]) {
      report("shape", item.name,
             text(shape) + " is not a shape of 1 to " + std::to_string(max_neurons) + " neurons");
    }
    if (item.activation < Activation::Linear || item.activation > Activation::Tanh) {
      report("activation", item.name, "no such activation");
    }
    if (id == network_.input() && (item.activation != Activation::Linear || !item.bias.empty())) {
      report("plain-input", item.name, "the input has neither activation nor bias");
    }
    if (!item.bias.empty() && static_cast<std::int64_t>(item.bias.size()) != shape.channels) {
      report(
          "bias-count", item.name,
          std::to_string(item.bias.size()) + " biases for " + std::to_string(shape.channels) + " channels");
    }
    finite(item.bias, item.name, "bias");
  }

  // Whether source and target are populations with usable shapes, so that the rest can be checked.
  bool ends(const Projection& item, std::uint32_t index) {
    if (!network_.populations.contains(item.source) || !network_.populations.contains(item.target)) {
      report("ends", item.name, "source or target is not a population of this network");
      return false;
    }
    if (!(item.source < item.target)) {
      report("acyclic", item.name, "the source must stand before the target");
      return false;
    }
    if (index > 0 && item.target < network_.projections[ProjectionId(index - 1)].target) {
      report("order", item.name, "projections must be ordered by target");
    }
    return shape_is_good_[item.source.index()] && shape_is_good_[item.target.index()];
  }

  void projection(const Projection& item) {
    const Shape& source = network_.populations[item.source].shape;
    const Shape& target = network_.populations[item.target].shape;
    std::int64_t weights = 0;
    switch (item.kind) {
      case ProjectionKind::Dense:
        weights = saturating_product({source.size(), target.size()});
        if (!(item.window == Window{})) report("window", item.name, "a dense projection has no window");
        break;
      case ProjectionKind::Convolution:
        window(item, source, target);
        if (item.groups < 1 || source.channels % item.groups != 0 || target.channels % item.groups != 0) {
          report("groups", item.name,
                 std::to_string(item.groups) + " groups do not divide " + std::to_string(source.channels) +
                     " source and " + std::to_string(target.channels) + " target channels");
          return;
        }
        weights = saturating_product({target.channels, source.channels / item.groups,
                                      item.window.kernel_height, item.window.kernel_width});
        break;
      case ProjectionKind::AveragePool:
      case ProjectionKind::MaxPool:
        window(item, source, target);
        if (source.channels != target.channels) {
          report("pool-channels", item.name,
                 std::to_string(source.channels) + " source channels pooled into " +
                     std::to_string(target.channels));
        }
        break;
      default:
        report("kind", item.name, "no such kind of projection");
        return;
    }
    if (item.kind != ProjectionKind::Convolution && item.groups != 1) {
      report("groups", item.name, "only a convolution has groups");
    }
    if (static_cast<std::int64_t>(item.weights.size()) != weights) {
      report(
          "weight-count", item.name,
          std::to_string(item.weights.size()) + " weights where the shapes need " + std::to_string(weights));
    }
    finite(item.weights, item.name, "weight");
  }

  // Padding smaller than the kernel makes every window touch the source.
  void window(const Projection& item, const Shape& source, const Shape& target) {
    const Window& w = item.window;
    const auto good = [](int kernel, int stride, int pad) {
      return kernel >= 1 && kernel <= max_window && stride >= 1 && stride <= max_window && pad >= 0 &&
             pad < kernel;
    };
    if (!good(w.kernel_height, w.stride_height, w.pad_height) ||
        !good(w.kernel_width, w.stride_width, w.pad_width)) {
      report("window", item.name,
             "kernel and stride must be 1 to " + std::to_string(max_window) +
                 ", padding 0 to less than the kernel");
      return;
    }
    const Shape made = window_output(source, w, target.channels);
    if (made != target) {
      report("window-shape", item.name,
             "the window makes " + text(made) + " of " + text(source) + ", the target is " + text(target));
    }
  }

  const Network& network_;
  std::vector<bool> shape_is_good_;
  std::vector<Violation> violations_;
};

}  // namespace

std::vector<Violation> validate(const Network& network) {
  return Check(network).run();
}

}  // namespace weft
