// Files that take their final name only when they are complete.
#include "traces/log/output_stream.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "model/base/files.hpp"
#include "tests/model/expect_error.hpp"
#include "tests/model/temporary_directory.hpp"
#include "tests/traces/small_disk.hpp"

namespace weft::traces {
namespace {

TEST(OutputStream, TakesItsNameOnCommit) {
  TemporaryDirectory directory;
  const auto path = directory / "file";
  OutputStream out(path);
  out.write("a");
  const std::string large(1 << 20, 'b');
  out.write(large);
  out.write("c");
  EXPECT_FALSE(std::filesystem::exists(path));
  out.commit();
  EXPECT_EQ(read_text_file(path), "a" + large + "c");
  EXPECT_EQ(directory.entries(), 1);
}

TEST(OutputStream, LeavesTheOldContentWhenItIsNotCommitted) {
  TemporaryDirectory directory;
  const auto path = directory / "file";
  write_file(path, std::string_view("old"));
  {
    OutputStream out(path);
    out.write("new");
    out.flush();
    EXPECT_EQ(directory.entries(), 2);
  }
  EXPECT_EQ(read_text_file(path), "old");
  EXPECT_EQ(directory.entries(), 1);
}

TEST(OutputStream, LeavesOfItsPartialFileWhatWasToBeKept) {
  TemporaryDirectory directory;
  {
    OutputStream out(directory / "file");
    out.write("whole");
    out.keep_so_far();
    out.flush();
    out.write(" half");
    out.flush();
  }
  EXPECT_EQ(read_text_file(directory / "file.partial"), "whole");
  EXPECT_EQ(directory.entries(), 1);
}

TEST(OutputStream, CutsWhatADiskThatFillsUpLeavesInTheMiddle) {
  TemporaryDirectory directory;
  const SmallDisk disk(10);
  OutputStream out(directory / "file");
  out.write("whole");
  out.keep_so_far();
  out.flush();
  out.write("7 bytes");
  EXPECT_THAT(input_error_of([&] { out.flush(); }), testing::HasSubstr("cannot write: File too large"));
  EXPECT_EQ(read_text_file(directory / "file.partial"), "whole");
}

TEST(OutputStream, TellsThatTheDiskIsFull) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full on this machine";
  OutputStream out("/dev/full");
  out.write("x");
  EXPECT_THAT(input_error_of([&] { out.commit(); }),
              testing::HasSubstr("/dev/full: cannot write: No space left"));
}

TEST(OutputStream, TellsWhyAFileCannotBeMade) {
  TemporaryDirectory directory;
  EXPECT_THAT(input_error_of([&] { OutputStream out(directory / "no/file"); }),
              testing::HasSubstr("cannot write: No such file or directory"));
  EXPECT_THAT(input_error_of([&] { OutputStream out(directory.path()); }),
              testing::HasSubstr("cannot write: Is a directory"));
}

TEST(OutputStream, WritesThroughASymbolicLink) {
  TemporaryDirectory directory;
  write_file(directory / "target", std::string_view("old"));
  std::filesystem::create_symlink(directory / "target", directory / "link");
  OutputStream out(directory / "link");
  out.write("new");
  out.commit();
  EXPECT_TRUE(std::filesystem::is_symlink(directory / "link"));
  EXPECT_EQ(read_text_file(directory / "target"), "new");
}

TEST(OutputStream, IsAtItsEndAfterCommit) {
  TemporaryDirectory directory;
  OutputStream out(directory / "file");
  out.commit();
  EXPECT_THROW(out.write("more"), Error);
}

}  // namespace
}  // namespace weft::traces
