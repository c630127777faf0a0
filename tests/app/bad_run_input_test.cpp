// weft run on what it cannot run: each refusal says what was found and what was expected, and leaves the
// results of an earlier run as they are, byte for byte.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "model/base/npz.hpp"
#include "model/fabric/image.hpp"
#include "tests/app/tiny_flows.hpp"
#include "tests/app/weft_program.hpp"
#include "tests/model/data_path.hpp"

namespace weft::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
namespace fs = std::filesystem;

class RunOnBadInput : public testing::Test {
 protected:
  void SetUp() override {
    if (!has_fashion_mnist()) GTEST_SKIP() << "Fashion-MNIST is not here";
    ASSERT_EQ(
        run_weft({"--quiet", "flow", scratch_.file("tiny.yaml", quick_flow(3)), "-o", scratch_ / "made"})
            .code,
        0);
    ASSERT_EQ(run_weft(words(scratch_ / "made/image.npz")).code, 0);
    before_ = results();
    ASSERT_EQ(before_.size(), 4u);
  }
  std::vector<std::string> words(const std::string& image, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> all = {"run", image, "--frames", "3", "-o", scratch_ / "run"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  std::map<std::string, std::string> results() const {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(scratch_ / "run"))
      files[entry.path().filename().string()] = read_all(entry.path().string());
    return files;
  }
  // The message of a run that must be refused as bad input.
  std::string refused(const std::vector<std::string>& words) const {
    const Finished weft = run_weft(words);
    EXPECT_EQ(weft.code, 3) << weft.err;
    EXPECT_EQ(weft.out, "");
    EXPECT_EQ(results(), before_);
    return weft.err;
  }
  // The image with a changed header, beside the fabric and the network of the right one.
  std::string with_header(const std::string& from, const std::string& to) const {
    NpzArchive archive = read_npz(scratch_ / "made/image.npz");
    archive.header.replace(archive.header.find(from), from.size(), to);
    write_npz(scratch_ / "made/changed.npz", archive);
    return scratch_ / "made/changed.npz";
  }

  Scratch scratch_;
  std::map<std::string, std::string> before_;
};

TEST_F(RunOnBadInput, NamesTheVersionOfAnImageThatItDoesNotKnow) {
  // An image has the least version that can say all it holds, so which one this has is not the matter here.
  const std::string header = read_npz(scratch_ / "made/image.npz").header;
  const std::size_t name = header.find("\"version\": ");
  ASSERT_NE(name, std::string::npos);
  const std::string own = header.substr(name, header.find_first_of(",\n", name) - name);
  EXPECT_THAT(refused(words(with_header(own, "\"version\": 99"))),
              HasSubstr("changed.npz: header.json: version: found 99, expected an integer from 1 to "));
}

TEST_F(RunOnBadInput, NamesTheFabricThatAnImageIsFor) {
  const std::string digest = read_image(scratch_ / "made/image.npz").fabric.hex();
  std::string other = digest;
  other[0] = other[0] == '0' ? '1' : '0';
  EXPECT_THAT(refused(words(with_header(digest, other))), AllOf(HasSubstr(digest), HasSubstr(other)));
  EXPECT_THAT(refused(words(scratch_ / "made/image.npz", {"--fabric", "small"})), HasSubstr(digest));
}

TEST_F(RunOnBadInput, NamesTheWidthOfDataThatDoNotFit) {
  if (!fs::exists(data_path() / "nmnist")) GTEST_SKIP() << "no N-MNIST: set WEFT_DATA";
  std::vector<std::string> run = words(scratch_ / "made/image.npz", {"--dataset", "nmnist"});
  run.insert(run.begin(), {"--data", data_path().string()});
  EXPECT_THAT(refused(run), HasSubstr("the image has 784 inputs, but a sample of nmnist has 2312 values"));
}

TEST_F(RunOnBadInput, NamesTheValueThatIsOutOfRange) {
  Image image = read_image(scratch_ / "made/image.npz");
  image.input_format.bits = 4;
  write_image(scratch_ / "made/narrow.npz", image);
  EXPECT_THAT(refused(words(scratch_ / "made/narrow.npz")),
              AllOf(HasSubstr("stimulus"), HasSubstr("frame 0, input "), HasSubstr("expected 0 to 15")));
}

}  // namespace
}  // namespace weft::test
