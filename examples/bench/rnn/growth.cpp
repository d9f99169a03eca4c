#include "growth.hpp"

#include "../log_plot.hpp"

#include <map>

namespace timeloom::bench {

namespace {

struct Axis {
    std::string label;
    std::vector<int> values;
    RnnCase (*at)(Work, int value);
};

const std::vector<Axis> axes{
    {"time steps (128 rows, 64 units)",
     {10, 30, 100, 300, 1000},
     [](Work work, int steps) { return lstm_layer_case(work, 64, 128, steps); }},
    {"rows (80 time steps, 64 units)",
     {1, 4, 16, 64, 256, 1024},
     [](Work work, int rows) { return lstm_layer_case(work, 64, static_cast<std::size_t>(rows), 80); }},
    {"units (128 rows, 80 time steps)",
     {16, 64, 256, 512},
     [](Work work, int units) { return lstm_layer_case(work, units, 128, 80); }},
};

} // namespace

std::vector<RnnResult> measure_growth(const std::vector<RnnPeer>& peers, const ContestOptions& options,
                                      const std::filesystem::path& picture) {
    std::vector<RnnPeer> rivals = peers;
    std::erase_if(rivals, [](const RnnPeer& peer) { return !peer.name.starts_with("oneDNN"); });
    std::vector<RnnResult> results;
    std::vector<LogPanel> panels;
    for (const Axis& axis : axes) {
        std::map<std::string, LogCurve> curves;
        for (const Work work : {Work::inference, Work::gradients}) {
            for (const int value : axis.values) {
                RnnResult& result =
                    results.emplace_back(hold_contest(axis.at(work, value), 1, rivals, options));
                print_result(result);
                for (const RnnRow& row : result.rows) {
                    const std::string name =
                        row.contender.name + (work == Work::inference ? ", forward" : ", forward + backward");
                    LogCurve& curve = curves[name];
                    curve.name = name;
                    curve.x.push_back(value);
                    curve.y.push_back(row.milliseconds.min());
                }
            }
        }
        LogPanel& panel = panels.emplace_back(LogPanel{axis.label, "ms", {}});
        for (auto& [name, curve] : curves) {
            panel.curves.push_back(std::move(curve));
        }
    }
    plot_logarithmic(picture, "LSTM layer of 100 inputs, one thread, " + options.target, panels);
    return results;
}

} // namespace timeloom::bench
