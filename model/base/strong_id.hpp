// Strong ids: an index that knows what it counts, so that indexing by the wrong thing does not compile.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace weft {

template <class Tag, class Rep = std::uint32_t>
class StrongId {
 public:
  using rep = Rep;
  constexpr StrongId() = default;
  constexpr explicit StrongId(Rep value) : value_(value) {}
  constexpr Rep value() const { return value_; }
  constexpr std::size_t index() const { return static_cast<std::size_t>(value_); }

  friend constexpr bool operator==(StrongId a, StrongId b) { return a.value_ == b.value_; }
  friend constexpr bool operator!=(StrongId a, StrongId b) { return a.value_ != b.value_; }
  friend constexpr bool operator<(StrongId a, StrongId b) { return a.value_ < b.value_; }

 private:
  Rep value_ = 0;
};

// A vector indexed by one kind of id and by nothing else.
template <class Id, class T>
class IdVector {
 public:
  IdVector() = default;
  explicit IdVector(std::size_t size, const T& value = T()) : items_(size, value) {}

  T& operator[](Id id) { return items_[id.index()]; }
  const T& operator[](Id id) const { return items_[id.index()]; }
  Id push_back(T item) {
    items_.push_back(std::move(item));
    return Id(static_cast<typename Id::rep>(items_.size() - 1));
  }
  std::size_t size() const { return items_.size(); }
  bool empty() const { return items_.empty(); }
  bool contains(Id id) const { return id.index() < items_.size(); }
  void resize(std::size_t size) { items_.resize(size); }
  void reserve(std::size_t size) { items_.reserve(size); }
  T& back() { return items_.back(); }
  const T& back() const { return items_.back(); }
  auto begin() { return items_.begin(); }
  auto end() { return items_.end(); }
  auto begin() const { return items_.begin(); }
  auto end() const { return items_.end(); }

  friend bool operator==(const IdVector& a, const IdVector& b) { return a.items_ == b.items_; }

 private:
  std::vector<T> items_;
};

}  // namespace weft

template <class Tag, class Rep>
struct std::hash<weft::StrongId<Tag, Rep>> {
  std::size_t operator()(weft::StrongId<Tag, Rep> id) const noexcept { return std::hash<Rep>()(id.value()); }
};
