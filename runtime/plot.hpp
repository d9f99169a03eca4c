// Line plots, drawn by the gnuplot program.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace timeloom {

enum class PlotStyle { line, dashed, points, line_and_points };

/// One curve. Values that are not finite leave gaps. `lower` and `upper`, if given, have the length of y and
/// shade the band between them, for example a prediction interval.
struct PlotSeries {
    std::string name;
    std::vector<double> x;
    std::vector<double> y;
    PlotStyle style = PlotStyle::line;
    std::vector<double> lower = {};
    std::vector<double> upper = {};
};

/// Writes a 960 by 480 picture, SVG or PNG by the file's extension. Throws Error for another extension,
/// series whose lengths differ, no finite value at all, a missing gnuplot program, or what gnuplot complains
/// of.
void plot_lines(const std::filesystem::path& file, const std::string& title, const std::string& x_label,
                const std::string& y_label, std::span<const PlotSeries> series);

/// The script, with the data, that plot_lines gives to gnuplot.
std::string gnuplot_script(const std::filesystem::path& file, const std::string& title,
                           const std::string& x_label, const std::string& y_label,
                           std::span<const PlotSeries> series);

} // namespace timeloom
