// How fast training is, as a share of what the machine's matrix products reach.
//
// Both are measured in the same run, in turns, so that a machine that is busy or clocks down disturbs both
// alike. The rate of products is that of a large square product with the same kernels on all cores. An epoch
// of LeNet-300-100 counts 6 operations per weight and sample: a multiplication and an addition each for the
// way forward, the gradients by the values and those by the weights (the first layer needs none of the second
// kind, which the count ignores, as is usual).
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <vector>

#include "model/base/worker_pool.hpp"
#include "model/data/dataset.hpp"
#include "model/network/kernels/kernel_set.hpp"
#include "model/network/train.hpp"

namespace {

constexpr int rounds = 5;

double wall_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double median(std::vector<double> items) {
  std::sort(items.begin(), items.end());
  return items[items.size() / 2];
}

struct Cost {
  double wall = 0, cpu = 0;
};

template <class Act>
Cost measure(Act act) {
  const double wall = wall_seconds(), cpu = cpu_seconds();
  act();
  return {wall_seconds() - wall, cpu_seconds() - cpu};
}

// Each core multiplies its own pair of matrices.
double multiply_everywhere(weft::WorkerPool& pool, int size, int repeats) {
  const std::size_t count = static_cast<std::size_t>(size) * static_cast<std::size_t>(size);
  const std::vector<float> a(count, 0.5f), b(count, 0.25f);
  std::vector<std::vector<float>> c(static_cast<std::size_t>(pool.threads()), std::vector<float>(count));
  pool.run(pool.threads(), [&](int index) {
    for (int i = 0; i < repeats; ++i) {
      weft::gemm(size, size, size, {a.data(), size, false}, {b.data(), size, false},
                 c[static_cast<std::size_t>(index)].data(), size);
    }
  });
  return 2.0 * size * size * size * repeats * pool.threads();
}

// Rates of one kind of work over the rounds.
struct Series {
  std::vector<double> wall, cpu, rate, cpu_rate;

  void add(double flops, const Cost& cost) {
    wall.push_back(cost.wall);
    cpu.push_back(cost.cpu);
    rate.push_back(flops / cost.wall * 1e-9);
    cpu_rate.push_back(flops / cost.cpu * 1e-9);
  }
  void print(const char* name) const {
    std::printf("%-34s %10.3f %10.3f %12.1f %12.1f\n", name, median(wall), median(cpu), median(rate),
                median(cpu_rate));
  }
};

std::vector<double> ratios(const std::vector<double>& above, const std::vector<double>& below) {
  std::vector<double> result;
  for (std::size_t i = 0; i < above.size(); ++i) result.push_back(above[i] / below[i]);
  return result;
}

// Multiplications and additions of one sample: one synapse, forward and in both gradients.
double flops_per_sample(const weft::Network& network) {
  double synapses = 0;
  for (std::uint32_t i = 0; i < network.projections.size(); ++i) {
    const weft::ProjectionId id(i);
    if (!network.projections[id].weights.empty()) {
      synapses += static_cast<double>(weft::count_synapses(network, id));
    }
  }
  return 6 * synapses;
}

void compare(const char* name, weft::Network network, const weft::Dataset& dataset, weft::WorkerPool& pool,
             double target /* 0: none */) {
  weft::initialize(network, 1);
  weft::TrainParams params;
  params.epochs = 1;
  Series product, epoch;
  for (int round = 0; round < rounds; ++round) {
    double flops = 0;
    const Cost product_cost = measure([&] { flops = multiply_everywhere(pool, 1536, 10); });
    product.add(flops, product_cost);
    const Cost epoch_cost = measure([&] { weft::train(network, dataset, params); });
    epoch.add(flops_per_sample(network) * static_cast<double>(dataset.size()), epoch_cost);
  }
  product.print("square product 1536");
  epoch.print(name);
  const double ratio = median(ratios(epoch.rate, product.rate));
  std::printf("%-34s %10s %10s %12.2f %12.2f", "  epoch over product", "", "", ratio,
              median(ratios(epoch.cpu_rate, product.cpu_rate)));
  if (target > 0) std::printf("   target %.2f: %s", target, ratio >= target ? "reached" : "missed");
  std::printf("\n");
}

// The same network with one weight in 60 left in its two large layers.
void compare_sparse(const weft::Dataset& dataset) {
  weft::Network network =
      weft::make_mlp("lenet-300-100", {1, 28, 28}, {784, 300, 100, 10}, weft::Activation::Relu);
  weft::initialize(network, 1);
  weft::TrainParams params;
  params.epochs = 1;
  const double whole = measure([&] { weft::train(network, dataset, params); }).wall;
  for (const std::uint32_t layer : {0u, 1u}) {
    std::vector<float>& weights = network.projections[weft::ProjectionId(layer)].weights;
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = i % 60 == 0 ? weights[i] : 0.0f;
  }
  const double sparse = measure([&] { weft::train(network, dataset, params); }).wall;
  std::printf("%-34s %10.3f %10s %11.1fx\n", "  the same with 1 weight in 60", sparse, "", whole / sparse);
}

void bench() {
  const weft::Dataset dataset = weft::load_data("fashion-mnist").train;
  weft::WorkerPool pool(0);
  std::printf("Fashion-MNIST, batch 128, kernels %s, %d threads, medians of %d rounds\n",
              weft::kernels().name, pool.threads(), rounds);
  std::printf("%-34s %10s %10s %12s %12s\n", "", "wall s", "cpu s", "GFLOP/s", "per cpu s");
  compare("epoch of LeNet-300-100",
          weft::make_mlp("lenet-300-100", {1, 28, 28}, {784, 300, 100, 10}, weft::Activation::Relu), dataset,
          pool, 0.5);
  compare_sparse(dataset);
  compare("6,000 samples of LeNet-5", weft::make_lenet5("lenet-5"), weft::slice(dataset, 0, 6000), pool, 0);
}

}  // namespace

int main() {
  try {
    bench();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
