// Random networks are made layer by layer; trained ones are read, compressed without retraining and
// quantized.
#include "tests/bench/mapping_cases.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "compress/compress.hpp"
#include "model/network/network_npy.hpp"
#include "model/network/quantize.hpp"
#include "tests/mapping/nets_for_tests.hpp"

namespace weft::mapping {

FixedNetwork layers(const std::string& name, int inputs, const std::vector<LayerShape>& shapes) {
  LayerParams params;
  params.widths.push_back(inputs);
  for (const LayerShape& shape : shapes) {
    params.widths.push_back(shape.width);
    if (shape.middle == Middle::Exact) params.weight_bits = 4;
  }
  params.density_percent = 100;
  FixedNetwork network = layered_network(params, Random(5));
  network.name = name;
  Random random(9);
  for (std::size_t p = 0; p < shapes.size(); ++p) {
    for (std::int16_t& weight : network.projections[ProjectionId(static_cast<std::uint32_t>(p))].weights) {
      if (random.below(1000) >= static_cast<std::uint64_t>(shapes[p].density_percent) * 10) weight = 0;
    }
    FixedPopulation& population = network.populations[PopulationId(static_cast<std::uint32_t>(p + 1))];
    if (shapes[p].middle == Middle::None) continue;
    population.model = NeuronModel::Linear;
    population.format = {8, true};
    if (shapes[p].middle == Middle::Rounded) continue;
    population.format = {24, true};
    population.shift.assign(population.shift.size(), 0);
  }
  return network;
}

FixedNetwork sheet(int side) {
  FixedNetwork network = single_layer(1, 1, 1);
  network.name = "sheet " + std::to_string(side);
  network.populations[PopulationId(0)].shape = {1, side, side};
  FixedPopulation& out = network.populations[PopulationId(1)];
  out.shape = {1, side, side};
  const auto neurons = static_cast<std::uint32_t>(out.shape.size());
  out.bias.assign(neurons, 0);
  out.shift.assign(neurons, 8);
  Random random(3);
  std::vector<std::uint32_t> id(neurons);
  for (std::uint32_t n = 0; n < neurons; ++n) id[n] = n;
  random.shuffle(id);
  FixedProjection& projection = network.projections[ProjectionId(0)];
  projection.kind = FixedProjectionKind::Sparse;
  constexpr int kTargets = 100;
  for (std::uint32_t n = 0; n < neurons; ++n) {
    for (int i = 0; i < kTargets; ++i) {
      const int x = static_cast<int>(n) % side + static_cast<int>(6 * random.normal() + 1000.5) - 1000;
      const int y = static_cast<int>(n) / side + static_cast<int>(6 * random.normal() + 1000.5) - 1000;
      if (x < 0 || y < 0 || x >= side || y >= side) continue;
      projection.synapses.push_back({id[n], id[static_cast<std::uint32_t>(x + side * y)]});
    }
  }
  std::sort(projection.synapses.begin(), projection.synapses.end(),
            [](const SparseSynapse& a, const SparseSynapse& b) {
              return a.target != b.target ? a.target < b.target : a.source < b.source;
            });
  const auto last = std::unique(projection.synapses.begin(), projection.synapses.end(),
                                [](const SparseSynapse& a, const SparseSynapse& b) {
                                  return a.target == b.target && a.source == b.source;
                                });
  projection.synapses.erase(last, projection.synapses.end());
  projection.weights.assign(projection.synapses.size(), 1);
  return network;
}

namespace {

Network read_lenet(const std::filesystem::path& directory, const std::vector<std::string>& names, float scale,
                   float offset) {
  NpyNetworkParams params;
  params.input_scale = scale;
  params.input_offset = offset;
  for (const std::string& name : names) {
    NpyLayer layer;
    layer.name = name;
    layer.activation = name == names.back() ? Activation::Linear : Activation::Relu;
    params.layers.push_back(layer);
  }
  return network_from_npy(directory, params);
}

Network compressed(const Network& network, const Dataset& train,
                   const std::vector<compress::LayerPlan>& plan) {
  compress::CompressParams params;
  params.layers = plan;
  params.prune_rounds = 1;
  params.retrain.epochs = params.final_epochs = 0;
  return compress::compress_network(network, train, params).network;
}

}  // namespace

std::vector<FixedNetwork> trained_networks() {
  const char* given = std::getenv("WEFT_DATA");
  const std::filesystem::path root = given ? given : "../shared/data";
  if (!std::filesystem::exists(root / "lenet-lobs") || !std::filesystem::exists(root / "lenet-dense"))
    return {};
  const Dataset train = slice(load_data("mnist").train, 0, 1000);
  const Network dense =
      read_lenet(root / "lenet-dense" / "lenet300100", {"ip1", "ip2", "ip3"}, 1.0f / 256, 0);
  std::vector<FixedNetwork> result;
  const auto add = [&](const std::string& name, const Network& network) {
    result.push_back(quantize(network, train, {}));
    result.back().name = name;
  };
  add("lenet 8% by magnitude",
      compressed(dense, train, {{"ip1", 0, 0.08}, {"ip2", 0, 0.08}, {"ip3", 0, 0.08}}));
  add("lenet rank 32/16, 9,570 synapses",
      compressed(dense, train, {{"ip1", 32, 0.2274}, {"ip2", 16, 0.2274}, {"ip3", 0, 0.2274}}));
  for (const char* density : {"10", "20"}) {
    const auto directory = root / "lenet-lobs" / (std::string("lobs_lenet300100_density") + density);
    add(std::string("lenet-lobs density ") + density,
        read_lenet(directory, {"fc1", "fc2", "fc3"}, 1.0f / (255 * 0.3081f), -0.1307f / 0.3081f));
  }
  return result;
}

}  // namespace weft::mapping
