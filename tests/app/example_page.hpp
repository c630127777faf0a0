// The report's page of a real run, made by hand but for what the page itself makes.
#pragma once

#include "app/flow/answers.hpp"
#include "app/flow/closer_look.hpp"
#include "app/flow/gather.hpp"
#include "app/report/html_report.hpp"
#include "model/base/files.hpp"
#include "sim/run.hpp"
#include "tests/app/weft_program.hpp"
#include "tests/bench/sim_cases.hpp"

namespace weft::test {

// Every tile of a small fabric sends to others, each step.
struct ExamplePage {
  ExamplePage() : run(bench::uniform_load(4, 16, 12)), log(scratch / "frames.events") {
    const Outcome outcome = sim::run_image(run.fabric, run.image, run.stimulus);
    report.title = "an example";
    report.accuracy = AccuracyReport{0.9, 0.89, 0.885, 0.75, 4, 0};
    const Dataset data{"digits", {1, 2, 3}, 2, std::vector<std::uint8_t>(24, 200), {0, 1, 1, 0}};
    report.accuracy->answers =
        app::answer_figures({4, 2, {9, 1, 1, 9, 5, 2, 7, 3}}, data.labels, data.name, app::pictures_of(data));
    app::add_run_figures(report, outcome, run.fabric, run.image);
    report.utilization = app::utilization_figures(run.image, run.fabric);
    report.utilization->cores.lower_bound = 12;
    report.fabric = app::fabric_figures(run.image, run.fabric, &outcome, {"input", "first", "second"});
    report.closer_look = app::look_closer(run.fabric, run.image, run.stimulus, outcome, log);
    view = app::view_log(log, report.closer_look->frames);
    file = scratch.file("report.html", app::format_html_report(report, &view));
  }

  Scratch scratch;
  bench::Case run;
  std::string log, file;
  Report report;
  app::LogView view;
};

}  // namespace weft::test
