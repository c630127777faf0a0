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
#include <vector>

#include "model/base/worker_pool.hpp"
#include "model/data/dataset.hpp"
#include "model/network/kernels/kernel_set.hpp"
#include "model/network/train.hpp"

namespace {

constexpr int rounds = 5;
constexpr double target = 0.5;

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

void bench() {
  const weft::Dataset dataset = weft::load_data("fashion-mnist").train;
  weft::Network network =
      weft::make_mlp("lenet-300-100", {1, 28, 28}, {784, 300, 100, 10}, weft::Activation::Relu);
  weft::initialize(network, 1);
  weft::WorkerPool pool(0);
  const int threads = pool.threads();
  const double flops_per_epoch =
      6.0 * static_cast<double>(weft::count_synapses(network)) * static_cast<double>(dataset.size());
  std::printf("kernels %s, %d threads, %lld samples, medians of %d rounds\n", weft::kernels().name, threads,
              static_cast<long long>(dataset.size()), rounds);
  std::printf("%-34s %10s %10s %12s %12s\n", "", "wall s", "cpu s", "GFLOP/s", "per cpu s");

  weft::TrainParams params;
  params.epochs = 1;
  std::vector<double> product_rate, product_cpu_rate, product_wall, product_cpu;
  std::vector<double> epoch_rate, epoch_cpu_rate, epoch_wall, epoch_cpu, ratio, cpu_ratio;
  for (int round = 0; round < rounds; ++round) {
    double flops = 0;
    const Cost product = measure([&] { flops = multiply_everywhere(pool, 1536, 10); });
    product_wall.push_back(product.wall);
    product_cpu.push_back(product.cpu);
    product_rate.push_back(flops / product.wall * 1e-9);
    product_cpu_rate.push_back(flops / product.cpu * 1e-9);
    const Cost epoch = measure([&] { weft::train(network, dataset, params); });
    epoch_wall.push_back(epoch.wall);
    epoch_cpu.push_back(epoch.cpu);
    epoch_rate.push_back(flops_per_epoch / epoch.wall * 1e-9);
    epoch_cpu_rate.push_back(flops_per_epoch / epoch.cpu * 1e-9);
    ratio.push_back(epoch_rate.back() / product_rate.back());
    cpu_ratio.push_back(epoch_cpu_rate.back() / product_cpu_rate.back());
  }
  std::printf("%-34s %10.3f %10.3f %12.1f %12.1f\n", "square product 1536", median(product_wall),
              median(product_cpu), median(product_rate), median(product_cpu_rate));
  std::printf("%-34s %10.3f %10.3f %12.1f %12.1f\n", "epoch of LeNet-300-100, batch 128", median(epoch_wall),
              median(epoch_cpu), median(epoch_rate), median(epoch_cpu_rate));
  std::printf("%-34s %10s %10s %12.2f %12.2f   target %.2f: %s\n", "epoch over product", "", "",
              median(ratio), median(cpu_ratio), target, median(ratio) >= target ? "reached" : "missed");
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
