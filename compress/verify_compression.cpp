// The independent check of a compression: names, forms and figures are derived anew from the plan and the two
// networks, with plain loops and without the stage's code. It assumes only model/'s validate(). What
// retraining may change (the values of nonzero weights, the biases) is not compared; everything else is.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>

#include "compress/compress.hpp"
#include "compress/verify_groups.hpp"

namespace weft::compress {
namespace {

struct Check {
  const Network& before;
  const CompressResult& result;
  const CompressParams& params;
  std::vector<Violation> violations;
  std::map<std::string, const Projection*> now;          // projections of the result by name
  std::map<std::string, const Population*> populations;  // likewise
  std::map<std::string, const LayerPlan*> plan;

  void add(const std::string& rule, const std::string& where, const std::string& detail) {
    violations.push_back({rule, where, detail});
  }
  template <class T, class U>
  void expect_equal(const std::string& rule, const std::string& where, const char* what, T found,
                    U expected) {
    if (found == static_cast<T>(expected)) return;
    add(rule, where,
        std::string(what) + " is " + std::to_string(found) + ", should be " + std::to_string(expected));
  }
};

std::int64_t count_nonzero(const std::vector<float>& weights) {
  std::int64_t count = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (weights[i] != 0.0f) ++count;
  }
  return count;
}

// Walks every target neuron and every window position.
std::int64_t recount_synapses(const Network& network, const Projection& p) {
  if (p.kind == ProjectionKind::Dense) return count_nonzero(p.weights);
  const Shape& source = network.populations[p.source].shape;
  const Shape& target = network.populations[p.target].shape;
  const Window& w = p.window;
  const bool convolution = p.kind == ProjectionKind::Convolution;
  const int channels_in = convolution ? source.channels / p.groups : 1;
  std::int64_t count = 0;
  for (int y = 0; y < target.height; ++y) {
    for (int x = 0; x < target.width; ++x) {
      for (int ky = 0; ky < w.kernel_height; ++ky) {
        for (int kx = 0; kx < w.kernel_width; ++kx) {
          const int sy = y * w.stride_height + ky - w.pad_height, sx = x * w.stride_width + kx - w.pad_width;
          if (sy < 0 || sx < 0 || sy >= source.height || sx >= source.width) continue;
          if (!convolution) {
            count += target.channels;
            continue;
          }
          const std::size_t kernel =
              static_cast<std::size_t>(w.kernel_height) * static_cast<std::size_t>(w.kernel_width);
          const std::size_t offset = static_cast<std::size_t>(ky * w.kernel_width + kx);
          for (int slice = 0; slice < target.channels * channels_in; ++slice) {
            if (p.weights[static_cast<std::size_t>(slice) * kernel + offset] != 0.0f) ++count;
          }
        }
      }
    }
  }
  return count;
}

bool same_form(const Projection& a, const Projection& b) {
  return a.kind == b.kind && a.window == b.window && a.groups == b.groups &&
         a.weights.size() == b.weights.size();
}

// What was done is what was asked for; a layer left to choose may spend its share of weights in either form.
void check_choices(Check& check) {
  const std::vector<LayerPlan>&asked = check.params.layers, &done = check.result.plan;
  if (asked.size() != done.size()) {
    return check.add(
        "plan", "layers",
        std::to_string(done.size()) + " carried out, " + std::to_string(asked.size()) + " asked for");
  }
  for (std::size_t i = 0; i < asked.size(); ++i) {
    if (asked[i].projection != done[i].projection) {
      check.add("plan", done[i].projection, "stands for '" + asked[i].projection + "'");
      continue;
    }
    if (asked[i].granularity != done[i].granularity || asked[i].block_rows != done[i].block_rows ||
        asked[i].block_columns != done[i].block_columns || asked[i].sparse != done[i].sparse) {
      check.add("plan", done[i].projection, "its granularity, its blocks or its sparse path changed");
    }
    if (asked[i].algebra != Algebra::Auto && asked[i].algebra != done[i].algebra)
      check.add("plan", done[i].projection, "its algebra changed");
    if (asked[i].rank != kAutoRank || done[i].rank == 0) {
      if (asked[i].rank != kAutoRank)
        check.expect_equal("plan", done[i].projection, "rank", done[i].rank, asked[i].rank);
      if (check.params.shared_density == 0)
        check.expect_equal("plan", done[i].projection, "density", done[i].density, asked[i].density);
      continue;
    }
    for (const Projection& old : check.before.projections) {
      if (old.name != done[i].projection) continue;
      const Shape& target = check.before.populations[old.target].shape;
      const double rows = old.kind == ProjectionKind::Dense ? target.size() : target.channels;
      const double columns = static_cast<double>(old.weights.size()) / rows;
      const double spent = std::floor(done[i].density * done[i].rank * rows + 0.5) +
                           std::floor(done[i].density * done[i].rank * columns + 0.5);
      const double allowed = std::max(1.0, std::floor(asked[i].density * rows * columns + 0.5));
      if (done[i].rank < 1 || spent > allowed) {
        check.add("plan", old.name,
                  "its factors may hold " + std::to_string(static_cast<std::int64_t>(spent)) +
                      " weights, the share asked for is " +
                      std::to_string(static_cast<std::int64_t>(allowed)));
      }
    }
  }
}

// All layers together keep no more of their synapses than their share, but for a weight of each at least.
void check_share(Check& check) {
  if (check.params.shared_density == 0 || check.result.interrupted) return;
  double came = 0, found = 0, allowed = 0;
  for (const Projection& old : check.before.projections) {
    const auto now = check.now.find(old.name);
    if (check.plan.count(old.name) == 0 || now == check.now.end()) continue;
    Projection full = old;
    std::fill(full.weights.begin(), full.weights.end(), 1.0f);
    const auto all = static_cast<double>(recount_synapses(check.before, full));
    came += static_cast<double>(recount_synapses(check.before, old));
    found += static_cast<double>(recount_synapses(check.result.network, *now->second));
    allowed += all / static_cast<double>(old.weights.size());
  }
  allowed += check.params.shared_density * came;
  if (found > allowed)
    check.add("density", "layers",
              std::to_string(found) + " synapses, the share allows " + std::to_string(allowed));
}

// The populations of before in their order, with nothing between them but the planned middles.
void check_populations(Check& check) {
  std::set<std::string> middles;
  for (const auto& [name, layer] : check.plan) {
    if (layer->rank > 0) middles.insert(name + "_mid");
  }
  std::size_t next = 0;
  const Network& network = check.result.network;
  for (const Population& population : network.populations) {
    if (middles.count(population.name) != 0) continue;
    if (next == check.before.populations.size()) {
      check.add("form", population.name, "a population that the plan does not explain");
      continue;
    }
    const Population& old = check.before.populations[PopulationId(static_cast<std::uint32_t>(next++))];
    if (population.name != old.name) {
      check.add("form", population.name, "stands where population '" + old.name + "' belongs");
    } else if (population.shape != old.shape) {
      check.add("form", population.name, "its shape changed");
    } else if (population.activation != old.activation) {
      check.add("form", population.name,
                std::string("its activation is ") + to_string(population.activation) + ", was " +
                    to_string(old.activation));
    }
  }
  for (; next < check.before.populations.size(); ++next) {
    check.add("form", check.before.populations[PopulationId(static_cast<std::uint32_t>(next))].name,
              "is missing");
  }
  if (network.input_scale != check.before.input_scale || network.input_offset != check.before.input_offset) {
    check.add("form", "input", "its scale or offset changed");
  }
}

// Every projection of the result is one of before or a planned factor.
void check_no_strangers(Check& check) {
  std::set<std::string> expected;
  for (const Projection& projection : check.before.projections) {
    const auto layer = check.plan.find(projection.name);
    if (layer != check.plan.end() && layer->second->rank > 0) {
      expected.insert(projection.name + "_a");
      expected.insert(projection.name + "_b");
      if (layer->second->sparse > 0) expected.insert(projection.name);
    } else {
      expected.insert(projection.name);
    }
  }
  for (const auto& [name, projection] : check.now) {
    if (expected.count(name) == 0) check.add("form", name, "a projection that the plan does not explain");
  }
}

bool connects(const Check& check, const Projection& p, const std::string& source, const std::string& target) {
  const Network& network = check.result.network;
  return network.populations[p.source].name == source && network.populations[p.target].name == target;
}

void check_density(Check& check, const Projection& p, const LayerPlan& layer) {
  if (check.result.interrupted) return;                   // its last rounds are missing
  if (layer.granularity != Granularity::Weights) return;  // check_groups() counts by groups
  const double count = static_cast<double>(p.weights.size());
  const double allowed = std::max(1.0, std::floor(layer.density * count + 0.5));
  const std::int64_t found = count_nonzero(p.weights);
  if (static_cast<double>(found) > allowed) {
    check.add("density", p.name,
              std::to_string(found) + " nonzero weights, the plan allows " +
                  std::to_string(static_cast<std::int64_t>(allowed)));
  }
}

// Factors that share their weights out between them.
void check_density_together(Check& check, const std::string& name,
                            const std::vector<const Projection*>& parts, const LayerPlan& layer) {
  if (layer.granularity != Granularity::Weights || layer.sparse > 0 ||
      parts[0]->kind != ProjectionKind::Dense)
    check.add("plan", name,
              "was treated in the space of the samples, which only single weights of dense "
              "layers can be");
  if (check.result.interrupted) return;
  double allowed = 0;
  std::int64_t found = 0;
  for (const Projection* part : parts) {
    allowed += std::max(1.0, std::floor(layer.density * static_cast<double>(part->weights.size()) + 0.5));
    found += count_nonzero(part->weights);
  }
  if (static_cast<double>(found) > allowed)
    check.add("density", name,
              std::to_string(found) + " nonzero weights in both factors, the plan allows " +
                  std::to_string(static_cast<std::int64_t>(allowed)));
}

void check_groups(Check& check, const Projection& p, const LayerPlan& layer) {
  if (check.result.interrupted) return;
  const Population& target = check.result.network.populations[p.target];
  const bool dense = p.kind == ProjectionKind::Dense;
  const std::int64_t rows = dense ? target.shape.size() : target.shape.channels;
  const std::int64_t kernel = dense ? 1 : std::int64_t{p.window.kernel_height} * p.window.kernel_width;
  const std::int64_t columns = rows > 0 ? static_cast<std::int64_t>(p.weights.size()) / rows : 0;
  for (const std::string& fault : find_group_faults(p.weights, rows, columns, kernel, layer))
    check.add("groups", p.name, fault);
}

void check_figures(Check& check, const LayerReport& report, const Projection& old, const LayerPlan& layer,
                   const std::vector<const Projection*>& parts, double squared_error, double squared_norm) {
  const std::string where = "figures of " + old.name;
  std::string method = layer.rank > 0 ? (layer.density < 1 ? "factorized+pruned" : "factorized")
                                      : (layer.density < 1 ? "pruned" : "dense");
  if (layer.sparse > 0) method += "+sparse";
  if (report.name != old.name) check.add("figure", where, "are under the name '" + report.name + "'");
  if (report.method != method)
    check.add("figure", where, "method is " + report.method + ", should be " + method);
  check.expect_equal("figure", where, "rank", report.rank, layer.rank);
  check.expect_equal("figure", where, "synapses_before", report.synapses_before,
                     recount_synapses(check.before, old));
  std::int64_t synapses = 0, nonzero = 0, weights = 0;
  for (const Projection* part : parts) {
    synapses += recount_synapses(check.result.network, *part);
    nonzero += count_nonzero(part->weights);
    weights += static_cast<std::int64_t>(part->weights.size());
  }
  check.expect_equal("figure", where, "synapses_after", report.synapses_after, synapses);
  const double density = weights == 0 ? 1.0 : static_cast<double>(nonzero) / static_cast<double>(weights);
  if (!(std::fabs(report.density - density) <= 1e-12)) {
    check.add("figure", where,
              "density is " + std::to_string(report.density) + ", should be " + std::to_string(density));
  }
  const double error = squared_norm > 0 ? std::sqrt(squared_error / squared_norm) : std::sqrt(squared_error);
  if (!(std::fabs(report.output_error - error) <= 1e-6 * std::max(1.0, error))) {
    check.add(
        "figure", where,
        "output_error is " + std::to_string(report.output_error) + ", should be " + std::to_string(error));
  }
}

// A projection that keeps its form: pruned or untouched.
void check_plain(Check& check, const Projection& old, const LayerPlan& layer, const LayerReport* report) {
  const auto found = check.now.find(old.name);
  if (found == check.now.end()) return check.add("form", old.name, "is missing");
  const Projection& p = *found->second;
  if (!same_form(p, old))
    return check.add("form", old.name, "its kind, window, groups or weight count changed");
  if (!connects(check, p, check.before.populations[old.source].name,
                check.before.populations[old.target].name)) {
    check.add("form", old.name, "connects other populations than before");
  }
  check_density(check, p, layer);
  check_groups(check, p, layer);
  double squared_error = 0, squared_norm = 0;
  std::int64_t revived = 0;
  for (std::size_t i = 0; i < old.weights.size(); ++i) {
    if (old.weights[i] == 0.0f && p.weights[i] != 0.0f) ++revived;
    const double difference = double{p.weights[i]} - double{old.weights[i]};
    squared_error += difference * difference;
    squared_norm += double{old.weights[i]} * double{old.weights[i]};
  }
  if (revived > 0)
    check.add("mask", old.name, std::to_string(revived) + " weights that were zero are not any more");
  if (report) check_figures(check, *report, old, layer, {&p}, squared_error, squared_norm);
}

void check_factorized(Check& check, const Projection& old, const LayerPlan& layer,
                      const LayerReport* report) {
  const auto a = check.now.find(old.name + "_a"), b = check.now.find(old.name + "_b");
  const auto middle = check.populations.find(old.name + "_mid");
  if (a == check.now.end() || b == check.now.end() || middle == check.populations.end()) {
    return check.add("form", old.name, "a factor or the middle population is missing");
  }
  const std::string& source = check.before.populations[old.source].name;
  const std::string& target = check.before.populations[old.target].name;
  const Projection &first = *a->second, &second = *b->second;
  const bool dense = old.kind == ProjectionKind::Dense;
  const bool forms_fit = first.kind == old.kind && second.kind == old.kind && first.groups == 1 &&
                         second.groups == 1 &&
                         (dense || (first.window == old.window && second.window == Window{}));
  if (!forms_fit || !connects(check, first, source, middle->first) ||
      !connects(check, second, middle->first, target)) {
    return check.add("form", old.name,
                     "its factors are not paths of its kind from the source over the middle to the target");
  }
  const Projection* beside = nullptr;
  if (layer.sparse > 0) {
    const auto found = check.now.find(old.name);
    if (found == check.now.end() || !same_form(*found->second, old) ||
        !connects(check, *found->second, source, target))
      return check.add("form", old.name, "its sparse path is missing or of another form");
    beside = found->second;
    const auto allowed = static_cast<std::int64_t>(
        std::max(1.0, std::floor(layer.sparse * static_cast<double>(old.weights.size()) + 0.5)));
    if (layer.granularity == Granularity::Weights && count_nonzero(beside->weights) > allowed) {
      check.add("density", old.name,
                std::to_string(count_nonzero(beside->weights)) +
                    " nonzero weights beside the factors, the plan allows " + std::to_string(allowed));
    }
  }
  const Population& mid = *middle->second;
  if (mid.activation != Activation::Linear) {
    check.add("linear-middle", mid.name, std::string("its activation is ") + to_string(mid.activation));
  }
  for (const Projection& projection : check.result.network.projections) {
    const bool touches = check.result.network.populations[projection.source].name == mid.name ||
                         check.result.network.populations[projection.target].name == mid.name;
    if (touches && projection.name != a->first && projection.name != b->first) {
      check.add("linear-middle", mid.name, "projection '" + projection.name + "' touches it");
    }
  }
  if ((dense ? mid.shape.size() : mid.shape.channels) != layer.rank) {
    return check.add(
        "rank", mid.name,
        std::to_string(mid.shape.size()) + " neurons, the plan says rank " + std::to_string(layer.rank));
  }
  if (layer.algebra == Algebra::Samples) {
    check_density_together(check, old.name, {a->second, b->second}, layer);
  } else {
    for (const Projection* part : {a->second, b->second}) {
      check_density(check, *part, layer);
      check_groups(check, *part, layer);
    }
  }
  if (!report) return;

  const std::size_t rank = static_cast<std::size_t>(layer.rank), columns = a->second->weights.size() / rank;
  double squared_error = 0, squared_norm = 0;
  std::vector<double> row(columns);
  for (std::size_t t = 0; t * columns < old.weights.size(); ++t) {
    row.assign(columns, 0.0);
    for (std::size_t k = 0; k < rank; ++k) {
      const double factor = b->second->weights[t * rank + k];
      if (factor == 0) continue;
      for (std::size_t s = 0; s < columns; ++s)
        row[s] += factor * double{a->second->weights[k * columns + s]};
    }
    for (std::size_t s = 0; s < columns; ++s) {
      const double was = old.weights[t * columns + s];
      const double now = row[s] + (beside ? double{beside->weights[t * columns + s]} : 0.0);
      squared_error += (now - was) * (now - was);
      squared_norm += was * was;
    }
  }
  std::vector<const Projection*> parts = {a->second, b->second};
  if (beside) parts.push_back(beside);
  check_figures(check, *report, old, layer, parts, squared_error, squared_norm);
}

}  // namespace

std::vector<Violation> verify_compression(const Network& before, const CompressResult& result,
                                          const CompressParams& params) {
  Check check{before, result, params, validate(result.network), {}, {}, {}};
  if (!check.violations.empty()) return check.violations;  // what follows relies on sound shapes
  for (const Projection& projection : result.network.projections) check.now[projection.name] = &projection;
  for (const Population& population : result.network.populations)
    check.populations[population.name] = &population;
  std::set<std::string> known;
  for (const Projection& projection : before.projections) known.insert(projection.name);
  for (const LayerPlan& layer : result.plan) {
    if (known.count(layer.projection) == 0)
      check.add("plan", layer.projection, "is no projection of the network");
    check.plan[layer.projection] = &layer;
  }
  check_choices(check);
  check_share(check);

  check_populations(check);
  check_no_strangers(check);
  if (result.layers.size() != before.projections.size()) {
    check.add("figure", "layers",
              std::to_string(result.layers.size()) + " entries for " +
                  std::to_string(before.projections.size()) + " projections");
  }
  std::size_t index = 0;
  for (const Projection& old : before.projections) {
    const LayerReport* report = index < result.layers.size() ? &result.layers[index] : nullptr;
    ++index;
    const auto found = check.plan.find(old.name);
    LayerPlan layer;
    if (found != check.plan.end()) layer = *found->second;
    if (layer.rank > 0) {
      check_factorized(check, old, layer, report);
    } else {
      check_plain(check, old, layer, report);
    }
  }
  return check.violations;
}

}  // namespace weft::compress
