// The verifier finds each kind of damage: a sound result is damaged in one way, and that rule must speak.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "small_network.hpp"

namespace weft::compress {
namespace {

CompressParams plan() {
  CompressParams params;
  params.layers = {{"hidden", 5, 0.5}, {"out", 0, 0.5}};
  params.retrain.epochs = 0;
  params.final_epochs = 0;
  return params;
}

CompressResult sound() {
  return compress_network(small_network(), small_data(), plan());
}

// The rules that speak on a damaged result.
std::vector<std::string> rules(const std::function<void(CompressResult&)>& damage,
                               const CompressParams& params = plan()) {
  CompressResult result = sound();
  damage(result);
  std::vector<std::string> names;
  for (const Violation& violation : verify_compression(small_network(), result, params)) {
    names.push_back(violation.rule);
  }
  return names;
}

TEST(VerifyCompression, PassesASoundResult) {
  EXPECT_EQ(describe(verify_compression(small_network(), sound(), plan())), "");
}

TEST(VerifyCompression, ReportsAnExtraWeight) {
  const auto extra = [](const char* name) {
    return [name](CompressResult& result) {
      std::vector<float>& weights = projection_named(result.network, name).weights;
      *std::find(weights.begin(), weights.end(), 0.0f) = 0.5f;
    };
  };
  for (const char* name : {"hidden_a", "hidden_b", "out"}) {
    EXPECT_THAT(rules(extra(name)), testing::IsSupersetOf({"density", "figure"})) << name;
  }
}

TEST(VerifyCompression, ReportsAMissingWeightInTheFigures) {
  const auto damage = [](CompressResult& result) {
    std::vector<float>& weights = projection_named(result.network, "out").weights;
    *std::find_if(weights.begin(), weights.end(), [](float w) { return w != 0.0f; }) = 0.0f;
  };
  EXPECT_THAT(rules(damage), testing::Each("figure"));
  EXPECT_THAT(rules(damage), testing::Not(testing::IsEmpty()));
}

TEST(VerifyCompression, ReportsAWrongRank) {
  CompressParams params = plan();
  params.layers[0].rank = 4;
  EXPECT_THAT(rules([](CompressResult& result) { result.plan[0].rank = 4; }, params),
              testing::Contains("rank"));
}

TEST(VerifyCompression, ReportsANonlinearMiddle) {
  EXPECT_THAT(rules([](CompressResult& result) {
                population_named(result.network, "hidden_mid").activation = Activation::Relu;
              }),
              testing::ElementsAre("linear-middle"));
}

TEST(VerifyCompression, ReportsAPathThatTouchesTheMiddle) {
  EXPECT_THAT(rules([](CompressResult& result) {
                Projection& skip = projection_named(result.network, "skip");
                skip.source = PopulationId(2);  // hidden_mid
                skip.weights.assign(3 * 5, 0.0f);
              }),
              testing::Contains("linear-middle"));
}

TEST(VerifyCompression, ReportsAWeightThatCameBackFromZero) {
  Network before = small_network();
  projection_named(before, "skip").weights[4] = 0.0f;
  CompressResult result = compress_network(before, small_data(), plan());
  EXPECT_EQ(describe(verify_compression(before, result, plan())), "");
  projection_named(result.network, "skip").weights[4] = 1.0f;
  EXPECT_THAT(describe(verify_compression(before, result, plan())),
              testing::HasSubstr("mask at skip: 1 weights that were zero are not any more"));
}

TEST(VerifyCompression, ReportsAChangedForm) {
  const std::vector<std::function<void(CompressResult&)>> damages = {
      [](CompressResult& r) { population_named(r.network, "conv").activation = Activation::Tanh; },
      [](CompressResult& r) { population_named(r.network, "hidden").name = "other"; },
      [](CompressResult& r) {
        population_named(r.network, "hidden").shape = Shape{1, 3, 4};
        population_named(r.network, "hidden").bias = {0.1f};
      },
      [](CompressResult& r) { projection_named(r.network, "skip").name = "other"; },
      [](CompressResult& r) {
        Projection& skip = projection_named(r.network, "skip");
        skip.source = PopulationId(3);  // hidden
        skip.weights.assign(3 * 12, 0.1f);
      },
      [](CompressResult& r) { r.network.input_scale *= 2; },
  };
  for (std::size_t i = 0; i < damages.size(); ++i) {
    CompressResult result = sound();
    damages[i](result);
    EXPECT_THAT(rules(damages[i]), testing::Contains("form")) << "damage " << i;
  }
}

TEST(VerifyCompression, ReportsAPopulationOrProjectionThatThePlanDoesNotExplain) {
  CompressParams params = plan();
  params.layers[0].rank = 0;  // the result is factorized, the plan is not
  EXPECT_THAT(rules([](CompressResult& result) { result.plan[0].rank = 0; }, params),
              testing::Contains("form"));
}

TEST(VerifyCompression, ReportsAPlanThatIsNotTheOneAskedFor) {
  const std::vector<std::function<void(CompressResult&)>> damages = {
      [](CompressResult& r) { r.plan.pop_back(); }, [](CompressResult& r) { r.plan[0].rank += 1; },
      [](CompressResult& r) { r.plan[0].density /= 2; },
      [](CompressResult& r) { r.plan[0].projection = "skip"; }};
  for (std::size_t i = 0; i < damages.size(); ++i)
    EXPECT_THAT(rules(damages[i]), testing::Contains("plan")) << "damage " << i;
}

TEST(VerifyCompression, ReportsAChoiceThatSpendsMoreThanItsShare) {
  CompressParams params = plan();
  params.layers[0].rank = kAutoRank;  // factors of rank R and density D may be chosen within the share
  const double factors = params.layers[0].density * sound().plan[0].rank * (12 + 8);
  params.layers[0].density = factors / (12 * 8);
  EXPECT_THAT(rules([](CompressResult&) {}, params), testing::Not(testing::Contains("plan")));
  params.layers[0].density = (factors - 2) / (12 * 8);
  EXPECT_THAT(rules([](CompressResult&) {}, params), testing::Contains("plan"));
}

TEST(VerifyCompression, ReportsEachFalseFigure) {
  const std::vector<std::function<void(LayerReport&)>> damages = {
      [](LayerReport& r) { r.name = "other"; },
      [](LayerReport& r) { r.method = "dense"; },
      [](LayerReport& r) { r.rank += 1; },
      [](LayerReport& r) { r.synapses_before += 1; },
      [](LayerReport& r) { r.synapses_after -= 1; },
      [](LayerReport& r) { r.density += 1e-6; },
      [](LayerReport& r) { r.output_error += 1e-3; },
  };
  for (std::size_t i = 0; i < damages.size(); ++i) {
    for (const std::size_t layer : {1u, 3u}) {  // factorized and pruned
      EXPECT_THAT(rules([&](CompressResult& r) { damages[i](r.layers[layer]); }),
                  testing::ElementsAre("figure"))
          << "figure " << i << " of layer " << layer;
    }
  }
  EXPECT_THAT(rules([](CompressResult& r) { r.layers.pop_back(); }), testing::ElementsAre("figure"));
}

TEST(VerifyCompression, CountsAConvolutionAtEveryPositionInsideThePaddedSource) {
  Network before = small_network();
  Projection& conv = projection_named(before, "conv");
  conv.window.kernel_height = conv.window.kernel_width = 3;
  conv.window.stride_height = conv.window.stride_width = 2;
  conv.window.pad_height = conv.window.pad_width = 1;
  conv.weights.assign(2 * 9, 0.5f);
  ASSERT_EQ(describe(validate(before)), "");
  CompressParams params = plan();
  params.layers = {{"conv", 0, 0.5}};
  const CompressResult result = compress_network(before, small_data(), params);
  EXPECT_EQ(result.layers[0].synapses_before, 2 * (4 + 6 + 6 + 9));  // corner, edges, inside
  EXPECT_EQ(describe(verify_compression(before, result, params)), "");
}

TEST(VerifyCompression, ReportsAPlanForAnotherNetwork) {
  CompressParams params = plan();
  params.layers.push_back({"stranger", 0, 0.5});
  EXPECT_THAT(rules([](CompressResult&) {}, params), testing::ElementsAre("plan"));
}

TEST(VerifyCompression, ReportsABrokenNetworkAndStopsThere) {
  EXPECT_FALSE(
      rules([](CompressResult& r) { projection_named(r.network, "out").weights.pop_back(); }).empty());
}

}  // namespace
}  // namespace weft::compress
