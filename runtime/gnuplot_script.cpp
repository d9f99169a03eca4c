// Writes a line plot as a gnuplot script that holds its own data.
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/plot.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace timeloom {

namespace {

// The palette of Okabe and Ito, which colour-blind readers can tell apart; its yellow is too pale for lines.
constexpr std::array<const char*, 7> colours{"#0072B2", "#D55E00", "#009E73", "#CC79A7",
                                             "#E69F00", "#56B4E9", "#000000"};

/// Single-quoted as gnuplot wants it: a quote is doubled and nothing else is special.
std::string quoted(const std::string& text) {
    std::string result = "'";
    for (const char character : text) {
        if (character == '\'')
            result += "''";
        else
            result += static_cast<unsigned char>(character) < 0x20 ? ' ' : character;
    }
    return result + "'";
}

std::string number(double value) {
    if (!std::isfinite(value))
        return "NaN";
    char text[32];
    std::snprintf(text, sizeof text, "%.9g", value);
    return text;
}

void require_drawable(const PlotSeries& series) {
    const std::size_t length = series.y.size();
    const bool has_band = !series.lower.empty() || !series.upper.empty();
    if (series.x.size() != length ||
        (has_band && (series.lower.size() != length || series.upper.size() != length)))
        throw Error("The plotted series '" + series.name + "' has " + std::to_string(series.x.size()) +
                    " x, " + std::to_string(length) + " y, " + std::to_string(series.lower.size()) +
                    " lower and " + std::to_string(series.upper.size()) +
                    " upper values; they must be equally many.");
}

bool has_finite_point(const PlotSeries& series) {
    for (std::size_t i = 0; i < series.y.size(); ++i)
        if (std::isfinite(series.x[i]) && std::isfinite(series.y[i]))
            return true;
    return false;
}

std::string terminal_for(const std::filesystem::path& file) {
    const std::string extension = file.extension().string();
    if (extension == ".svg")
        return "svg size 960,480 dynamic font 'Helvetica,14' background 'white' noenhanced";
    if (extension == ".png")
        return "pngcairo size 960,480 font 'Sans,11' background 'white' noenhanced";
    throw Error("A plot is written as .svg or .png, not as '" + file.filename().string() + "'.");
}

std::string data_block(const PlotSeries& series, std::size_t index) {
    std::string block = "$data" + std::to_string(index) + " << END\n";
    for (std::size_t i = 0; i < series.y.size(); ++i) {
        block += number(series.x[i]) + ' ' + number(series.y[i]);
        if (!series.lower.empty())
            block += ' ' + number(series.lower[i]) + ' ' + number(series.upper[i]);
        block += '\n';
    }
    return block + "END\n";
}

std::string drawing_style(PlotStyle style) {
    switch (style) {
    case PlotStyle::line:
        return "lines linewidth 2";
    case PlotStyle::dashed:
        return "lines linewidth 2 dashtype 2";
    case PlotStyle::points:
        return "points pointtype 7 pointsize 0.5";
    case PlotStyle::line_and_points:
        return "linespoints linewidth 2 pointtype 7 pointsize 0.5";
    }
    return "lines";
}

/// The plot command: all bands first, so that no band covers a curve.
std::string plot_command(std::span<const PlotSeries> series) {
    std::vector<std::string> parts;
    const auto colour = [](std::size_t index) { return std::string(colours[index % colours.size()]); };
    for (std::size_t i = 0; i < series.size(); ++i)
        if (!series[i].lower.empty())
            parts.push_back("$data" + std::to_string(i) +
                            " using 1:3:4 with filledcurves notitle linecolor rgb '" + colour(i) +
                            "' fillstyle transparent solid 0.2 noborder");
    for (std::size_t i = 0; i < series.size(); ++i)
        if (!series[i].y.empty())
            parts.push_back("$data" + std::to_string(i) + " using 1:2 with " +
                            drawing_style(series[i].style) + " linecolor rgb '" + colour(i) + "' " +
                            (series[i].name.empty() ? "notitle" : "title " + quoted(series[i].name)));
    std::string command = "plot ";
    for (std::size_t i = 0; i < parts.size(); ++i)
        command += (i == 0 ? "" : ", \\\n     ") + parts[i];
    return command + '\n';
}

} // namespace

std::string gnuplot_script(const std::filesystem::path& file, const std::string& title,
                           const std::string& x_label, const std::string& y_label,
                           std::span<const PlotSeries> series) {
    std::for_each(series.begin(), series.end(), require_drawable);
    if (std::none_of(series.begin(), series.end(), has_finite_point))
        throw Error("The plot " + file.string() + " would be empty: no series has a finite point.");
    std::string script = "set encoding utf8\n"
                         "set terminal " +
                         terminal_for(file) +
                         "\n"
                         "set output " +
                         quoted(file.string()) +
                         "\n"
                         "set title " +
                         quoted(title) +
                         "\n"
                         "set xlabel " +
                         quoted(x_label) +
                         "\n"
                         "set ylabel " +
                         quoted(y_label) +
                         "\n"
                         "set datafile missing 'NaN'\n"
                         "set border 3 linecolor rgb '#606060'\n"
                         "set tics nomirror\n"
                         "set grid linetype 1 linecolor rgb '#e0e0e0' linewidth 1\n"
                         "set key outside top horizontal right\n";
    for (std::size_t i = 0; i < series.size(); ++i)
        if (!series[i].y.empty())
            script += data_block(series[i], i);
    return script + plot_command(series) + "unset output\n";
}

} // namespace timeloom
