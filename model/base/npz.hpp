// NumPy's .npy (1.0 and 2.0) and .npz: how networks and images are stored, so that Python opens them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "model/base/files.hpp"

namespace weft {

// One array. `dtype` is NumPy's name without byte order: "f4", "f8", "i1", "u1", "i2", "u2", "i4", "u4",
// "i8", "u8". Data are C-ordered and little-endian.
struct NpyArray {
  std::string dtype;
  std::vector<std::int64_t> shape;
  Bytes data;

  std::int64_t count() const;  // product of the shape

  // T is one of the ten number types above. The product of the shape must be the number of items.
  template <class T>
  static NpyArray from(const std::vector<T>& items);  // one-dimensional
  template <class T>
  static NpyArray from(const std::vector<T>& items, std::vector<std::int64_t> shape);
  // The items; throws InputError naming `name` unless the dtype is T's.
  template <class T>
  std::vector<T> as(const std::string& name) const;
};

// Fortran order, big-endian, objects and structured types are refused with an InputError.
NpyArray parse_npy(const Bytes& data, const std::string& name);
Bytes format_npy(const NpyArray& array);

// An archive: arrays by name (stored as the members "NAME.npy") and one JSON text, stored as the member
// "header.json" unless it is empty.
struct NpzArchive {
  std::string header;
  std::map<std::string, NpyArray> arrays;

  // Throws InputError naming the file and the missing member.
  const NpyArray& at(const std::string& member, const std::string& file) const;
};

// Throws InputError on damage, foreign members, or more than `limit` bytes of content.
NpzArchive parse_npz(const Bytes& data, const std::string& name,
                     std::uint64_t limit = std::uint64_t{2} << 30);
Bytes format_npz(const NpzArchive& archive);  // byte for byte equal for equal archives: no time stamps
NpzArchive read_npz(const std::filesystem::path& path);
void write_npz(const std::filesystem::path& path, const NpzArchive& archive);

}  // namespace weft
