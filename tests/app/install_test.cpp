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

// Installs into the scratch folder; returns the prefix.
std::string install(const Scratch& scratch) {
  const std::string prefix = scratch / "prefix";
  const Finished installed = shell("cmake --install '" WEFT_BUILD_DIRECTORY "' --prefix '" + prefix + "'");
  EXPECT_EQ(installed.code, 0) << installed.err;
  return prefix;
}

Finished build(const std::string& source, const std::string& folder, const std::string& prefix) {
  return shell("cmake -G Ninja -S '" + source + "' -B '" + folder + "' -DCMAKE_PREFIX_PATH='" + prefix +
               "' -DCMAKE_CXX_COMPILER='" WEFT_CXX_COMPILER "' && cmake --build '" + folder + "'");
}

TEST(InstallFull, LetsAnotherProjectUseTheLibraries) {
  const Scratch scratch;
  const std::string prefix = install(scratch);
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
  const Finished built = build(scratch.path(), scratch / "build", prefix);
  ASSERT_EQ(built.code, 0) << built.out << built.err;
  EXPECT_EQ(run_program({scratch / "build/consumer"}).code, 0);
}

// The two examples for people who write SystemC, as they lie in the installed tree: each a project of its own
// with its own sc_main, which checks its own results.
TEST(InstallFull, BuildsAndRunsTheSystemCExamples) {
  const Scratch scratch;
  const std::string prefix = install(scratch);
  for (const auto& [name, line] : {std::pair<std::string, std::string>("sensor", "step  29  zone 3"),
                                   std::pair<std::string, std::string>("own_core", "5 messages from it")}) {
    const Finished built = build(prefix + "/share/weft/examples/" + name, scratch / name, prefix);
    ASSERT_EQ(built.code, 0) << built.out << built.err;
    const Finished ran = run_program({scratch / (name + "/" + name)});
    EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
    EXPECT_THAT(ran.out, HasSubstr(line));
  }
}

}  // namespace
}  // namespace weft::test
