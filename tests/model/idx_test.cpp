// Data sets: the idx reader, each of its refusals, slices, and the catalog of known names.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "model/base/files.hpp"
#include "model/base/npz.hpp"
#include "model/data/dataset.hpp"
#include "tests/model/data_path.hpp"
#include "tests/model/expect_error.hpp"
#include "tests/model/temporary_directory.hpp"

namespace weft {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;

// Three images of 1 x 2 pixels.
const Bytes kImages = {0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2, 10, 11, 20, 21, 30, 31};
const Bytes kLabels = {0, 0, 8, 1, 0, 0, 0, 3, 0, 9, 4};

Bytes changed(Bytes data, std::size_t at, std::uint8_t value) {
  data[at] = value;
  return data;
}

std::string refusal(const Bytes& images, const Bytes& labels) {
  return input_error_of([&] { parse_idx(images, labels, "toy"); });
}

TEST(Idx, ReadsImagesAndLabels) {
  const Dataset dataset = parse_idx(kImages, kLabels, "toy");
  EXPECT_EQ(dataset.name, "toy");
  EXPECT_EQ(dataset.shape, (Shape{1, 1, 2}));
  EXPECT_EQ(dataset.classes, 10);
  EXPECT_EQ(dataset.size(), 3);
  EXPECT_THAT(dataset.samples, ElementsAre(10, 11, 20, 21, 30, 31));
  EXPECT_THAT(dataset.labels, ElementsAre(0, 9, 4));
  EXPECT_EQ(dataset.sample(2)[1], 31);
  EXPECT_TRUE(validate(dataset).empty());
}

TEST(Idx, RefusesAWrongMagicNumber) {
  EXPECT_EQ(refusal(kLabels, kLabels),
            "toy images: found the magic number 0x00000801, expected idx 0x00000803");
  EXPECT_EQ(refusal(kImages, kImages),
            "toy labels: found the magic number 0x00000803, expected idx 0x00000801");
  EXPECT_EQ(refusal({0, 0, 8}, kLabels),
            "toy images: found 3 bytes, expected an idx file that begins with 0x00000803");
}

TEST(Idx, RefusesEveryTruncation) {
  for (std::size_t size = 4; size < kImages.size(); ++size) {
    const Bytes part(kImages.begin(), kImages.begin() + static_cast<long>(size));
    EXPECT_EQ(refusal(part, kLabels),
              size < 16 ? "toy images: found a header of " + std::to_string(size) + " bytes, expected 16"
                        : "toy images: found truncated data of " + std::to_string(size - 16) +
                              " bytes, expected 6");
  }
  EXPECT_EQ(refusal(kImages, Bytes(kLabels.begin(), kLabels.end() - 1)),
            "toy labels: found truncated data of 2 bytes, expected 3");
}

TEST(Idx, RefusesSurplusBytes) {
  Bytes longer = kImages;
  longer.push_back(0);
  EXPECT_EQ(refusal(longer, kLabels), "toy images: found 1 surplus bytes after the data, expected the end");
}

TEST(Idx, RefusesCountsThatDiffer) {
  const Bytes two = {0, 0, 8, 1, 0, 0, 0, 2, 0, 9};
  EXPECT_EQ(refusal(kImages, two),
            "toy labels: found 2 labels, expected 3, as many as toy images has images");
}

TEST(Idx, RefusesALabelBeyondTheClasses) {
  EXPECT_EQ(refusal(kImages, changed(kLabels, 9, 10)),
            "toy labels: found label 10 of sample 1, expected 0 to 9");
}

TEST(Idx, RefusesImagesWithoutOrWithTooManyPixels) {
  EXPECT_THAT(refusal(changed(kImages, 11, 0), kLabels), HasSubstr("found images of 0 x 2 pixels"));
  EXPECT_THAT(refusal(changed(kImages, 8, 255), kLabels), HasSubstr("expected 1 to 16777216"));
}

TEST(Idx, NamesTheFileThatIsOff) {
  const TemporaryDirectory directory;
  write_file(directory / "images", kImages);
  write_file(directory / "labels", changed(kLabels, 8, 77));
  EXPECT_EQ(input_error_of([&] { read_idx(directory / "images", directory / "labels", "toy"); }),
            (directory / "labels").string() + ": found label 77 of sample 0, expected 0 to 9");
}

TEST(DatasetSlice, IsClippedToWhatThereIs) {
  const Dataset dataset = parse_idx(kImages, kLabels, "toy");
  EXPECT_THAT(slice(dataset, 1, 1).samples, ElementsAre(20, 21));
  EXPECT_THAT(slice(dataset, 1, 100).labels, ElementsAre(9, 4));
  EXPECT_EQ(slice(dataset, 3, 1).size(), 0);
  EXPECT_EQ(slice(dataset, 7, 1).size(), 0);
  EXPECT_EQ(slice(dataset, 0, -1).size(), 0);
  EXPECT_TRUE(validate(slice(dataset, 5, 5)).empty());
  EXPECT_EQ(digest(slice(dataset, 0, 3)), digest(dataset));
}

TEST(DatasetValidate, FindsEachRuleBroken) {
  const auto rules = [](const Dataset& dataset) {
    std::string text;
    for (const Violation& violation : validate(dataset)) text += violation.rule + " ";
    return text;
  };
  const Dataset good = parse_idx(kImages, kLabels, "toy");
  Dataset bad = good;
  bad.shape.width = 0;
  EXPECT_EQ(rules(bad), "positive-shape ");
  bad = good;
  bad.classes = 0;
  EXPECT_EQ(rules(bad), "class-count label-range ");
  bad = good;
  bad.samples.pop_back();
  EXPECT_EQ(rules(bad), "sample-bytes ");
  bad = good;
  bad.labels[1] = 10;
  EXPECT_EQ(rules(bad), "label-range ");
}

TEST(DatasetDigest, TellsSamplesLabelsAndShapesApart) {
  const Dataset good = parse_idx(kImages, kLabels, "toy");
  Dataset other = good;
  other.samples[0] ^= 1;
  EXPECT_NE(digest(other), digest(good));
  other = good;
  other.labels[0] = 1;
  EXPECT_NE(digest(other), digest(good));
  other = good;
  other.shape = {1, 2, 1};
  EXPECT_NE(digest(other), digest(good));
}

TEST(Catalog, SuggestsTheNearestName) {
  EXPECT_EQ(input_error_of([] { load_data("fashon-mnist"); }),
            "found the data set \"fashon-mnist\", expected fashion-mnist or mnist or alexhead, or a "
            "directory (did you mean 'fashion-mnist'?)");
}

TEST(Catalog, SaysWhereItLookedAndWhatBringsTheData) {
  const TemporaryDirectory directory;
  const std::string message = input_error_of([&] { load_data("mnist", directory.path()); });
  EXPECT_THAT(message, HasSubstr("\"mnist\" was not found in " + (directory / "mnist").string()));
  EXPECT_THAT(message, HasSubstr("--data DIR or set WEFT_DATA=DIR"));
}

TEST(Catalog, NamesTheFileThatIsMissing) {
  const TemporaryDirectory directory;
  std::filesystem::create_directory(directory / "mnist");
  write_file(directory / "mnist/train-images-idx3-ubyte", kImages);
  EXPECT_THAT(input_error_of([&] { load_data("mnist", directory.path()); }),
              EndsWith("mnist: the file train-labels-idx1-ubyte or train-labels-idx1-ubyte.gz is missing"));
}

TEST(Catalog, LoadsPlainFilesFromADirectory) {
  const TemporaryDirectory directory;
  std::filesystem::create_directory(directory / "fashion-mnist");
  for (const std::string split : {"train", "t10k"}) {
    write_file(directory / ("fashion-mnist/" + split + "-images-idx3-ubyte"), kImages);
    write_file(directory / ("fashion-mnist/" + split + "-labels-idx1-ubyte"), kLabels);
  }
  EXPECT_EQ(load_data("fashion-mnist", directory.path()).test.size(), 3) << "a given directory comes first";
  const std::filesystem::path before = data_path();
  ASSERT_EQ(setenv("WEFT_DATA", directory.path().c_str(), 1), 0);
  EXPECT_EQ(load_data("fashion-mnist").train.size(), 3);
  setenv("WEFT_DATA", before.c_str(), 1);
}

TEST(Catalog, LoadsFashionMnistFromItsPackage) {
  if (!std::filesystem::exists("/usr/share/datasets/fashion-mnist")) {
    GTEST_SKIP() << "the Debian package dataset-fashion-mnist is not installed";
  }
  const DataSplits data = load_data("fashion-mnist", "/nowhere");
  EXPECT_EQ(data.train.size(), 60000);
  EXPECT_EQ(data.test.size(), 10000);
  EXPECT_EQ(data.test.shape, (Shape{1, 28, 28}));
  EXPECT_TRUE(validate(data.train).empty());
  std::vector<int> per_class(10, 0);
  for (const std::uint16_t label : data.test.labels) ++per_class[label];
  EXPECT_EQ(per_class, std::vector<int>(10, 1000));
}

TEST(Catalog, LoadsMnist) {
  if (!std::filesystem::exists(data_path() / "mnist")) GTEST_SKIP() << "no mnist in " << data_path();
  const DataSplits data = load_data("mnist", data_path());
  EXPECT_EQ(data.train.size(), 60000);
  EXPECT_THAT(slice(data.test, 0, 10).labels, ElementsAre(7, 2, 1, 0, 4, 1, 4, 9, 5, 9));
}

void write_array(const std::string& path, const NpyArray& array) {
  write_file(path, format_npy(array));
}

struct ArraySet : testing::Test {
  TemporaryDirectory directory;
  void SetUp() override {
    const std::vector<std::uint8_t> two = {1, 2, 3, 4}, four = {1, 2, 3, 4, 5, 6, 7, 8};
    write_array(directory / "train_samples.npy", NpyArray::from(four, {4, 2}));
    write_array(directory / "train_labels.npy", NpyArray::from(std::vector<std::uint8_t>{0, 1, 2, 1}));
    write_array(directory / "test_samples.npy", NpyArray::from(two, {2, 2}));
    write_array(directory / "test_labels.npy", NpyArray::from(std::vector<std::int64_t>{0, 1}));
  }
  std::string refusal() {
    return input_error_of([&] { load_data(directory.path()); });
  }
};

TEST_F(ArraySet, IsReadFromADirectory) {
  const DataSplits data = load_data(directory.path());
  EXPECT_EQ(data.train.shape, (Shape{2, 1, 1}));
  EXPECT_EQ(data.train.size(), 4);
  EXPECT_THAT(data.test.samples, ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(data.test.labels, ElementsAre(0, 1));
  EXPECT_EQ(data.test.classes, 3) << "those of all splits";
  EXPECT_FALSE(data.validation.has_value());
  EXPECT_EQ(load_test_data(directory.path()).size(), 2);
}

TEST_F(ArraySet, MayBringSamplesToChooseBy) {
  write_array(directory / "validation_samples.npy", NpyArray::from(std::vector<std::uint8_t>{9, 8}, {1, 2}));
  write_array(directory / "validation_labels.npy", NpyArray::from(std::vector<std::int32_t>{2}));
  const DataSplits data = load_data(directory.path());
  ASSERT_TRUE(data.validation.has_value());
  EXPECT_THAT(data.validation->samples, ElementsAre(9, 8));
}

TEST_F(ArraySet, HasImagesOfOneChannelOrMore) {
  const std::vector<std::uint8_t> items(2 * 2 * 3, 7);
  for (const char* split : {"train", "test"}) {
    write_array(directory / (std::string(split) + "_samples.npy"), NpyArray::from(items, {2, 2, 3}));
    write_array(directory / (std::string(split) + "_labels.npy"),
                NpyArray::from(std::vector<std::uint8_t>{0, 1}));
  }
  EXPECT_EQ(load_data(directory.path()).train.shape, (Shape{1, 2, 3}));
  for (const char* split : {"train", "test"})
    write_array(directory / (std::string(split) + "_samples.npy"), NpyArray::from(items, {2, 3, 2, 1}));
  EXPECT_EQ(load_data(directory.path()).train.shape, (Shape{3, 2, 1}));
}

TEST_F(ArraySet, RefusesWhatIsNoSamples) {
  write_array(directory / "train_samples.npy", NpyArray::from(std::vector<float>{1, 2}, {2, 1}));
  EXPECT_THAT(refusal(),
              HasSubstr("an array of shape (2, 1) and type f4, expected bytes (u1) of shape (N, D)"));
  write_array(directory / "train_samples.npy", NpyArray::from(std::vector<std::uint8_t>{1, 2}));
  EXPECT_THAT(refusal(), HasSubstr("an array of shape (2) and type u1, expected bytes"));
}

TEST_F(ArraySet, RefusesWhatIsNoLabels) {
  write_array(directory / "train_labels.npy", NpyArray::from(std::vector<float>{0, 1, 1, 0}));
  EXPECT_THAT(refusal(), HasSubstr("type f4, expected labels of shape (N) and type u1, u2, i4 or i8"));
  write_array(directory / "train_labels.npy", NpyArray::from(std::vector<std::int32_t>{0, 1, -1, 0}));
  EXPECT_THAT(refusal(), HasSubstr("found label -1, expected 0 to 65534"));
  write_array(directory / "train_labels.npy", NpyArray::from(std::vector<std::uint8_t>{0, 1}));
  EXPECT_THAT(refusal(), HasSubstr("found 2 labels, expected 4, as many as"));
}

TEST_F(ArraySet, RefusesSplitsOfDifferentShapes) {
  write_array(directory / "test_samples.npy", NpyArray::from(std::vector<std::uint8_t>{1, 2}, {2, 1}));
  EXPECT_THAT(refusal(), HasSubstr("found samples of different shapes, expected one shape in all splits"));
}

TEST_F(ArraySet, SaysWhichFileIsMissing) {
  std::filesystem::remove(directory / "test_labels.npy");
  EXPECT_THAT(refusal(), HasSubstr("the file test_labels.npy or test_labels.npy.zst is missing"));
}

}  // namespace
}  // namespace weft
