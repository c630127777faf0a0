// Fixed-width little numbers and texts with their length before them, and the total length at the front, by
// which a result that was cut off is told from a whole one. Both ends are the same program on the same
// machine.
#include "sweep/result_pipe.hpp"

#include <cstring>

namespace weft::sweep {
namespace {

template <class T>
void put(std::string& bytes, T number) {
  bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
}

void put(std::string& bytes, const std::string& text) {
  put(bytes, static_cast<std::uint64_t>(text.size()));
  bytes += text;
}

struct Source {
  const std::string& bytes;
  std::size_t at = 0;
  bool good = true;

  template <class T>
  T take() {
    T number{};
    if (bytes.size() - at < sizeof number) good = false;
    if (!good) return number;
    std::memcpy(&number, bytes.data() + at, sizeof number);
    at += sizeof number;
    return number;
  }
  std::string text() {
    const auto size = take<std::uint64_t>();
    if (size > bytes.size() - at) good = false;
    if (!good) return "";
    at += size;
    return bytes.substr(at - size, size);
  }
};

}  // namespace

std::string pack(const PointResult& result) {
  std::string body;
  put(body, static_cast<std::uint8_t>(result.state));
  put(body, result.error);
  put(body, result.seconds);
  put(body, static_cast<std::uint64_t>(result.figures.size()));
  for (const Figure& figure : result.figures) {
    put(body, figure.name);
    put(body, static_cast<std::uint8_t>(figure.value.index()));
    if (const auto* whole = std::get_if<std::int64_t>(&figure.value)) put(body, *whole);
    if (const auto* number = std::get_if<double>(&figure.value)) put(body, *number);
    if (const auto* text = std::get_if<std::string>(&figure.value)) put(body, *text);
  }
  put(body, static_cast<std::uint64_t>(result.reuse.size()));
  for (const auto& [stage, counts] : result.reuse) {
    put(body, stage);
    put(body, counts.hits);
    put(body, counts.misses);
  }
  std::string bytes;
  put(bytes, body);
  return bytes;
}

std::optional<PointResult> unpack(const std::string& bytes) {
  Source outer{bytes};
  const std::string body = outer.text();
  if (!outer.good || outer.at != bytes.size()) return std::nullopt;
  Source source{body};
  PointResult result;
  result.state = static_cast<PointState>(source.take<std::uint8_t>());
  result.error = source.text();
  result.seconds = source.take<double>();
  const auto count = source.take<std::uint64_t>();
  for (std::uint64_t i = 0; i < count && source.good; ++i) {
    Figure& figure = result.figures.emplace_back();
    figure.name = source.text();
    const auto kind = source.take<std::uint8_t>();
    if (kind == 1) figure.value = source.take<std::int64_t>();
    if (kind == 2) figure.value = source.take<double>();
    if (kind == 3) figure.value = source.text();
  }
  const auto stages = source.take<std::uint64_t>();
  for (std::uint64_t i = 0; i < stages && source.good; ++i) {
    ReuseCounts& counts = result.reuse[source.text()];
    counts.hits = source.take<std::int64_t>();
    counts.misses = source.take<std::int64_t>();
  }
  if (!source.good) return std::nullopt;
  return result;
}

}  // namespace weft::sweep
