// The formats of the files that Weft writes anyway: report.json and .npz keep every bit of a number.
#include "app/reuse/entries.hpp"

#include <cstring>

namespace weft::app {
namespace {

constexpr char kReport = 'r', kRefusal = 'u';
const char* const kName = "cache";  // for messages that nobody sees

template <class Read>
auto guarded(const Read& read) -> std::optional<decltype(read())> {
  try {
    return read();
  } catch (const InputError&) {
    return std::nullopt;
  }
}

template <class T>
void take(std::optional<T>& to, const std::optional<T>& from) {
  if (from) to = from;
}

}  // namespace

Bytes to_bytes(const StageFigures& figures) {
  std::string text =
      figures.refusal.empty() ? kReport + format_report_json(figures.report) : kRefusal + figures.refusal;
  return Bytes(text.begin(), text.end());
}

Bytes to_bytes(const Network& network) {
  return format_npz(to_npz(network));
}

Bytes to_bytes(const FixedNetwork& network) {
  return format_npz(to_npz(network));
}

Bytes to_bytes(const Image& image) {
  return format_npz(to_npz(image));
}

Bytes to_bytes(double number) {
  Bytes bytes(sizeof number);
  std::memcpy(bytes.data(), &number, sizeof number);
  return bytes;
}

template <>
std::optional<StageFigures> from_bytes(const Bytes& bytes) {
  if (bytes.size() < 2) return std::nullopt;
  const std::string text(bytes.begin() + 1, bytes.end());
  if (bytes[0] == kRefusal) return StageFigures{{}, text};
  if (bytes[0] != kReport) return std::nullopt;
  return guarded([&] { return StageFigures{parse_report_json(text, kName), ""}; });
}

template <>
std::optional<Network> from_bytes(const Bytes& bytes) {
  return guarded([&] { return network_from_npz(parse_npz(bytes, kName), kName); });
}

template <>
std::optional<FixedNetwork> from_bytes(const Bytes& bytes) {
  return guarded([&] { return fixed_network_from_npz(parse_npz(bytes, kName), kName); });
}

template <>
std::optional<Image> from_bytes(const Bytes& bytes) {
  return guarded([&] { return image_from_npz(parse_npz(bytes, kName), kName); });
}

template <>
std::optional<double> from_bytes(const Bytes& bytes) {
  double number = 0;
  if (bytes.size() != sizeof number) return std::nullopt;
  std::memcpy(&number, bytes.data(), sizeof number);
  return number;
}

void merge(Report& report, const Report& stage) {
  if (stage.accuracy) {
    AccuracyReport& shares = report.accuracy ? *report.accuracy : report.accuracy.emplace();
    take(shares.dense, stage.accuracy->dense);
    take(shares.compressed, stage.accuracy->compressed);
    shares.samples = stage.accuracy->samples;
  }
  take(report.compression, stage.compression);
  take(report.utilization, stage.utilization);
  take(report.mapping, stage.mapping);
  take(report.fabric, stage.fabric);
  for (const auto& [name, digest] : stage.provenance.digests) report.provenance.digests[name] = digest;
  for (const auto& [name, seconds] : stage.stage_seconds) report.stage_seconds[name] = seconds;
}

}  // namespace weft::app
