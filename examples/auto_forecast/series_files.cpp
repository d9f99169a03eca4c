#include "series_files.hpp"

#include <timeloom/runtime/error.hpp>

#include <utility>

namespace auto_forecast {

namespace {

std::string listed(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) {
        text += (text.empty() ? "" : ", ") + name;
    }
    return '(' + text + ')';
}

} // namespace

SeriesFiles::SeriesFiles(const std::string& series, const std::string& exog,
                         const timeloom::WideCsvOptions& form, std::size_t horizon)
    : exog_path_(exog), horizon_(horizon), series_(series, form) {
    if (!exog.empty()) {
        exog_.emplace(exog, form);
        read_line();
        read_shared();
    }
}

/// The next line becomes the pending one; false at the end of the file.
bool SeriesFiles::read_line() {
    pending_.reset();
    timeloom::NamedSeries line;
    if (!exog_ || !exog_->next(line)) {
        return false;
    }
    const std::size_t colon = line.id.rfind(':');
    if (colon == std::string::npos || colon == 0 || colon + 1 == line.id.size()) {
        throw timeloom::Error(
            exog_path_ + ": '" + line.id +
            "' names no regressor; lines begin with SERIES:NAME, or with *:NAME for all series");
    }
    pending_ = {line.id.substr(0, colon), line.id.substr(colon + 1), std::move(line.values)};
    return true;
}

void SeriesFiles::read_shared() {
    while (pending_ && pending_->series == "*") {
        shared_.push_back(*std::move(pending_));
        read_line();
    }
}

std::vector<SeriesFiles::Line> SeriesFiles::own_lines(const std::string& id) {
    std::vector<Line> lines;
    std::vector<std::string> names;
    while (pending_ && pending_->series == id) {
        names.push_back(pending_->name);
        lines.push_back(*std::move(pending_));
        read_line();
    }
    if (std::exchange(is_first_, false)) {
        own_names_ = names;
    }
    if (pending_ && names.empty()) {
        throw timeloom::Error(exog_path_ + ": '" + pending_->series + ":" + pending_->name +
                              "' comes where the series '" + id +
                              "' is due; regressors come in the order of the series");
    }
    if (names != own_names_) {
        throw timeloom::Error(exog_path_ + ": the series '" + id + "' has the regressors " + listed(names) +
                              ", but the ones before it " + listed(own_names_) +
                              "; all series have the same ones, in one order");
    }
    return lines;
}

bool SeriesFiles::next(Subject& subject) {
    timeloom::NamedSeries series;
    if (!series_.next(series)) {
        require_all_read();
        return false;
    }
    subject = {.id = std::move(series.id), .values = std::move(series.values)};
    const std::vector<Line> own = own_lines(subject.id);
    std::vector<const Line*> columns;
    for (const Line& line : shared_) {
        add_column(line, true, columns, subject);
    }
    for (const Line& line : own) {
        add_column(line, false, columns, subject);
    }
    if (!subject.problem.empty()) {
        return true;
    }
    const std::size_t rows = columns.empty() ? 0 : subject.values.size() + horizon_;
    subject.exog_columns = columns.size();
    subject.exog.reserve(rows * columns.size());
    for (std::size_t row = rows; row > 0; --row) { // the last ones belong together
        for (const Line* column : columns) {
            subject.exog.push_back(column->values[column->values.size() - row]);
        }
    }
    return true;
}

void SeriesFiles::add_column(const Line& line, bool shared, std::vector<const Line*>& columns,
                             Subject& subject) const {
    const std::size_t needed = subject.values.size() + horizon_, there = line.values.size();
    if (there < needed || (there > needed && !shared)) {
        subject.problem = "its regressor " + line.name + " has " + std::to_string(there) +
                          " values, but the series has " + std::to_string(subject.values.size()) + " and " +
                          std::to_string(horizon_) + " steps are to be forecast";
    }
    columns.push_back(&line);
}

void SeriesFiles::require_all_read() const {
    if (pending_) {
        throw timeloom::Error(exog_path_ + ": '" + pending_->series + ":" + pending_->name +
                              "' is left over when all series are read; regressors come in the order of the "
                              "series");
    }
}

} // namespace auto_forecast
