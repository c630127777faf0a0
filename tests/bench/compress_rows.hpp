// What the benchmarks of compression share: rows of one table.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compress/compress.hpp"
#include "model/data/dataset.hpp"
#include "model/network/network.hpp"

namespace weft::bench {

// Nothing is fitted to `held_out`, the last 10,000 training samples: everything is chosen by it. The test
// samples give the last figure only.
struct Splits {
  Dataset train, held_out, test;
};
Splits load_splits(const std::string& name);

// What one seed gave: synapses of the dense network over those of the compressed one, and points of accuracy
// lost on held-out and on test samples.
struct Outcome {
  double ratio = 0, held_out_loss = 0, test_loss = 0;
};
// `held_out` too: the loss is to be kept on the held-out samples as well.
struct Target {
  double ratio = 0, loss = 0;
  bool held_out = false;
};

Outcome outcome_of(const Network& dense, const Network& compressed, const Dataset& held_out,
                   const Dataset& test);

void print_head();
// The least ratio of all seeds, the mean losses with the least and the greatest, and the verdict: reached
// where the least ratio and the mean loss are.
void print_row(const std::string& network, const std::string& method, const std::vector<Outcome>& seeds,
               const std::optional<Target>& target, double seconds);

// Seconds since it was made.
class Clock {
 public:
  Clock();
  double seconds() const;

 private:
  std::int64_t start_ns_;
};

// The published networks: LeNet-300-100 and LeNet-5 of WEFT_DATA or ../shared/data; nothing where they are
// not there.
std::optional<Network> load_lenet300();
std::optional<Network> load_lenet5();

// Each prints its rows. Quick ones take one seed instead of three.
void one_shot_rows(bool quick);            // LeNet-300-100 without retraining, each technique and both
void retrained_lenet300_rows(bool quick);  // MNIST
void retrained_lenet5_rows(bool quick);    // MNIST
void retrained_fashion_rows(bool quick);   // LeNet-300-100 trained here on Fashion-MNIST
void alexhead_one_shot_rows(
    bool quick);                       // fc6 of the three layers of AlexNet's form, each technique and both
void alexhead_tuned_rows(bool quick);  // fc6, then all three, retrained; cores
void alexhead_speed_row(bool quick);   // minutes and memory of one layer of 9216 x 4096

}  // namespace weft::bench
