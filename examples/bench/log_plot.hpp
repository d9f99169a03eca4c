// Pictures with logarithmic axes, drawn by the gnuplot program.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace timeloom::bench {

struct LogCurve {
    std::string name;
    std::vector<double> x, y; ///< all above 0
    bool is_line = true;      ///< false: points only
};

struct LogPanel {
    std::string x_label, y_label;
    std::vector<LogCurve> curves;
};

/// Writes an SVG picture with the panels side by side. Throws Error where gnuplot fails.
void plot_logarithmic(const std::filesystem::path& file, const std::string& title,
                      const std::vector<LogPanel>& panels);

} // namespace timeloom::bench
