// What the translation units of one kernel set share. They are compiled once per instruction set, each time
// with WEFT_KERNEL_SET naming the set, which puts everything in them into a namespace of its own.
#pragma once

#include "model/network/kernels/kernel_set.hpp"

#ifndef WEFT_KERNEL_SET
#error "WEFT_KERNEL_SET names the instruction set this file is compiled for"
#endif

// Before a loop: no iteration depends on another, so that the compiler need not prove it.
#ifdef __clang__
#define WEFT_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#else
#define WEFT_INDEPENDENT _Pragma("GCC ivdep")
#endif

#define WEFT_JOIN_(a, b) a##b
#define WEFT_JOIN(a, b) WEFT_JOIN_(a, b)
#define WEFT_TEXT_(a) #a
#define WEFT_TEXT(a) WEFT_TEXT_(a)
#define WEFT_KERNEL_NAMESPACE WEFT_JOIN(kernels_, WEFT_KERNEL_SET)

namespace weft {
namespace WEFT_KERNEL_NAMESPACE {

void set_cache_sizes();
void gemm(std::int64_t rows, std::int64_t columns, std::int64_t depth, const MatrixView& a,
          const MatrixView& b, float* c, std::int64_t c_stride, bool accumulate);
void sparse_forward(const SparseView& matrix, const float* in, float* out);
void sparse_back(const SparseView& matrix, const float* delta, float* delta_in);
void sparse_gradient(const SparseView& matrix, const float* in, const float* delta, float* gradient);
void side_by_side(const float* from, std::int64_t rows, std::int64_t columns, float* to);
void one_by_one(const float* from, std::int64_t rows, std::int64_t columns, float* to, bool accumulate);

}  // namespace WEFT_KERNEL_NAMESPACE
}  // namespace weft
