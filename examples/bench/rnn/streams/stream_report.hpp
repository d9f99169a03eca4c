// Small models as streams beside their peers, as a table and as a picture.
#pragma once

#include "../rnn_report.hpp"

#include <filesystem>

namespace timeloom::bench {

/// One model's results, of which a run may have left out some.
struct StreamRow {
    std::string name;
    const RnnResult *step = nullptr, *block = nullptr, *whole = nullptr;
};

/// The streams among `results`, model by model; they must live as long.
std::vector<StreamRow> stream_rows(const std::vector<RnnResult>& results);

double nanoseconds_per_sample(const RnnResult& result, const RnnRow& row);

/// Tables in Markdown: nanoseconds a sample, and how many times as fast as the best peer whose error is at
/// most 1e-5.
void print_streams(const std::vector<StreamRow>& rows);

/// Bars of Timeloom and the best of each library, in blocks of 64 samples and step by step, as SVG.
void draw_streams(const std::vector<StreamRow>& rows, const std::filesystem::path& file);

} // namespace timeloom::bench
