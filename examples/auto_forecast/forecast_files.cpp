#include "forecast_files.hpp"

#include "work_in_order.hpp"

#include <timeloom/runtime/base/crc32.hpp>
#include <timeloom/runtime/error.hpp>
#include <timeloom/runtime/files/continued_file.hpp>

#include <chrono>
#include <map>

namespace auto_forecast {

namespace {

using timeloom::detail::ContinuedFile;

/// Series that are worked on together. Fixed, so that results depend neither on the threads nor on where a
/// run began: a multiple of what orders are chosen for together.
constexpr std::size_t part_size = 64;

struct Part {
    std::vector<Subject> series;
    double share_read = 0; ///< of the file, with this part
};

struct Result {
    std::vector<SeriesForecast> forecasts;
    Texts texts;
    std::uint32_t checksum = 0; ///< of the part
};

template <class Value>
std::uint32_t joined(std::uint32_t sum, const Value& value) {
    return timeloom::crc32(std::as_bytes(std::span(&value, 1)), sum);
}

/// A checksum of everything that the forecasts are made of.
std::uint32_t checksum(const Part& part) {
    std::uint32_t sum = 0;
    for (const Subject& s : part.series) {
        sum = timeloom::crc32(std::as_bytes(std::span(s.id)), sum);
        sum = joined(joined(sum, s.values.size()), s.exog_columns);
        sum = timeloom::crc32(std::as_bytes(std::span(s.values)), sum);
        sum = timeloom::crc32(std::as_bytes(std::span(s.exog)), sum);
    }
    return sum;
}

/// What decides the bytes that are written.
nlohmann::json description(const Files& files, const Request& request) {
    const timeloom::AutoArimaOptions& search = request.search;
    nlohmann::json run{{"version", 1},
                       {"--actual", files.actual},
                       {"--horizon", request.horizon},
                       {"--season", request.season},
                       {"--level", request.level},
                       {"--full", !search.stepwise},
                       {"--last", search.truncate},
                       {"--starts", request.starts},
                       {"--order", nullptr}};
    if (request.fixed) {
        const timeloom::ArimaOrders& o = request.fixed->orders;
        run["--order"] = {
            o.p, o.d, o.q, o.seasonal_p, o.seasonal_d, o.seasonal_q, static_cast<int>(request.fixed->trend)};
    }
    return run;
}

/// The four files while they grow.
class Outputs {
  public:
    Outputs(const std::string& forecasts, const Progress& progress) : targets_(output_files(forecasts)) {
        for (std::size_t i = 0; i < targets_.size(); ++i) {
            const auto unfinished = ContinuedFile::unfinished_path(targets_[i]);
            // Where all is written, some may have replaced their targets already.
            if (!progress.complete || std::filesystem::exists(unfinished)) {
                files_.emplace(i, ContinuedFile(targets_[i], progress.bytes[i]));
            }
        }
    }

    void append(const Texts& texts, Progress& progress) {
        for (auto& [i, file] : files_) {
            file.append(texts[i]);
            progress.bytes[i] = file.size();
        }
    }
    void sync() {
        for (auto& [i, file] : files_) {
            file.sync();
        }
    }
    void replace_targets() {
        for (auto& [i, file] : files_) {
            file.replace_target();
        }
    }

  private:
    std::array<std::filesystem::path, 4> targets_;
    std::map<std::size_t, ContinuedFile> files_;
};

using Actual = std::map<std::string, std::vector<double>>;

Actual read_actual(const Files& files) {
    Actual actual;
    if (!files.actual.empty()) {
        for (timeloom::NamedSeries& s : timeloom::read_wide_csv(files.actual, files.form)) {
            actual[s.id] = std::move(s.values);
        }
    }
    return actual;
}

/// From the journal's progress to the end of the series.
class Run {
  public:
    Run(const Files& files, const Request& request, const RunOptions& options, Journal& journal,
        Outputs& outputs)
        : request_(request), options_(options), journal_(journal), outputs_(outputs),
          actual_(read_actual(files)), forecaster_(request),
          input_(files.series, files.exog, files.form, request.horizon), progress_(journal.progress()) {}

    void finish_all() {
        if (progress_.tally.series == 0) {
            outputs_.append(heads(request_.horizon), progress_);
        }
        pass_over_earlier();
        timeloom::ThreadPool pool(options_.threads);
        work_in_order<Part, Result>(
            pool, [&](Part& part) { return read(part); }, [&](const Part& part) { return worked_out(part); },
            [&](const Part& part, const Result& result) { write(part, result); });
        progress_.complete = true;
        save();
    }

  private:
    /// The series that an earlier run had done, which must be the same still.
    void pass_over_earlier() {
        std::uint32_t sum = 0;
        for (std::size_t passed = 0; passed < progress_.tally.series; passed += part_size) {
            Part part;
            read(part);
            sum = joined(sum, checksum(part));
        }
        if (sum != progress_.checksum) {
            throw timeloom::Error(
                "the series that an unfinished run had done have changed since; give --restart to "
                "begin anew");
        }
    }

    bool read(Part& part) {
        Subject subject;
        while (part.series.size() < part_size && input_.next(subject)) {
            part.series.push_back(std::move(subject));
        }
        part.share_read = input_.share_read();
        return !part.series.empty();
    }

    Result worked_out(const Part& part) const {
        Result result{forecaster_(part.series), {}, checksum(part)};
        result.texts = lines(result.forecasts);
        return result;
    }

    void write(const Part& part, const Result& result) {
        outputs_.append(result.texts, progress_);
        progress_.checksum = joined(progress_.checksum, result.checksum);
        Tally& tally = progress_.tally;
        for (std::size_t i = 0; i < part.series.size(); ++i) {
            tally.add(result.forecasts[i]);
            if (const auto found = actual_.find(part.series[i].id); found != actual_.end()) {
                tally.compare(part.series[i].values, result.forecasts[i], found->second, request_.season);
            }
        }
        const std::chrono::duration<double> since = std::chrono::steady_clock::now() - saved_;
        if (since.count() >= options_.seconds_between_entries) {
            save();
        }
        if (options_.progress) {
            options_.progress(tally.series, part.share_read);
        }
    }

    /// What the journal counts on is on the disk before it says so.
    void save() {
        outputs_.sync();
        journal_.save(progress_);
        saved_ = std::chrono::steady_clock::now();
    }

    const Request& request_;
    const RunOptions& options_;
    Journal& journal_;
    Outputs& outputs_;
    Actual actual_;
    Forecaster forecaster_;
    SeriesFiles input_;
    Progress progress_;
    std::chrono::steady_clock::time_point saved_ = std::chrono::steady_clock::now();
};

} // namespace

RunResult forecast_files(const Files& files, const Request& request, const RunOptions& options) {
    Journal journal(files.forecasts, description(files, request), options.restart);
    Outputs outputs(files.forecasts, journal.progress());
    const std::size_t earlier = journal.progress().tally.series;
    if (!journal.progress().complete) {
        Run(files, request, options, journal, outputs).finish_all();
    }
    outputs.replace_targets();
    journal.remove();
    return {journal.progress().tally, earlier};
}

} // namespace auto_forecast
