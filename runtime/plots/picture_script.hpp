// Scripts by which gnuplot draws a picture to its standard output.
#pragma once

#include "timeloom/runtime/plots/plot.hpp"

namespace timeloom::detail {

/// `file` gives the format by its extension, and errors their name.
std::string picture_script(const std::filesystem::path& file, const std::string& title,
                           const std::string& x_label, const std::string& y_label,
                           std::span<const PlotSeries> series);
std::string picture_script(const std::filesystem::path& file, const std::string& title,
                           std::span<const PlotPanel> panels, std::size_t columns);

} // namespace timeloom::detail
