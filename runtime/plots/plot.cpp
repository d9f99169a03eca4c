// Plots of one or several panels, drawn by the gnuplot program.
#include "timeloom/runtime/plots/plot.hpp"

#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/files/atomic_write.hpp"
#include "timeloom/runtime/files/only_errors.hpp"
#include "timeloom/runtime/plots/gnuplot_process.hpp"
#include "timeloom/runtime/plots/picture_script.hpp"

#include <string_view>

namespace timeloom {

namespace {

using Path = std::filesystem::path;

bool is_whole_svg(std::string_view picture) {
    const std::size_t last = picture.find_last_not_of(" \r\n");
    return picture.find("<svg") != std::string_view::npos && last != std::string_view::npos &&
           picture.substr(0, last + 1).ends_with("</svg>");
}

bool is_whole_png(std::string_view picture) {
    using namespace std::string_view_literals;
    return picture.starts_with("\x89PNG\r\n\x1a\n"sv) && picture.ends_with("\0\0\0\0IEND\xae\x42\x60\x82"sv);
}

bool is_whole_picture(const Path& file, std::string_view picture) {
    const std::string extension = file.extension().string();
    if (extension == ".svg")
        return is_whole_svg(picture);
    if (extension == ".png")
        return is_whole_png(picture);
    throw Error("a plot is written as .svg or .png, not as '" + file.filename().string() + "'");
}

} // namespace

void plot_script(const Path& file, const std::string& script) try {
    is_whole_picture(file, ""); // refuses other formats
    require_writable(file);
    const detail::GnuplotOutput drawn = detail::run_gnuplot(file, script);
    if (!drawn.succeeded)
        throw Error("gnuplot could not draw " + file.string() + ": " + drawn.complaints);
    if (!is_whole_picture(file, drawn.picture))
        throw Error("gnuplot drew only a part of " + file.string() + "; is there enough memory? " +
                    drawn.complaints);
    write_file_atomically(file, drawn.picture);
} catch (...) {
    detail::rethrow_as_error(file);
}

void plot_lines(const Path& file, const std::string& title, const std::string& x_label,
                const std::string& y_label, std::span<const PlotSeries> series) try {
    plot_script(file, detail::picture_script(file, title, x_label, y_label, series));
} catch (...) {
    detail::rethrow_as_error(file);
}

void plot_panels(const Path& file, const std::string& title, std::span<const PlotPanel> panels,
                 std::size_t columns) try {
    plot_script(file, detail::picture_script(file, title, panels, columns));
} catch (...) {
    detail::rethrow_as_error(file);
}

} // namespace timeloom
