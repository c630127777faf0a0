// What another project gets: an install tree, find_package(weft), a program of its own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/app/weft_program.hpp"

namespace weft::test {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

Finished shell(const std::string& line) {
  return run_program({"/bin/sh", "-c", line});
}

TEST(InstallFull, LetsAnotherProjectUseTheLibraries) {
  const Scratch scratch;
  const std::string prefix = scratch / "prefix";
  const Finished install = shell("cmake --install '" WEFT_BUILD_DIRECTORY "' --prefix '" + prefix + "'");
  ASSERT_EQ(install.code, 0) << install.err;
  EXPECT_TRUE(fs::exists(prefix + "/share/weft/fabrics/default.yaml"));
  EXPECT_TRUE(fs::exists(prefix + "/share/weft/examples/demo.yaml"));
  EXPECT_EQ(shell("'" + prefix + "/bin/weft' --version").code, 0);

  scratch.file(
      "CMakeLists.txt",
      "cmake_minimum_required(VERSION 3.25)\nproject(consumer LANGUAGES C CXX)\nset(CMAKE_CXX_STANDARD 17)\n"
      "find_package(weft 0.1 REQUIRED)\nadd_executable(consumer main.cpp)\n"
      "target_link_libraries(consumer PRIVATE weft::model weft::compress weft::mapping weft::sim "
      "weft::traces)\n");
  scratch.file(
      "main.cpp",
      "#include \"mapping/map.hpp\"\n#include \"model/fabric/presets.hpp\"\n#include \"sim/run.hpp\"\n"
      "int main() {\n  weft::mapping::MapParams params;\n"
      "  return weft::load_fabric(\"default\").tiles() == 64 && params.seed == 1 ? 0 : 1;\n}\n");
  const Finished build =
      shell("cmake -G Ninja -S '" + scratch.path() + "' -B '" + (scratch / "build") +
            "' -DCMAKE_PREFIX_PATH='" + prefix +
            "' -DCMAKE_CXX_COMPILER='" WEFT_CXX_COMPILER "' && cmake --build '" + (scratch / "build") + "'");
  ASSERT_EQ(build.code, 0) << build.out << build.err;
  EXPECT_EQ(run_program({scratch / "build/consumer"}).code, 0);
}

}  // namespace
}  // namespace weft::test
