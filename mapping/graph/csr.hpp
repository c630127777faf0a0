// Lists of items per key, stored back to back (compressed sparse rows).
#pragma once

#include <cstdint>
#include <vector>

#include "model/base/strong_id.hpp"

namespace weft::mapping {

// A view of consecutive items; valid as long as its owner is not changed.
template <class T>
struct Range {
  const T* first = nullptr;
  const T* last = nullptr;

  const T* begin() const { return first; }
  const T* end() const { return last; }
  std::size_t size() const { return static_cast<std::size_t>(last - first); }
  bool empty() const { return first == last; }
  const T& operator[](std::size_t i) const { return first[i]; }
};

// Keys are 0 ... keys() - 1, filled in order: add() the items of a key, then close() it.
template <class Key, class Item>
class Csr {
 public:
  std::size_t keys() const { return begin_.size() - 1; }
  std::size_t items() const { return items_.size(); }
  Range<Item> operator[](Key key) const {
    return {items_.data() + begin_[key.index()], items_.data() + begin_[key.index() + 1]};
  }
  void add(const Item& item) { items_.push_back(item); }
  Key close() {
    begin_.push_back(items_.size());
    return Key(static_cast<typename Key::rep>(begin_.size() - 2));
  }
  std::size_t open_items() const { return items_.size() - begin_.back(); }
  void reserve(std::size_t keys, std::size_t items) {
    begin_.reserve(keys + 1);
    items_.reserve(items);
  }

 private:
  std::vector<std::uint64_t> begin_{0};
  std::vector<Item> items_;
};

// The keys of each item, ascending: what an index at the end of a book is. `item_count` ids exist.
template <class Key, class Item>
Csr<Item, Key> inverted(const Csr<Key, Item>& lists, std::size_t item_count) {
  std::vector<std::uint64_t> next(item_count + 1, 0);
  for (std::size_t k = 0; k < lists.keys(); ++k) {
    for (Item item : lists[Key(static_cast<typename Key::rep>(k))]) ++next[item.index() + 1];
  }
  for (std::size_t i = 0; i < item_count; ++i) next[i + 1] += next[i];
  std::vector<Key> keys(lists.items());
  const std::vector<std::uint64_t> begin = next;
  for (std::size_t k = 0; k < lists.keys(); ++k) {
    const Key key(static_cast<typename Key::rep>(k));
    for (Item item : lists[key]) keys[next[item.index()]++] = key;
  }
  Csr<Item, Key> result;
  result.reserve(item_count, keys.size());
  for (std::size_t i = 0; i < item_count; ++i) {
    for (std::uint64_t at = begin[i]; at < begin[i + 1]; ++at) result.add(keys[at]);
    result.close();
  }
  return result;
}

}  // namespace weft::mapping
