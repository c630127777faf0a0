// The report's replay in a real browser: pictures a second while a run of a million events on 16 x 16 tiles
// is played, at several speeds. Figures only; the target is 30 pictures a second.
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "app/flow/gather.hpp"
#include "app/report/html_report.hpp"
#include "sim/run.hpp"
#include "tests/app/browser.hpp"
#include "tests/app/weft_program.hpp"
#include "tests/bench/sim_cases.hpp"
#include "traces/log/event_log.hpp"

int main() {
  using namespace weft;
  if (test::find_chromium().empty()) {
    std::printf("no chromium is installed: nothing was measured\n");
    return 0;
  }
  const test::Scratch scratch;
  const bench::Case run = bench::uniform_load(16, 64, 6);
  traces::EventLogWriter log(run.fabric, {scratch / "run.events"});
  const Outcome outcome = sim::run_image(run.fabric, run.image, run.stimulus, {}, &log);
  log.finish();

  Report report;
  report.title = "replay";
  app::add_run_figures(report, outcome, run.fabric, run.image);
  report.fabric = app::fabric_figures(run.image, run.fabric, &outcome, {});
  app::LogView view = app::view_log(scratch / "run.events", {});
  const std::string page = scratch.file("report.html", app::format_html_report(report, &view));
  std::printf("%d x %d tiles, %lld events in a page of %.1f MB\n", view.replay.width, view.replay.height,
              static_cast<long long>(view.replay.events),
              static_cast<double>(std::filesystem::file_size(page)) / 1e6);

  test::Browser browser(1280, 1400);
  const auto begin = std::chrono::steady_clock::now();
  browser.open(page);
  std::printf("opened in %.2f s\n",
              std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  browser.evaluate("document.getElementById('fabric-canvas').scrollIntoView()");
  const int speeds =
      nlohmann::json::parse(browser.evaluate("document.getElementById('speed').length")).get<int>();
  for (int speed = 0; speed < speeds; speed += 2) {
    const auto played = nlohmann::json::parse(browser.evaluate(
        "new Promise(done => { const s = document.getElementById('speed'); s.selectedIndex = " +
        std::to_string(speed) +
        "; s.dispatchEvent(new Event('change')); weftReplay.seek(0); weftReplay.start();"
        "const from = weftReplay.pictures(), begin = performance.now(); let longest = 0, last = begin;"
        "const look = now => { longest = Math.max(longest, now - last); last = now; const time = now - begin;"
        "if (time < 3000 && weftReplay.playing()) return requestAnimationFrame(look);"
        "weftReplay.stop(); done([Number(s.value), 1000 * (weftReplay.pictures() - from) / time, longest]); "
        "};"
        "requestAnimationFrame(look); })"));
    std::printf("%8.0f cycles a second: %6.1f pictures a second, the longest took %.0f ms\n",
                played[0].get<double>(), played[1].get<double>(), played[2].get<double>());
  }
  for (const std::string& complaint : browser.complaints()) std::printf("%s\n", complaint.c_str());
  return browser.complaints().empty() ? 0 : 1;
}
