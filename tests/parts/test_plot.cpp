// Plots: the script, the pictures where gnuplot is installed, and the errors.
#include "../support/temporary_folder.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/plots/plot.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <cstdlib>
#include <limits>

using Catch::Matchers::Contains;
using timeloom::PlotSeries;
using timeloom::PlotStyle;

namespace {

std::vector<PlotSeries> example() {
    PlotSeries sales{"sales's_history", {}, {}};
    PlotSeries forecast{"forecast", {}, {}, PlotStyle::dashed, {}, {}};
    for (int i = 0; i < 36; ++i) {
        sales.x.push_back(i);
        sales.y.push_back(i == 7 ? std::numeric_limits<double>::quiet_NaN() : 200 + 5 * i + 30 * std::sin(i));
    }
    for (int i = 35; i < 48; ++i) {
        forecast.x.push_back(i);
        forecast.y.push_back(200 + 5 * i + 30 * std::sin(i));
        forecast.lower.push_back(forecast.y.back() - 20);
        forecast.upper.push_back(forecast.y.back() + 20);
    }
    return {sales, forecast};
}

/// Sets an environment variable and restores it.
class ChangedPath {
  public:
    explicit ChangedPath(const char* value) : before_(std::getenv("PATH")) { ::setenv("PATH", value, 1); }
    ~ChangedPath() { ::setenv("PATH", before_.c_str(), 1); }

  private:
    std::string before_;
};

} // namespace

TEST_CASE("the script quotes texts, marks gaps and draws bands before curves") {
    const std::string script =
        timeloom::gnuplot_script("it's.svg", "a 'title'\nset output", "x", "y", example());
    CHECK_THAT(script,
               Contains("set output 'it''s.svg'\n") && Contains("set title 'a ''title'' set output'\n"));
    CHECK_THAT(script, Contains("\n7 NaN\n") && Contains("title 'sales''s_history'"));
    CHECK(script.find("filledcurves") < script.find("linewidth 2 linecolor"));
}

TEST_CASE("panels share an x axis down to the one that names it") {
    const PlotSeries bars{"", {1, 2, 3}, {4, 6, 5}, PlotStyle::bars};
    const PlotSeries stems{"", {-1, 0}, {0.5, 1}, PlotStyle::stems};
    const std::vector<timeloom::PlotPanel> panels{
        {"", "a", {bars}}, {"time", "b", {stems}}, {"lag", "c", {bars}}};
    const std::string script = timeloom::gnuplot_script("a.svg", "three", panels);
    CHECK_THAT(script, Contains("size 960,640") && Contains("layout 3,1 title 'three'"));
    CHECK_THAT(script, Contains("set xrange [-1:3]\nset format x ''") &&
                           Contains("set xrange [*:*]\nset format x '%g'"));
    CHECK_THAT(script,
               Contains("$data0 using 1:2 with boxes") && Contains("$data1_0 using 1:2 with impulses"));
    CHECK_THAT(timeloom::gnuplot_script("a.svg", "", panels, 2),
               Contains("layout 2,2") && !Contains("xrange [-1"));
    CHECK_THROWS_WITH(timeloom::gnuplot_script("a.svg", "", panels, 0), Contains("one column"));
    CHECK_THROWS_WITH(timeloom::plot_panels("a.svg", "", {}), Contains("one panel"));
    CHECK_THROWS_WITH(timeloom::plot_panels("a.svg", "", std::vector<timeloom::PlotPanel>{{"", "", {}}}),
                      Contains("empty"));
}

TEST_CASE("plots that cannot be drawn are refused") {
    auto series = example();
    CHECK_THROWS_WITH(timeloom::plot_lines("a.jpg", "", "", "", series), Contains(".svg or .png"));
    CHECK_THROWS_WITH(timeloom::plot_lines("a.svg", "", "", "", {}), Contains("empty"));
    series[1].upper.pop_back();
    CHECK_THROWS_WITH(timeloom::plot_lines("a.svg", "", "", "", series),
                      Contains("forecast") && Contains("12 upper"));
    const ChangedPath no_programs("/nonexistent");
    CHECK_THROWS_WITH(timeloom::plot_lines("a.svg", "", "", "", example()), Contains("gnuplot-nox"));
}

TEST_CASE("pictures are drawn") {
    if (std::system("command -v gnuplot >/dev/null") != 0) {
        WARN("gnuplot is not installed: no picture drawn");
        return;
    }
    const timeloom::TemporaryFolder folder;
    const auto svg = folder.path() / "it's a plot.svg";
    timeloom::plot_lines(svg, "Sales", "month", "sold", example());
    CHECK_THAT(timeloom::read_whole_file(svg), Contains("<svg") && Contains("Sales") && Contains("</svg>"));
    CHECK_THROWS_WITH(timeloom::plot_lines(folder.path() / "no" / "a.svg", "", "", "", example()),
                      Contains("cannot be written"));
    const auto png = folder.path() / "a.png";
    timeloom::plot_lines(png, "Sales", "month", "sold", example());
    CHECK(timeloom::read_whole_file(png).starts_with("\x89PNG"));
    const std::vector<timeloom::PlotPanel> panels{{"", "sold", example()}, {"month", "sold", example()}};
    const auto stacked = folder.path() / "panels.png";
    timeloom::plot_panels(stacked, "Sales twice", panels);
    CHECK(timeloom::read_whole_file(stacked).starts_with("\x89PNG"));
}

TEST_CASE("a picture that is cut does not replace the one before") {
    const timeloom::TemporaryFolder folder;
    const auto picture = folder.write("a.svg", "<svg>before</svg>"), png = folder.write("a.png", "before");
    const auto fake = folder.write("gnuplot", "#!/bin/sh\nprintf '\\211PNG\\r\\n\\032\\n<svg>half a pic'\n");
    std::filesystem::permissions(fake, std::filesystem::perms::owner_all);
    const ChangedPath only_fake((folder.path().string() + ":/bin:/usr/bin").c_str());
    for (const auto& file : {picture, png}) {
        const std::string before = timeloom::read_whole_file(file);
        CHECK_THROWS_WITH(timeloom::plot_lines(file, "", "", "", example()), Contains("only a part"));
        CHECK(timeloom::read_whole_file(file) == before);
    }
}

TEST_CASE("a script of one's own is drawn") {
    if (std::system("command -v gnuplot >/dev/null") != 0)
        return;
    const timeloom::TemporaryFolder folder;
    const auto svg = folder.path() / "own.svg";
    timeloom::plot_script(svg, "set terminal svg\nplot x title 'own'\n");
    CHECK_THAT(timeloom::read_whole_file(svg), Contains("own") && Contains("</svg>"));
    CHECK_THROWS_WITH(timeloom::plot_script(svg, "set terminal svg\nplot what\n"), Contains("what"));
    CHECK_THROWS_WITH(timeloom::plot_script(folder.path() / "own.pdf", ""), Contains(".svg or .png"));
    CHECK_THAT(timeloom::read_whole_file(svg), Contains("own"));
}

TEST_CASE("a gnuplot that fails, or leaves without reading, gives an Error") {
    const timeloom::TemporaryFolder folder;
    const auto fake = folder.write("gnuplot", "#!/bin/sh\necho broken terminal >&2\nexit 1\n");
    std::filesystem::permissions(fake, std::filesystem::perms::owner_all);
    const ChangedPath only_fake((folder.path().string() + ":/bin:/usr/bin").c_str());
    PlotSeries large{"large", std::vector<double>(100'000, 1.0), std::vector<double>(100'000, 1.0)};
    const std::vector<PlotSeries> series{large};
    CHECK_THROWS_WITH(timeloom::plot_lines(folder.path() / "a.svg", "", "", "", series),
                      Contains("broken terminal"));
}
