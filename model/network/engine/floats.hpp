// Memory for floats that starts at a cache line, so that no vector load straddles two.
#pragma once

#include <cstddef>
#include <new>
#include <vector>

namespace weft {

template <class T>
struct CacheLineAllocator {
  using value_type = T;
  static constexpr std::align_val_t alignment{64};

  CacheLineAllocator() = default;
  template <class U>
  explicit CacheLineAllocator(const CacheLineAllocator<U>&) {}
  T* allocate(std::size_t count) { return static_cast<T*>(::operator new(count * sizeof(T), alignment)); }
  void deallocate(T* items, std::size_t) { ::operator delete(items, alignment); }
  friend bool operator==(const CacheLineAllocator&, const CacheLineAllocator&) { return true; }
  friend bool operator!=(const CacheLineAllocator&, const CacheLineAllocator&) { return false; }
};

using Floats = std::vector<float, CacheLineAllocator<float>>;

}  // namespace weft
