#include "stream_report.hpp"

#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/plots/plot.hpp"

#include <algorithm>
#include <cstdio>
#include <sstream>

namespace timeloom::bench {

namespace {

std::string model_name(const RnnCase& c) {
    return (c.cell == "lstm" ? "LSTM " : "GRU ") + std::to_string(c.plan.layers.size() - 1) + "×" +
           std::to_string(c.plan.layers[0].units);
}

/// The fastest whose name begins so and whose error is small enough; null where there is none.
const RnnRow* best_of(const RnnResult& result, const std::string& library) {
    constexpr double largest_error = 1e-5;
    const RnnRow* best = nullptr;
    for (std::size_t i = 1; i < result.rows.size(); ++i) {
        const RnnRow& row = result.rows[i];
        const bool counts = row.contender.name.starts_with(library) && row.error <= largest_error;
        if (counts && (best == nullptr || row.milliseconds.min() < best->milliseconds.min())) {
            best = &row;
        }
    }
    return best;
}

/// " ours | best peer | times as fast |"
std::string cells(const RnnResult* result) {
    const RnnRow* peer = result != nullptr ? best_of(*result, "") : nullptr;
    if (peer == nullptr) {
        return " | | |";
    }
    const RnnRow& ours = result->rows.front();
    char text[128];
    std::snprintf(text, sizeof text, " %.1f | %.1f %s | %.2f |", nanoseconds_per_sample(*result, ours),
                  nanoseconds_per_sample(*result, *peer), peer->contender.name.c_str(),
                  peer->milliseconds.min() / ours.milliseconds.min());
    return text;
}

/// " ours | best peer's |"
std::string errors(const RnnResult* result) {
    const RnnRow* peer = result != nullptr ? best_of(*result, "") : nullptr;
    if (peer == nullptr) {
        return " | |";
    }
    char text[64];
    std::snprintf(text, sizeof text, " %.1e | %.1e |", result->rows.front().error, peer->error);
    return text;
}

/// A line of data for the bars: ours and the best of the two libraries.
std::string bars(const StreamRow& row, const RnnResult& result) {
    std::ostringstream line;
    line << '"' << row.name << "\" " << nanoseconds_per_sample(result, result.rows.front());
    for (const char* library : {"NeuralAudio", "RTNeural"}) {
        const RnnRow* best = best_of(result, library);
        line << ' ';
        if (best != nullptr) {
            line << nanoseconds_per_sample(result, *best);
        } else {
            line << "NaN";
        }
    }
    return line.str() + '\n';
}

std::string panel(const std::vector<StreamRow>& rows, const RnnResult* StreamRow::*result,
                  const std::string& data, const std::string& label) {
    std::string script = data + " << END\n";
    for (const StreamRow& row : rows) {
        if (row.*result != nullptr) {
            script += bars(row, *(row.*result));
        }
    }
    script += "END\nset ylabel '" + label + ", ns a sample'\nplot ";
    constexpr const char* curves[][2]{
        {"Timeloom", "#0072B2"}, {"NeuralAudio", "#E69F00"}, {"RTNeural", "#999999"}};
    int column = 2;
    for (const auto& [name, colour] : curves) {
        script += (column > 2 ? ", " : "") + data + " using " + std::to_string(column) + ":xtic(1) title '" +
                  name + "' linecolor rgb '" + colour + "'";
        ++column;
    }
    return script + '\n';
}

} // namespace

double nanoseconds_per_sample(const RnnResult& result, const RnnRow& row) {
    return 1e6 * row.milliseconds.min() / static_cast<double>(result.rnn_case.timesteps());
}

std::vector<StreamRow> stream_rows(const std::vector<RnnResult>& results) {
    std::vector<StreamRow> rows;
    for (const RnnResult& result : results) {
        if (result.rnn_case.work != Work::stream) {
            continue;
        }
        const std::string name = model_name(result.rnn_case);
        if (rows.empty() || rows.back().name != name) {
            rows.push_back({name});
        }
        const std::size_t block = result.rnn_case.timesteps();
        (block == 1 ? rows.back().step : block == 64 ? rows.back().block : rows.back().whole) = &result;
    }
    return rows;
}

void print_streams(const std::vector<StreamRow>& rows) {
    const auto print = [&](const char* title, const RnnResult* StreamRow::*result) {
        std::printf("\n| %s, ns a sample | Timeloom | best peer | times as fast | error | best peer's |\n"
                    "| --- | --- | --- | --- | --- | --- |\n",
                    title);
        for (const StreamRow& row : rows) {
            std::printf("| %s |%s%s\n", row.name.c_str(), cells(row.*result).c_str(),
                        errors(row.*result).c_str());
        }
    };
    print("blocks of 64 samples", &StreamRow::block);
    print("blocks of 2,048 samples", &StreamRow::whole);
    print("step by step", &StreamRow::step);
}

void draw_streams(const std::vector<StreamRow>& rows, const std::filesystem::path& file) {
    if (rows.empty()) {
        throw Error("there is no stream to draw: --cases leaves out all of them");
    }
    plot_script(file,
                "set encoding utf8\n"
                "set terminal svg size 1400,760 dynamic font 'Helvetica,14' background 'white' noenhanced\n"
                "set datafile missing 'NaN'\nset border 3 linecolor rgb '#606060'\nset tics nomirror\n"
                "set grid ytics linetype 1 linecolor rgb '#e0e0e0'\nset xtics scale 0 font ',12'\n"
                "set style data histograms\nset style histogram clustered gap 1\n"
                "set style fill solid 0.9 noborder\nset boxwidth 0.9\nset yrange [0:*]\nset key top left\n"
                "set multiplot layout 2,1 title 'Small models as streams: less is faster'\n" +
                    panel(rows, &StreamRow::block, "$blocks", "blocks of 64") +
                    panel(rows, &StreamRow::step, "$steps", "step by step") + "unset multiplot\n");
}

} // namespace timeloom::bench
