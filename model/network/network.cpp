// The digest of a network and the names of its enumerations.
//
// The digest covers every field in the order of their declaration, behind a tag with the version of that
// order.
#include "model/network/network.hpp"

#include <string_view>

namespace weft {

Digest digest(const Network& network) {
  DigestBuilder builder;
  const auto add_int = [&builder](std::int64_t number) { builder.add(number); };
  builder.add(std::string_view("weft network 1")).add(std::string_view(network.name));
  builder.add(static_cast<double>(network.input_scale)).add(static_cast<double>(network.input_offset));
  add_int(static_cast<std::int64_t>(network.populations.size()));
  for (const Population& item : network.populations) {
    builder.add(std::string_view(item.name));
    for (const int extent : {item.shape.channels, item.shape.height, item.shape.width}) add_int(extent);
    add_int(static_cast<std::int64_t>(item.activation));
    builder.add_array(item.bias);
  }
  add_int(static_cast<std::int64_t>(network.projections.size()));
  for (const Projection& item : network.projections) {
    builder.add(std::string_view(item.name));
    add_int(item.source.value());
    add_int(item.target.value());
    add_int(static_cast<std::int64_t>(item.kind));
    const Window& w = item.window;
    for (const int number : {w.kernel_height, w.kernel_width, w.stride_height, w.stride_width, w.pad_height,
                             w.pad_width, item.groups}) {
      add_int(number);
    }
    builder.add_array(item.weights);
  }
  return builder.finish();
}

const char* to_string(Activation activation) {
  switch (activation) {
    case Activation::Linear:
      return "linear";
    case Activation::Relu:
      return "relu";
    case Activation::Sigmoid:
      return "sigmoid";
    case Activation::Tanh:
      return "tanh";
  }
  return "unknown";
}

const char* to_string(ProjectionKind kind) {
  switch (kind) {
    case ProjectionKind::Dense:
      return "dense";
    case ProjectionKind::Convolution:
      return "convolution";
    case ProjectionKind::AveragePool:
      return "average_pool";
    case ProjectionKind::MaxPool:
      return "max_pool";
  }
  return "unknown";
}

}  // namespace weft
