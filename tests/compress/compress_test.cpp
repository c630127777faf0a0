// The whole stage on small networks: the plan is met, the masks survive retraining, the figures are right.
#include "compress/compress.hpp"

#include <gtest/gtest.h>

#include "compress/density.hpp"
#include "matrices.hpp"
#include "model/network/forward.hpp"
#include "small_network.hpp"

namespace weft::compress {
namespace {

CompressParams combined_plan() {
  CompressParams params;
  params.layers = {{"hidden", 5, 0.5}, {"out", 2, 1}, {"conv", 0, 0.5}};
  params.prune_rounds = 3;
  params.retrain.epochs = 2;
  params.retrain.batch_size = 16;
  params.final_epochs = 3;
  return params;
}

struct Counting : Progress {
  std::int64_t last = 0, total = 0, calls = 0, stop_after = -1;
  bool ascending = true, same_total = true;
  void update(std::int64_t done, std::int64_t all) override {
    if (calls > 0) ascending = ascending && done >= last, same_total = same_total && all == total;
    last = done;
    total = all;
    ++calls;
  }
  bool stop_requested() const override { return stop_after >= 0 && calls >= stop_after; }
};

TEST(Compress, CarriesOutACombinedPlan) {
  const Network before = small_network();
  const CompressParams params = combined_plan();
  const CompressResult result = compress_network(before, small_data(), params);
  EXPECT_EQ(describe(validate(result.network)), "");
  EXPECT_EQ(describe(verify_compression(before, result, params)), "");
  EXPECT_FALSE(result.interrupted);
  EXPECT_EQ(nonzeros(projection_named(result.network, "hidden_a").weights), kept_weights(5 * 8, 0.5));
  EXPECT_EQ(nonzeros(projection_named(result.network, "hidden_b").weights), kept_weights(12 * 5, 0.5));
  EXPECT_EQ(nonzeros(projection_named(result.network, "out_a").weights), 2 * 12);
  EXPECT_EQ(nonzeros(projection_named(result.network, "conv").weights), 4);
  EXPECT_EQ(nonzeros(projection_named(result.network, "skip").weights), 3 * 8);
}

TEST(Compress, ReportsEachOriginalProjection) {
  const Network before = small_network();
  const CompressResult result = compress_network(before, small_data(), combined_plan());
  ASSERT_EQ(result.layers.size(), 4u);
  const LayerReport &conv = result.layers[0], &hidden = result.layers[1], &skip = result.layers[2],
                    &out = result.layers[3];
  EXPECT_EQ(conv.method, "pruned");
  EXPECT_EQ(conv.synapses_before, 8 * 4);  // 8 weights, each at 2 x 2 positions
  EXPECT_EQ(conv.synapses_after, 4 * 4);
  EXPECT_EQ(hidden.method, "factorized+pruned");
  EXPECT_EQ(hidden.rank, 5);
  EXPECT_EQ(hidden.synapses_before, 96);
  EXPECT_EQ(hidden.synapses_after, 20 + 30);
  EXPECT_DOUBLE_EQ(hidden.density, 0.5);
  EXPECT_EQ(skip.method, "dense");
  EXPECT_EQ(skip.synapses_after, 24);
  EXPECT_EQ(out.method, "factorized");
  EXPECT_EQ(out.synapses_after, 2 * 12 + 3 * 2);
  EXPECT_EQ(out.density, 1);
}

TEST(Compress, WithoutRetrainingKeepsTheLargestWeightsAsTheyWere) {
  const Network before = small_network();
  CompressParams params;
  params.layers = {{"hidden", 0, 0.25}};
  params.retrain.epochs = 0;
  params.final_epochs = 0;
  const CompressResult result = compress_network(before, small_data(), params);
  const std::vector<float> expected = pruned_by_magnitude(projection_named(before, "hidden").weights, 0.25);
  EXPECT_EQ(projection_named(result.network, "hidden").weights, expected);
  EXPECT_EQ(projection_named(result.network, "out").weights, projection_named(before, "out").weights);
  EXPECT_EQ(result.layers[2].output_error, 0);
}

TEST(Compress, OfFullRankWithoutRetrainingHasNoError) {
  CompressParams params;
  params.layers = {{"hidden", 8, 1}};
  params.final_epochs = 0;
  const Network before = small_network();
  const CompressResult result = compress_network(before, small_data(), params);
  EXPECT_LT(result.layers[1].output_error, 1e-6);
  EXPECT_EQ(describe(verify_compression(before, result, params)), "");
}

TEST(Compress, KeepsWhatWasPrunedBefore) {
  CompressParams first;
  first.clear_unused = false;  // the figure below counts what pruning left
  first.layers = {{"hidden", 0, 0.3}};
  first.retrain.batch_size = 16;
  const CompressResult once = compress_network(small_network(), small_data(), first);
  CompressParams second = first;
  second.layers = {{"out", 0, 0.5}};
  const CompressResult twice = compress_network(once.network, small_data(), second);
  const std::vector<float>& before = projection_named(once.network, "hidden").weights;
  const std::vector<float>& after = projection_named(twice.network, "hidden").weights;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i] == 0.0f) {
      EXPECT_EQ(after[i], 0.0f) << i;
    }
  }
  EXPECT_EQ(twice.layers[1].method, "dense");
  EXPECT_EQ(twice.layers[1].synapses_after, kept_weights(96, 0.3));
}

TEST(Compress, ClearsWhatNoOutputDependsOn) {
  CompressParams params;
  params.layers = {{"out", 0, 0.1}};  // four of the hidden neurons' weights at most
  params.prune_rounds = 1;
  params.final_epochs = 0;
  const CompressResult result = compress_network(small_network(), small_data(), params);
  EXPECT_LE(result.layers[1].synapses_after, 4 * 8);
  EXPECT_EQ(describe(verify_compression(small_network(), result, params)), "");
  params.clear_unused = false;
  const CompressResult whole = compress_network(small_network(), small_data(), params);
  EXPECT_EQ(whole.layers[1].synapses_after, 96);
  EXPECT_EQ(accuracy(whole.network, small_data()), accuracy(result.network, small_data()));
}

TEST(Compress, IsTheSameForTheSameSeedAndDiffersForAnother) {
  CompressParams params = combined_plan();
  const Digest first = digest(compress_network(small_network(), small_data(), params).network);
  EXPECT_EQ(digest(compress_network(small_network(), small_data(), params).network), first);
  params.retrain.threads = 3;
  EXPECT_EQ(digest(compress_network(small_network(), small_data(), params).network), first);
  params.retrain.seed = 2;
  EXPECT_NE(digest(compress_network(small_network(), small_data(), params).network), first);
}

TEST(Compress, DoesNotDependOnTheOrderOfThePlan) {
  CompressParams params = combined_plan();
  const Digest first = digest(compress_network(small_network(), small_data(), params).network);
  std::reverse(params.layers.begin(), params.layers.end());
  EXPECT_EQ(digest(compress_network(small_network(), small_data(), params).network), first);
}

TEST(Compress, TellsItsProgressOverAllRounds) {
  Counting progress;
  compress_network(small_network(), small_data(96), combined_plan(), &progress);
  EXPECT_TRUE(progress.ascending);
  EXPECT_TRUE(progress.same_total);
  EXPECT_EQ(progress.total, (2 * 2 + 3) * 6);  // two rounds of two epochs, three at the end, six batches each
  EXPECT_EQ(progress.last, progress.total);
}

TEST(Compress, ReturnsWhatItHasWhenStopped) {
  for (const std::int64_t calls : {0, 3, 14, 30}) {
    Counting progress;
    progress.stop_after = calls;
    const Network before = small_network();
    const CompressResult result = compress_network(before, small_data(), combined_plan(), &progress);
    EXPECT_TRUE(result.interrupted) << calls;
    EXPECT_EQ(describe(verify_compression(before, result, combined_plan())), "") << calls;
  }
}

TEST(Compress, LearnsAgainWhatPruningCost) {
  const Dataset data = small_data(240);
  Network network = small_network();
  initialize(network, 3);
  TrainParams train_params;
  train_params.batch_size = 16;
  train_params.learning_rate = 1e-2;
  network = train(network, data, train_params).network;
  CompressParams params = combined_plan();
  params.retrain.learning_rate = 1e-2;
  params.final_epochs = 6;
  const CompressResult result = compress_network(network, data, params);
  EXPECT_GT(accuracy(network, data), 0.98);
  EXPECT_GT(accuracy(result.network, data), 0.95);
}

}  // namespace
}  // namespace weft::compress
