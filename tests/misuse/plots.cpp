// Plots of what cannot be drawn, and scripts that draw nothing.
#include "misuse.hpp"

#include "../support/temporary_folder.hpp"
#include "timeloom/runtime/plots/plot.hpp"

#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace timeloom::tests {

namespace {

using Path = std::filesystem::path;

const std::vector<PlotSeries> line{{"line", {0, 1, 2}, {0, 1, 4}}};

} // namespace

TEST_CASE("plots of what cannot be drawn") {
    const TemporaryFolder folder;
    const Path path = folder.path() / "plot.svg";
    const auto plot = [&](const PlotSeries& series) { plot_lines(path, "", "", "", std::span(&series, 1)); };
    refuses("no series", "empty", [&] { plot_lines(path, "", "", "", {}); });
    refuses("a series without points", "empty", [&] { plot({"s", {}, {}}); });
    refuses("NaN only", "empty", [&] { plot({"s", {not_a_number, 1}, {1, not_a_number}}); });
    refuses("infinity only", "empty", [&] { plot({"s", {0}, {infinity}}); });
    refuses("more x than y", "equally many", [&] { plot({"s", {0, 1}, {1}}); });
    refuses("no x", "equally many", [&] { plot({"s", {}, {1}}); });
    refuses("a band of another length", "equally many", [&] {
        plot({"s", {0}, {1}, PlotStyle::line, {0, 1}, {2}});
    });
    refuses("half a band", "equally many", [&] { plot({"s", {0}, {1}, PlotStyle::line, {0}, {}}); });
    refuses("no panels", "one panel", [&] { plot_panels(path, "", {}); });
    const std::vector<PlotPanel> panels{{"", "", line}, {"", "", line}};
    refuses("no columns", "one column", [&] { plot_panels(path, "", panels, 0); });
    refuses("no columns in a script", "one column", [&] { gnuplot_script(path, "", panels, 0); });
    refuses("an empty panel", "empty", [&] { plot_panels(path, "", std::vector<PlotPanel>{{"", "", {}}}); });
    accepts("more columns than panels",
            [&] { CHECK_THAT(gnuplot_script(path, "", panels, huge_size), Catch::Contains("layout 1,2")); });
    accepts("a style that is none", [&] {
        gnuplot_script(path, "", "", "",
                       std::vector<PlotSeries>{{"s", {0}, {1}, static_cast<PlotStyle>(99)}});
    });
    accepts("titles with quotes and line ends", [&] {
        const std::string script = gnuplot_script(path, "'\nset output 'x'\n", "'", "\\", line);
        CHECK(script.find("\nset output 'x'") == std::string::npos);
    });
    for (const double extreme : {1e300, -1e300, 1e-300, 1e308, infinity, not_a_number}) {
        const std::string end = ending("a value of " + std::to_string(extreme), [&] {
            plot({"s", {0, 1, 2}, {0, extreme, 1}});
        });
        CHECK((end == "value" || end.find("plot.svg") != std::string::npos));
        const std::vector<PlotSeries> both{{"s", {0, 1, extreme}, {extreme, -extreme, 1}}};
        ending("the same in panels", [&] {
            plot_panels(path, "", std::vector<PlotPanel>{{"", "", both}, {"x", "y", both}});
        });
    }
    refuses("a script that is none", "plot.svg",
            [&] { plot_script(path, "set terminal svg\nno such command\n"); });
    refuses("a script that draws nothing", "part", [&] { plot_script(path, "set terminal svg\n"); });
    refuses("an empty script", "part", [&] { plot_script(path, ""); });
}

} // namespace timeloom::tests
