// A real browser, without a window, driven as its own developer tools drive it: for the tests of the report's
// page.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace weft::test {

// Its path; empty where none is installed.
std::string find_chromium();

// Throws std::runtime_error where the browser does not do what it was told, within a minute.
class Browser {
 public:
  Browser(int width, int height);
  ~Browser();
  Browser(const Browser&) = delete;
  Browser& operator=(const Browser&) = delete;

  void open(const std::string& file);  // until all is loaded and has run
  void prefer_dark(bool dark);
  // The value of a JavaScript expression, as JSON; promises are awaited. An exception in it is an error here.
  std::string evaluate(const std::string& expression);
  // With the mouse, in the middle of the first element that the selector names.
  void click(const std::string& selector);
  std::string screenshot();  // PNG in base64, of what the window shows
  // What the page has complained of since it was opened: errors on the console, exceptions; and whatever it
  // asked for that is not within itself.
  const std::vector<std::string>& complaints() const;

 private:
  class Protocol;
  std::unique_ptr<Protocol> protocol_;
};

}  // namespace weft::test
