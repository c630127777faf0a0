// The kernels against two plain loops, for every instruction set that the processor has.
#include <gtest/gtest.h>

#include "model/base/random.hpp"
#include "model/network/neurons/neuron_model.hpp"
#include "sim/engine/rows.hpp"

namespace weft::sim {
namespace {

std::vector<RowKernel> kernels() {
  std::vector<RowKernel> all;
  for (RowKernel kernel : {RowKernel::Portable, RowKernel::Avx2, RowKernel::Avx512}) {
    if (row_kernel_available(kernel)) all.push_back(kernel);
  }
  return all;
}

CoreImage random_core(Random& random, std::size_t axons, std::size_t neurons, double density, int limit) {
  CoreImage core;
  for (std::size_t a = 0; a < axons; ++a) {
    const double own_density = a % 5 == 0 ? 1.0 : density;
    for (std::size_t n = 0; n < neurons; ++n) {
      if (random.uniform() >= own_density) continue;
      const int weight = static_cast<int>(random.below(2 * static_cast<std::uint64_t>(limit))) - limit;
      core.neuron.push_back(static_cast<std::uint16_t>(n));
      core.weight.push_back(static_cast<std::int16_t>(weight == 0 ? 1 : weight));
    }
    core.row_begin.push_back(static_cast<std::uint32_t>(core.weight.size()));
  }
  core.neurons.resize(neurons);
  return core;
}

TEST(Rows, AddAsTwoPlainLoopsDo) {
  Random random(1);
  for (std::size_t neurons : {1u, 63u, 64u, 100u, 300u}) {
    for (int limit : {128, 30000}) {
      for (std::int32_t largest : {255, 1 << 14}) {
        const CoreImage core = random_core(random, 40, neurons, 0.03, limit);
        std::vector<ActiveAxon> active;
        for (std::uint32_t a = 0; a < 40; ++a) {
          if (random.below(3) != 0) {
            active.push_back(
                {a,
                 static_cast<std::int32_t>(random.below(2 * static_cast<std::uint64_t>(largest))) - largest});
          }
        }
        std::vector<std::uint32_t> expected(neurons, 0);
        for (const ActiveAxon& axon : active) {
          for (std::uint32_t s = core.row_begin[axon.axon]; s < core.row_begin[axon.axon + 1]; ++s) {
            expected[core.neuron[s]] += static_cast<std::uint32_t>(core.weight[s] * axon.value);
          }
        }
        const RowTable table = make_row_table(core);
        EXPECT_EQ(table.padded_neurons % kRowBlock, 0u);
        for (RowKernel kernel : kernels()) {
          std::vector<std::int32_t> potentials(table.padded_neurons, 77);
          add_rows(kernel, table, active.data(), active.size(), potentials.data());
          for (std::size_t n = 0; n < neurons; ++n) {
            ASSERT_EQ(static_cast<std::uint32_t>(potentials[n]), expected[n]) << "neuron " << n;
          }
        }
      }
    }
  }
}

TEST(Rows, KeepSparseRowsAsListsAndDenseOnesAsBytes) {
  Random random(2);
  const RowTable table = make_row_table(random_core(random, 10, 256, 0.02, 128));
  for (std::size_t a = 0; a < 10; ++a) EXPECT_EQ(table.rows[a].dense, a % 5 == 0);
  EXPECT_EQ(table.dense8.size(), 2u * 256);
  EXPECT_TRUE(table.dense16.empty());
  EXPECT_FALSE(table.sparse.empty());
}

TEST(Updates, EqualTheNeuronModelsRule) {
  Random random(3);
  std::vector<std::vector<std::int32_t>> tables(2, std::vector<std::int32_t>(256));
  for (auto& table : tables) {
    for (auto& value : table) value = static_cast<std::int32_t>(random.below(1000)) - 500;
  }
  CoreImage core;
  for (int n = 0; n < 200; ++n) {
    NeuronConfig neuron;
    neuron.model = static_cast<NeuronModel>(random.below(3));
    neuron.shift = static_cast<std::uint8_t>(random.below(32));
    neuron.table = static_cast<std::uint16_t>(random.below(2));
    neuron.bias = static_cast<std::int32_t>(random.bits());
    neuron.minimum =
        neuron.model == NeuronModel::Relu ? 0 : -static_cast<std::int32_t>(random.below(1 << 20));
    neuron.maximum = static_cast<std::int32_t>(random.below(1 << 20));
    core.neurons.push_back(neuron);
  }
  const UpdateTable table = make_update_table(core, tables);
  for (int round = 0; round < 50; ++round) {
    std::vector<std::int32_t> potentials(256);
    for (auto& potential : potentials) {
      potential = static_cast<std::int32_t>(random.bits()) >> random.below(32);
    }
    for (RowKernel kernel : kernels()) {
      std::vector<std::int32_t> values(256, 99);
      update_neurons(kernel, table, potentials.data(), values.data());
      for (std::size_t n = 0; n < 200; ++n) {
        const NeuronConfig& c = core.neurons[n];
        ASSERT_EQ(values[n], update_value_neuron(c.model, potentials[n], c.bias, c.shift, c.minimum,
                                                 c.maximum, tables[c.table].data()));
      }
      for (std::size_t n = 200; n < 256; ++n) ASSERT_EQ(values[n], 0);
    }
  }
}

}  // namespace
}  // namespace weft::sim
