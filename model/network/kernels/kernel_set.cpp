// Chooses the kernels: the last set in order of speed whose instructions both processor and system support.
#include "model/network/kernels/kernel_set.hpp"

namespace weft {

const KernelSet& kernel_set_baseline();
#ifdef WEFT_X86_KERNELS
const KernelSet& kernel_set_avx2();
const KernelSet& kernel_set_avx512();
#endif

std::vector<const KernelSet*> runnable_kernel_sets() {
  std::vector<const KernelSet*> sets = {&kernel_set_baseline()};
#ifdef WEFT_X86_KERNELS
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    sets.push_back(&kernel_set_avx2());
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw")) {
      sets.push_back(&kernel_set_avx512());
    }
  }
#endif
  return sets;
}

const KernelSet& kernels() {
  static const KernelSet& chosen = *runnable_kernel_sets().back();
  return chosen;
}

void gemm(std::int64_t rows, std::int64_t columns, std::int64_t depth, const MatrixView& a,
          const MatrixView& b, float* c, std::int64_t c_stride, bool accumulate) {
  kernels().gemm(rows, columns, depth, a, b, c, c_stride, accumulate);
}

}  // namespace weft
