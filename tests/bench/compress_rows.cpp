// See compress_rows.hpp.
#include "tests/bench/compress_rows.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "compress/remove_unused.hpp"
#include "model/network/forward.hpp"
#include "model/network/network_npy.hpp"

namespace weft::bench {
namespace {

constexpr std::int64_t kHeldOut = 10000;

std::string mean_and_spread(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  char text[64];
  std::snprintf(text, sizeof text, "%6.2f (%.2f to %.2f)", sum / static_cast<double>(values.size()), *low,
                *high);
  return text;
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

NpyLayer layer(const char* name, Activation activation) {
  NpyLayer result;
  result.name = name;
  result.activation = activation;
  return result;
}

NpyLayer pool(const char* name) {
  NpyLayer result;
  result.name = name;
  result.pool = ProjectionKind::MaxPool;
  result.window = {2, 2, 2, 2, 0, 0};
  return result;
}

std::optional<Network> load(const char* name, std::vector<NpyLayer> layers) {
  const char* directory = std::getenv("WEFT_DATA");
  const auto source = std::filesystem::path(directory ? directory : "../shared/data") / "lenet-dense" / name;
  if (!std::filesystem::exists(source)) return std::nullopt;
  NpyNetworkParams npy;
  npy.layers = std::move(layers);
  return network_from_npy(source, npy);
}

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

Splits load_splits(const std::string& name) {
  DataSplits splits = load_data(name);
  const std::int64_t kept = splits.train.size() - kHeldOut;
  return {slice(splits.train, 0, kept), slice(splits.train, kept, kHeldOut), std::move(splits.test)};
}

Outcome outcome_of(const Network& dense, const Network& compressed, const Dataset& held_out,
                   const Dataset& test) {
  const Network small = compress::remove_unused(compressed);
  return {static_cast<double>(count_synapses(dense)) / static_cast<double>(count_synapses(small)),
          100 * (accuracy(dense, held_out) - accuracy(small, held_out)),
          100 * (accuracy(dense, test) - accuracy(small, test))};
}

void print_head() {
  std::printf("%-22s %-40s %7s %24s %24s\n", "", "", "ratio", "loss held out, points",
              "loss on test, points");
}

void print_row(const std::string& network, const std::string& method, const std::vector<Outcome>& seeds,
               const std::optional<Target>& target, double seconds) {
  std::vector<double> ratios, held_out, test;
  for (const Outcome& seed : seeds) {
    ratios.push_back(seed.ratio);
    held_out.push_back(seed.held_out_loss);
    test.push_back(seed.test_loss);
  }
  const double ratio = *std::min_element(ratios.begin(), ratios.end());
  std::printf("%-22s %-40s %7.1f %24s %24s", network.c_str(), method.c_str(), ratio,
              mean_and_spread(held_out).c_str(), mean_and_spread(test).c_str());
  if (target) {
    const bool lost = mean(test) > target->loss || (target->held_out && mean(held_out) > target->loss);
    std::printf("   >= %.0fx at <= %.1f%s: %s", target->ratio, target->loss,
                target->held_out ? " on both" : "", ratio >= target->ratio && !lost ? "reached" : "missed");
  }
  std::printf("   %zu seed%s, %.0f s\n", seeds.size(), seeds.size() == 1 ? "" : "s", seconds);
  std::fflush(stdout);
}

Clock::Clock() : start_ns_(now_ns()) {}
double Clock::seconds() const {
  return 1e-9 * static_cast<double>(now_ns() - start_ns_);
}

std::optional<Network> load_lenet300() {
  return load("lenet300100", {layer("ip1", Activation::Relu), layer("ip2", Activation::Relu),
                              layer("ip3", Activation::Linear)});
}

std::optional<Network> load_lenet5() {
  return load("lenet5",
              {layer("conv1", Activation::Linear), pool("pool1"), layer("conv2", Activation::Linear),
               pool("pool2"), layer("ip1", Activation::Relu), layer("ip2", Activation::Linear)});
}

}  // namespace weft::bench
