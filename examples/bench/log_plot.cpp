#include "log_plot.hpp"

#include "timeloom/runtime/plots/plot.hpp"

#include <sstream>

namespace timeloom::bench {

namespace {

std::string script(const std::string& title, const std::vector<LogPanel>& panels) {
    std::ostringstream out;
    out << "set terminal svg size " << 520 * panels.size() << ",560 dynamic background 'white' noenhanced\n"
        << "set logscale xy\nset grid\nset key below\n"
        << "set multiplot layout 1," << panels.size() << " title \"" << title << "\"\n";
    for (std::size_t p = 0; p < panels.size(); ++p) {
        const LogPanel& panel = panels[p];
        for (std::size_t c = 0; c < panel.curves.size(); ++c) {
            out << "$d" << p << '_' << c << " << END\n";
            for (std::size_t i = 0; i < panel.curves[c].x.size(); ++i) {
                out << panel.curves[c].x[i] << ' ' << panel.curves[c].y[i] << '\n';
            }
            out << "END\n";
        }
        out << "set xlabel '" << panel.x_label << "'\nset ylabel '" << panel.y_label << "'\nplot ";
        for (std::size_t c = 0; c < panel.curves.size(); ++c) {
            out << (c > 0 ? ", " : "") << "$d" << p << '_' << c << " with "
                << (panel.curves[c].is_line ? "linespoints pointtype 7 pointsize 0.4" : "points pointtype 7")
                << " title \"" << panel.curves[c].name << '"';
        }
        out << '\n';
    }
    return out.str() + "unset multiplot\n";
}

} // namespace

void plot_logarithmic(const std::filesystem::path& file, const std::string& title,
                      const std::vector<LogPanel>& panels) {
    plot_script(file, script(title, panels));
}

} // namespace timeloom::bench
