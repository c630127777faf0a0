// One flow, in two levels: the YAML text with its overrides, and this struct, resolved once and constant from
// then on. format_flow_config() writes every key, so that the text alone repeats the run.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "compress/compress.hpp"
#include "mapping/map.hpp"
#include "model/fabric/fabric.hpp"
#include "model/network/network.hpp"
#include "model/network/quantize.hpp"
#include "model/network/train.hpp"

namespace weft::app {

struct DataConfig {
  std::string set = "fashion-mnist";  // one of known_data_names(), or a directory (load_data)
  std::int64_t train_samples = 0;     // taken from the front; 0: all
  int shift_pixels = 0;               // these once more, moved by up to so many pixels (with_shifts)
};

enum class NetworkKind { Mlp, Lenet5 };

struct NetworkConfig {
  std::filesystem::path from;  // a network file; when set, nothing else here is used
  std::string name;            // empty: from the kind
  NetworkKind kind = NetworkKind::Mlp;
  std::vector<int> hidden = {300, 100};  // Mlp: the widths between the input and the classes
  Activation activation = Activation::Relu;
};

struct RunConfig {
  std::int64_t frames = 0;  // from the front of the test samples; 0: all
  int interval_steps = 1;
};

// What the placer weighs routes by.
enum class TrafficSource {
  Data,    // the messages that samples of the calibration data make the network send
  Uniform  // one of each neuron in each step
};

// What the result must reach for exit code 0. Mismatches are never accepted, whatever stands here.
struct RequireConfig {
  std::optional<double> compression_ratio;  // synapses before by synapses after, at least
  std::optional<double> accuracy_loss;      // dense less fabric accuracy, a fraction, at most
};

struct FlowConfig {
  std::string title;
  std::uint64_t seed = 1;
  DataConfig data;
  NetworkConfig network;
  std::optional<TrainParams> train;                  // absent: the network as it is
  std::optional<compress::CompressParams> compress;  // absent: not compressed
  QuantizeParams quantize;
  Fabric fabric;
  mapping::MapParams map;  // without its traffic, which is counted
  TrafficSource traffic = TrafficSource::Data;
  RunConfig run;
  RequireConfig require;
  std::filesystem::path output;  // may be empty: then the command line says where
};

// `overrides` are "key=value" with dotted keys. Unknown, duplicate and ill-typed keys and values out of range
// are InputErrors with line and column. Relative paths in the file are relative to the file's directory.
FlowConfig parse_flow_config(const std::string& yaml, const std::string& file,
                             const std::vector<std::string>& overrides = {});
FlowConfig read_flow_config(const std::filesystem::path& path,
                            const std::vector<std::string>& overrides = {});

// Every key with its value; parse_flow_config() of it is the same flow. `output` is left out: a repeated run
// must not overwrite the results it is compared with.
std::string format_flow_config(const FlowConfig& config);

// The network that `config` starts from: read from its file, or made for the data's shape with initial
// weights.
Network make_network(const NetworkConfig& config, const Shape& input, int classes, std::uint64_t seed);

}  // namespace weft::app
