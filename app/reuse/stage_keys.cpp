// A key names its stage first: two stages with equal inputs have different results.
#include "app/reuse/stage_keys.hpp"

#include "app/cli/command.hpp"
#include "model/base/files.hpp"
#include "model/network/kernels/kernel_set.hpp"

namespace weft::app {
namespace {

DigestBuilder begin(const char* stage, const Digest& program) {
  DigestBuilder builder;
  builder.add(std::string_view(stage)).add(program);
  return builder;
}

Digest with_settings(DigestBuilder builder, const FlowConfig& config, const char* name) {
  return builder.add(config.seed).add(std::string_view(section_text(config, name))).finish();
}

}  // namespace

std::string section_text(const FlowConfig& config, const std::string& name) {
  const std::string yaml = format_flow_config(config);
  const std::string head = "\n" + name + ":\n";
  const std::size_t found = yaml.find(head);
  if (found == std::string::npos) return "";
  const std::size_t begin = found + head.size();
  std::size_t end = begin;
  while (end < yaml.size() && yaml[end] == ' ') end = std::min(yaml.find('\n', end), yaml.size() - 1) + 1;
  return yaml.substr(begin, end - begin);
}

Digest program_digest() {
  DigestBuilder builder;
  builder.add(std::string_view(weft_version())).add(std::string_view(kernels().name));
  const Bytes program = read_file("/proc/self/exe");
  return builder.add_bytes(program.data(), program.size()).finish();
}

Digest start_key(const FlowConfig& config, const DataSplits& data) {
  DigestBuilder builder;
  if (!config.network.from.empty()) {
    const Bytes file = read_file(config.network.from);
    return builder.add(std::string_view("network file")).add_bytes(file.data(), file.size()).finish();
  }
  const Shape& shape = data.test.shape;
  builder.add(std::string_view("network")).add(shape.channels).add(shape.height).add(shape.width);
  return with_settings(std::move(builder.add(data.test.classes)), config, "network");
}

Digest train_key(const Digest& program, const FlowConfig& config, const Digest& start,
                 const DataDigests& data) {
  DigestBuilder builder = begin(config.train ? "train" : "network", program);
  return with_settings(std::move(builder.add(start).add(data.train)), config, "train");
}

Digest compress_key(const Digest& program, const FlowConfig& config, const Digest& network,
                    const DataDigests& data) {
  DigestBuilder builder = begin("compress", program);
  return with_settings(std::move(builder.add(network).add(data.train)), config, "compress");
}

Digest quantize_key(const Digest& program, const FlowConfig& config, const Digest& network,
                    const DataDigests& data) {
  DigestBuilder builder = begin("quantize", program);
  return with_settings(std::move(builder.add(network).add(data.train)), config, "quantize");
}

Digest map_key(const Digest& program, const FlowConfig& config, const Digest& fixed,
               const DataDigests& data) {
  DigestBuilder builder = begin("map", program);
  builder.add(fixed).add(std::string_view(format_fabric(mapped_part(config.fabric))));
  if (config.traffic == TrafficSource::Data) builder.add(data.train).add(config.quantize.calibration_samples);
  return with_settings(std::move(builder), config, "map");
}

Digest accuracy_key(const Digest& program, const Digest& network, const DataDigests& data) {
  return begin("accuracy", program).add(network).add(data.test).finish();
}

Fabric mapped_part(const Fabric& fabric) {
  Fabric part = fabric;
  part.constants.clear();
  const Fabric standard;
  part.clock_hz = standard.clock_hz;
  part.step = standard.step;
  part.energy = standard.energy;
  part.area = standard.area;
  part.core.output_queue = standard.core.output_queue;
  part.router.arbitration = standard.router.arbitration;
  part.router.buffer_depth = standard.router.buffer_depth;
  part.router.pipeline_cycles = standard.router.pipeline_cycles;
  part.router.link_cycles = standard.router.link_cycles;
  part.router.credit_cycles = standard.router.credit_cycles;
  return part;
}

}  // namespace weft::app
