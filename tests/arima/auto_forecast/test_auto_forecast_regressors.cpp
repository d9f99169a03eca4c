// The program auto_forecast with regressors, of all series and of each.
#include "auto_forecast_program.hpp"
#include "yearly_orders.timeloom.hpp"

#include "timeloom/runtime/arima/orders/auto_arima.hpp"
#include "timeloom/runtime/csv/wide_csv.hpp"

#include <algorithm>
#include <span>
#include <utility>

using Catch::Matchers::Contains;
using namespace timeloom;
using namespace timeloom::tests;

namespace {

/// A series that a shared regressor and two of its own explain but for a walk, and what the program is given.
struct Explained {
    std::string id;
    std::vector<double> y, shared, first, second; ///< regressors reach `horizon` beyond y
    std::vector<double> exog() const {
        std::vector<double> rows;
        for (std::size_t t = 0; t < shared.size(); ++t) {
            rows.insert(rows.end(), {shared[t], first[t], second[t]});
        }
        return rows;
    }
};

constexpr std::size_t horizon = 4;

std::vector<Explained> explained_series(std::vector<double>& shared) {
    Random random(9);
    const auto rounded = [](double x) { return std::round(1000 * x) / 1000; };
    for (std::size_t t = 0; t < 70 + horizon; ++t) {
        shared.push_back(rounded(random.normal()));
    }
    std::vector<Explained> all;
    for (std::size_t i = 0; i < 20; ++i) {
        Explained s{"item:" + std::to_string(i), walk(random, 60 + i % 10), {}, {}, {}};
        const std::size_t rows = s.y.size() + horizon;
        s.shared.assign(shared.end() - static_cast<std::ptrdiff_t>(rows), shared.end());
        for (std::size_t t = 0; t < rows; ++t) {
            s.first.push_back(rounded(random.normal()));
            s.second.push_back(rounded(random.normal()));
        }
        for (std::size_t t = 0; t < s.y.size(); ++t) {
            s.y[t] = rounded(s.y[t] + 3 * s.shared[t] - 2 * s.first[t] + s.second[t]);
        }
        all.push_back(std::move(s));
    }
    return all;
}

std::string series_text(const std::vector<Explained>& all) {
    std::string text = "id,v\n";
    for (const Explained& s : all) {
        text += s.id + text_of(s.y);
    }
    return text;
}

std::string exog_text(const std::vector<Explained>& all, const std::vector<double>& shared) {
    std::string text = "series,v\n*:weather" + text_of(shared);
    for (const Explained& s : all) {
        text += s.id + ":price" + text_of(s.first) + s.id + ":promotion" + text_of(s.second);
    }
    return text;
}

} // namespace

TEST_CASE("regressors of all and of each series are those of single fits") {
    const TemporaryFolder folder;
    std::vector<double> shared;
    const std::vector<Explained> all = explained_series(shared);
    const fs::path series = folder.write("series.csv", series_text(all));
    const fs::path exog = folder.write("exog.csv", exog_text(all, shared));
    const AutoArima search(yearly_orders_plan);
    const Arima fixed(plan::ArimaOrders{1, 1, 1}, plan::Trend::differenced_mean, yearly_orders_plan);
    const Arguments common{"--csv", series, "--exog", exog, "--horizon", std::to_string(horizon)};
    run(folder, with(common, {"--out", folder.path() / "auto.csv"}));
    run(folder,
        with(common, {"--out", folder.path() / "fixed.csv", "--order", "1,1,1", "--mean", "--starts", "0"}));
    const auto chosen = read_wide_csv(folder.path() / "auto.csv"),
               one = read_wide_csv(folder.path() / "fixed.csv");
    const auto lower = read_wide_csv(folder.path() / "fixed_lower.csv");
    REQUIRE(chosen.size() == all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
        const std::vector<double> rows = all[i].exog();
        const std::size_t known = 3 * all[i].y.size();
        const Regressors history{std::span(rows).first(known), 3}, later{std::span(rows).subspan(known), 3};
        const ArimaForecast by_search =
            search.fit(all[i].y, {.exog = history}).forecast(horizon, {.exog = later});
        const ArimaFit fit =
            fixed.fit_many(std::span(&all[i].y, 1), {.fit = {.exog = history, .starts = 0}})[0];
        const ArimaForecast by_order = ArimaResults(fixed.kernels(), fixed.orders(), fixed.trend(), all[i].y,
                                                    history, fit, ArimaMethod::mle, CovarianceType::none)
                                           .forecast(horizon, {.exog = later});
        CHECK(chosen[i].id == all[i].id);
        for (std::size_t h = 0; h < horizon; ++h) {
            CHECK(chosen[i].values[h] == Approx(by_search.predicted_mean[h]).epsilon(1e-5));
            CHECK(one[i].values[h] == Approx(by_order.predicted_mean[h]).epsilon(1e-4));
            CHECK(lower[i].values[h] == Approx(by_order.lower[h]).epsilon(1e-4));
        }
    }
}

TEST_CASE("what is wrong with regressors is told") {
    const TemporaryFolder folder;
    std::vector<double> shared;
    std::vector<Explained> all = explained_series(shared);
    const fs::path series = folder.write("series.csv", series_text(all)), exog = folder.path() / "exog.csv";
    const fs::path out = folder.path() / "out.csv";
    const Arguments arguments{"--csv", series, "--exog", exog, "--horizon", "4", "--out", out};
    const std::string good = exog_text(all, shared);
    folder.write("exog.csv", "price,1,2.5,3\n");
    CHECK_THAT(failure(folder, arguments), Contains("'price' names no regressor"));
    std::swap(all[3], all[4]);
    folder.write("exog.csv", exog_text(all, shared));
    CHECK_THAT(failure(folder, arguments), Contains("'item:4:price' comes where the series 'item:3' is due"));
    std::swap(all[3], all[4]);
    folder.write("exog.csv", good.substr(0, good.find("item:19:promotion")));
    CHECK_THAT(failure(folder, arguments),
               Contains("'item:19' has the regressors (price), but the ones before it (price, promotion)"));
    folder.write("exog.csv", good + "item:20:price,1.5\n");
    CHECK_THAT(failure(folder, arguments), Contains("'item:20:price' is left over"));
    // A wrong number of values is the series' own matter.
    all[5].first.pop_back();
    folder.write("exog.csv", exog_text(all, shared));
    run(folder, with(arguments, {"--restart"}));
    const std::vector<std::string> texts = written(out);
    CHECK_THAT(texts[3],
               Contains("item:5,failed") && Contains("its regressor price has 68 values, but the series "
                                                     "has 65 and 4 steps are to be forecast"));
    CHECK(std::ranges::count(texts[0], '\n') == 21);
}
