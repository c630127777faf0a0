// NumPy's archive: a zip of npy members, by libzip, from and to memory. Equal archives give equal bytes:
// members in the order of their names, the time stamp of each the first that zip knows.
//
// A reader must not trust sizes that an archive claims: members are inflated in small steps, up to a limit
// for the whole archive, and checked against their CRC at the end.
#include "model/base/npz.hpp"

#include <zip.h>

#include <algorithm>
#include <memory>
#include <new>
#include <string_view>
#include <utility>

#include "model/base/error.hpp"

namespace weft {
namespace {

constexpr const char* kHeaderMember = "header.json";
constexpr std::string_view kArraySuffix = ".npy";
constexpr std::int64_t kMostMembers = 100000;

struct Close {
  void operator()(zip_t* archive) const { zip_discard(archive); }
  void operator()(zip_source_t* source) const { zip_source_free(source); }
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};
using Archive = std::unique_ptr<zip_t, Close>;
using Source = std::unique_ptr<zip_source_t, Close>;
using Member = std::unique_ptr<zip_file_t, Close>;

std::string reason(zip_error_t error) {
  const std::string text = zip_error_strerror(&error);
  zip_error_fini(&error);
  return text;
}

// Opens an archive over `source`, which it then owns.
Archive open_archive(Source source, int flags, const std::string& name) {
  zip_error_t error;
  zip_error_init(&error);
  zip_t* archive = zip_open_from_source(source.get(), flags, &error);
  if (archive == nullptr) throw InputError({name}, "not a usable npz archive: " + reason(error));
  source.release();
  return Archive(archive);
}

Source memory_source(const void* data, std::size_t size) {
  Source source(zip_source_buffer_create(data, size, 0, nullptr));
  if (!source) throw std::bad_alloc();
  return source;
}

// What an archive may still inflate to.
struct Budget {
  std::uint64_t limit;
  std::uint64_t left;
};

// Reads a member whole.
Bytes read_member(zip_t* archive, std::uint64_t index, const std::string& name, Budget& budget) {
  const Member member(zip_fopen_index(archive, index, 0));
  if (!member) throw InputError({name}, std::string("cannot be unpacked: ") + zip_strerror(archive));
  Bytes content;
  std::uint8_t chunk[65536];
  for (;;) {
    const zip_int64_t got = zip_fread(member.get(), chunk, sizeof chunk);
    if (got < 0) throw InputError({name}, std::string("damaged data: ") + zip_file_strerror(member.get()));
    if (got == 0) return content;
    if (static_cast<std::uint64_t>(got) > budget.left) {
      throw InputError({name},
                       "the archive inflates to more than " + std::to_string(budget.limit) + " bytes");
    }
    budget.left -= static_cast<std::uint64_t>(got);
    content.insert(content.end(), chunk, chunk + got);
  }
}

void add_member(zip_t* archive, const std::string& name, const void* data, std::size_t size) {
  Source source(zip_source_buffer(archive, data, size, 0));
  if (!source) throw std::bad_alloc();
  const zip_int64_t index = zip_file_add(archive, name.c_str(), source.get(), ZIP_FL_ENC_UTF_8);
  if (index < 0) internal_error("cannot add \"" + name + "\" to an npz archive: " + zip_strerror(archive));
  source.release();
  constexpr zip_uint16_t kMidnight = 0, kFirstOf1980 = 1 << 5 | 1;
  zip_file_set_dostime(archive, static_cast<zip_uint64_t>(index), kMidnight, kFirstOf1980, 0);
}

}  // namespace

const NpyArray& NpzArchive::at(const std::string& member, const std::string& file) const {
  const auto found = arrays.find(member);
  if (found == arrays.end()) throw InputError({file}, "the archive has no array \"" + member + "\"");
  return found->second;
}

NpzArchive parse_npz(const Bytes& data, const std::string& name, std::uint64_t limit) {
  if (data.empty()) throw InputError({name}, "not a usable npz archive: no data");  // an archive to libzip
  const Archive archive = open_archive(memory_source(data.data(), data.size()), ZIP_RDONLY, name);
  const zip_int64_t members = zip_get_num_entries(archive.get(), 0);
  if (members > kMostMembers)
    throw InputError({name}, std::to_string(members) + " members", "at most 100000");
  NpzArchive result;
  bool header_seen = false;
  Budget budget{limit, limit};
  for (zip_int64_t i = 0; i < members; ++i) {
    const auto index = static_cast<zip_uint64_t>(i);
    const char* raw_name = zip_get_name(archive.get(), index, 0);
    if (raw_name == nullptr) throw InputError({name}, "a member without a name");
    const std::string member = raw_name;
    const std::string member_name = name + "(" + member + ")";
    const Bytes content = read_member(archive.get(), index, member_name, budget);
    if (member == kHeaderMember) {
      if (header_seen) throw InputError({member_name}, "the member is there twice");
      header_seen = true;
      result.header.assign(content.begin(), content.end());
      continue;
    }
    if (member.size() <= kArraySuffix.size() ||
        member.compare(member.size() - kArraySuffix.size(), std::string::npos, kArraySuffix) != 0) {
      throw InputError({name}, "the member \"" + member + "\"", "header.json or NAME.npy");
    }
    NpyArray array = parse_npy(content, member_name);
    const std::string array_name = member.substr(0, member.size() - kArraySuffix.size());
    if (!result.arrays.emplace(array_name, std::move(array)).second) {
      throw InputError({member_name}, "the member is there twice");
    }
  }
  return result;
}

Bytes format_npz(const NpzArchive& archive) {
  std::map<std::string, Bytes> members;  // libzip reads them at the end
  for (const auto& [name, array] : archive.arrays)
    members[name + std::string(kArraySuffix)] = format_npy(array);

  Source buffer = memory_source(nullptr, 0);
  zip_source_keep(buffer.get());  // the archive owns one reference, we keep one to read the result
  Archive zip = open_archive(Source(buffer.get()), ZIP_TRUNCATE, "npz");
  if (!archive.header.empty())
    add_member(zip.get(), kHeaderMember, archive.header.data(), archive.header.size());
  for (const auto& [name, content] : members) add_member(zip.get(), name, content.data(), content.size());
  if (zip_close(zip.get()) != 0)
    internal_error(std::string("cannot make an npz archive: ") + zip_strerror(zip.get()));
  zip.release();

  if (zip_source_is_deleted(buffer.get()) == 1) {
    // libzip makes no archive without members; this is the empty one of the zip specification.
    Bytes empty = {'P', 'K', 5, 6};
    empty.resize(22);
    return empty;
  }
  Bytes result;
  zip_stat_t stat;
  if (zip_source_stat(buffer.get(), &stat) == 0) result.resize(stat.size);
  if (zip_source_open(buffer.get()) != 0) internal_error("cannot read an npz archive back");
  const zip_int64_t got = zip_source_read(buffer.get(), result.data(), result.size());
  zip_source_close(buffer.get());
  if (got != static_cast<zip_int64_t>(result.size())) internal_error("cannot read an npz archive back");
  return result;
}

NpzArchive read_npz(const std::filesystem::path& path) {
  return parse_npz(read_file(path), path.string());
}

void write_npz(const std::filesystem::path& path, const NpzArchive& archive) {
  write_file(path, format_npz(archive));
}

}  // namespace weft
