// The rules of the house, held against the source tree itself: who may include whom, which package belongs to
// which wing, and habits that keep results equal everywhere. Runs in the root of the source tree.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

struct SourceFile {
  std::string path;  // relative to the root, with '/'
  std::string wing;  // its first folder
  std::vector<std::string> lines;
  bool is_header() const { return path.size() > 4 && path.substr(path.size() - 4) == ".hpp"; }
};

const std::set<std::string> kWings = {"model", "compress", "mapping", "sim", "traces", "sweep", "app"};

std::vector<SourceFile> read_tree(const std::set<std::string>& folders) {
  std::vector<SourceFile> files;
  for (const std::string& folder : folders) {
    if (!fs::is_directory(folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      const std::string extension = entry.path().extension().string();
      if (!entry.is_regular_file() || (extension != ".cpp" && extension != ".hpp")) continue;
      SourceFile file{entry.path().generic_string(), folder, {}};
      std::ifstream in(entry.path());
      for (std::string line; std::getline(in, line);) file.lines.push_back(line);
      files.push_back(std::move(file));
    }
  }
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return files;
}

// Every place where `pattern` matches a line of a file for which `applies` holds, as "path:line: text".
template <class Applies>
std::string find(const std::vector<SourceFile>& files, const std::regex& pattern, Applies applies) {
  std::ostringstream found;
  for (const SourceFile& file : files) {
    if (!applies(file)) continue;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      if (std::regex_search(file.lines[i], pattern))
        found << file.path << ":" << i + 1 << ": " << file.lines[i] << "\n";
    }
  }
  return found.str();
}

const auto kAnywhere = [](const SourceFile&) { return true; };

TEST(House, IsReadFromTheRootOfTheSourceTree) {
  ASSERT_GT(read_tree(kWings).size(), 20u);
}

TEST(House, LetsWingsIncludeOnlyThemselvesAndModel) {
  std::ostringstream found;
  const std::regex include("^\\s*#include \"([a-z_]+)/");
  for (const SourceFile& file : read_tree(kWings)) {
    if (file.wing == "app") continue;
    for (const std::string& line : file.lines) {
      std::smatch match;
      if (!std::regex_search(line, match, include)) continue;
      if (match[1] != file.wing && match[1] != "model") found << file.path << ": " << line << "\n";
    }
  }
  EXPECT_EQ(found.str(), "");
}

TEST(House, KeepsEachPackageInItsWing) {
  // fmt and nlohmann format text; every other package serves one purpose and one wing.
  const std::map<std::string, std::set<std::string>> owners = {{"systemc|tlm", {"sim"}},
                                                               {"Eigen/", {"model", "compress"}},
                                                               {"boost/", {"app"}},
                                                               {"yaml-cpp/", {"model"}},
                                                               {"zip\\.h", {"model"}},
                                                               {"zlib\\.h", {"model"}},
                                                               {"xxhash\\.h", {"model"}},
                                                               {"zstd\\.h", {"model", "traces"}},
                                                               {"sqlite3", {"sweep"}},
                                                               {"scotch|metis|lemon/|Cbc_", {"mapping"}},
                                                               {"nlohmann/", {"model", "sweep", "app"}}};
  const auto files = read_tree(kWings);
  for (const auto& [package, wings] : owners) {
    const auto foreign = [&wings = wings](const SourceFile& file) { return wings.count(file.wing) == 0; };
    EXPECT_EQ(find(files, std::regex("^\\s*#include <(" + package + ")"), foreign), "") << package;
  }
}

TEST(House, KeepsPackageHeadersOutOfItsOwnHeaders) {
  // The exceptions: what is for people who write SystemC themselves, which is one header to include but more
  // than one file holds (the modules of the fabric, and beside them ports, adapters and the socket); and the
  // modules of the signal model, which nobody else includes.
  const auto headers = [](const SourceFile& file) {
    return file.is_header() && file.path != "sim/fabric_module.hpp" && file.path != "sim/open_fabric.hpp" &&
           file.path.rfind("sim/open/", 0) != 0 && file.path.rfind("sim/signals/", 0) != 0;
  };
  const std::regex packages(
      "^\\s*#include <(systemc|tlm|boost/|yaml-cpp|nlohmann|fmt/|zip|zlib|zstd|xxhash|sqlite3|lemon|scotch)");
  EXPECT_EQ(find(read_tree(kWings), packages, headers), "");
  EXPECT_EQ(find(read_tree({"tests"}), packages, headers), "");
  const auto foreign_to_eigen = [](const SourceFile& file) {
    return file.is_header() && file.wing != "model" && file.wing != "compress";
  };
  EXPECT_EQ(find(read_tree(kWings), std::regex("^\\s*#include <Eigen/"), foreign_to_eigen), "");
}

TEST(House, LeavesTheSignalModelsModulesInTheirRoom) {
  auto folders = kWings;
  folders.insert("tests");
  const auto outside = [](const SourceFile& file) { return file.path.rfind("sim/signals/", 0) != 0; };
  const std::regex inside("#include \"sim/signals/(?!run_signals\\.hpp)");
  EXPECT_EQ(find(read_tree(folders), inside, outside), "");
  const auto door = [](const SourceFile& file) { return file.path == "sim/signals/run_signals.hpp"; };
  EXPECT_EQ(find(read_tree({"sim"}), std::regex("<systemc|\"sim/signals/"), door), "");
}

TEST(House, SpeaksOnlyInApp) {
  const auto library = [](const SourceFile& file) { return file.wing != "app"; };
  EXPECT_EQ(find(read_tree(kWings), std::regex("std::(cout|cerr|clog)|\\bf?printf\\(|\\babort\\(|\\bexit\\("),
                 library),
            "");
}

TEST(House, DrawsNoRandomNumbersButItsOwn) {
  const std::regex foreign(
      "std::(shuffle|random_device|mt19937|default_random_engine|\\w+_distribution)|\\brand\\(\\)");
  EXPECT_EQ(find(read_tree(kWings), foreign, kAnywhere), "");
}

TEST(House, LeavesNothingOpen) {
  const std::regex open(std::string("\\b(TO") + "DO|FIX" + "ME|XX" + "X|HA" + "CK)\\b");
  auto folders = kWings;
  folders.insert("tests");
  EXPECT_EQ(find(read_tree(folders), open, kAnywhere), "");
}

TEST(House, HasSmallRooms) {
  auto folders = kWings;
  folders.insert("tests");
  for (const SourceFile& file : read_tree(folders)) EXPECT_LE(file.lines.size(), 500u) << file.path;
}

TEST(House, OpensEachFileWithWhatItIs) {
  auto folders = kWings;
  folders.insert("tests");
  for (const SourceFile& file : read_tree(folders)) {
    ASSERT_FALSE(file.lines.empty()) << file.path;
    EXPECT_EQ(file.lines[0].substr(0, 3), "// ") << file.path << " opens with: " << file.lines[0];
  }
}

}  // namespace
