// Damage by chance, by hand-picked numbers and by blocks; zip archives by libzip, members stored as they are.
#include "tests/model/mutator.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <zip.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <stdexcept>

#include "model/base/error.hpp"
#include "model/base/npz.hpp"

namespace weft {
namespace {

std::size_t place(const Bytes& data, Random& random) {
  return random.below(data.size() + 1);
}

void splice(Bytes& data, std::size_t at, std::size_t removed, const Bytes& added) {
  const auto begin = data.begin() + static_cast<std::ptrdiff_t>(at);
  data.insert(data.erase(begin, begin + static_cast<std::ptrdiff_t>(removed)), added.begin(), added.end());
}

// A number at an edge of some type, as text in the place of a number that is there.
void splice_number_text(Bytes& data, Random& random) {
  static const char* const kEdges[] = {"0",
                                       "-0",
                                       "-1",
                                       "1",
                                       "2",
                                       "127",
                                       "128",
                                       "255",
                                       "256",
                                       "-129",
                                       "32768",
                                       "65535",
                                       "65536",
                                       "2147483647",
                                       "2147483648",
                                       "-2147483648",
                                       "4294967295",
                                       "4294967296",
                                       "9223372036854775807",
                                       "9223372036854775808",
                                       "-9223372036854775808",
                                       "18446744073709551615",
                                       "18446744073709551616",
                                       "1e308",
                                       "1e999",
                                       "-1e308",
                                       "1e-320",
                                       "0.5",
                                       "nan",
                                       "NaN",
                                       ".inf",
                                       "-Infinity",
                                       "null",
                                       "true",
                                       "\"\"",
                                       "[]",
                                       "{}",
                                       "",
                                       "~",
                                       "0x7f",
                                       "1_000",
                                       "00",
                                       "1e",
                                       "+1"};
  const auto is_digit = [](std::uint8_t c) { return c >= '0' && c <= '9'; };
  std::size_t begin = place(data, random);
  while (begin < data.size() && !is_digit(data[begin])) ++begin;
  std::size_t end = begin;
  while (end < data.size() && is_digit(data[end])) ++end;
  const std::string edge = kEdges[random.below(std::size(kEdges))];
  splice(data, begin, end - begin, Bytes(edge.begin(), edge.end()));
}

// The same as 1 to 8 bytes, in either byte order.
void splice_number_bytes(Bytes& data, Random& random) {
  const std::size_t width = std::size_t{1} << random.below(4);
  const std::uint64_t bit = std::uint64_t{1} << random.below(64);
  const std::uint64_t edges[] = {0,
                                 1,
                                 bit,
                                 bit - 1,
                                 0 - bit,
                                 ~std::uint64_t{0},
                                 random.bits(),
                                 0x7ff0000000000000,
                                 0x7f8000007f800000,
                                 0x7fc000007fc00000};
  const std::uint64_t number = edges[random.below(std::size(edges))];
  if (data.size() < width) return;
  const std::size_t at = random.below(data.size() - width + 1);
  const bool swapped = random.below(2) == 0;
  for (std::size_t i = 0; i < width; ++i) {
    data[at + (swapped ? width - 1 - i : i)] = static_cast<std::uint8_t>(number >> (8 * i));
  }
}

void insert_run(Bytes& data, Random& random) {
  static const std::string kCharacters = "[{(-:,\"' \n\t#&*!?|>0a";
  const std::size_t length = random.below(20) == 0 ? random.below(4000) : random.below(40);
  const auto character = static_cast<std::uint8_t>(kCharacters[random.below(kCharacters.size())]);
  splice(data, place(data, random), 0, Bytes(length, character));
}

void damage_once(Bytes& data, Random& random) {
  const std::size_t at = place(data, random);
  const std::size_t length = std::min<std::size_t>(random.below(24) + 1, data.size() - at);
  const auto first = data.begin() + static_cast<std::ptrdiff_t>(at);
  switch (random.below(9)) {
    case 0:  // flip a bit
      if (at < data.size()) data[at] = static_cast<std::uint8_t>(data[at] ^ 1u << random.below(8));
      break;
    case 1:  // set a byte
      if (at < data.size()) data[at] = static_cast<std::uint8_t>(random.below(256));
      break;
    case 2:  // truncate
      data.resize(random.below(2) == 0 ? at
                                       : data.size() - std::min<std::size_t>(data.size(), random.below(9)));
      break;
    case 3:  // insert
      splice(data, at, 0, Bytes(random.below(9), static_cast<std::uint8_t>(random.below(256))));
      break;
    case 4:  // delete a block
      splice(data, at, length, {});
      break;
    case 5:  // copy a block to another place
      splice(data, place(data, random), 0, Bytes(first, first + static_cast<std::ptrdiff_t>(length)));
      break;
    case 6:
      splice_number_text(data, random);
      break;
    case 7:
      splice_number_bytes(data, random);
      break;
    case 8:
      insert_run(data, random);
      break;
  }
}

// The array with another number of items, consistent in itself.
Bytes resize_array(const Bytes& npy, Random& random) {
  NpyArray array = parse_npy(npy, "valid");
  const auto item = static_cast<std::size_t>(array.dtype[1] - '0');  // bytes
  const auto items = random.below(static_cast<std::uint64_t>(array.count()) + 3);
  array.data.resize(items * item, static_cast<std::uint8_t>(random.below(256)));
  array.shape = {static_cast<std::int64_t>(items)};
  return format_npy(array);
}

bool is_array(const std::string& name) {
  return name.size() > 4 && name.substr(name.size() - 4) == ".npy";
}

constexpr bool under_sanitizer() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return true;
#else
  return false;
#endif
}

// Limits what the process may ask for, but not under a sanitizer, whose shadow is larger than any limit.
class LimitedMemory {
 public:
  explicit LimitedMemory(std::uint64_t bytes) {
    getrlimit(RLIMIT_AS, &before_);
    rlimit limited = before_;
    limited.rlim_cur = bytes;
    if (!under_sanitizer()) setrlimit(RLIMIT_AS, &limited);
  }
  ~LimitedMemory() { setrlimit(RLIMIT_AS, &before_); }
  LimitedMemory(const LimitedMemory&) = delete;
  LimitedMemory& operator=(const LimitedMemory&) = delete;

 private:
  rlimit before_{};
};

struct Discard {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};

}  // namespace

Bytes damage(const Bytes& valid, Random& random) {
  Bytes data = valid;
  for (std::uint64_t left = random.below(4) + 1; left > 0; --left) damage_once(data, random);
  return data;
}

Members unzip(const Bytes& archive) {
  zip_source_t* const source = zip_source_buffer_create(archive.data(), archive.size(), 0, nullptr);
  const std::unique_ptr<zip_t, Discard> opened(zip_open_from_source(source, ZIP_RDONLY, nullptr));
  if (!opened) throw std::runtime_error("no zip archive");
  Members members;
  for (zip_int64_t i = 0; i < zip_get_num_entries(opened.get(), 0); ++i) {
    zip_stat_t info;
    zip_stat_index(opened.get(), static_cast<zip_uint64_t>(i), 0, &info);
    Bytes content(info.size);
    zip_file_t* const file = zip_fopen_index(opened.get(), static_cast<zip_uint64_t>(i), 0);
    if (zip_fread(file, content.data(), info.size) != static_cast<zip_int64_t>(info.size)) {
      throw std::runtime_error("no zip member");
    }
    zip_fclose(file);
    members.push_back({info.name, content});
  }
  return members;
}

Bytes zip(const Members& members) {
  zip_source_t* const buffer = zip_source_buffer_create(nullptr, 0, 0, nullptr);
  zip_source_keep(buffer);
  zip_t* const archive = zip_open_from_source(buffer, ZIP_TRUNCATE, nullptr);
  for (const auto& [name, content] : members) {
    zip_source_t* const source = zip_source_buffer(archive, content.data(), content.size(), 0);
    const zip_int64_t index = zip_file_add(archive, name.c_str(), source, ZIP_FL_ENC_GUESS);
    if (index < 0) {  // a name that is there already
      zip_source_free(source);
      continue;
    }
    zip_set_file_compression(archive, static_cast<zip_uint64_t>(index), ZIP_CM_STORE, 0);
    zip_file_set_dostime(archive, static_cast<zip_uint64_t>(index), 0, 1 << 5 | 1, 0);  // variants repeat
  }
  if (zip_close(archive) != 0) throw std::runtime_error("cannot zip");
  zip_stat_t info;
  zip_source_stat(buffer, &info);
  Bytes result(info.size);
  zip_source_open(buffer);
  zip_source_read(buffer, result.data(), result.size());
  zip_source_close(buffer);
  zip_source_free(buffer);
  return result;
}

Bytes damage_members(const Members& valid, Random& random) {
  Members members = valid;
  auto& [name, content] = members[random.below(members.size())];
  switch (random.below(8)) {
    case 0:
      members.erase(members.begin() + static_cast<std::ptrdiff_t>(random.below(members.size())));
      break;
    case 1: {
      const Bytes other = damage(Bytes(name.begin(), name.end()), random);
      name.assign(other.begin(), std::find(other.begin(), other.end(), 0));
      if (name.empty()) name = "x.npy";
      break;
    }
    case 2:
      content = members[random.below(members.size())].second;
      break;
    case 3:
      if (is_array(name)) content = resize_array(content, random);
      break;
    case 4: {  // the header, wherever it is
      for (auto& [each, text] : members) {
        if (!is_array(each)) text = damage(text, random);
      }
      break;
    }
    default:
      content = damage(content, random);
  }
  if (members.empty()) members = valid;
  return zip(members);
}

Feeding feed(const std::string& name, int variants, const std::function<Bytes(Random&)>& variant,
             const std::function<std::string(const Bytes&)>& read) {
  const LimitedMemory limit(std::uint64_t{2} << 30);
  const Random root = Random(1).fork(name);
  Feeding feeding;
  for (int i = 0; i < variants; ++i) {
    Random random = root.fork(std::to_string(i));
    const Bytes data = variant(random);
    std::string wrong;
    try {
      wrong = read(data);
    } catch (const InputError& error) {
      ++feeding.refused;
      if (std::string(error.what()).empty()) wrong = "an InputError without a message";
    } catch (const std::exception& error) {
      wrong = std::string("another exception: ") + error.what();
    }
    if (wrong.empty()) continue;
    feeding.failure = "variant " + std::to_string(i) + " of " + name + ": " + wrong + "\n" +
                      ::testing::PrintToString(std::string(data.begin(), data.end()).substr(0, 2000));
    return feeding;
  }
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const long most = (under_sanitizer() ? 2048 : 600) * 1024L;  // a sanitizer keeps freed memory for a while
  if (used.ru_maxrss > most) feeding.failure = std::to_string(used.ru_maxrss) + " kilobytes in use";
  return feeding;
}

}  // namespace weft
