// The kernels of every instruction set that this machine runs, against plain loops and against each other.
#include "model/network/kernels/kernel_set.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <set>
#include <string>

#include "model/base/random.hpp"

namespace weft {
namespace {

std::vector<float> draws(std::size_t count, std::uint64_t seed, double scale = 1) {
  Random random(seed);
  std::vector<float> items(count);
  for (float& item : items) item = static_cast<float>(random.uniform(-scale, scale));
  return items;
}

struct Size {
  std::int64_t rows, columns, depth;
};

// Products of all shapes and transpositions that a kernel treats differently, inside of larger matrices.
TEST(Gemm, EqualsPlainLoopsInEverySet) {
  const std::vector<Size> sizes = {{1, 1, 1},   {1, 40, 30}, {40, 1, 30},  {3, 4, 5},     {17, 33, 1},
                                   {48, 16, 8}, {5, 100, 7}, {50, 47, 65}, {33, 129, 300}};
  for (const KernelSet* set : runnable_kernel_sets()) {
    for (const Size& size : sizes) {
      for (int flags = 0; flags < 8; ++flags) {
        const bool a_turned = (flags & 1) != 0, b_turned = (flags & 2) != 0, accumulate = (flags & 4) != 0;
        const std::int64_t a_stride = (a_turned ? size.rows : size.depth) + 3;
        const std::int64_t b_stride = (b_turned ? size.depth : size.columns) + 5, c_stride = size.columns + 2;
        const auto a = draws(static_cast<std::size_t>(a_stride * (a_turned ? size.depth : size.rows)), 1);
        const auto b = draws(static_cast<std::size_t>(b_stride * (b_turned ? size.columns : size.depth)), 2);
        auto c = draws(static_cast<std::size_t>(c_stride * size.rows), 3);
        const auto before = c;
        set->gemm(size.rows, size.columns, size.depth, {a.data(), a_stride, a_turned},
                  {b.data(), b_stride, b_turned}, c.data(), c_stride, accumulate);
        for (std::int64_t i = 0; i < size.rows; ++i) {
          for (std::int64_t j = 0; j < c_stride; ++j) {
            const auto at = static_cast<std::size_t>(i * c_stride + j);
            if (j >= size.columns) {
              ASSERT_EQ(c[at], before[at]) << "written beside the result";
              continue;
            }
            double sum = accumulate ? static_cast<double>(before[at]) : 0.0;
            for (std::int64_t k = 0; k < size.depth; ++k) {
              sum += static_cast<double>(
                         a[static_cast<std::size_t>(a_turned ? k * a_stride + i : i * a_stride + k)]) *
                     static_cast<double>(
                         b[static_cast<std::size_t>(b_turned ? j * b_stride + k : k * b_stride + j)]);
            }
            ASSERT_NEAR(c[at], sum, 1e-4) << set->name << " " << size.rows << "x" << size.columns << "x"
                                          << size.depth << " flags " << flags;
          }
        }
      }
    }
  }
}

TEST(Gemm, OfDepthZeroIsZero) {
  for (const KernelSet* set : runnable_kernel_sets()) {
    std::vector<float> c = {1, 2, 3, 4};
    set->gemm(2, 2, 0, {nullptr, 1, false}, {nullptr, 1, false}, c.data(), 2, true);
    EXPECT_EQ(c, (std::vector<float>{1, 2, 3, 4}));
    set->gemm(2, 2, 0, {nullptr, 1, false}, {nullptr, 1, false}, c.data(), 2, false);
    EXPECT_EQ(c, std::vector<float>(4, 0.0f));
  }
}

TEST(Gemm, DoesNotDependOnWhereTheOperandsLie) {
  for (const Size& size : {Size{1, 37, 53}, Size{37, 1, 53}, Size{4, 3, 5}, Size{33, 50, 70}}) {
    for (const bool b_turned : {false, true}) {
      const auto a = draws(static_cast<std::size_t>(size.rows * size.depth), 1);
      const auto b = draws(static_cast<std::size_t>(size.columns * size.depth), 2);
      std::vector<float> expected;
      for (std::size_t shift = 0; shift < 16; ++shift) {
        std::vector<float> a_moved(shift), b_moved(shift),
            c(shift + static_cast<std::size_t>(size.rows * size.columns));
        a_moved.insert(a_moved.end(), a.begin(), a.end());
        b_moved.insert(b_moved.end(), b.begin(), b.end());
        gemm(size.rows, size.columns, size.depth, {a_moved.data() + shift, size.depth, false},
             {b_moved.data() + shift, b_turned ? size.depth : size.columns, b_turned}, c.data() + shift,
             size.columns);
        c.erase(c.begin(), c.begin() + static_cast<std::ptrdiff_t>(shift));
        if (shift == 0) expected = c;
        ASSERT_EQ(c, expected) << "shifted by " << shift;
      }
    }
  }
}

TEST(Activate, IsRightToSevenDigitsOverTheWholeRange) {
  std::vector<float> inputs;
  for (double x = -100; x <= 100; x += 0.0137) inputs.push_back(static_cast<float>(x));
  for (double x = 1e-6; x < 1; x *= 1.3) inputs.push_back(static_cast<float>(x));
  const auto count = static_cast<std::int64_t>(inputs.size());
  for (const KernelSet* set : runnable_kernel_sets()) {
    std::vector<float> sigmoid = inputs, tanh = inputs;
    set->activate(sigmoid.data(), 1, 1, count, nullptr, 2);
    set->activate(tanh.data(), 1, 1, count, nullptr, 3);
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const double x = static_cast<double>(inputs[i]);
      const double expected = 1 / (1 + std::exp(-x));
      ASSERT_NEAR(sigmoid[i], expected, 4e-7 * expected + 1e-37) << x;
      ASSERT_NEAR(tanh[i], std::tanh(x), 4e-7 * std::abs(std::tanh(x))) << x;
    }
  }
}

TEST(SoftmaxCrossEntropy, HoldsUpForHugeOutputs) {
  for (const KernelSet* set : runnable_kernel_sets()) {
    const std::vector<float> outputs = {1e30f, -1e30f, 0, 5, 5, 5};
    const std::vector<std::uint16_t> labels = {0, 2};
    std::vector<float> delta(6);
    std::int64_t hits = 0;
    const double loss =
        set->softmax_cross_entropy(outputs.data(), labels.data(), 2, 3, 1, delta.data(), &hits);
    EXPECT_NEAR(loss, std::log(3.0), 1e-6);
    EXPECT_EQ(hits, 1);
    EXPECT_NEAR(delta[0], 0, 1e-6);
    EXPECT_NEAR(delta[5], -2.0 / 3, 1e-6);
  }
}

TEST(SoftmaxCrossEntropy, ShowsWhatIsNotANumber) {
  for (const KernelSet* set : runnable_kernel_sets()) {
    for (std::size_t at = 0; at < 3; ++at) {
      std::vector<float> outputs = {1, 2, 3}, delta(3);
      outputs[at] = std::numeric_limits<float>::quiet_NaN();
      const std::uint16_t label = 1;
      std::int64_t hits = 0;
      EXPECT_FALSE(
          std::isfinite(set->softmax_cross_entropy(outputs.data(), &label, 1, 3, 1, delta.data(), &hits)));
    }
  }
}

// Everything but gemm, on sizes that leave a rest after the last full vector; returns all that was computed.
std::vector<float> run_all(const KernelSet& set) {
  std::vector<float> results;
  const auto keep = [&results](const std::vector<float>& items) {
    results.insert(results.end(), items.begin(), items.end());
  };
  const std::int64_t rows = 3, channels = 5, positions = 37, count = rows * channels * positions;
  const auto size = static_cast<std::size_t>(count);
  const auto bias = draws(static_cast<std::size_t>(count), 1);
  for (int activation = 0; activation < 4; ++activation) {
    auto values = draws(size, 2, 3), flat = draws(size, 3, 3), delta = draws(size, 4);
    set.activate(values.data(), rows, channels, positions, bias.data(), activation);
    set.activate(flat.data(), rows, channels * positions, 1, bias.data(), activation);
    set.activation_gradient(values.data(), delta.data(), count, activation);
    keep(values);
    keep(flat);
    keep(delta);
  }
  std::vector<std::uint8_t> bytes(size), mask(size);
  for (std::size_t i = 0; i < size; ++i) {
    bytes[i] = static_cast<std::uint8_t>(i * 7);
    mask[i] = i % 3 != 0 ? 1 : 0;
  }
  std::vector<float> floats(size), sums(static_cast<std::size_t>(channels)), flat_sums(size / 3), delta(size);
  set.bytes_to_floats(bytes.data(), count, 0.3f, -1.7f, floats.data());
  set.channel_sums(bias.data(), rows, channels, positions, sums.data());
  set.channel_sums(bias.data(), rows, channels * positions, 1, flat_sums.data());
  keep(floats);
  keep(sums);
  keep(flat_sums);
  const std::vector<std::uint16_t> labels = {0, 100, 184};
  std::int64_t hits = 0;
  const double loss = set.softmax_cross_entropy(bias.data(), labels.data(), rows, channels * positions, 0.25f,
                                                delta.data(), &hits);
  results.push_back(static_cast<float>(loss));
  keep(delta);
  for (const std::uint8_t* zeros :
       {static_cast<const std::uint8_t*>(nullptr), static_cast<const std::uint8_t*>(mask.data())}) {
    auto weights = draws(size, 5), first = draws(size, 6), second = draws(size, 7);
    for (float& item : second) item = std::abs(item);
    UpdateTile tile{rows,
                    channels * positions - 2,
                    channels * positions,
                    weights.data(),
                    first.data(),
                    second.data(),
                    zeros,
                    bias.data(),
                    channels * positions};
    set.adam(tile, {0.9f, 0.999f, 0.01f, 1e-8f, 0.99f});
    set.sgd(tile, {0.8f, 0.02f, 0.98f});
    set.add(weights.data(), bias.data(), count);
    keep(weights);
    keep(first);
    keep(second);
  }
  return results;
}

// A matrix with a weight in three, rows without any among them.
struct Sparse {
  static constexpr std::int64_t rows = 7, columns = 19;
  std::vector<std::int64_t> starts{0};
  std::vector<std::int32_t> sources;
  std::vector<float> values;

  Sparse() {
    const auto weights = draws(rows * columns, 11);
    for (std::int64_t row = 0; row < rows; ++row) {
      for (std::int64_t column = 0; column < columns; ++column) {
        if (row == 3 || (row + column) % 3 != 0) continue;
        sources.push_back(static_cast<std::int32_t>(column));
        values.push_back(weights[static_cast<std::size_t>(row * columns + column)]);
      }
      starts.push_back(static_cast<std::int64_t>(values.size()));
    }
  }
  SparseView view() const { return {rows, starts.data(), sources.data(), values.data()}; }
};

// All sparse products on `samples` samples, results one by one: forward, back on top of ones, gradient.
std::vector<float> sparse_products(const KernelSet& set, std::int64_t samples) {
  const Sparse matrix;
  const auto in = draws(static_cast<std::size_t>(samples * Sparse::columns), 12);
  const auto delta = draws(static_cast<std::size_t>(samples * Sparse::rows), 13);
  std::vector<float> wide_in(Sparse::columns * sparse_lanes, 9.0f),
      wide_out(Sparse::rows * sparse_lanes, 9.0f), wide_back(Sparse::columns * sparse_lanes, 0.0f);
  std::vector<float> out(static_cast<std::size_t>(samples * Sparse::rows)),
      back(static_cast<std::size_t>(samples * Sparse::columns), 1.0f), gradient(matrix.values.size());
  set.side_by_side(in.data(), samples, Sparse::columns, wide_in.data());
  set.sparse_forward(matrix.view(), wide_in.data(), wide_out.data());
  set.one_by_one(wide_out.data(), samples, Sparse::rows, out.data(), false);
  set.side_by_side(delta.data(), samples, Sparse::rows, wide_out.data());
  set.sparse_back(matrix.view(), wide_out.data(), wide_back.data());
  set.one_by_one(wide_back.data(), samples, Sparse::columns, back.data(), true);
  set.sparse_gradient(matrix.view(), wide_in.data(), wide_out.data(), gradient.data());
  out.insert(out.end(), back.begin(), back.end());
  out.insert(out.end(), gradient.begin(), gradient.end());
  return out;
}

TEST(SparseProducts, EqualPlainLoopsInEverySet) {
  const Sparse matrix;
  for (const std::int64_t samples : {1, 5, sparse_lanes}) {
    const auto in = draws(static_cast<std::size_t>(samples * Sparse::columns), 12);
    const auto delta = draws(static_cast<std::size_t>(samples * Sparse::rows), 13);
    std::vector<double> out(static_cast<std::size_t>(samples * Sparse::rows), 0.0),
        back(static_cast<std::size_t>(samples * Sparse::columns), 1.0), gradient(matrix.values.size(), 0.0);
    for (std::int64_t row = 0; row < Sparse::rows; ++row) {
      for (auto k = static_cast<std::size_t>(matrix.starts[static_cast<std::size_t>(row)]);
           k < static_cast<std::size_t>(matrix.starts[static_cast<std::size_t>(row) + 1]); ++k) {
        for (std::int64_t sample = 0; sample < samples; ++sample) {
          const auto from = static_cast<std::size_t>(sample * Sparse::columns + matrix.sources[k]);
          const auto to = static_cast<std::size_t>(sample * Sparse::rows + row);
          out[to] += double{matrix.values[k]} * double{in[from]};
          back[from] += double{matrix.values[k]} * double{delta[to]};
          gradient[k] += double{delta[to]} * double{in[from]};
        }
      }
    }
    out.insert(out.end(), back.begin(), back.end());
    out.insert(out.end(), gradient.begin(), gradient.end());
    for (const KernelSet* set : runnable_kernel_sets()) {
      const auto found = sparse_products(*set, samples);
      ASSERT_EQ(found.size(), out.size());
      for (std::size_t i = 0; i < out.size(); ++i)
        ASSERT_NEAR(found[i], out[i], 1e-5) << set->name << " " << i;
    }
  }
}

TEST(SparseProducts, GiveTheSameBitsInEverySet) {
  const auto expected = sparse_products(*runnable_kernel_sets().front(), 21);
  for (const KernelSet* set : runnable_kernel_sets()) {
    const auto found = sparse_products(*set, 21);
    EXPECT_EQ(std::memcmp(found.data(), expected.data(), expected.size() * sizeof(float)), 0) << set->name;
  }
}

TEST(VectorKernels, GiveTheSameBitsInEverySet) {
  const auto sets = runnable_kernel_sets();
  const std::vector<float> expected = run_all(*sets.front());
  for (const KernelSet* set : sets) {
    const std::vector<float> found = run_all(*set);
    ASSERT_EQ(found.size(), expected.size());
    EXPECT_EQ(std::memcmp(found.data(), expected.data(), expected.size() * sizeof(float)), 0) << set->name;
  }
}

TEST(VectorKernels, ForgetMomentsTooSmallToMatter) {
  for (const KernelSet* set : runnable_kernel_sets()) {
    float weight = 1, first = 1e-30f, second = 1e-30f;
    const float gradient = 0;
    set->adam({1, 1, 1, &weight, &first, &second, nullptr, &gradient, 1}, {0.9f, 0.999f, 0.01f, 1e-8f, 1});
    EXPECT_EQ(first, 0);
    EXPECT_EQ(second, 0);
  }
}

TEST(KernelSets, AreNamedAndTheLastIsChosen) {
  std::set<std::string> names;
  for (const KernelSet* set : runnable_kernel_sets()) names.insert(set->name);
  EXPECT_EQ(names.size(), runnable_kernel_sets().size());
  EXPECT_EQ(names.count("baseline"), 1u);
  EXPECT_EQ(&kernels(), runnable_kernel_sets().back());
}

}  // namespace
}  // namespace weft
