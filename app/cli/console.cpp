// Messages and the progress bar. The bar is drawn ten times a second at most, because libraries call update()
// in their inner loops; a message first wipes a bar that is on the screen.
#include "app/cli/console.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "app/cli/interrupt.hpp"
#include "app/report/html.hpp"

namespace weft::app {
namespace {

constexpr auto kRedraw = std::chrono::milliseconds(100);

bool environment_is(const char* name, const char* value) {
  const char* found = std::getenv(name);
  return found && std::strcmp(found, value) == 0;
}

bool environment_has(const char* name) {
  const char* found = std::getenv(name);
  return found && *found;
}

std::string format_left(double seconds) {
  if (seconds < 90) return fmt::format("{:.0f} s left", seconds);
  return fmt::format("{:.0f} min left", seconds / 60);
}

}  // namespace

ConsoleStyle detect_style(bool quiet, bool no_color) {
  ConsoleStyle style;
  style.quiet = quiet;
  const bool terminal = isatty(STDERR_FILENO) && !environment_is("TERM", "dumb");
  style.bar = terminal && !quiet;
  style.color = terminal && !no_color && !environment_has("NO_COLOR");
  winsize size{};
  if (terminal && ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    style.columns = size.ws_col;
  return style;
}

void Console::write(const std::string& text) {
  // A message that cannot be shown has nowhere else to go.
  if (std::fwrite(text.data(), 1, text.size(), stream_) != text.size()) return;
  std::fflush(stream_);
}

std::string Console::colored(const char* code, const std::string& text) const {
  return style_.color ? fmt::format("\033[{}m{}\033[0m", code, text) : text;
}

void Console::say(const std::string& line) {
  if (style_.quiet) return;
  clear_drawn();
  write(line + "\n");
}

void Console::warn(const std::string& message) {
  clear_drawn();
  write(fmt::format("weft: {} {}\n", colored("33", "warning:"), message));
}

void Console::error(const std::string& message) {
  clear_drawn();
  write(fmt::format("weft: {} {}\n", colored("31", "error:"), message));
}

void Console::draw(const std::string& line) {
  write("\r" + line.substr(0, static_cast<std::size_t>(std::max(1, style_.columns - 1))) + "\033[K");
  drawn_ = true;
}

void Console::clear_drawn() {
  if (drawn_) write("\r\033[K");
  drawn_ = false;
}

Stage::Stage(Console& console, std::string name)
    : console_(console), name_(std::move(name)), start_(Clock::now()), next_draw_(start_) {}

Stage::~Stage() {
  console_.clear_drawn();
}

double Stage::seconds() const {
  return std::chrono::duration<double>(Clock::now() - start_).count();
}

bool Stage::stop_requested() const {
  return interrupted();
}

void Stage::count_in(const std::string& unit, std::int64_t each, std::int64_t count) {
  unit_ = unit;
  each_ = each;
  count_ = count;
}

void Stage::update(std::int64_t done, std::int64_t total) {
  if (!console_.style().bar) return;
  const auto now = Clock::now();
  if (!begun_) {
    begun_ = true;
    first_ = done;
    first_time_ = now;
  }
  if (now < next_draw_) return;
  next_draw_ = now + kRedraw;
  const double since_first = std::chrono::duration<double>(now - first_time_).count();
  std::string line = fmt::format("{:<10} {}", name_, format_bar(done, total, since_first, 24, first_));
  if (!unit_.empty()) {
    const std::int64_t all = count_ > 0 ? count_ : total;
    line +=
        fmt::format("  {} of {} {}", html::grouped(std::min(done / each_, all)), html::grouped(all), unit_);
  }
  console_.draw(line);
}

void Stage::done(const std::string& summary) {
  console_.say(fmt::format("{:<10} {:>6.1f} s  {}", name_, seconds(), summary));
}

std::string format_bar(std::int64_t done, std::int64_t total, double seconds, int width, std::int64_t first) {
  const double share =
      total > 0 ? std::clamp(static_cast<double>(done) / static_cast<double>(total), 0.0, 1.0) : 0.0;
  const int filled = static_cast<int>(share * width);
  std::string bar(static_cast<std::size_t>(filled), '=');
  if (filled < width) bar += '>';
  bar.resize(static_cast<std::size_t>(width), ' ');
  const double since_first = total > 0 ? static_cast<double>(done - first) / static_cast<double>(total) : 0;
  const std::string left =
      since_first > 0.01 && share < 1 ? format_left(seconds * (1 - share) / since_first) : "";
  return fmt::format("[{}] {:>3.0f}%  {}", bar, share * 100, left);
}

}  // namespace weft::app
