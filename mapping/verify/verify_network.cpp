// Follows the image's tables back to a network and compares it with the source, neuron by neuron.
//
// Every core neuron's `origin` is taken as a claim only. One that claims to be a partial sum (part > 0) must
// be transparent: linear, no shift, no bias, never clamped, read with weight 1 only; then its own synapses
// stand for it and it vanishes. One that claims to be neuron i of population p must equal it: model, range,
// table or spike rule, shift, bias, and the same summed weight from the same sources. Since every claim is
// checked, a false one cannot hide anything.
//
// A linear neuron without shift may be absent with its partial sums in its place: each of its readers must
// then read all of them with one weight, which is the weight it reads the neuron with, and the parts together
// must have the neuron's sources and bias, with sums that its clamps could not reach.
//
// Neurons that no input reaches are constants; on both sides they are folded into the bias of their readers,
// through partial sums too, so that a mapper may drop them, and the comparison stays exact. Time: what
// reaches a neuron from the inputs must have taken the same number of steps on all paths; a constant must
// have come in time for the first frame. Values: intervals are propagated from the inputs (a message may also
// be absent, which reads as 0), which proves that no potential overflows 32 bits and no partial sum is
// clamped.
//
// Assumed: check_routes() completed, the interfaces agree, the network is valid, and fan_in() lists a neuron's synapses.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "mapping/verify/verify_internal.hpp"

namespace weft::mapping::verify {
namespace {

struct Interval {
  std::int64_t low = 0;
  std::int64_t high = 0;
};

// What the tables of the image say of one sender.
struct Node {
  bool constant = false;
  bool partial = false;
  bool in_cycle = false;
  std::int64_t value = 0;           // of a constant
  std::int64_t constants = 0;       // what the constants that it reads add, through partial sums too
  std::int64_t effective_bias = 0;  // bias and constants
  int step = 0;    // steps after a frame's start; a constant: the first step in which it is right
  Interval range;  // of its values
};

class NetworkCheck {
 public:
  NetworkCheck(const FixedNetwork& network, const Fabric& fabric, const Image& image, const Routes& routes,
               Findings& findings)
      : network_(network),
        fabric_(fabric),
        image_(image),
        routes_(routes),
        findings_(findings),
        source_(read_source(network)),
        nodes_(routes.senders.size()),
        folded_(routes.senders.size()),
        claimed_(source_.size(), kNoSender) {}

  void run() {
    read_synapses();
    sort_by_dependency();
    claim();
    for (const SenderId node : order_) analyze(node);
    for (const SenderId node : order_) {
      if (nodes_[node].partial) fold(node, folded_[node]);
    }
    for (const auto& [neuron, parts] : handed_->parts()) compare_parts(neuron, parts);
    for (std::uint32_t s = routes_.senders.inputs; s < nodes_.size(); ++s) {
      if (!nodes_[SenderId(s)].partial && !nodes_[SenderId(s)].in_cycle) compare(SenderId(s));
    }
    check_presence();
    check_outputs();
  }

 private:
  struct Synapse {
    SenderId source;
    std::int32_t weight = 0;
    std::uint8_t delay = 0;
  };

  const NeuronConfig& config(SenderId node) const {
    const TileId tile = routes_.senders.tile[node];
    return image_.tiles[tile].core.neurons[node.value() - routes_.senders.first_neuron[tile]];
  }
  std::string name(SenderId node) const { return sender_name(fabric_, routes_.senders, node); }
  std::string source_name(std::uint32_t neuron) const {
    const PopulationId population(source_.population[neuron]);
    return fmt::format("{}[{}]", network_.populations[population].name,
                       neuron - source_.first[population.index()]);
  }
  void add(const char* rule, SenderId node, std::string detail) {
    findings_.add(rule, name(node), std::move(detail));
  }

  // All rows of all cores, turned around: per neuron its synapses. What is delivered to its sum is a synapse
  // of weight 1.
  void read_synapses() {
    begin_.assign(nodes_.size() + 1, 0);
    const auto each = [&](auto&& use) {
      for (std::uint32_t t = 0; t < image_.tiles.size(); ++t) {
        const CoreImage& core = image_.tiles[TileId(t)].core;
        for (int a = 0; a < core.axons(); ++a) {
          const AxonSource& source = routes_.axons[TileId(t)][static_cast<std::size_t>(a)];
          if (source.sender == kNoSender) continue;
          for (std::uint32_t s = core.row_begin[static_cast<std::size_t>(a)];
               s < core.row_begin[static_cast<std::size_t>(a) + 1]; ++s) {
            use(routes_.senders.neuron(TileId(t), core.neuron[s]), source, core.weight[s]);
          }
        }
        for (const SumSource& sum : routes_.sums[TileId(t)]) {
          use(routes_.senders.neuron(TileId(t), sum.neuron), sum.source, 1);
        }
      }
    };
    each([&](SenderId node, const AxonSource&, int) { ++begin_[node.index() + 1]; });
    for (std::size_t n = 1; n < begin_.size(); ++n) begin_[n] += begin_[n - 1];
    synapses_.resize(begin_.back());
    std::vector<std::size_t> next(begin_.begin(), begin_.end() - 1);
    each([&](SenderId node, const AxonSource& source, int weight) {
      synapses_[next[node.index()]++] = {source.sender, weight, source.delay};
    });
  }

  // order_: every sender after all those that it reads; senders in or behind a circle are left out and
  // reported.
  void sort_by_dependency() {
    enum State : std::uint8_t { New, Open, Done };
    std::vector<std::uint8_t> state(nodes_.size(), New);
    struct Frame {
      SenderId node;
      std::size_t next;
    };
    std::vector<Frame> path;
    for (std::uint32_t start = 0; start < nodes_.size(); ++start) {
      if (state[start] != New) continue;
      path.push_back({SenderId(start), begin_[start]});
      state[start] = Open;
      while (!path.empty()) {
        Frame& top = path.back();
        if (top.next < begin_[top.node.index() + 1]) {
          const SenderId source = synapses_[top.next++].source;
          if (state[source.index()] == New) {
            state[source.index()] = Open;
            path.push_back({source, begin_[source.index()]});
          } else if (state[source.index()] == Open) {
            add("neuron-circle", source, "its own value comes back to it, through " + name(path.back().node));
            nodes_[source].in_cycle = true;
          }
          continue;
        }
        Node& node = nodes_[top.node];
        for (std::size_t s = begin_[top.node.index()]; s < begin_[top.node.index() + 1]; ++s) {
          node.in_cycle = node.in_cycle || nodes_[synapses_[s].source].in_cycle;
        }
        state[top.node.index()] = Done;
        order_.push_back(top.node);
        path.pop_back();
      }
    }
    order_.erase(std::remove_if(order_.begin(), order_.end(), [&](SenderId n) { return nodes_[n].in_cycle; }),
                 order_.end());
  }

  // Constants, steps and ranges of one sender; all that it reads are known.
  void analyze(SenderId id) {
    Node& node = nodes_[id];
    if (routes_.senders.is_input(id)) {
      node.range = {image_.input_format.minimum(), image_.input_format.maximum()};
      return;
    }
    const NeuronConfig& neuron = config(id);
    node.partial = neuron.origin.part > 0;
    const bool spiking = is_spiking(neuron.model);
    node.constant = !spiking;
    Interval potential{neuron.bias, neuron.bias};
    std::int64_t largest = std::abs(std::int64_t{neuron.bias}) + (spiking ? 0 : scaling_half(neuron.shift));
    int earliest = 0;
    bool timed = false;
    for (std::size_t s = begin_[id.index()]; s < begin_[id.index() + 1]; ++s) {
      const Synapse& synapse = synapses_[s];
      const Node& source = nodes_[synapse.source];
      const std::int64_t low = std::min<std::int64_t>(source.range.low, 0);
      const std::int64_t high = std::max<std::int64_t>(source.range.high, 0);
      potential.low += synapse.weight * (synapse.weight > 0 ? low : high);
      potential.high += synapse.weight * (synapse.weight > 0 ? high : low);
      largest += std::abs(std::int64_t{synapse.weight}) * std::max(-low, high);
      const int step = source.step + synapse.delay;
      if (source.constant) {
        node.constants += synapse.weight * source.value;
        earliest = std::max(earliest, step);
        continue;
      }
      node.constant = false;
      if (source.partial && !handed_->is_part(synapse.source))
        node.constants += synapse.weight * source.constants;
      if (timed && step != node.step) {
        add("path-delay", id,
            fmt::format("hears {} after {} steps, others after {}", name(synapse.source), step, node.step));
      }
      if (!timed) node.step = step;
      timed = true;
    }
    node.effective_bias = neuron.bias + node.constants;
    if (spiking) check_clear_step(id, neuron, timed);
    if (node.constant) {
      node.step = earliest;
    } else if (earliest > node.step) {
      add("constant-late", id,
          fmt::format("a constant comes after {} steps, the frame after {}", earliest, node.step));
    }
    if (largest > std::numeric_limits<std::int32_t>::max()) {
      add("potential-width", id, fmt::format("the potential can reach {}, beyond 32 bits", largest));
    }
    finish_range(node, neuron, potential);
    if (node.partial) check_partial(id, neuron, potential);
  }

  // A spiking neuron begins a frame in the step in which it hears the frame first; one that hears none says
  // itself when its frame begins, and its readers are compared with that.
  void check_clear_step(SenderId id, const NeuronConfig& neuron, bool timed) {
    const int step = image_.spike_rules[neuron.table].clear_step;
    if (!timed) nodes_[id].step = step;
    if (nodes_[id].step == step) return;
    add("clear-step", id,
        fmt::format("begins frames in step {}, hears them in step {}", step, nodes_[id].step));
  }

  void finish_range(Node& node, const NeuronConfig& neuron, const Interval& potential) const {
    if (is_spiking(neuron.model)) {
      node.range = {0, 1};
      return;
    }
    const int shift = neuron.shift;
    const std::int64_t low = scaled(potential.low, shift);
    const std::int64_t high = scaled(potential.high, shift);
    const std::int64_t settled = scaled(node.effective_bias, shift);
    if (neuron.model == NeuronModel::Table) {
      const std::vector<std::int32_t>& table = image_.tables[neuron.table];
      const auto first = table.begin() + static_cast<std::ptrdiff_t>(table_index(low));
      const auto last = table.begin() + static_cast<std::ptrdiff_t>(table_index(high)) + 1;
      node.range = {*std::min_element(first, last), *std::max_element(first, last)};
      node.value = table[table_index(settled)];
      return;
    }
    const auto clamp = [&](std::int64_t q) {
      return std::min<std::int64_t>(std::max<std::int64_t>(q, neuron.minimum), neuron.maximum);
    };
    node.range = {clamp(low), clamp(high)};
    node.value = clamp(settled);
  }

  void check_partial(SenderId id, const NeuronConfig& neuron, const Interval& potential) {
    const bool has_bias = neuron.bias != 0 && !handed_->is_part(id);
    if (neuron.model != NeuronModel::Linear || neuron.shift != 0 || has_bias) {
      add("partial-form", id,
          fmt::format("a partial sum that is {} with shift {} and bias {}", to_string(neuron.model),
                      neuron.shift, neuron.bias));
    } else if (potential.low < neuron.minimum || potential.high > neuron.maximum) {
      add("partial-clamp", id,
          fmt::format("sums from {} to {} are clamped to {} to {}", potential.low, potential.high,
                      neuron.minimum, neuron.maximum));
    }
    if (neuron.key == kNoKey) add("partial-unread", id, "a partial sum that nobody hears");
  }

  // Adds the neuron's sources in terms of the network: partial sums opened, constants left out.
  void fold(SenderId id, std::vector<Weighted>& out) {
    for (std::size_t s = begin_[id.index()]; s < begin_[id.index() + 1]; ++s) {
      const Synapse& synapse = synapses_[s];
      const Node& source = nodes_[synapse.source];
      if (synapse.weight == 0) continue;
      if (handed_->is_part(synapse.source)) {
        if (!source.constant) out.push_back({handed_->as_source(synapse.source), synapse.weight});
        continue;
      }
      if (source.partial && synapse.weight != 1) {
        add("partial-weight", id,
            fmt::format("reads the partial sum {} with weight {}", name(synapse.source), synapse.weight));
      }
      if (source.constant) continue;
      if (source.partial) {
        const std::vector<Weighted>& inner = folded_[synapse.source];
        out.insert(out.end(), inner.begin(), inner.end());
        continue;
      }
      const std::uint32_t number = number_of(synapse.source);
      if (number < source_.size()) out.push_back({number, synapse.weight});
    }
    merge(out);
  }

  // The neuron of the network that a sender claims to be; source_.size() where there is none such.
  std::uint32_t number_of(SenderId id) const {
    if (routes_.senders.is_input(id)) return routes_.senders.input[id.index()];
    const NeuronOrigin& origin = config(id).origin;
    if (origin.population == 0 || origin.population >= network_.populations.size()) return source_.size();
    const PopulationId population(origin.population);
    if (origin.index >= static_cast<std::uint32_t>(network_.populations[population].shape.size())) {
      return source_.size();
    }
    return source_.first[origin.population] + origin.index;
  }

  void claim() {
    std::vector<std::pair<std::uint32_t, SenderId>> parts;
    for (std::uint32_t s = 0; s < nodes_.size(); ++s) {
      const SenderId id(s);
      const std::uint32_t number = number_of(id);
      if (!routes_.senders.is_input(id) && config(id).origin.part > 0) {
        if (number < source_.size() && !nodes_[id].in_cycle) parts.emplace_back(number, id);
        continue;
      }
      if (number >= source_.size()) {
        add("origin", id,
            fmt::format("claims to be neuron {} of population {}", config(id).origin.index,
                        config(id).origin.population));
      } else if (claimed_[number] != kNoSender) {
        add("neuron-twice", id, fmt::format("{} is already {}", source_name(number), name(claimed_[number])));
      } else {
        claimed_[number] = id;
      }
    }
    handed_.emplace(network_, source_, claimed_, parts, nodes_.size());
  }

  // The parts of a neuron that no core holds, against the neuron.
  void compare_parts(std::uint32_t neuron, const std::vector<SenderId>& parts) {
    const SenderId first = parts.front();
    const std::string what = "as " + source_name(neuron) + ", handed on: ";
    std::vector<Weighted> found;
    Interval sum;
    std::int64_t bias = 0;
    for (const SenderId part : parts) {
      found.insert(found.end(), folded_[part].begin(), folded_[part].end());
      sum.low += nodes_[part].range.low;
      sum.high += nodes_[part].range.high;
      bias += nodes_[part].effective_bias;
    }
    merge(found);
    const ValueFormat& format = network_.populations[PopulationId(source_.population[neuron])].format;
    if (sum.low < format.minimum() || sum.high > format.maximum()) {
      add("handed-clamp", first,
          fmt::format("{}sums from {} to {}, the neuron clamps to {} to {}", what, sum.low, sum.high,
                      format.minimum(), format.maximum()));
    }
    if (bias != source_.effective_bias[neuron]) {
      add("neuron-bias", first,
          fmt::format("{}{} instead of {} (constants included)", what, bias, source_.effective_bias[neuron]));
    }
    compare_synapses(first, neuron, found, what);
  }

  void compare(SenderId id) {
    const std::uint32_t number = number_of(id);
    std::vector<Weighted> found;
    fold(id, found);
    if (number >= source_.size()) return;
    const NeuronConfig& neuron = config(id);
    const FixedPopulation& population = network_.populations[PopulationId(source_.population[number])];
    const std::uint32_t index = number - source_.first[source_.population[number]];
    const std::string what = "as " + source_name(number) + ": ";

    if (neuron.model != population.model) {
      add("neuron-model", id,
          fmt::format("{}{} instead of {}", what, to_string(neuron.model), to_string(population.model)));
    } else if (neuron.model == NeuronModel::Table) {
      if (image_.tables[neuron.table] != population.table) add("neuron-table", id, what + "another table");
    } else {
      const std::int32_t minimum = neuron.model == NeuronModel::Relu ? 0 : population.format.minimum();
      if (neuron.minimum != minimum || neuron.maximum != population.format.maximum()) {
        add("neuron-range", id,
            fmt::format("{}values from {} to {} instead of {} to {}", what, neuron.minimum, neuron.maximum,
                        minimum, population.format.maximum()));
      }
    }
    if (neuron.model == population.model && is_spiking(neuron.model) &&
        !(image_.spike_rules[neuron.table].spike == population.spike)) {
      add("neuron-rule", id, what + "another threshold, leak, reset, decay or refractory period");
    }
    if (neuron.shift != population.shift[index]) {
      add("neuron-shift", id, fmt::format("{}{} instead of {}", what, neuron.shift, population.shift[index]));
    }
    if (neuron.model == NeuronModel::TrueNorth && neuron.bias != population.bias[index]) {
      add("neuron-bias", id,
          fmt::format("{}a leak of {} instead of {}", what, neuron.bias, population.bias[index]));
    }
    if (nodes_[id].effective_bias != source_.effective_bias[number]) {
      add("neuron-bias", id,
          fmt::format("{}{} instead of {} (constants included)", what, nodes_[id].effective_bias,
                      source_.effective_bias[number]));
    }
    compare_synapses(id, number, found, what);
  }

  void compare_synapses(SenderId id, std::uint32_t number, std::vector<Weighted> found,
                        const std::string& what) {
    for (const std::uint32_t torn : handed_->open(found)) {
      add("handed-part", id,
          fmt::format("{}does not read all parts of {} with one weight", what, source_name(torn)));
    }
    std::vector<Weighted> expected;
    for (std::size_t s = source_.begin[number]; s < source_.begin[number + 1]; ++s) {
      const SourceNetwork::Synapse& synapse = source_.synapses[s];
      if (source_.constant[synapse.source] == 0) expected.push_back({synapse.source, synapse.weight});
    }
    merge(expected);
    auto f = found.begin();
    auto e = expected.begin();
    while (f != found.end() || e != expected.end()) {
      if (e == expected.end() || (f != found.end() && f->source < e->source)) {
        add("synapse-surplus", id,
            fmt::format("{}weight {} from {}", what, f->weight, source_name(f->source)));
        ++f;
      } else if (f == found.end() || e->source < f->source) {
        add("synapse-missing", id,
            fmt::format("{}weight {} from {}", what, e->weight, source_name(e->source)));
        ++e;
      } else {
        if (f->weight != e->weight) {
          add("synapse-weight", id,
              fmt::format("{}{} from {} instead of {}", what, f->weight, source_name(f->source), e->weight));
        }
        ++f;
        ++e;
      }
    }
  }

  // What the outputs need must be there; constants need not, but for outputs.
  void check_presence() {
    for (std::uint32_t n = 0; n < source_.size(); ++n) {
      const bool output = source_.population[n] == network_.output().value();
      if (source_.live[n] == 0 || claimed_[n] != kNoSender || (source_.constant[n] != 0 && !output)) continue;
      if (handed_->holds(n)) continue;
      if (source_.population[n] != 0) {
        findings_.add("neuron-missing", source_name(n), "is on no core");
      } else {
        findings_.add("input-missing", source_name(n), "is read but enters at no port");
      }
    }
  }

  void check_outputs() {
    for (std::uint32_t o = 0, next = 0; o < image_.output_count; ++o) {
      const std::string where = fmt::format("output {}", o);
      if (next >= image_.outputs.size() || image_.outputs[next].output != o) {
        findings_.add("output-missing", where, "leaves at no port");
        continue;
      }
      const OutputBinding& binding = image_.outputs[next++];
      const std::uint32_t number = source_.first[network_.output().index()] + o;
      const SenderId sender = claimed_[number];
      if (sender == kNoSender || nodes_[sender].in_cycle) continue;
      if (!routes_.senders.sends(sender, binding.key)) {
        findings_.add(
            "output-source", where,
            fmt::format("bound to key {:#x}, which {} does not send", binding.key.value(), name(sender)));
      }
      const int step = nodes_[sender].step;
      if (nodes_[sender].constant ? step > image_.depth_steps : step != image_.depth_steps) {
        findings_.add("output-step", where,
                      fmt::format("after {} steps, the image says {}", step, image_.depth_steps));
      }
    }
  }

  const FixedNetwork& network_;
  const Fabric& fabric_;
  const Image& image_;
  const Routes& routes_;
  Findings& findings_;
  const SourceNetwork source_;
  IdVector<SenderId, Node> nodes_;
  std::vector<std::size_t> begin_;  // per sender and one more
  std::vector<Synapse> synapses_;
  std::vector<SenderId> order_;
  IdVector<SenderId, std::vector<Weighted>> folded_;  // of partial sums
  std::vector<SenderId> claimed_;                     // per neuron of the network
  std::optional<HandedNeurons> handed_;               // set by claim()
};

}  // namespace

void check_network(const FixedNetwork& network, const Fabric& fabric, const Image& image,
                   const Routes& routes, Findings& findings) {
  NetworkCheck(network, fabric, image, routes, findings).run();
}

}  // namespace weft::mapping::verify
