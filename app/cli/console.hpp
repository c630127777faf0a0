// What a command says while it works: messages, one line per finished stage, a progress bar. All of it goes
// to stderr; results alone go to stdout.
#pragma once

#include <chrono>
#include <cstdio>
#include <string>

#include "model/base/progress.hpp"

namespace weft::app {

struct ConsoleStyle {
  bool quiet = false;  // errors and warnings only
  bool color = false;  // escape sequences for color
  bool bar = false;    // a bar that is redrawn in place: terminals only
  int columns = 80;
};

// From the environment: color and bar on a terminal only; NO_COLOR (set and not empty) and `no_color` switch
// color off, TERM=dumb both.
ConsoleStyle detect_style(bool quiet, bool no_color);

class Console {
 public:
  Console(const ConsoleStyle& style, std::FILE* stream) : style_(style), stream_(stream) {}

  const ConsoleStyle& style() const { return style_; }
  void say(const std::string& line);      // silent when quiet
  void warn(const std::string& message);  // "weft: warning: ..."
  void error(const std::string& message);
  void draw(const std::string& line);  // replaces the line the cursor is in, without a line feed
  void clear_drawn();

 private:
  void write(const std::string& text);
  std::string colored(const char* code, const std::string& text) const;

  ConsoleStyle style_;
  std::FILE* stream_;
  bool drawn_ = false;
};

// One stage of a command. While it works it draws a bar with the time left; done() leaves one line that says
// what came out and how long it took.
class Stage : public Progress {
 public:
  Stage(Console& console, std::string name);
  ~Stage() override;
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  void update(std::int64_t done, std::int64_t total) override;
  bool stop_requested() const override;  // after Ctrl-C

  // What the bar counts beside its percentage: `each` units of work are one of these, of which there are
  // `count`; each = 1 and count = 0: the units of work themselves.
  void count_in(const std::string& unit, std::int64_t each = 1, std::int64_t count = 0);

  const std::string& name() const { return name_; }
  double seconds() const;  // since the stage began
  void done(const std::string& summary);

 private:
  using Clock = std::chrono::steady_clock;

  Console& console_;
  std::string name_;
  Clock::time_point start_;
  Clock::time_point next_draw_;
  // The time left is that of what has been done since the first update: a stage may begin in the middle.
  bool begun_ = false;
  std::int64_t first_ = 0;
  Clock::time_point first_time_;
  std::string unit_;
  std::int64_t each_ = 1;
  std::int64_t count_ = 0;
};

// "[=====>    ]  42%  3 s left"; `width` is that of the bar alone. The work from `first` to `done` took
// `seconds`.
std::string format_bar(std::int64_t done, std::int64_t total, double seconds, int width,
                       std::int64_t first = 0);

}  // namespace weft::app
