// Plots of one or several panels, drawn by the gnuplot program.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace timeloom {

enum class PlotStyle { line, dashed, points, line_and_points, bars, stems };

/// One curve, or bars or thin stems from 0. Values that are not finite leave gaps. `lower` and `upper`, if
/// given, have the length of y and shade the band between them, for example a prediction interval.
struct PlotSeries {
    std::string name;
    std::vector<double> x;
    std::vector<double> y;
    PlotStyle style = PlotStyle::line;
    std::vector<double> lower = {};
    std::vector<double> upper = {};
};

/// Writes a 960 by 480 picture, SVG or PNG by the file's extension; an older picture is replaced when the new
/// one is complete. Throws Error for another extension, series whose lengths differ, no finite value at all,
/// a missing gnuplot program, what gnuplot complains of, or a file that cannot be written.
void plot_lines(const std::filesystem::path& file, const std::string& title, const std::string& x_label,
                const std::string& y_label, std::span<const PlotSeries> series);

/// One plot among several. In a single column, one without x_label shares the x axis of the panel below it.
struct PlotPanel {
    std::string x_label;
    std::string y_label;
    std::vector<PlotSeries> series;
};

/// Writes one picture of several panels, row by row, 960 wide and 180 high for each row, 360 where columns
/// > 1. Throws Error as plot_lines does, and for no panels or no columns.
void plot_panels(const std::filesystem::path& file, const std::string& title,
                 std::span<const PlotPanel> panels, std::size_t columns = 1);

/// Writes the SVG or PNG picture that gnuplot draws by a script of your own. The script sets the terminal,
/// but no output. Throws Error as plot_lines does.
void plot_script(const std::filesystem::path& file, const std::string& script);

/// The scripts, with the data, by which gnuplot draws the pictures above into `file`.
std::string gnuplot_script(const std::filesystem::path& file, const std::string& title,
                           const std::string& x_label, const std::string& y_label,
                           std::span<const PlotSeries> series);
std::string gnuplot_script(const std::filesystem::path& file, const std::string& title,
                           std::span<const PlotPanel> panels, std::size_t columns = 1);

} // namespace timeloom
