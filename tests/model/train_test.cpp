// Training: steps against closed forms, and what must hold whatever the network: zeros that stay, results
// that do not depend on threads, errors that say what is wrong.
#include "model/network/train.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "model/network/forward.hpp"
#include "tests/model/expect_error.hpp"
#include "tests/model/network_examples.hpp"
#include "tests/model/training_steps.hpp"

namespace weft {
namespace {

using test::everything_network;
using test::gradient;
using test::one_step;
using test::parameters;
using test::random_dataset;

TEST(Adam, MovesEachParameterByTheRateInItsFirstStep) {
  Network network = everything_network();
  const Dataset dataset = random_dataset({2, 7, 6}, 3, 40, 8);
  const std::vector<double> g = gradient(network, dataset);
  TrainParams params = one_step(dataset);
  params.optimizer = Optimizer::Adam;
  params.learning_rate = 0.01;
  Network after = train(network, dataset, params).network;
  const std::vector<float*> from = parameters(network), to = parameters(after);
  for (std::size_t i = 0; i < from.size(); ++i) {
    if (std::abs(g[i]) < 1e-4) continue;  // there the rounding of g shows
    EXPECT_NEAR(*to[i] - *from[i], -0.01 * g[i] / (std::abs(g[i]) + 1e-8), 1e-5) << i;
  }
}

TEST(Adam, TakesItsSecondStepFromBothMoments) {
  Network network = everything_network();
  const Dataset dataset = random_dataset({2, 7, 6}, 3, 40, 8);
  TrainParams params = one_step(dataset);
  params.optimizer = Optimizer::Adam;
  params.learning_rate = 0.01;
  Network first = train(network, dataset, params).network;
  params.epochs = 2;
  Network second = train(network, dataset, params).network;
  const std::vector<double> g1 = gradient(network, dataset), g2 = gradient(first, dataset);
  const std::vector<float*> from = parameters(first), to = parameters(second);
  for (std::size_t i = 0; i < from.size(); ++i) {
    if (std::abs(g1[i]) < 1e-3) continue;
    const double m = (0.9 * 0.1 * g1[i] + 0.1 * g2[i]) / (1 - 0.81);
    const double v = (0.999 * 0.001 * g1[i] * g1[i] + 0.001 * g2[i] * g2[i]) / (1 - 0.999 * 0.999);
    EXPECT_NEAR(*to[i] - *from[i], -0.01 * m / (std::sqrt(v) + 1e-8), 2e-5) << i;
  }
}

TEST(Sgd, AddsMomentumInItsSecondStep) {
  Network network = everything_network();
  const Dataset dataset = random_dataset({2, 7, 6}, 3, 40, 8);
  TrainParams params = one_step(dataset);
  params.learning_rate = 0.1;
  params.momentum = 0.75;
  Network first = train(network, dataset, params).network;
  params.epochs = 2;
  Network second = train(network, dataset, params).network;
  const std::vector<double> g1 = gradient(network, dataset), g2 = gradient(first, dataset);
  const std::vector<float*> from = parameters(first), to = parameters(second);
  for (std::size_t i = 0; i < from.size(); ++i) {
    EXPECT_NEAR(*to[i] - *from[i], -0.1 * (0.75 * g1[i] + g2[i]), 2e-6) << i;
  }
}

TEST(WeightDecay, ShrinksWeightsAndLeavesBiasesAlone) {
  Network network = everything_network();
  const Dataset dataset = random_dataset({2, 7, 6}, 3, 40, 8);
  std::size_t biases = 0;
  for (const Population& item : network.populations) biases += item.bias.size();
  TrainParams params = one_step(dataset);
  params.learning_rate = 0.1;
  params.weight_decay = 0.5;
  Network after = train(network, dataset, params).network;
  const std::vector<double> g = gradient(network, dataset);
  const std::vector<float*> from = parameters(network), to = parameters(after);
  for (std::size_t i = 0; i < from.size(); ++i) {
    const double kept = static_cast<double>(*from[i]) * (i < biases ? 1 : 0.95);
    EXPECT_NEAR(*to[i], kept - 0.1 * g[i], 1e-6) << i;
  }
}

// With zero inputs the gradients of the first weights vanish and only the decay moves them: by the product of
// (1 - rate * decay), whatever the optimizer.
double decayed_share(Schedule schedule, Optimizer optimizer) {
  Network network = make_mlp("decay", {1, 1, 2}, {2, 2}, Activation::Relu);
  for (float& weight : network.projections[ProjectionId(0)].weights) weight = 1;
  network.populations[PopulationId(1)].bias = {0.5f, 0.5f};
  Dataset dataset = random_dataset({1, 1, 2}, 2, 1, 1);
  dataset.samples = {0, 0};
  TrainParams params;
  params.epochs = 4;
  params.optimizer = optimizer;
  params.schedule = schedule;
  params.learning_rate = 0.5;
  params.weight_decay = 0.2;
  const Network after = train(network, dataset, params).network;
  const std::vector<float>& weights = after.projections[ProjectionId(0)].weights;
  EXPECT_EQ(weights, std::vector<float>(4, weights[0]));
  return static_cast<double>(weights[0]);
}

TEST(Schedule, ScalesTheDecayOfEachStep) {
  const double pi = std::acos(-1.0);
  double cosine = 1;
  for (int step = 0; step < 4; ++step) cosine *= 1 - 0.1 * 0.5 * (1 + std::cos(pi * step / 4));
  for (const Optimizer optimizer : {Optimizer::Sgd, Optimizer::Adam}) {
    EXPECT_NEAR(decayed_share(Schedule::Constant, optimizer), std::pow(0.9, 4), 1e-6);
    EXPECT_NEAR(decayed_share(Schedule::Step, optimizer), 0.9 * 0.9 * 0.99 * 0.999, 1e-6);
    EXPECT_NEAR(decayed_share(Schedule::Cosine, optimizer), cosine, 1e-6);
  }
}

class KeepZeros : public testing::TestWithParam<Optimizer> {};

TEST_P(KeepZeros, KeepsExactlyTheZerosOnEntry) {
  Network network = everything_network();
  for (Projection& item : network.projections) {
    for (std::size_t i = 0; i < item.weights.size(); i += 3) item.weights[i] = 0;
  }
  const Dataset dataset = random_dataset({2, 7, 6}, 3, 300, 8);
  TrainParams params;
  params.optimizer = GetParam();
  params.epochs = 3;
  params.batch_size = 64;
  params.learning_rate = 0.02;
  params.weight_decay = 0.01;
  const Network kept = train(network, dataset, params).network;
  params.keep_zeros = false;
  const Network freed = train(network, dataset, params).network;
  for (std::uint32_t p = 0; p < network.projections.size(); ++p) {
    const ProjectionId id(p);
    std::size_t moved = 0;
    for (std::size_t i = 0; i < network.projections[id].weights.size(); ++i) {
      const bool zero = network.projections[id].weights[i] == 0;
      EXPECT_EQ(kept.projections[id].weights[i] == 0, zero) << network.projections[id].name << " " << i;
      moved += zero && freed.projections[id].weights[i] != 0 ? 1 : 0;
    }
    EXPECT_EQ(moved > 0, !network.projections[id].weights.empty()) << network.projections[id].name;
  }
}

INSTANTIATE_TEST_SUITE_P(Both, KeepZeros, testing::Values(Optimizer::Sgd, Optimizer::Adam));

// Wide enough for the way that visits single weights, of two shards and a rest.
Network network_of_few_weights() {
  Network network = make_mlp("few", {1, 8, 9}, {72, 70, 3}, Activation::Relu);
  test::randomize(network, 4, 0.9);
  std::vector<float>& weights = network.projections[ProjectionId(0)].weights;
  for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = i % 13 == 5 ? weights[i] : 0.0f;
  return network;
}

TEST(FewWeights, StayFewAndTheSameForAnyNumberOfThreads) {
  const Network network = network_of_few_weights();
  const Dataset dataset = random_dataset({1, 8, 9}, 3, 333, 8);
  TrainParams params;
  params.epochs = 2;
  params.batch_size = 75;
  params.weight_decay = 0.1;
  params.threads = 1;
  const Network one = train(network, dataset, params).network;
  params.threads = 3;
  EXPECT_EQ(digest(train(network, dataset, params).network).hex(), digest(one).hex());
  std::size_t moved = 0;
  for (std::size_t i = 0; i < network.projections[ProjectionId(0)].weights.size(); ++i) {
    const float before = network.projections[ProjectionId(0)].weights[i];
    const float after = one.projections[ProjectionId(0)].weights[i];
    ASSERT_EQ(before == 0, after == 0) << i;
    moved += before != after ? 1 : 0;
  }
  EXPECT_GT(moved, 380u);
}

TEST(FewWeights, AreFreedWithAllOthersWhereZerosAreNotKept) {
  const Network network = network_of_few_weights();
  TrainParams params;
  params.keep_zeros = false;
  params.epochs = 1;
  const Network after = train(network, random_dataset({1, 8, 9}, 3, 100, 8), params).network;
  EXPECT_GT(count_synapses(after), 4 * count_synapses(network));
}

TEST(FewWeights, StayAsTheyAreWhereFrozen) {
  const Network network = network_of_few_weights();
  TrainParams params;
  params.epochs = 1;
  params.frozen = {"fc1"};
  const Network after = train(network, random_dataset({1, 8, 9}, 3, 100, 8), params).network;
  EXPECT_EQ(after.projections[ProjectionId(0)].weights, network.projections[ProjectionId(0)].weights);
  EXPECT_NE(after.projections[ProjectionId(1)].weights, network.projections[ProjectionId(1)].weights);
}

TEST(Train, LeavesWhatIsFrozenAndMovesTheRest) {
  const Network network = everything_network();
  const Dataset dataset = random_dataset({2, 7, 6}, 3, 40, 8);
  TrainParams params = one_step(dataset);
  params.optimizer = Optimizer::Adam;
  params.learning_rate = 0.01;
  for (const Projection& projection : network.projections) {
    if (projection.weights.empty()) continue;
    const std::string bias_of = network.populations[projection.target].name;
    params.frozen = {projection.name, bias_of};
    const Network after = train(network, dataset, params).network;
    for (std::size_t i = 0; i < network.projections.size(); ++i) {
      const ProjectionId id(static_cast<std::uint32_t>(i));
      const Projection &was = network.projections[id], &is = after.projections[id];
      if (was.weights.empty()) continue;
      if (was.name == projection.name || was.name == bias_of) {  // a name may be of both kinds
        EXPECT_EQ(is.weights, was.weights) << was.name;
      } else {
        EXPECT_NE(is.weights, was.weights) << was.name;
      }
    }
    EXPECT_EQ(after.populations[projection.target].bias, network.populations[projection.target].bias);
  }
}

TEST(Train, RefusesToFreezeWhatIsNotThere) {
  TrainParams params;
  params.frozen = {"nobody"};
  EXPECT_EQ(input_error_of([&] {
              train(everything_network(), random_dataset({2, 7, 6}, 3, 4, 8), params);
            }),
            "found 'nobody' among what stays as it is, expected projections and populations of the network");
}

TEST(Train, DoesNotDependOnTheNumberOfThreads) {
  const Dataset dataset = random_dataset({2, 7, 6}, 3, 333, 8);
  TrainParams params;
  params.epochs = 2;
  params.batch_size = 100;
  params.threads = 1;
  const TrainResult one = train(everything_network(), dataset, params);
  for (const int threads : {2, 3}) {
    params.threads = threads;
    const TrainResult more = train(everything_network(), dataset, params);
    EXPECT_EQ(digest(more.network).hex(), digest(one.network).hex());
    EXPECT_EQ(more.epochs[1].loss, one.epochs[1].loss);
  }
}

TEST(Train, OfWideLayersDoesNotDependOnTheNumberOfThreads) {
  const Dataset dataset = random_dataset({1, 40, 50}, 10, 130, 8);
  Network network = make_mlp("wide", {1, 40, 50}, {2000, 130, 10}, Activation::Relu);
  initialize(network, 4);
  TrainParams params;
  params.epochs = 1;
  params.threads = 1;
  const TrainResult one = train(network, dataset, params);
  params.threads = 3;
  EXPECT_EQ(digest(train(network, dataset, params).network).hex(), digest(one.network).hex());
}

TEST(Train, DependsOnTheSeed) {
  const Dataset dataset = random_dataset({2, 7, 6}, 3, 300, 8);
  TrainParams params;
  params.epochs = 1;
  const Digest one = digest(train(everything_network(), dataset, params).network);
  EXPECT_EQ(digest(train(everything_network(), dataset, params).network).hex(), one.hex());
  params.seed = 2;
  EXPECT_NE(digest(train(everything_network(), dataset, params).network).hex(), one.hex());
}

TEST(Train, RecordsTheLossAndAccuracyOfEachEpoch) {
  Network network = make_mlp("zeros", {1, 1, 3}, {3, 4}, Activation::Relu);
  Dataset dataset = random_dataset({1, 1, 3}, 4, 10, 1);
  dataset.labels = {0, 1, 2, 3, 0, 0, 0, 1, 1, 1};
  TrainParams params;
  params.epochs = 3;
  params.learning_rate = 0;
  params.batch_size = 4;
  const TrainResult result = train(network, dataset, params);
  ASSERT_EQ(result.epochs.size(), 3u);
  for (int epoch = 0; epoch < 3; ++epoch) {
    EXPECT_EQ(result.epochs[static_cast<std::size_t>(epoch)].epoch, epoch);
    EXPECT_NEAR(result.epochs[static_cast<std::size_t>(epoch)].loss, std::log(4.0), 1e-6);
    EXPECT_NEAR(result.epochs[static_cast<std::size_t>(epoch)].accuracy, 0.4, 1e-12);
  }
  EXPECT_EQ(digest(result.network).hex(), digest(network).hex());
}

struct StopAfter : Progress {
  explicit StopAfter(std::int64_t count) : limit(count) {}
  void update(std::int64_t now, std::int64_t all) override {
    EXPECT_EQ(now, done + 1);
    done = now;
    total = all;
  }
  bool stop_requested() const override { return done >= limit; }
  std::int64_t limit, done = 0, total = 0;
};

TEST(Train, StopsWhenAskedTo) {
  const Dataset dataset = random_dataset({2, 7, 6}, 3, 100, 8);
  TrainParams params;
  params.epochs = 5;
  params.batch_size = 30;
  StopAfter in_second_epoch(6), at_an_end(8), never(1000);
  TrainResult result = train(everything_network(), dataset, params, &in_second_epoch);
  EXPECT_TRUE(result.interrupted);
  EXPECT_EQ(result.epochs.size(), 1u);
  EXPECT_EQ(in_second_epoch.done, 6);
  EXPECT_EQ(in_second_epoch.total, 20);
  result = train(everything_network(), dataset, params, &at_an_end);
  EXPECT_TRUE(result.interrupted);
  EXPECT_EQ(result.epochs.size(), 2u);
  result = train(everything_network(), dataset, params, &never);
  EXPECT_FALSE(result.interrupted);
  EXPECT_EQ(never.done, 20);
}

TEST(Train, SaysWhenItDiverges) {
  const Dataset dataset = random_dataset({2, 7, 6}, 3, 100, 8);
  TrainParams params;
  params.optimizer = Optimizer::Sgd;
  params.learning_rate = 1e30;
  try {
    train(everything_network(), dataset, params);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::Unacceptable);
    EXPECT_EQ(std::string(error.what()).find("the loss is no longer finite in epoch "), 0u) << error.what();
  }
}

TEST(Train, RefusesWhatItCannotUse) {
  const Network network = everything_network();
  const Dataset dataset = random_dataset({2, 7, 6}, 3, 4, 8);
  const auto error_of = [&](const std::function<void(Network&, Dataset&, TrainParams&)>& change) {
    Network n = network;
    Dataset d = dataset;
    TrainParams p;
    change(n, d, p);
    return input_error_of([&] { train(n, d, p); });
  };
  EXPECT_EQ(error_of([](auto&, auto& d, auto&) {
              d = random_dataset({1, 7, 6}, 3, 4, 8);
            }),
            "random: found samples of 1x7x6, expected 2x7x6, the input of network everything");
  EXPECT_EQ(error_of([](auto&, auto& d, auto&) { d = slice(d, 0, 0); }),
            "random: found no samples, expected at least one to train on");
  EXPECT_EQ(error_of([](auto&, auto& d, auto&) { d.labels[2] = 3; }),
            "random: found label 3, expected labels below 3, the outputs of network everything");
  EXPECT_EQ(error_of([](auto& n, auto&, auto&) { n.populations[PopulationId(1)].bias.pop_back(); }),
            "the network to train is not valid: bias-count at conv1: 3 biases for 4 channels\n");
  EXPECT_EQ(error_of([](auto&, auto&, auto& p) { p.epochs = -1; }), "found -1 epochs, expected 0 or more");
  EXPECT_EQ(error_of([](auto&, auto&, auto& p) { p.batch_size = 0; }),
            "found a batch size of 0, expected 1 or more");
  EXPECT_EQ(error_of([](auto&, auto&, auto& p) { p.learning_rate = -1; }),
            "found a learning rate of -1.000000, expected a number of 0 or more");
  EXPECT_EQ(error_of([](auto&, auto&, auto& p) { p.momentum = 1; }),
            "found a momentum of 1.000000, expected 0 to less than 1");
  EXPECT_EQ(error_of([](auto&, auto&, auto& p) { p.weight_decay = -1; }),
            "found a weight decay of -1.000000, expected a number of 0 or more");
}

TEST(Train, LearnsFashionMnistFromAFewSamples) {
  DataSplits data;
  try {
    data = load_data("fashion-mnist");
  } catch (const InputError& error) {
    GTEST_SKIP() << error.what();
  }
  Network network = make_mlp("lenet-300-100", {1, 28, 28}, {784, 300, 100, 10}, Activation::Relu);
  initialize(network, 1);
  TrainParams params;
  params.epochs = 5;
  const Network trained = train(network, slice(data.train, 0, 2000), params).network;
  EXPECT_GT(accuracy(trained, slice(data.test, 0, 1000)), 0.75);
}

TEST(TrainFull, BringsLenet300100ToEightyEightPercentOnFashionMnist) {
  DataSplits data;
  try {
    data = load_data("fashion-mnist");
  } catch (const InputError& error) {
    GTEST_SKIP() << error.what();
  }
  Network network = make_mlp("lenet-300-100", {1, 28, 28}, {784, 300, 100, 10}, Activation::Relu);
  initialize(network, 1);
  EXPECT_GT(accuracy(train(network, data.train, {}).network, data.test), 0.88);
}

TEST(TrainFull, BringsLenet5ToNinetyEightPercentOnMnist) {
  const auto directory = test::data_directory();
  if (!directory) GTEST_SKIP() << "no data folder (WEFT_DATA)";
  const DataSplits data = load_data("mnist", *directory);
  Network network = make_lenet5("lenet-5");
  initialize(network, 1);
  TrainParams params;
  params.epochs = 2;
  EXPECT_GT(accuracy(train(network, data.train, params).network, data.test), 0.98);
}

}  // namespace
}  // namespace weft
