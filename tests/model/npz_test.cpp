// NumPy's formats: what NumPy writes is read, what we write is what NumPy would, the rest is refused with a
// reason.
#include "model/base/npz.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "tests/model/expect_error.hpp"
#include "tests/model/temporary_directory.hpp"

namespace weft {
namespace {

using ::testing::HasSubstr;

// An npy file with this dictionary and these data, as bytes.
Bytes npy(const std::string& dictionary, std::size_t data_bytes, int major = 1) {
  std::string text("\x93NUMPY", 6);
  text += {static_cast<char>(major), 0, static_cast<char>(dictionary.size() & 255),
           static_cast<char>(dictionary.size() >> 8)};
  if (major == 2) text += {0, 0};
  text += dictionary + std::string(data_bytes, 'x');
  return Bytes(text.begin(), text.end());
}

std::string refusal(const Bytes& data) {
  return input_error_of([&] { parse_npy(data, "a.npy"); });
}

template <class T>
class NpyOf : public ::testing::Test {};
using NumberTypes = ::testing::Types<float, double, std::int8_t, std::uint8_t, std::int16_t, std::uint16_t,
                                     std::int32_t, std::uint32_t, std::int64_t, std::uint64_t>;
TYPED_TEST_SUITE(NpyOf, NumberTypes, );

TYPED_TEST(NpyOf, GoesThereAndBack) {
  const std::vector<TypeParam> items = {
      std::numeric_limits<TypeParam>::lowest(), TypeParam(0), TypeParam(1), TypeParam(2), TypeParam(3),
      std::numeric_limits<TypeParam>::max()};
  const NpyArray array = parse_npy(format_npy(NpyArray::from(items, {2, 3})), "a.npy");
  EXPECT_EQ(array.shape, (std::vector<std::int64_t>{2, 3}));
  EXPECT_EQ(array.count(), 6);
  EXPECT_EQ(array.as<TypeParam>("a.npy"), items);
}

TEST(Npy, WritesTheBytesThatNumpyWrites) {
  // numpy.save of numpy.array([1, -2], dtype='<i2'), of version 1.24.2
  std::string expected("\x93NUMPY\x01\x00\x76\x00", 10);
  expected += "{'descr': '<i2', 'fortran_order': False, 'shape': (2,), }";
  expected.append(127 - expected.size(), ' ');
  expected += '\n';
  expected += std::string("\x01\x00\xfe\xff", 4);
  const Bytes written = format_npy(NpyArray::from(std::vector<std::int16_t>{1, -2}));
  EXPECT_EQ(std::string(written.begin(), written.end()), expected);
}

TEST(Npy, ReadsAScalarAndAnEmptyArray) {
  EXPECT_EQ(parse_npy(npy("{'descr': '<f8', 'fortran_order': False, 'shape': ()}", 8), "a").count(), 1);
  EXPECT_EQ(parse_npy(npy("{'descr': '<f8', 'fortran_order': False, 'shape': (3, 0)}", 0), "a").count(), 0);
}

TEST(Npy, ReadsVersionTwoAndKeysInAnyOrder) {
  const Bytes data = npy("{\"shape\": (2, ), 'fortran_order': False, 'descr': '|u1'}\n", 2, 2);
  EXPECT_EQ(parse_npy(data, "a").as<std::uint8_t>("a"), (std::vector<std::uint8_t>{'x', 'x'}));
}

TEST(Npy, RefusesWhatItIsNot) {
  EXPECT_THAT(refusal({}), HasSubstr("a.npy: found no npy magic"));
  EXPECT_THAT(refusal({0x93, 'N', 'U', 'M', 'P', 'Y', 1}), HasSubstr("truncated npy header"));
  EXPECT_THAT(refusal({0x93, 'N', 'U', 'M', 'P', 'Y', 2, 0, 0, 0}), HasSubstr("at least 12 bytes"));
  EXPECT_THAT(refusal({0x93, 'N', 'U', 'M', 'P', 'Y', 3, 0, 0, 0}),
              HasSubstr("npy version 3.0, expected 1.0 or 2.0"));
  EXPECT_THAT(refusal({0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 9, 0}),
              HasSubstr("header of 9 bytes, expected at most 0"));
}

TEST(Npy, RefusesOtherTypesAndOrders) {
  const auto typed = [](const std::string& descr) {
    return refusal(npy("{'descr': " + descr + ", 'fortran_order': False, 'shape': (1,)}", 4));
  };
  EXPECT_THAT(typed("'>f4'"), HasSubstr("big-endian data ('>f4')"));
  EXPECT_THAT(typed("'|O'"), HasSubstr("the dtype '|O'"));
  EXPECT_THAT(typed("'<c8'"), HasSubstr("the dtype '<c8'"));
  EXPECT_THAT(typed("''"), HasSubstr("the dtype ''"));
  EXPECT_THAT(typed("[('x', '<f4')]"), HasSubstr("a structured dtype"));
  EXPECT_THAT(refusal(npy("{'descr': '<f4', 'fortran_order': True, 'shape': (1,)}", 4)),
              HasSubstr("found an array in Fortran order, expected C order"));
}

TEST(Npy, RefusesAHeaderThatIsOff) {
  EXPECT_THAT(refusal(npy("", 0)), HasSubstr("found the end in the npy header, expected '{'"));
  EXPECT_THAT(refusal(npy("{'descr': '<f4'", 0)), HasSubstr("expected '}'"));
  EXPECT_THAT(refusal(npy("{'descr': '<f4}", 0)), HasSubstr("a text without an end"));
  EXPECT_THAT(refusal(npy("{'descr': '<f4'}", 0)), HasSubstr("without all of its keys"));
  EXPECT_THAT(refusal(npy("{'descr': '<f4', 'descr': '<f4'}", 0)),
              HasSubstr("unknown or repeated key \"descr\""));
  EXPECT_THAT(refusal(npy("{'color': 1}", 0)), HasSubstr("unknown or repeated key \"color\""));
  EXPECT_THAT(refusal(npy("{'fortran_order': 0}", 0)), HasSubstr("neither True nor False"));
  EXPECT_THAT(refusal(npy("{'shape': (-1,)}", 0)), HasSubstr("a dimension that is no number"));
  EXPECT_THAT(refusal(npy("{'shape': (1 2)}", 0)), HasSubstr("expected ')'"));
  EXPECT_THAT(refusal(npy("{'shape': (99999999999999999999,)}", 0)), HasSubstr("beyond 64 bits"));
  EXPECT_THAT(refusal(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} 7", 4)),
              HasSubstr("text after the dictionary"));
  std::string many;
  for (int i = 0; i < 33; ++i) many += "1,";
  EXPECT_THAT(refusal(npy("{'shape': (" + many + ")}", 0)), HasSubstr("more than 32 dimensions"));
}

TEST(Npy, RefusesDataThatDoNotFitTheShape) {
  const std::string start = "{'descr': '<f4', 'fortran_order': False, 'shape': ";
  EXPECT_THAT(refusal(npy(start + "(2, 3)}", 23)),
              HasSubstr("found 23 bytes of data, expected 24 for the shape (2, 3) of f4"));
  EXPECT_THAT(refusal(npy(start + "(5,)}", 24)), HasSubstr("expected 20 for the shape (5,) of f4"));
  // 2^62 * 4 overflows, with and without a dimension of zero
  EXPECT_THAT(refusal(npy(start + "(4611686018427387904,)}", 0)), HasSubstr("fits into 64 bits"));
  EXPECT_THAT(refusal(npy(start + "(0, 4611686018427387904, 4)}", 0)), HasSubstr("fits into 64 bits"));
}

TEST(Npy, GivesItemsOfItsOwnTypeOnly) {
  const NpyArray array = NpyArray::from(std::vector<float>{1});
  EXPECT_EQ(input_error_of([&] { array.as<double>("w.npy"); }),
            "w.npy: found an array of f4, expected one of f8");
}

NpzArchive example() {
  NpzArchive archive;
  archive.header = "{\"kind\": \"example\"}";
  archive.arrays["weights"] = NpyArray::from(std::vector<float>(1000, 0.5f), {10, 100});
  archive.arrays["bias"] = NpyArray::from(std::vector<std::int32_t>{1, 2, 3});
  return archive;
}

TEST(Npz, GoesThereAndBackThroughAFile) {
  const TemporaryDirectory directory;
  write_npz(directory / "a.npz", example());
  const NpzArchive read = read_npz(directory / "a.npz");
  EXPECT_EQ(read.header, example().header);
  ASSERT_EQ(read.arrays.size(), 2u);
  EXPECT_EQ(read.at("weights", "a").shape, (std::vector<std::int64_t>{10, 100}));
  EXPECT_EQ(read.at("weights", "a").as<float>("a"), std::vector<float>(1000, 0.5f));
  EXPECT_EQ(read.at("bias", "a").as<std::int32_t>("a"), (std::vector<std::int32_t>{1, 2, 3}));
}

TEST(Npz, IsByteForByteEqualForEqualArchives) {
  const Bytes bytes = format_npz(example());
  EXPECT_EQ(bytes, format_npz(parse_npz(bytes, "a")));
  ASSERT_GT(bytes.size(), 14u);
  EXPECT_EQ(bytes[10] | bytes[11] << 8, 0) << "the time of day is fixed";
  EXPECT_EQ(bytes[12] | bytes[13] << 8, 33) << "the day is 1980-01-01";
}

TEST(Npz, CompressesWhatRepeats) {
  EXPECT_LT(format_npz(example()).size(), 1500u);
}

TEST(Npz, MayBeEmptyAndWithoutAHeader) {
  EXPECT_TRUE(parse_npz(format_npz({}), "a").arrays.empty());
  NpzArchive plain;
  plain.arrays["x"] = NpyArray::from(std::vector<float>{1});
  EXPECT_EQ(parse_npz(format_npz(plain), "a").header, "");
}

TEST(Npz, NamesTheMissingArray) {
  EXPECT_EQ(input_error_of([] { example().at("scale", "net.npz"); }),
            "net.npz: the archive has no array \"scale\"");
}

TEST(Npz, RefusesForeignTruncatedAndDamagedFiles) {
  const auto refused = [](const Bytes& data) { return input_error_of([&] { parse_npz(data, "a.npz"); }); };
  EXPECT_THAT(refused({}), HasSubstr("a.npz: not a usable npz archive"));
  EXPECT_THAT(refused({'h', 'e', 'l', 'l', 'o'}), HasSubstr("a.npz: not a usable npz archive"));
  const Bytes good = format_npz(example());
  EXPECT_THAT(refused(Bytes(good.begin(), good.begin() + static_cast<long>(good.size() / 2))),
              HasSubstr("not a usable npz archive"));
  Bytes damaged = good;
  damaged[30 + 11 + 5] ^= 0xff;  // behind the local header and the name: in the data of header.json
  EXPECT_THAT(refused(damaged), HasSubstr("a.npz(header.json): "));
}

TEST(Npz, RefusesToInflateBeyondALimit) {
  NpzArchive archive;
  archive.arrays["zeros"] = NpyArray::from(std::vector<std::uint8_t>(100000));
  const Bytes bomb = format_npz(archive);
  ASSERT_LT(bomb.size(), 1000u);
  EXPECT_EQ(parse_npz(bomb, "a.npz", 100128).at("zeros", "a.npz").count(), 100000);
  EXPECT_EQ(input_error_of([&] { parse_npz(bomb, "a.npz", 100127); }),
            "a.npz(zeros.npy): the archive inflates to more than 100127 bytes");
}

TEST(Npz, ReadsWhatNumpyWrites) {
  // numpy.savez_compressed(file, x=numpy.array([1, -2, 3], dtype='<i2')) of version 1.24.2
  const std::string hex =
      "504b03042d000000080000002100921f28e3ffffffffffffffff05001400782e6e7079010010008600000000"
      "0000004a000000000000009bec17ea1b10c9c850c650ad9e925a9c5ca46ea5a06e9369a4aea3a09e965f5452"
      "9498179f5f94920a12774bcc294e058a17672416a402f91ac63a9a3a0ab50a14002e46867fff991900504b01"
      "022d032d000000080000002100921f28e34a0000008600000005000000000000000000000080010000000078"
      "2e6e7079504b0506000000000100010033000000810000000000";
  Bytes data;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    data.push_back(static_cast<std::uint8_t>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  EXPECT_EQ(parse_npz(data, "a.npz").at("x", "a.npz").as<std::int16_t>("x"),
            (std::vector<std::int16_t>{1, -2, 3}));
}

TEST(Npz, IsOpenedByNumpy) {
  if (std::system("python3 -c 'import numpy' 2>/dev/null") != 0)
    GTEST_SKIP() << "python3 with numpy is not installed";
  const TemporaryDirectory directory;
  write_npz(directory / "a.npz", example());
  const std::string script =
      "import numpy, sys; a = numpy.load(sys.argv[1]); "
      "assert a['weights'].shape == (10, 100) and a['bias'].tolist() == [1, 2, 3]; "
      "numpy.savez(sys.argv[2], x=numpy.arange(6, dtype='<i8').reshape(2, 3))";
  ASSERT_EQ(std::system(("python3 -c \"" + script + "\" " + (directory / "a.npz").string() + " " +
                         (directory / "b.npz").string())
                            .c_str()),
            0);
  EXPECT_EQ(read_npz(directory / "b.npz").at("x", "b").as<std::int64_t>("b"),
            (std::vector<std::int64_t>{0, 1, 2, 3, 4, 5}));
}

}  // namespace
}  // namespace weft
