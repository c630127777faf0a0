// STEM[:ACTIVATION][:stride=N][:pad=N] and maxpool=K[:stride=N][:pad=N], avgpool likewise.
#include "app/flow/npy_layers.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/cli/options.hpp"
#include "app/flow/names.hpp"
#include "model/base/error.hpp"
#include "model/base/nearest.hpp"

namespace weft::app {
namespace {

constexpr int kMostWindow = 1 << 16;

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(separator, begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

// One layer under way: the word it is read from, for messages.
struct LayerWord {
  std::string word;
  NpyLayer layer;

  [[noreturn]] void fail(const std::string& why) const {
    throw Error(ErrorKind::Usage,
                fmt::format("--layers {}: {}, expected STEM[:ACTIVATION][:stride=N][:pad=N] or "
                            "maxpool=K, avgpool=K",
                            word, why));
  }
  int number(const std::string& key, const std::string& text, int minimum) const {
    return static_cast<int>(to_integer("--layers " + word + ": " + key, text, minimum, kMostWindow));
  }
  void set_stride(int stride) { layer.window.stride_height = layer.window.stride_width = stride; }
  void set_pad(int pad) { layer.window.pad_height = layer.window.pad_width = pad; }

  void start(const std::string& part, int& pools) {
    const std::size_t equals = part.find('=');
    const std::string name = part.substr(0, equals);
    if (name.empty()) fail("found a layer without a name");
    if (equals == std::string::npos) {
      layer.name = name;
      return;
    }
    if (name != "maxpool" && name != "avgpool")
      fail(fmt::format("found \"{}\"{}", part, did_you_mean(name, {"maxpool", "avgpool"})));
    layer.pool = name == "maxpool" ? ProjectionKind::MaxPool : ProjectionKind::AveragePool;
    layer.name = fmt::format("pool{}", ++pools);
    const int kernel = number(name, part.substr(equals + 1), 1);
    layer.window.kernel_height = layer.window.kernel_width = kernel;
    set_stride(kernel);
  }
  void take(const std::string& part) {
    const std::size_t equals = part.find('=');
    const std::string key = part.substr(0, equals);
    const std::string value = equals == std::string::npos ? "" : part.substr(equals + 1);
    const auto& activations = names_of(Activation());
    if (equals != std::string::npos && key == "stride") {
      set_stride(number(key, value, 1));
    } else if (equals != std::string::npos && key == "pad") {
      set_pad(number(key, value, 0));
    } else if (std::find(activations.begin(), activations.end(), part) != activations.end()) {
      layer.activation = value_of<Activation>(part);
    } else {
      std::vector<std::string> words = activations;
      words.insert(words.end(), {"stride", "pad"});
      fail(fmt::format("found \"{}\"{}", part, did_you_mean(key, words)));
    }
  }
};

}  // namespace

std::vector<NpyLayer> parse_npy_layers(const std::string& text) {
  std::vector<NpyLayer> layers;
  int pools = 0;
  for (const std::string& word : split(text, ',')) {
    LayerWord current{word, {}};
    const std::vector<std::string> parts = split(word, ':');
    current.start(parts[0], pools);
    for (std::size_t i = 1; i < parts.size(); ++i) current.take(parts[i]);
    layers.push_back(current.layer);
  }
  return layers;
}

Shape parse_shape(const std::string& option, const std::string& text) {
  const std::vector<std::string> parts = split(text, 'x');
  if (parts.size() != 3)
    throw Error(ErrorKind::Usage,
                fmt::format("{}: found \"{}\", expected CHANNELSxHEIGHTxWIDTH, e.g. 1x28x28", option, text));
  const auto size = [&](int i) {
    return static_cast<int>(to_integer(option, parts[static_cast<std::size_t>(i)], 1, 1 << 16));
  };
  return {size(0), size(1), size(2)};
}

}  // namespace weft::app
