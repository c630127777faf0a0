// The kernels of rows.hpp. Each is one body, inlined into a wrapper per instruction set: the compiler turns
// the fixed 16-lane vectors into what that set has. Sums are modulo 2^32, hence independent of order and
// width.
#include "sim/engine/rows.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

#include "model/network/neurons/neuron_model.hpp"

namespace weft::sim {
namespace {

#define WEFT_INLINE inline __attribute__((always_inline))
#if defined(__x86_64__)
#define WEFT_X86 1
#define WEFT_TARGET(features) __attribute__((target(features)))
#else
#define WEFT_X86 0
#endif

// A dense row is worth it from this share of nonzero weights on: one synapse in so many.
constexpr std::size_t kDenseDivisor = 16;

struct DenseRow {
  std::size_t begin;
  std::uint32_t value;
};

// Four dense rows in one pass over the potentials, then what is left one by one. Plain loops: the compiler
// makes them vector code of the wrapper's instruction set.
template <class Weight>
WEFT_INLINE void add_dense(const DenseRow* rows, std::size_t count, const Weight* dense, std::size_t padded,
                           std::uint32_t* __restrict potentials) {
  std::size_t i = 0;
  for (; i + 4 <= count; i += 4) {
    // The next four are fetched meanwhile, past the larger cache: each row is needed once in a step.
    for (std::size_t ahead = i + 4; ahead < std::min(i + 8, count); ++ahead) {
      const auto* next = reinterpret_cast<const char*>(dense + rows[ahead].begin * padded);
      for (std::size_t line = 0; line < padded * sizeof(Weight); line += 64)
        __builtin_prefetch(next + line, 0, 0);
    }
    const Weight* __restrict row0 = dense + rows[i].begin * padded;
    const Weight* __restrict row1 = dense + rows[i + 1].begin * padded;
    const Weight* __restrict row2 = dense + rows[i + 2].begin * padded;
    const Weight* __restrict row3 = dense + rows[i + 3].begin * padded;
    const std::uint32_t value0 = rows[i].value, value1 = rows[i + 1].value, value2 = rows[i + 2].value,
                        value3 = rows[i + 3].value;
    for (std::size_t n = 0; n < padded; ++n) {
      potentials[n] += static_cast<std::uint32_t>(std::int32_t{row0[n]}) * value0 +
                       static_cast<std::uint32_t>(std::int32_t{row1[n]}) * value1 +
                       static_cast<std::uint32_t>(std::int32_t{row2[n]}) * value2 +
                       static_cast<std::uint32_t>(std::int32_t{row3[n]}) * value3;
    }
  }
  for (; i < count; ++i) {
    const Weight* __restrict row = dense + rows[i].begin * padded;
    const std::uint32_t value = rows[i].value;
    for (std::size_t n = 0; n < padded; ++n) {
      potentials[n] += static_cast<std::uint32_t>(std::int32_t{row[n]}) * value;
    }
  }
}

WEFT_INLINE void add_sparse(const SparseSynapse16* synapse, std::size_t count, std::uint32_t value,
                            std::uint32_t* potentials) {
  for (const SparseSynapse16* end = synapse + count; synapse != end; ++synapse) {
    potentials[synapse->neuron] += static_cast<std::uint32_t>(std::int32_t{synapse->weight}) * value;
  }
}

WEFT_INLINE void add_rows_body(const RowTable& table, const ActiveAxon* active, std::size_t count,
                               std::int32_t* signed_potentials) {
  auto* potentials = reinterpret_cast<std::uint32_t*>(signed_potentials);
  const std::size_t padded = table.padded_neurons;
  std::memset(potentials, 0, padded * sizeof *potentials);
  const RowRange* rows = table.rows.data();
  const SparseSynapse16* sparse = table.sparse.data();
  constexpr std::size_t kBatch = 256;
  DenseRow dense[kBatch];
  while (count > 0) {
    const std::size_t batch = std::min(count, kBatch);
    std::size_t dense_count = 0;
    for (std::size_t i = 0; i < batch; ++i) {
      const RowRange row = rows[active[i].axon];
      const auto value = static_cast<std::uint32_t>(active[i].value);
      if (row.dense) {
        dense[dense_count++] = {row.begin, value};
      } else {
        add_sparse(sparse + row.begin, row.count, value, potentials);
      }
    }
    if (dense_count > 0 && table.wide)
      add_dense(dense, dense_count, table.dense16.data(), padded, potentials);
    if (dense_count > 0 && !table.wide)
      add_dense(dense, dense_count, table.dense8.data(), padded, potentials);
    active += batch;
    count -= batch;
  }
}

WEFT_INLINE void update_body(const UpdateTable& table, const std::int32_t* potentials, std::int32_t* values) {
  const std::size_t padded = table.offset.size();
  const std::int64_t* offset = table.offset.data();
  const std::int64_t* shift = table.shift.data();
  const std::int32_t* minimum = table.minimum.data();
  const std::int32_t* maximum = table.maximum.data();
  for (std::size_t n = 0; n < padded; ++n) {
    const std::int64_t scaled = (std::int64_t{potentials[n]} + offset[n]) >> shift[n];
    const std::int64_t low = scaled < minimum[n] ? std::int64_t{minimum[n]} : scaled;
    values[n] = static_cast<std::int32_t>(low > maximum[n] ? std::int64_t{maximum[n]} : low);
  }
  // A table neuron's limits are those of the table's index.
  for (std::size_t i = 0; i < table.table_neurons.size(); ++i) {
    std::int32_t& value = values[table.table_neurons[i]];
    value = table.table_values[table.table_begin[i] + static_cast<std::size_t>(value + 128)];
  }
}

void add_rows_portable(const RowTable& table, const ActiveAxon* active, std::size_t count,
                       std::int32_t* potentials) {
  add_rows_body(table, active, count, potentials);
}
void update_portable(const UpdateTable& table, const std::int32_t* potentials, std::int32_t* values) {
  update_body(table, potentials, values);
}

#if WEFT_X86
#define WEFT_AVX2 WEFT_TARGET("avx2,bmi,bmi2,fma,popcnt")
#define WEFT_AVX512 \
  WEFT_TARGET("avx512f,avx512bw,avx512vl,avx512dq,avx2,bmi,bmi2,fma,popcnt,prefer-vector-width=512")
WEFT_AVX2 void add_rows_avx2(const RowTable& table, const ActiveAxon* active, std::size_t count,
                             std::int32_t* potentials) {
  add_rows_body(table, active, count, potentials);
}
WEFT_AVX2 void update_avx2(const UpdateTable& table, const std::int32_t* potentials, std::int32_t* values) {
  update_body(table, potentials, values);
}
WEFT_AVX512 void add_rows_avx512(const RowTable& table, const ActiveAxon* active, std::size_t count,
                                 std::int32_t* potentials) {
  add_rows_body(table, active, count, potentials);
}
WEFT_AVX512 void update_avx512(const UpdateTable& table, const std::int32_t* potentials,
                               std::int32_t* values) {
  update_body(table, potentials, values);
}
#endif

bool fits8(const CoreImage& core) {
  return std::all_of(core.weight.begin(), core.weight.end(), [](std::int16_t w) {
    return w >= std::numeric_limits<std::int8_t>::min() && w <= std::numeric_limits<std::int8_t>::max();
  });
}

template <class Weight>
void append_dense(std::vector<Weight>& dense, std::size_t padded, const CoreImage& core, std::uint32_t begin,
                  std::uint32_t end) {
  const std::size_t base = dense.size();
  dense.resize(base + padded, 0);
  for (std::uint32_t s = begin; s < end; ++s) {
    dense[base + core.neuron[s]] = static_cast<Weight>(core.weight[s]);
  }
}

}  // namespace

bool row_kernel_available(RowKernel kernel) {
#if WEFT_X86
  switch (kernel) {
    case RowKernel::Portable:
      return true;
    case RowKernel::Avx2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2");
    case RowKernel::Avx512:
      return row_kernel_available(RowKernel::Avx2) && __builtin_cpu_supports("avx512f") &&
             __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
             __builtin_cpu_supports("avx512dq");
  }
#endif
  return kernel == RowKernel::Portable;
}

RowKernel best_row_kernel() {
  for (RowKernel kernel : {RowKernel::Avx512, RowKernel::Avx2}) {
    if (row_kernel_available(kernel)) return kernel;
  }
  return RowKernel::Portable;
}

RowTable make_row_table(const CoreImage& core) {
  RowTable table;
  table.padded_neurons = (core.neurons.size() + kRowBlock - 1) / kRowBlock * kRowBlock;
  table.wide = !fits8(core);
  std::uint32_t dense_rows = 0;
  for (std::size_t a = 0; a + 1 < core.row_begin.size(); ++a) {
    const std::uint32_t begin = core.row_begin[a], end = core.row_begin[a + 1];
    RowRange row;
    row.count = end - begin;
    row.dense = std::size_t{row.count} * kDenseDivisor >= table.padded_neurons && row.count > 0;
    if (row.dense) {
      row.begin = dense_rows++;
      if (!table.wide) {
        append_dense(table.dense8, table.padded_neurons, core, begin, end);
      } else {
        append_dense(table.dense16, table.padded_neurons, core, begin, end);
      }
    } else {
      row.begin = static_cast<std::uint32_t>(table.sparse.size());
      for (std::uint32_t s = begin; s < end; ++s) table.sparse.push_back({core.neuron[s], core.weight[s]});
    }
    table.rows.push_back(row);
  }
  return table;
}

UpdateTable make_update_table(const CoreImage& core, const std::vector<std::vector<std::int32_t>>& tables) {
  UpdateTable table;
  const std::size_t padded = (core.neurons.size() + kRowBlock - 1) / kRowBlock * kRowBlock;
  table.offset.assign(padded, 0);
  table.shift.assign(padded, 0);
  table.minimum.assign(padded, 0);
  table.maximum.assign(padded, 0);
  std::vector<std::uint32_t> begin_of_table(tables.size(), std::numeric_limits<std::uint32_t>::max());
  for (std::size_t n = 0; n < core.neurons.size(); ++n) {
    const NeuronConfig& neuron = core.neurons[n];
    if (is_spiking(neuron.model)) continue;
    const std::int64_t half = neuron.shift > 0 ? std::int64_t{1} << (neuron.shift - 1) : 0;
    table.offset[n] = std::int64_t{neuron.bias} + half;
    table.shift[n] = neuron.shift;
    table.minimum[n] = neuron.minimum;
    table.maximum[n] = neuron.maximum;
    if (neuron.model != NeuronModel::Table) continue;
    table.minimum[n] = -128;
    table.maximum[n] = 127;
    std::uint32_t& begin = begin_of_table.at(neuron.table);
    if (begin == std::numeric_limits<std::uint32_t>::max()) {
      begin = static_cast<std::uint32_t>(table.table_values.size());
      const auto& values = tables[neuron.table];
      table.table_values.insert(table.table_values.end(), values.begin(), values.end());
    }
    table.table_neurons.push_back(static_cast<std::uint32_t>(n));
    table.table_begin.push_back(begin);
  }
  return table;
}

void add_rows(RowKernel kernel, const RowTable& table, const ActiveAxon* active, std::size_t count,
              std::int32_t* potentials) {
#if WEFT_X86
  if (kernel == RowKernel::Avx512) return add_rows_avx512(table, active, count, potentials);
  if (kernel == RowKernel::Avx2) return add_rows_avx2(table, active, count, potentials);
#endif
  (void)kernel;
  add_rows_portable(table, active, count, potentials);
}

void update_neurons(RowKernel kernel, const UpdateTable& table, const std::int32_t* potentials,
                    std::int32_t* values) {
#if WEFT_X86
  if (kernel == RowKernel::Avx512) return update_avx512(table, potentials, values);
  if (kernel == RowKernel::Avx2) return update_avx2(table, potentials, values);
#endif
  (void)kernel;
  update_portable(table, potentials, values);
}

}  // namespace weft::sim
