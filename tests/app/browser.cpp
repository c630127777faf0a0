// The protocol of Chromium's developer tools over two pipes: the browser reads from its descriptor 3 and
// writes to 4, each message is JSON and ends with a zero byte. Commands are answered by their number; what
// comes in between are events.
#include "tests/app/browser.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "tests/app/weft_program.hpp"

namespace weft::test {
namespace {

using Json = nlohmann::json;

constexpr int kMostMilliseconds = 60000;

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error("browser: " + what);
}

}  // namespace

std::string find_chromium() {
  for (const char* path : {"/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"})
    if (access(path, X_OK) == 0) return path;
  return "";
}

class Browser::Protocol {
 public:
  Protocol(int width, int height);
  ~Protocol();
  Protocol(const Protocol&) = delete;
  Protocol& operator=(const Protocol&) = delete;

  void open(const std::string& file);
  Json call(const std::string& method, const Json& parameters = Json::object());
  Json evaluate(const std::string& expression);
  const std::vector<std::string>& complaints() const { return complaints_; }

 private:
  Json receive();
  void note(const Json& message);

  Scratch profile_;
  pid_t child_ = -1;
  int to_ = -1, from_ = -1;
  int calls_ = 0;
  bool loaded_ = false;
  std::string session_, received_, page_;
  std::vector<std::string> complaints_;
};

Browser::Browser(int width, int height) : protocol_(std::make_unique<Protocol>(width, height)) {}
Browser::~Browser() = default;

void Browser::open(const std::string& file) {
  protocol_->open(file);
}

const std::vector<std::string>& Browser::complaints() const {
  return protocol_->complaints();
}

std::string Browser::evaluate(const std::string& expression) {
  return protocol_->evaluate(expression).dump();
}

Browser::Protocol::Protocol(int width, int height) {
  signal(SIGPIPE, SIG_IGN);  // a browser that dies is told by read and write
  int commands[2], answers[2];
  if (pipe(commands) != 0 || pipe(answers) != 0) fail("no pipes");
  const std::string program = find_chromium(), profile = "--user-data-dir=" + (profile_ / "profile");
  const std::string size = "--window-size=" + std::to_string(width) + "," + std::to_string(height);
  child_ = fork();
  if (child_ == 0) {
    setpgid(0, 0);
    const int quiet = ::open("/dev/null", O_WRONLY);
    const int in = fcntl(commands[0], F_DUPFD, 10), out = fcntl(answers[1], F_DUPFD, 10);
    if (dup2(in, 3) != 3 || dup2(out, 4) != 4 || dup2(quiet, 1) != 1 || dup2(quiet, 2) != 2) _exit(126);
    execl(program.c_str(), program.c_str(), "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
          "--disable-dev-shm-usage", "--hide-scrollbars", "--remote-debugging-pipe", profile.c_str(),
          size.c_str(), "about:blank", static_cast<char*>(nullptr));
    _exit(127);
  }
  close(commands[0]);
  close(answers[1]);
  to_ = commands[1];
  from_ = answers[0];
  const Json target = call("Target.createTarget", {{"url", "about:blank"}});
  session_ = call("Target.attachToTarget", {{"targetId", target["targetId"]}, {"flatten", true}})["sessionId"]
                 .get<std::string>();
  for (const char* domain : {"Page", "Runtime", "Log", "Network"}) call(std::string(domain) + ".enable");
  call("Emulation.setDeviceMetricsOverride",
       {{"width", width}, {"height", height}, {"deviceScaleFactor", 1}, {"mobile", false}});
}

Browser::Protocol::~Protocol() {
  close(to_);
  close(from_);
  kill(-child_, SIGKILL);  // its own group: the browser has many processes
  waitpid(child_, nullptr, 0);
}

void Browser::Protocol::open(const std::string& file) {
  page_ = "file://" + file;
  loaded_ = false;
  complaints_.clear();
  call("Page.navigate", {{"url", page_}});
  while (!loaded_) note(receive());
}

void Browser::prefer_dark(bool dark) {
  protocol_->call("Emulation.setEmulatedMedia",
                  {{"features", {{{"name", "prefers-color-scheme"}, {"value", dark ? "dark" : "light"}}}}});
}

Json Browser::Protocol::evaluate(const std::string& expression) {
  const Json answer =
      call("Runtime.evaluate", {{"expression", expression}, {"awaitPromise", true}, {"returnByValue", true}});
  if (answer.contains("exceptionDetails")) fail(expression + ": " + answer["exceptionDetails"].dump());
  return answer["result"].value("value", Json());
}

void Browser::click(const std::string& selector) {
  const Json at =
      protocol_->evaluate("(() => { const e = document.querySelector('" + selector +
                          "'); e.scrollIntoView({block: 'center'}); const r = e.getBoundingClientRect();"
                          "return [r.x + r.width / 2, r.y + r.height / 2]; })()");
  for (const char* type : {"mousePressed", "mouseReleased"})
    protocol_->call("Input.dispatchMouseEvent",
                    {{"type", type}, {"x", at[0]}, {"y", at[1]}, {"button", "left"}, {"clickCount", 1}});
}

std::string Browser::screenshot() {
  return protocol_->call("Page.captureScreenshot", {{"format", "png"}})["data"].get<std::string>();
}

Json Browser::Protocol::call(const std::string& method, const Json& parameters) {
  const int id = ++calls_;
  Json message = {{"id", id}, {"method", method}, {"params", parameters}};
  if (!session_.empty()) message["sessionId"] = session_;
  const std::string text = message.dump() + '\0';
  for (std::size_t written = 0; written < text.size();) {
    const ssize_t count = write(to_, text.data() + written, text.size() - written);
    if (count <= 0) fail("it does not listen any more");
    written += static_cast<std::size_t>(count);
  }
  for (;;) {
    const Json answer = receive();
    if (answer.value("id", 0) != id) {
      note(answer);
      continue;
    }
    if (answer.contains("error")) fail(method + ": " + answer["error"].dump());
    return answer["result"];
  }
}

Json Browser::Protocol::receive() {
  for (;;) {
    const std::size_t end = received_.find('\0');
    if (end != std::string::npos) {
      const Json message = Json::parse(received_.substr(0, end));
      received_.erase(0, end + 1);
      return message;
    }
    pollfd waiting{from_, POLLIN, 0};
    if (poll(&waiting, 1, kMostMilliseconds) <= 0) fail("no answer within a minute");
    char buffer[1 << 16];
    const ssize_t count = read(from_, buffer, sizeof buffer);
    if (count <= 0) fail("it has ended");
    received_.append(buffer, static_cast<std::size_t>(count));
  }
}

void Browser::Protocol::note(const Json& message) {
  const std::string method = message.value("method", "");
  if (method == "Page.loadEventFired") loaded_ = true;
  if (method == "Runtime.exceptionThrown") complaints_.push_back(message["params"].dump());
  if (method == "Runtime.consoleAPICalled" && message["params"]["type"] == "error")
    complaints_.push_back(message["params"].dump());
  if (method == "Log.entryAdded" && message["params"]["entry"]["level"] == "error")
    complaints_.push_back(message["params"].dump());
  if (method != "Network.requestWillBeSent") return;
  const std::string url = message["params"]["request"]["url"].get<std::string>();
  if (url != page_ && url.rfind("data:", 0) != 0 && url != "about:blank")
    complaints_.push_back("asked for " + url);
}

}  // namespace weft::test
