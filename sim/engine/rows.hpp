// A core's arithmetic: the rows of active axons are added to the potentials, then the neurons' values
// computed.
//
// Dense rows are bytes (or 16-bit words) that vector code adds for blocks of neurons held in registers;
// sparse rows are lists. Which one is decided per row when the image is compiled, which instruction set when
// the program starts. All are integer sums modulo 2^32, so the results are equal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "model/fabric/image.hpp"

namespace weft::sim {

constexpr std::size_t kRowBlock = 64;  // potentials and dense rows are padded to a multiple of this

struct SparseSynapse16 {
  std::uint16_t neuron;
  std::int16_t weight;
};

struct RowRange {
  std::uint32_t begin = 0;  // dense: index of the row in units of padded rows; sparse: of the first synapse
  std::uint32_t count = 0;  // synapses
  bool dense = false;
};

struct RowTable {
  std::size_t padded_neurons = 0;
  bool wide = false;           // dense weights need 16 bits
  std::vector<RowRange> rows;  // per axon
  std::vector<std::int8_t> dense8;
  std::vector<std::int16_t> dense16;
  std::vector<SparseSynapse16> sparse;
};

// Neuron parameters, one array each. Table neurons are few and handled apart; spiking ones have the value 0
// here (spikes.hpp).
struct UpdateTable {
  std::vector<std::int64_t> offset;  // bias plus half of the rounding
  std::vector<std::int64_t> shift;
  std::vector<std::int32_t> minimum;
  std::vector<std::int32_t> maximum;
  std::vector<std::uint32_t> table_neurons;
  std::vector<std::uint32_t> table_begin;  // per entry of table_neurons, into table_values
  std::vector<std::int32_t> table_values;
};

struct ActiveAxon {
  std::uint32_t axon;
  std::int32_t value;
};

// The instruction sets that this build knows.
enum class RowKernel { Portable, Avx2, Avx512 };
// The best one that the processor has.
RowKernel best_row_kernel();
bool row_kernel_available(RowKernel kernel);

RowTable make_row_table(const CoreImage& core);
UpdateTable make_update_table(const CoreImage& core, const std::vector<std::vector<std::int32_t>>& tables);

// Modulo 2^32, as all sums here: what overflows is an image that validate() refuses.
constexpr std::int32_t wrapping_sum(std::int32_t a, std::int32_t b) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) + static_cast<std::uint32_t>(b));
}

// potentials: padded_neurons entries, all written. `active` ascends and names each axon once.
void add_rows(RowKernel kernel, const RowTable& table, const ActiveAxon* active, std::size_t count,
              std::int32_t* potentials);
// values: padded like potentials; entries from the number of neurons on are zero.
void update_neurons(RowKernel kernel, const UpdateTable& table, const std::int32_t* potentials,
                    std::int32_t* values);

}  // namespace weft::sim
