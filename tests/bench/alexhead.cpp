// See alexhead.hpp.
#include "tests/bench/alexhead.hpp"

#include <algorithm>
#include <cstdlib>

#include "compress/factorize.hpp"
#include "model/base/npz.hpp"
#include "model/network/network_npy.hpp"

namespace weft::bench {
namespace {

namespace fs = std::filesystem;

NpyArray array(const fs::path& path) {
  return parse_npy(unzstd(read_file(path), path.string()), path.string());
}

Dataset features(const fs::path& root, const std::string& name) {
  Dataset data;
  data.name = name;
  data.shape = {256, 6, 6};
  data.classes = 100;
  data.samples = array(root / (name + "_pool5_u8.npy.zst")).data;
  for (const std::uint8_t label : array(root / (name + "_labels.npy")).data) data.labels.push_back(label);
  const auto violations = validate(data);
  if (!violations.empty()) throw InputError({root.string()}, describe(violations));
  return data;
}

NpyLayer dense_layer(const char* name, Activation activation) {
  NpyLayer layer;
  layer.name = name;
  layer.activation = activation;
  return layer;
}

Projection& find(Network& network, const std::string& name) {
  for (Projection& projection : network.projections) {
    if (projection.name == name) return projection;
  }
  throw Error(ErrorKind::Internal, "no layer " + name);
}

void add_to_bias(Network& network, PopulationId id, const std::vector<double>& change) {
  for (std::size_t i = 0; i < change.size(); ++i)
    network.populations[id].bias[i] += static_cast<float>(change[i]);
}

}  // namespace

std::optional<AlexHead> load_alexhead() {
  const char* directory = std::getenv("WEFT_DATA");
  const fs::path root = fs::path(directory ? directory : "../shared/data") / "alexhead";
  if (!fs::exists(root)) return std::nullopt;
  NpyNetworkParams npy;
  npy.name = "alexhead";
  npy.input = {256, 6, 6};
  npy.input_scale = 2;
  npy.layers = {dense_layer("fc6", Activation::Relu), dense_layer("fc7", Activation::Relu),
                dense_layer("fc8", Activation::Linear)};
  return AlexHead{network_from_npy(root, npy), features(root, "train"), features(root, "heldout"),
                  features(root, "val")};
}

Dataset calibration_of(const Dataset& train, std::int64_t samples, std::uint64_t seed) {
  // Rows come class after class in turns: consecutive ones hold each class alike often.
  const std::int64_t first = static_cast<std::int64_t>(seed - 1) * samples % train.size();
  Dataset part = slice(train, first, samples);
  if (part.size() < samples) {
    const Dataset front = slice(train, 0, samples - part.size());
    part.samples.insert(part.samples.end(), front.samples.begin(), front.samples.end());
    part.labels.insert(part.labels.end(), front.labels.begin(), front.labels.end());
  }
  return part;
}

Network with_factors(const Network& network, const Network& dense, const std::string& layer,
                     const compress::WideFactors& factors, const compress::WideView& view) {
  compress::LowRank parts;
  parts.rank = static_cast<int>(factors.right.rows);
  parts.left = factors.left.values;
  parts.right = factors.right.values;
  Network source = dense;
  const Projection& old = find(source, layer);
  const FloatMatrix weights{factors.left.rows, factors.right.columns, old.weights};
  Network result = compress::replace_by_factors(network, layer, std::move(parts));
  add_to_bias(result, find(result, compress::second_factor_name(layer)).target,
              compress::wide_bias_change(weights, factors.left, factors.right, view));
  return result;
}

Network with_weights(const Network& network, const Network& dense, const std::string& layer,
                     const FloatMatrix& weights, const compress::WideView& view) {
  Network source = dense, result = network;
  const FloatMatrix old{weights.rows, weights.columns, find(source, layer).weights};
  Projection& projection = find(result, layer);
  projection.weights = weights.values;
  add_to_bias(result, projection.target, compress::wide_bias_change(old, weights, {}, view));
  return result;
}

std::int64_t nonzeros(const std::vector<float>& weights) {
  return static_cast<std::int64_t>(weights.size()) - std::count(weights.begin(), weights.end(), 0.0f);
}

}  // namespace weft::bench
