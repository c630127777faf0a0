// See random_cases.hpp. Sizes stay small: what two models differ in shows up in small cases, and there are
// many of them.
#include "tests/reference/random_cases.hpp"

#include <algorithm>
#include <string>

#include "tests/reference/image_builder.hpp"
#include "tests/reference/unicast.hpp"

namespace weft::test {
namespace {

int between(Random& random, int low, int high) {
  return low + static_cast<int>(random.below(static_cast<std::uint64_t>(high - low + 1)));
}

bool chance(Random& random, int percent) {
  return between(random, 1, 100) <= percent;
}

std::int16_t random_weight(Random& random, int bits, int zero_percent) {
  const int limit = 1 << (bits - 1);
  return chance(random, zero_percent) ? std::int16_t{0}
                                      : static_cast<std::int16_t>(between(random, -limit, limit - 1));
}

SpikeRule random_spike_rule(Random& random, NeuronModel model) {
  SpikeRule rule;
  rule.threshold = chance(random, 90) ? between(random, 1, 300) : between(random, 1000, 1 << 30);
  rule.reset = static_cast<SpikeReset>(random.below(3));
  if (model == NeuronModel::TrueNorth) {
    if (rule.threshold >= 1000) rule.threshold = between(random, 1000, 262143);
    rule.truenorth.negative_threshold =
        chance(random, 80) ? between(random, 0, 200) : between(random, 200, 262143);
    rule.truenorth.reset_potential = between(random, -100, 100);
    rule.truenorth.holds_below = chance(random, 50);
    rule.truenorth.leak_follows_sign = chance(random, 50);
    return rule;
  }
  if (chance(random, 40)) rule.refractory = between(random, 1, 3);
  if (model == NeuronModel::If) return rule;
  rule.leak_kind =
      model == NeuronModel::CurrentLif || chance(random, 50) ? SpikeLeak::Fraction : SpikeLeak::Subtract;
  rule.leak = rule.leak_kind == SpikeLeak::Fraction ? between(random, 0, 4096) : between(random, 0, 60);
  if (model == NeuronModel::CurrentLif) rule.current_decay = between(random, 0, 4096);
  return rule;
}

FixedPopulation random_population(Random& random, const std::string& name, Shape shape) {
  FixedPopulation population;
  population.name = name;
  population.shape = shape;
  population.model = kNeuronModels[random.below(7)];
  population.format.bits = between(random, 3, 9);
  population.format.is_signed = population.model != NeuronModel::Relu && chance(random, 70);
  if (is_spiking(population.model)) {
    population.format = {1, false};
    population.spike = random_spike_rule(random, population.model);
  }
  for (int n = 0; n < shape.size(); ++n) {
    population.bias.push_back(chance(random, 40) ? 0 : between(random, -40, 60));
    const int shift = between(random, 0, 5);
    population.shift.push_back(
        static_cast<std::uint8_t>(population.model == NeuronModel::TrueNorth ? 0 : shift));
  }
  if (population.model == NeuronModel::Table) {
    for (int i = 0; i < 256; ++i) {
      population.table.push_back(between(random, population.format.minimum(), population.format.maximum()));
    }
  }
  return population;
}

FixedProjection random_dense(Random& random, const FixedNetwork& network, int zero_percent) {
  FixedProjection projection;
  const PopulationId target = network.output();
  projection.source = PopulationId(target.value() - 1);
  projection.target = target;
  const int size =
      network.populations[projection.source].shape.size() * network.populations[target].shape.size();
  for (int i = 0; i < size; ++i) {
    projection.weights.push_back(random_weight(random, network.weight_bits, zero_percent));
  }
  return projection;
}

FixedProjection random_sparse(Random& random, const FixedNetwork& network, PopulationId source) {
  FixedProjection projection;
  projection.kind = FixedProjectionKind::Sparse;
  projection.source = source;
  projection.target = network.output();
  const int sources = network.populations[source].shape.size();
  const int targets = network.populations[projection.target].shape.size();
  const int percent = between(random, 5, 60);
  for (int target = 0; target < targets; ++target) {
    for (int s = 0; s < sources; ++s) {
      if (!chance(random, percent)) continue;
      projection.synapses.push_back({static_cast<std::uint32_t>(s), static_cast<std::uint32_t>(target)});
      projection.weights.push_back(random_weight(random, network.weight_bits, 5));
    }
  }
  return projection;
}

// A convolution from the last population to a new one, which is appended.
FixedProjection append_convolution(Random& random, FixedNetwork& network, const std::string& name) {
  const Shape from = network.populations.back().shape;
  FixedProjection projection;
  projection.kind = FixedProjectionKind::Convolution;
  Window& window = projection.window;
  window.kernel_height = between(random, 1, std::min(3, from.height));
  window.kernel_width = between(random, 1, std::min(3, from.width));
  window.stride_height = between(random, 1, 2);
  window.stride_width = between(random, 1, 2);
  window.pad_height = between(random, 0, window.kernel_height - 1);
  window.pad_width = between(random, 0, window.kernel_width - 1);
  projection.groups = from.channels % 2 == 0 && chance(random, 50) ? 2 : 1;
  Shape to;
  to.channels = projection.groups * between(random, 1, 2);
  to.height = (from.height + 2 * window.pad_height - window.kernel_height) / window.stride_height + 1;
  to.width = (from.width + 2 * window.pad_width - window.kernel_width) / window.stride_width + 1;
  projection.source = network.output();
  network.populations.push_back(random_population(random, name, to));
  projection.target = network.output();
  const int weights =
      to.channels * (from.channels / projection.groups) * window.kernel_height * window.kernel_width;
  for (int i = 0; i < weights; ++i)
    projection.weights.push_back(random_weight(random, network.weight_bits, 20));
  return projection;
}

void append_projection(FixedNetwork& network, FixedProjection projection, int delay) {
  projection.name = "p" + std::to_string(network.projections.size());
  projection.delay = delay;
  network.projections.push_back(std::move(projection));
}

// A core in use.
struct Place {
  TileId tile;
  std::uint32_t core = 0;
  int neurons = 0;
  int axons = 0;
  std::vector<int> fan_in = std::vector<int>(static_cast<std::size_t>(neurons), 0);  // per neuron
};

NeuronConfig random_neuron(Random& random, std::vector<ImageSpikeRule>& spike_rules) {
  NeuronConfig config;
  config.model = kNeuronModels[random.below(7)];
  config.shift = static_cast<std::uint8_t>(between(random, 0, 3));
  config.bias = between(random, -20, 30);
  config.minimum = config.model == NeuronModel::Relu ? 0 : -100;
  config.maximum = 100;
  config.table = static_cast<std::uint16_t>(random.below(2));
  if (is_spiking(config.model)) {
    config.minimum = 0;
    config.maximum = 1;
    if (config.model == NeuronModel::TrueNorth) config.shift = 0;
    config.table = static_cast<std::uint16_t>(spike_rules.size());
    spike_rules.push_back({random_spike_rule(random, config.model), between(random, 1, 5)});
  }
  return config;
}

// Axons with some synapses, or sums, that hear the sender.
void connect_to_core(Random& random, const Fabric& fabric, const Source& sender, Place& place,
                     ImageBuilder& builder) {
  if (fabric.core.native_sums && chance(random, 50)) {
    for (int sums = between(random, 1, 3); sums > 0; --sums) {
      const int neuron = between(random, 0, place.neurons - 1);
      builder.sum(place.tile, sender, static_cast<std::uint16_t>(neuron),
                  between(random, 1, fabric.core.max_delay), place.core);
    }
    if (chance(random, 50)) return;
  }
  const int copies = chance(random, 10) && place.axons + 2 <= fabric.core.axons ? 2 : 1;
  for (int copy = 0; copy < copies; ++copy) {
    const std::uint16_t axon =
        builder.axon(place.tile, sender, between(random, 1, fabric.core.max_delay), place.core);
    ++place.axons;
    for (int n = 0; n < place.neurons; ++n) {
      if (!chance(random, 40)) continue;
      const int weight = random_weight(random, 6, 0);
      if (weight == 0 || place.fan_in[static_cast<std::size_t>(n)]++ >= most_fan_in(fabric.core)) continue;
      builder.synapse(place.tile, axon, static_cast<std::uint16_t>(n), weight, place.core);
    }
  }
}

}  // namespace

const char* to_string(Traffic traffic) {
  const char* const names[kTraffics] = {"Uniform", "HotSpot", "Broadcast", "ToOnePort"};
  return names[static_cast<int>(traffic)];
}

Fabric random_fabric(Random& random) {
  Fabric fabric;
  fabric.name = "random";
  fabric.width = between(random, 1, 5);
  fabric.height = between(random, 1, 5);
  if (chance(random, 40)) fabric.cores_per_tile = between(random, 2, 4);
  CoreSpec& core = fabric.core;
  core.kind = static_cast<CoreKind>(random.below(3));
  core.axons = between(random, 5, 32);
  core.neurons = between(random, 4, 24);
  core.weight_bits = 8;
  core.value_bits = between(random, 18, 24);
  core.max_delay = between(random, 2, 6);
  core.row_cycles = between(random, 1, 3);
  core.unit_synapses = between(random, 3, 16);
  core.synapse_lanes = between(random, 1, 4);
  core.neuron_lanes = between(random, 1, 4);
  core.output_queue = between(random, 1, 5);
  RouterSpec& router = fabric.router;
  if (chance(random, 30)) router.routing = Routing::Circuit;
  router.tracks = 4096;  // random images take as many as they like
  router.buffer_depth = between(random, 1, 4);
  router.pipeline_cycles = between(random, 1, 3);
  router.link_cycles = between(random, 1, 3);
  router.credit_cycles = between(random, 1, 3);
  if (chance(random, 30)) router.arbitration = Arbitration::FixedPriority;
  if (router.routing != Routing::Circuit && chance(random, 30))
    router.link_bits = between(random, 8, router.flit_bits + 5);
  if (router.routing == Routing::Multicast && chance(random, 35)) router.routing = Routing::Unicast;
  if (router.routing != Routing::Circuit && chance(random, 30)) {
    fabric.topology = Topology::Torus;
    router.deadlock_rule = DeadlockRule::Bubble;
    router.buffer_depth += 1;
    if (fabric.width == 2) fabric.width = 6;
    if (fabric.height == 2) fabric.height = 6;
  }
  PortSpec& ports = fabric.ports;
  ports.north = chance(random, 30);
  ports.east = chance(random, 30);
  ports.south = chance(random, 30);
  ports.west = chance(random, 30) || !(ports.north || ports.east || ports.south);
  ports.cycles_per_flit = chance(random, 80) ? between(random, 1, 3) : between(random, 4, 20);
  fabric.step.barrier_cycles = between(random, 0, 9);
  core.native_sums = core.kind != CoreKind::Units && chance(random, 40);
  if (chance(random, 30)) fabric.step.barrier_level_cycles = between(random, 1, 5);
  if (core.kind == CoreKind::Crossbar && chance(random, 40)) core.row_lanes = between(random, 2, 40);
  return fabric;
}

void draw_tick(Random& random, Fabric& fabric) {
  if (chance(random, 60) || fabric.router.routing == Routing::Circuit) return;
  fabric.step.synchronization = Synchronization::Tick;
  fabric.step.tick_cycles = chance(random, 50) ? between(random, 1, 60) : between(random, 60, 400);
}

FixedNetwork random_network(Random& random, int weight_bits) {
  FixedNetwork network;
  network.name = "random";
  network.weight_bits = weight_bits;
  const bool image_like = chance(random, 40);
  const Shape shape = image_like ? Shape{between(random, 1, 2), between(random, 2, 5), between(random, 2, 5)}
                                 : Shape{between(random, 1, 80), 1, 1};
  FixedPopulation input = random_population(random, "input", shape);
  if (is_spiking(input.model)) input.spike = {};
  input.model = NeuronModel::Linear;
  input.bias.clear();
  input.shift.clear();
  input.table.clear();
  network.populations.push_back(input);

  const int layers = between(random, 1, 4);
  int last_delay = 0;  // of the layer before, where a skip can start
  for (int layer = 1; layer <= layers; ++layer) {
    const std::string name = "layer" + std::to_string(layer);
    const int delay = chance(random, 75) ? 1 : 2;
    if (image_like && layer < layers && chance(random, 70)) {
      FixedProjection projection = append_convolution(random, network, name);
      append_projection(network, std::move(projection), delay);
    } else {
      network.populations.push_back(random_population(random, name, {between(random, 1, 30), 1, 1}));
      const PopulationId before(network.output().value() - 1);
      append_projection(network,
                        chance(random, 60) ? random_dense(random, network, between(random, 0, 80))
                                           : random_sparse(random, network, before),
                        delay);
    }
    const PopulationId before(network.output().value() - 1);
    if (chance(random, 20)) append_projection(network, random_sparse(random, network, before), delay);
    if (layer >= 2 && chance(random, 25)) {
      append_projection(network, random_sparse(random, network, PopulationId(before.value() - 1)),
                        last_delay + delay);
    }
    last_delay = delay;
  }
  return network;
}

// Some tables get ranges: runs of keys with the same sides, as wide as they may be, and some runs cut in two.
void give_ranges(Random random, Image& image) {
  for (TileImage& tile : image.tiles) {
    if (chance(random, 50)) continue;
    for (const RouteEntry& route : tile.routes) {
      const bool same = !tile.ranges.empty() && tile.ranges.back().directions == route.directions;
      if (!same || chance(random, 20)) tile.ranges.push_back({route.key, route.key, route.directions});
      tile.ranges.back().last = route.key;
    }
    for (std::size_t r = 0; r < tile.ranges.size() && chance(random, 80); ++r) {
      const std::uint32_t end =
          r + 1 < tile.ranges.size() ? tile.ranges[r + 1].first.value() : tile.ranges[r].last.value() + 3;
      tile.ranges[r].last = MessageKey(end - 1);
    }
  }
}

Image random_image(Random& random, const Fabric& fabric, Traffic traffic) {
  ImageBuilder builder(fabric);
  const std::vector<TileId> ports = port_tiles(fabric);
  const auto any_port = [&] { return PortId(static_cast<std::uint32_t>(random.below(ports.size()))); };

  std::vector<Source> senders;
  const int inputs = between(random, 1, 12);
  for (int i = 0; i < inputs; ++i) {
    if (chance(random, 80)) senders.push_back(builder.input(static_cast<std::uint32_t>(i), any_port()));
  }
  // The cores in use; a tile without any can only be passed through.
  std::vector<Place> places;
  const std::size_t first_neuron = senders.size();
  std::vector<ImageSpikeRule> spike_rules;
  for (std::uint32_t t = 0; t < static_cast<std::uint32_t>(fabric.tiles()); ++t) {
    const int cores = chance(random, 15) ? 0 : between(random, 1, fabric.cores_per_tile);
    for (int core = 0; core < cores; ++core) {
      places.push_back(
          {TileId(t), static_cast<std::uint32_t>(core), between(random, 1, fabric.core.neurons)});
      for (int n = 0; n < places.back().neurons; ++n) {
        const NeuronConfig config = random_neuron(random, spike_rules);
        senders.push_back(builder.neuron(places.back().tile, config, places.back().core));
      }
    }
  }

  const auto any_place = [&] { return static_cast<std::size_t>(random.below(places.size())); };
  const std::size_t hot = places.empty() ? 0 : any_place();
  std::vector<std::vector<bool>> heard(senders.size(), std::vector<bool>(places.size(), false));
  const auto connect = [&](std::size_t sender, std::size_t place) {
    if (heard[sender][place] || places[place].axons == fabric.core.axons) return;
    heard[sender][place] = true;
    connect_to_core(random, fabric, senders[sender], places[place], builder);
  };
  std::uint32_t outputs = 0;
  const PortId hot_port = any_port();
  const int output_percent = traffic == Traffic::ToOnePort ? 80 : 8;
  std::vector<bool> routed(senders.size(), false);
  for (std::size_t s = 0; s < senders.size(); ++s) {
    if (traffic == Traffic::HotSpot && !places.empty()) connect(s, hot);
    if (traffic == Traffic::Broadcast && chance(random, 40)) {
      for (std::size_t place = 0; place < places.size(); ++place) connect(s, place);
    }
    for (int i = between(random, 0, 2); i > 0 && !places.empty(); --i) connect(s, any_place());
    routed[s] = std::find(heard[s].begin(), heard[s].end(), true) != heard[s].end();
    if (s >= first_neuron && (outputs == 0 || chance(random, output_percent))) {
      builder.output(outputs++, senders[s], traffic == Traffic::ToOnePort ? hot_port : any_port());
      routed[s] = true;
    }
  }

  ValueFormat format;
  format.bits = 6;
  format.is_signed = true;
  Image image = builder.build(between(random, 1, 4), static_cast<std::uint32_t>(inputs), outputs, format);
  image.spike_rules = spike_rules;
  // Whoever found no listener keeps silent.
  image.inputs.erase(std::remove_if(image.inputs.begin(), image.inputs.end(),
                                    [&](const InputBinding& binding) {
                                      for (std::size_t s = 0; s < first_neuron; ++s) {
                                        if (senders[s].key == binding.key) return !routed[s];
                                      }
                                      return true;
                                    }),
                     image.inputs.end());
  for (std::size_t s = first_neuron; s < senders.size(); ++s) {
    if (routed[s]) continue;
    CoreImage& cores = image.tiles[senders[s].tile].core;
    cores.neurons[core_begin(cores, senders[s].core).neurons + senders[s].neuron].key = kNoKey;
  }
  for (int t = 0; t < 2; ++t) {
    std::vector<std::int32_t> table;
    for (int i = 0; i < 256; ++i) table.push_back(between(random, -100, 100));
    image.tables.push_back(table);
  }
  if (fabric.router.routing == Routing::Unicast) return as_unicast(image, fabric);
  if (fabric.router.routing == Routing::Multicast) give_ranges(random.fork("ranges"), image);
  return image;
}

Stimulus random_stimulus(Random& random, std::uint32_t inputs, ValueFormat format) {
  Stimulus stimulus;
  stimulus.frame_steps = chance(random, 50) ? 1 : between(random, 2, 6);
  stimulus.interval_steps = stimulus.frame_steps + between(random, 0, 2);
  stimulus.frames.rows = between(random, 1, 5);
  stimulus.frames.columns = inputs;
  const int zero_percent = between(random, 0, 90);
  if (chance(random, 50)) {
    stimulus.event_begin.push_back(0);
    for (std::int64_t list = 0; list < stimulus.frames.rows * stimulus.frame_steps; ++list) {
      for (std::uint32_t i = 0; i < inputs; ++i) {
        if (!chance(random, zero_percent))
          stimulus.events.push_back({i, between(random, format.minimum(), format.maximum())});
      }
      stimulus.event_begin.push_back(stimulus.events.size());
    }
    return stimulus;
  }
  for (std::int64_t i = 0; i < stimulus.frames.rows * stimulus.frames.columns; ++i) {
    stimulus.frames.values.push_back(
        chance(random, zero_percent) ? 0 : between(random, format.minimum(), format.maximum()));
  }
  return stimulus;
}

double random_stall_share(Random& random) {
  const double shares[] = {0, 0, 0, 0.05, 0.3, 0.7};
  return shares[random.below(6)];
}

}  // namespace weft::test
