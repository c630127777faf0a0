// What the cache holds of a stage, as bytes: its figures (or why nothing can hold the network), and apart
// from them its value, which most readers do not need.
#pragma once

#include <optional>
#include <string>

#include "model/base/files.hpp"
#include "model/fabric/image.hpp"
#include "model/network/fixed_network.hpp"
#include "model/network/network.hpp"
#include "model/report/report.hpp"

namespace weft::app {

struct StageFigures {
  Report report;        // what the stage put there, without accuracies and times
  std::string refusal;  // not empty: it ended with this Unacceptable error
};

Bytes to_bytes(const StageFigures& figures);
Bytes to_bytes(const Network& network);
Bytes to_bytes(const FixedNetwork& network);
Bytes to_bytes(const Image& image);
Bytes to_bytes(double number);

// Nothing where the bytes are not what to_bytes() gives.
template <class T>
std::optional<T> from_bytes(const Bytes& bytes);
template <>
std::optional<StageFigures> from_bytes(const Bytes& bytes);
template <>
std::optional<Network> from_bytes(const Bytes& bytes);
template <>
std::optional<FixedNetwork> from_bytes(const Bytes& bytes);
template <>
std::optional<Image> from_bytes(const Bytes& bytes);
template <>
std::optional<double> from_bytes(const Bytes& bytes);

// Puts what a stage found out into the report of its flow.
void merge(Report& report, const Report& stage);

}  // namespace weft::app
