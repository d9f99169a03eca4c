// The series to forecast, read one after the other with the regressors that go with them.
#pragma once

#include "forecasts.hpp"

#include <timeloom/runtime/csv/wide_csv.hpp>

#include <optional>
#include <string>
#include <vector>

namespace auto_forecast {

/// A file of regressors has lines SERIES:NAME,v1,v2,... with a value for each of the series and for each step
/// of the forecast. Lines *:NAME come first and are of all series, which end together; then those of each
/// series, in the order of the series, which all have the same names.
class SeriesFiles {
  public:
    /// Throws Error where a file cannot be read. `exog` may be empty: there are no regressors.
    SeriesFiles(const std::string& series, const std::string& exog, const timeloom::WideCsvOptions& form,
                std::size_t horizon);

    /// False at the end. Throws Error for lines that the files may not have.
    bool next(Subject& subject);

    double share_read() const {
        return static_cast<double>(series_.bytes_read()) / static_cast<double>(series_.size());
    }

  private:
    /// A line of the file of regressors.
    struct Line {
        std::string series, name;
        std::vector<double> values;
    };
    bool read_line();
    void read_shared();
    std::vector<Line> own_lines(const std::string& id);
    void add_column(const Line& line, bool shared, std::vector<const Line*>& columns, Subject& subject) const;
    void require_all_read() const;

    std::string exog_path_;
    std::size_t horizon_;
    timeloom::WideCsvReader series_;
    std::optional<timeloom::WideCsvReader> exog_;
    std::optional<Line> pending_;
    std::vector<Line> shared_;
    std::vector<std::string> own_names_; ///< of every series
    bool is_first_ = true;
};

} // namespace auto_forecast
