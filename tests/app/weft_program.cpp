// fork and exec with stdout and stderr in temporary files, or stderr on a pseudo terminal.
#include "tests/app/weft_program.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "model/data/dataset.hpp"

namespace weft::test {
namespace {

namespace fs = std::filesystem;

// What sweeps share by default is that of this test, not the user's.
const std::string& cache_of_this_test() {
  static const Scratch scratch;
  static const std::string path = scratch / "";
  return path;
}

[[noreturn]] void become(const std::vector<std::string>& words,
                         const std::map<std::string, std::string>& environment) {
  setenv("XDG_CACHE_HOME", cache_of_this_test().c_str(), 1);
  for (const auto& [name, value] : environment) {
    if (value.empty())
      unsetenv(name.c_str());
    else
      setenv(name.c_str(), value.c_str(), 1);
  }
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  execv(arguments[0], arguments.data());
  _exit(127);
}

void redirect(const std::string& path, int descriptor) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (file < 0 || dup2(file, descriptor) < 0) _exit(126);
}

int exit_code(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int wait_for(pid_t child) {
  int status = 0;
  waitpid(child, &status, 0);
  return exit_code(status);
}

std::vector<std::string> with_program(const std::vector<std::string>& words) {
  std::vector<std::string> all = {WEFT_PROGRAM};
  all.insert(all.end(), words.begin(), words.end());
  return all;
}

}  // namespace

Finished run_weft_and_interrupt(const std::vector<std::string>& words, const std::string& mark) {
  return run_weft_and_signal(words, SIGINT,
                             [&](const std::string& err) { return err.find(mark) != std::string::npos; });
}

Finished run_weft_and_signal(const std::vector<std::string>& words, int signal,
                             const std::function<bool(const std::string& err)>& when) {
  const Scratch scratch;
  cache_of_this_test();
  const pid_t child = fork();
  if (child == 0) {
    redirect(scratch / "out", STDOUT_FILENO);
    redirect(scratch / "err", STDERR_FILENO);
    become(with_program(words), {});
  }
  int status = 0;
  bool ended = false;
  while (!ended && !when(read_all(scratch / "err"))) {
    usleep(2000);
    ended = waitpid(child, &status, WNOHANG) != 0;
  }
  Finished finished;
  if (!ended) kill(child, signal);
  finished.code = ended ? exit_code(status) : wait_for(child);
  finished.out = read_all(scratch / "out");
  finished.err = read_all(scratch / "err");
  return finished;
}

Finished run_program(const std::vector<std::string>& words,
                     const std::map<std::string, std::string>& environment) {
  const Scratch scratch;
  cache_of_this_test();
  const pid_t child = fork();
  if (child == 0) {
    redirect(scratch / "out", STDOUT_FILENO);
    redirect(scratch / "err", STDERR_FILENO);
    become(words, environment);
  }
  Finished finished;
  finished.code = wait_for(child);
  finished.out = read_all(scratch / "out");
  finished.err = read_all(scratch / "err");
  return finished;
}

Finished run_weft(const std::vector<std::string>& words,
                  const std::map<std::string, std::string>& environment) {
  return run_program(with_program(words), environment);
}

bool terminals_can_be_opened() {
  int terminal = -1, other_end = -1;
  if (openpty(&terminal, &other_end, nullptr, nullptr, nullptr) != 0) return false;
  close(terminal);
  close(other_end);
  return true;
}

Finished run_weft_on_terminal(const std::vector<std::string>& words,
                              const std::map<std::string, std::string>& environment, const std::string& mark,
                              const std::string& keys) {
  const Scratch scratch;
  int terminal = -1;
  cache_of_this_test();
  const pid_t child = forkpty(&terminal, nullptr, nullptr, nullptr);
  if (child < 0) throw std::runtime_error("no terminal");
  if (child == 0) {
    redirect(scratch / "out", STDOUT_FILENO);
    become(with_program(words), environment);
  }
  Finished finished;
  char buffer[4096];
  bool typed = keys.empty();
  for (ssize_t count; (count = read(terminal, buffer, sizeof buffer)) > 0;) {
    finished.err.append(buffer, static_cast<std::size_t>(count));
    if (!typed && finished.err.find(mark) != std::string::npos)
      typed = write(terminal, keys.data(), keys.size()) == static_cast<ssize_t>(keys.size());
  }
  finished.code = wait_for(child);
  close(terminal);
  finished.out = read_all(scratch / "out");
  return finished;
}

Scratch::Scratch() {
  std::string pattern = (fs::temp_directory_path() / "weft-test-XXXXXX").string();
  if (!mkdtemp(pattern.data())) throw std::runtime_error("no temporary directory");
  path_ = pattern;
}

Scratch::~Scratch() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string Scratch::file(const std::string& name, const std::string& text) const {
  const std::string path = *this / name;
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

std::string read_all(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

bool has_fashion_mnist() {
  try {
    load_test_data("fashion-mnist");
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace weft::test
