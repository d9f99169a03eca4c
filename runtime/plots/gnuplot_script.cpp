// Writes plots as gnuplot scripts that hold their own data.
#include "timeloom/runtime/base/as_error.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/plots/picture_script.hpp"
#include "timeloom/runtime/plots/plot.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>

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
        throw Error("the plotted series '" + series.name + "' has " + std::to_string(series.x.size()) +
                    " x, " + std::to_string(length) + " y, " + std::to_string(series.lower.size()) +
                    " lower and " + std::to_string(series.upper.size()) +
                    " upper values; they must be equally many");
}

bool has_finite_point(const PlotSeries& series) {
    for (std::size_t i = 0; i < series.y.size(); ++i)
        if (std::isfinite(series.x[i]) && std::isfinite(series.y[i]))
            return true;
    return false;
}

std::string terminal_for(const std::filesystem::path& file, std::size_t height) {
    const std::string extension = file.extension().string();
    const std::string size = " size 960," + std::to_string(height);
    if (extension == ".svg")
        return "svg" + size + " dynamic font 'Helvetica,14' background 'white' noenhanced";
    if (extension == ".png")
        return "pngcairo" + size + " font 'Sans,11' background 'white' noenhanced";
    throw Error("a plot is written as .svg or .png, not as '" + file.filename().string() + "'");
}

/// The name of the data of series `index` in a panel, for example $data2; other panels than the first add
/// theirs.
std::string data_name(std::size_t panel, std::size_t index) {
    return "$data" + (panel == 0 ? "" : std::to_string(panel) + "_") + std::to_string(index);
}

std::string data_block(const PlotSeries& series, const std::string& name) {
    std::string block = name + " << END\n";
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
    case PlotStyle::bars:
        return "boxes fillstyle solid 0.4";
    case PlotStyle::stems:
        return "impulses linewidth 3";
    }
    return "lines";
}

/// The plot command: all bands first, so that no band covers a curve.
std::string plot_command(std::span<const PlotSeries> series, std::size_t panel) {
    std::vector<std::string> parts;
    const auto colour = [](std::size_t index) { return std::string(colours[index % colours.size()]); };
    for (std::size_t i = 0; i < series.size(); ++i)
        if (!series[i].lower.empty())
            parts.push_back(data_name(panel, i) + " using 1:3:4 with filledcurves notitle linecolor rgb '" +
                            colour(i) + "' fillstyle transparent solid 0.2 noborder");
    for (std::size_t i = 0; i < series.size(); ++i)
        if (!series[i].y.empty())
            parts.push_back(data_name(panel, i) + " using 1:2 with " + drawing_style(series[i].style) +
                            " linecolor rgb '" + colour(i) + "' " +
                            (series[i].name.empty() ? "notitle" : "title " + quoted(series[i].name)));
    std::string command = "plot ";
    for (std::size_t i = 0; i < parts.size(); ++i)
        command += (i == 0 ? "" : ", \\\n     ") + parts[i];
    return command + '\n';
}

std::string set(const std::string& option, const std::string& text) {
    return "set " + option + ' ' + quoted(text) + '\n';
}

/// What every picture begins with.
std::string preamble(const std::filesystem::path& file, std::size_t height) {
    return "set encoding utf8\nset terminal " + terminal_for(file, height) +
           "\n"
           "set datafile missing 'NaN'\n"
           "set border 3 linecolor rgb '#606060'\n"
           "set tics nomirror\n"
           "set grid linetype 1 linecolor rgb '#e0e0e0' linewidth 1\n"
           "set boxwidth 0.9 relative\n";
}

void require_points(const std::filesystem::path& file, std::span<const PlotSeries> series) {
    std::for_each(series.begin(), series.end(), require_drawable);
    if (std::none_of(series.begin(), series.end(), has_finite_point))
        throw Error("the plot " + file.string() + " would be empty: no series has a finite point");
}

std::string data_blocks(std::span<const PlotSeries> series, std::size_t panel) {
    std::string script;
    for (std::size_t i = 0; i < series.size(); ++i)
        if (!series[i].y.empty())
            script += data_block(series[i], data_name(panel, i));
    return script;
}

/// How many of the first panels share an x axis: all to the first that names it.
std::size_t group_size(std::span<const PlotPanel> panels, bool stacked) {
    std::size_t size = 1;
    while (stacked && size < panels.size() && panels[size - 1].x_label.empty())
        ++size;
    return size;
}

/// The range of the x axis that these panels share; gnuplot's own choice for one alone.
std::string axis_range(std::span<const PlotPanel> panels) {
    if (panels.size() == 1)
        return "set xrange [*:*]\n";
    double least = std::numeric_limits<double>::infinity();
    double greatest = -least;
    for (const PlotPanel& panel : panels)
        for (const PlotSeries& series : panel.series)
            for (const double x : series.x)
                if (std::isfinite(x)) {
                    least = std::min(least, x);
                    greatest = std::max(greatest, x);
                }
    return least < greatest ? "set xrange [" + number(least) + ':' + number(greatest) + "]\n"
                            : "set xrange [*:*]\n";
}

/// Marks at 1, 2 or 5 times a power of ten, few enough for a panel a quarter as high as a whole plot.
std::string few_y_tics(const PlotPanel& panel) {
    double least = std::numeric_limits<double>::infinity();
    double greatest = -least;
    for (const PlotSeries& series : panel.series)
        for (const auto* values : {&series.y, &series.lower, &series.upper})
            for (const double y : *values)
                if (std::isfinite(y)) {
                    least = std::min(least, y);
                    greatest = std::max(greatest, y);
                }
    if (!(least < greatest) || !std::isfinite(greatest - least))
        return "set ytics autofreq\n";
    const double step = (greatest - least) / 4.0;
    const double power = std::pow(10.0, std::floor(std::log10(step)));
    const double digit = step / power;
    return "set ytics " + number(power * (digit < 2.0 ? 2.0 : digit < 5.0 ? 5.0 : 10.0)) + '\n';
}

} // namespace

namespace detail {

std::string picture_script(const std::filesystem::path& file, const std::string& title,
                           const std::string& x_label, const std::string& y_label,
                           std::span<const PlotSeries> series) {
    require_points(file, series);
    return preamble(file, 480) + set("title", title) + set("xlabel", x_label) + set("ylabel", y_label) +
           "set key outside top horizontal right\n" + data_blocks(series, 0) + plot_command(series, 0);
}

std::string picture_script(const std::filesystem::path& file, const std::string& title,
                           std::span<const PlotPanel> panels, std::size_t columns) {
    if (panels.empty() || columns == 0)
        throw Error("the plot " + file.string() + " needs at least one panel and one column");
    columns = std::min(columns, panels.size());
    const std::size_t rows = (panels.size() + columns - 1) / columns;
    const bool stacked = columns == 1;
    std::string script = preamble(file, 100 + rows * (stacked ? 180 : 360));
    for (std::size_t i = 0; i < panels.size(); ++i) {
        require_points(file, panels[i].series);
        script += data_blocks(panels[i].series, i);
    }
    script += "set xzeroaxis linecolor rgb '#a0a0a0'\nset multiplot layout " + std::to_string(rows) + ',' +
              std::to_string(columns) + " title " + quoted(title) +
              (stacked ? " margins char 10, char 2, char 4, char 3 spacing char 0, char 2\n" : "\n");
    for (std::size_t i = 0; i < panels.size();) {
        const std::size_t end = i + group_size(panels.subspan(i), stacked);
        script += axis_range(panels.subspan(i, end - i));
        for (; i < end; ++i)
            script += set("format x", i + 1 < end ? "" : "%g") + set("xlabel", panels[i].x_label) +
                      set("ylabel", panels[i].y_label) + (stacked ? few_y_tics(panels[i]) : "") +
                      plot_command(panels[i].series, i);
    }
    return script + "unset multiplot\n";
}

} // namespace detail

namespace {

/// The same with the file in it, for a gnuplot that someone else runs.
std::string into_file(const std::filesystem::path& file, const std::string& script) {
    return set("output", file.string()) + script + "unset output\n";
}

} // namespace

std::string gnuplot_script(const std::filesystem::path& file, const std::string& title,
                           const std::string& x_label, const std::string& y_label,
                           std::span<const PlotSeries> series) try {
    return into_file(file, detail::picture_script(file, title, x_label, y_label, series));
} catch (...) {
    detail::rethrow_as_error("gnuplot_script");
}

std::string gnuplot_script(const std::filesystem::path& file, const std::string& title,
                           std::span<const PlotPanel> panels, std::size_t columns) try {
    return into_file(file, detail::picture_script(file, title, panels, columns));
} catch (...) {
    detail::rethrow_as_error("gnuplot_script");
}

} // namespace timeloom
