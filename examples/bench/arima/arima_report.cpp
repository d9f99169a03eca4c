#include "arima_report.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <numeric>

namespace timeloom::bench {

namespace {

using nlohmann::json;

constexpr int name_width = 22;
constexpr int cell_width = 18;

std::string formatted(const char* format, double value) {
    char text[64];
    std::snprintf(text, sizeof text, format, value);
    return text;
}

std::string milliseconds(double value) {
    return formatted(value < 0.1 ? "%.4f" : value < 10 ? "%.3f" : "%.1f", value);
}

void print_cells(const std::string& name, const std::vector<std::string>& cells) {
    std::printf("  %-*s", name_width, name.c_str());
    for (const std::string& cell : cells) {
        std::printf(" %*s", cell_width, cell.c_str());
    }
    std::printf("\n");
}

/// A table with a row for each contender that has something in it.
template <typename Cell>
void print_table(const ArimaReport& report, const char* heading, Cell cell) {
    std::printf("%s\n", heading);
    std::vector<std::string> titles;
    for (const ArimaCase& c : report.cases) {
        titles.push_back(c.title);
    }
    print_cells("", titles);
    for (const ArimaRow& row : report.rows) {
        std::vector<std::string> cells;
        for (const ArimaCase& c : report.cases) {
            const auto found = row.fits.find(c.name);
            cells.push_back(found == row.fits.end() ? "" : cell(found->second, c));
        }
        if (std::ranges::any_of(cells, [](const std::string& text) { return !text.empty(); })) {
            print_cells(row.contender.name, cells);
        }
    }
    std::printf("\n");
}

int failures(const ArimaResult& result) {
    return static_cast<int>(std::ranges::count_if(
        result.estimates, [](const ArimaEstimate& estimate) { return !estimate.failure.empty(); }));
}

double mean_milliseconds(const std::vector<SelectedOrder>& orders) {
    return std::accumulate(orders.begin(), orders.end(), 0.0,
                           [](double sum, const SelectedOrder& order) { return sum + order.milliseconds; }) /
           static_cast<double>(orders.size());
}

void print_selections(const ArimaReport& report) {
    for (const ArimaCase& c : report.selection_cases) {
        std::printf("automatic order: %s, ms a series\n", c.title.c_str());
        for (const ArimaRow& row : report.rows) {
            if (const auto found = row.selections.find(c.name); found != row.selections.end()) {
                const std::vector<SelectedOrder>& orders = found->second.orders;
                std::printf("  %-*s %9s   first: %s\n", name_width, row.contender.name.c_str(),
                            milliseconds(mean_milliseconds(orders)).c_str(), orders.front().order.c_str());
            }
        }
    }
    std::printf("\n");
}

/// The series for which fit() or fit_many() stays below the best, and by how much.
void print_misses(const ArimaSetReport& set, double tolerance) {
    for (const ArimaSetFits& fits : set.fits) {
        for (std::size_t i = 0; i < set.best.size() && fits.name != "one search"; ++i) {
            if (const double below = set.shortfall(fits, i); below > tolerance) {
                std::printf("    %s, series %zu: %s %.4g below %.6f\n", set.set.c_str(), i, fits.name.c_str(),
                            below, set.best[i]);
            }
        }
    }
}

} // namespace

void print_sets(const ArimaReport& report, bool with_misses) {
    if (report.sets.empty()) {
        return;
    }
    std::printf("Timeloom on series that are hard to fit, %zu of a kind: reaches the best likelihood known, "
                "within %g; ms of processor time and evaluations a fit\n",
                report.sets.front().best.size(), report.tolerance);
    std::vector<std::string> titles;
    for (const ArimaSetFits& fits : report.sets.front().fits) {
        titles.push_back(fits.name);
    }
    print_cells("", titles);
    for (const ArimaSetReport& set : report.sets) {
        std::vector<std::string> cells;
        for (const ArimaSetFits& fits : set.fits) {
            cells.push_back(std::to_string(set.hits(fits, report.tolerance)) + "  " +
                            milliseconds(fits.milliseconds) + formatted("  %.0f", fits.evaluations));
        }
        print_cells(set.set, cells);
    }
    std::printf("\n");
    for (const ArimaSetReport& set : report.sets) {
        if (with_misses) {
            print_misses(set, report.tolerance);
        }
    }
}

namespace {

void print_seasons(const ArimaReport& report) {
    std::printf("\nlong seasons, ms\n");
    std::printf("%-36s %8s %10s %12s %12s %22s\n", "", "n", "fit", "evaluations", "one search",
                "smooth and forecast");
    for (const SeasonTimes& t : report.seasons) {
        std::printf("%-36s %8zu %10s %12zu %12s %22s\n", t.model.c_str(), t.observations,
                    milliseconds(t.fit_ms).c_str(), t.evaluations, milliseconds(t.batch_ms).c_str(),
                    milliseconds(t.forecast_ms).c_str());
    }
}

json seasons_json(const ArimaReport& report) {
    json seasons = json::array();
    for (const SeasonTimes& t : report.seasons) {
        seasons.push_back({{"model", t.model},
                           {"observations", t.observations},
                           {"fit_ms", t.fit_ms},
                           {"evaluations", t.evaluations},
                           {"batch_ms", t.batch_ms},
                           {"forecast_ms", t.forecast_ms}});
    }
    return seasons;
}

json sets_json(const ArimaReport& report) {
    json sets = json::array();
    for (const ArimaSetReport& set : report.sets) {
        for (const ArimaSetFits& fits : set.fits) {
            sets.push_back({{"set", set.set},
                            {"contender", fits.name},
                            {"series", set.best.size()},
                            {"hits", set.hits(fits, report.tolerance)},
                            {"mean_ms", fits.milliseconds},
                            {"mean_evaluations", fits.evaluations}});
        }
    }
    return sets;
}

json described(const ArimaContender& contender, const std::string& case_name) {
    return {{"contender", contender.name},
            {"version", contender.version},
            {"settings", contender.settings},
            {"case", case_name}};
}

json fit_json(const ArimaReport& report, const ArimaContender& contender, const ArimaCase& c,
              const ArimaResult& result) {
    json entry = described(contender, c.name);
    entry.update({{"series", c.series.size()},
                  {"min_ms", result.milliseconds.min()},
                  {"median_ms", result.milliseconds.median()},
                  {"hits", report.hits(result, c)},
                  {"failures", failures(result)},
                  {"likelihoods", result.likelihoods},
                  {"coefficients", json::array()}});
    for (const ArimaEstimate& estimate : result.estimates) {
        entry["coefficients"].push_back(estimate.coefficients);
    }
    if (result.likelihood_us) {
        entry["likelihood_us"] = *result.likelihood_us;
    }
    if (result.update_us) {
        entry["update_us"] = *result.update_us;
    }
    return entry;
}

json selection_json(const ArimaContender& contender, const std::string& case_name,
                    const std::vector<SelectedOrder>& orders) {
    json entry = described(contender, case_name);
    entry.update({{"mean_ms", mean_milliseconds(orders)}, {"orders", json::array()}});
    for (const SelectedOrder& order : orders) {
        entry["orders"].push_back(order.order);
    }
    return entry;
}

} // namespace

int ArimaReport::hits(const ArimaResult& result, const ArimaCase& c) const {
    int count = 0;
    for (std::size_t i = 0; i < result.likelihoods.size(); ++i) {
        count += result.likelihoods[i] > best.at(c.name)[i] - tolerance ? 1 : 0;
    }
    return count;
}

void print_arima_report(const ArimaReport& report) {
    for (const ArimaRow& row : report.rows) {
        std::printf("  %-*s %-8s %s\n", name_width, row.contender.name.c_str(), row.contender.version.c_str(),
                    row.contender.settings.c_str());
    }
    for (const auto& [name, why] : report.missing) {
        std::printf("  %-*s missing: %s\n", name_width, name.c_str(), why.c_str());
    }
    std::printf("\n");
    print_table(report, "ms a fit, min / median, one thread",
                [](const ArimaResult& result, const ArimaCase&) {
                    return milliseconds(result.milliseconds.min()) + " / " +
                           milliseconds(result.milliseconds.median());
                });
    print_table(report, "one exact likelihood, µs", [](const ArimaResult& result, const ArimaCase&) {
        return result.likelihood_us ? formatted("%.2f", *result.likelihood_us) : "";
    });
    print_table(report, "one more observation, with the interval of the next, µs",
                [](const ArimaResult& result, const ArimaCase&) {
                    return result.update_us ? formatted("%.3f", *result.update_us) : "";
                });
    const std::string reached = "reaches the best likelihood known, within " +
                                formatted("%g", report.tolerance) +
                                " (! fits that failed or did not converge)";
    print_table(report, reached.c_str(), [&](const ArimaResult& result, const ArimaCase& c) {
        const int failed = failures(result);
        return std::to_string(report.hits(result, c)) + " of " + std::to_string(c.series.size()) +
               (failed > 0 ? " (" + std::to_string(failed) + "!)" : "");
    });
    print_selections(report);
    print_sets(report, false);
    print_seasons(report);
}

nlohmann::json arima_report_json(const ArimaReport& report) {
    json fits = json::array();
    json selections = json::array();
    for (const ArimaRow& row : report.rows) {
        for (const ArimaCase& c : report.cases) {
            if (const auto found = row.fits.find(c.name); found != row.fits.end()) {
                fits.push_back(fit_json(report, row.contender, c, found->second));
            }
        }
        for (const auto& [name, selection] : row.selections) {
            selections.push_back(selection_json(row.contender, name, selection.orders));
        }
    }
    return {{"fits", fits},
            {"selections", selections},
            {"sets", sets_json(report)},
            {"seasons", seasons_json(report)},
            {"best", report.best},
            {"missing", report.missing},
            {"tolerance", report.tolerance}};
}

} // namespace timeloom::bench
