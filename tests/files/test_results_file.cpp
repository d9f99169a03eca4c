// Files of ARIMA results whose checksum is right and whose content no fit has.
#include "timeloom/runtime/arima/arima.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/simd/random.hpp"
#include "timeloom/tests/fuzz/checksums.hpp"
#include "timeloom/tests/support/temporary_folder.hpp"

#include "all_factors.timeloom.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using Catch::Matchers::Contains;

namespace timeloom::tests {

namespace {

std::vector<double> noise(std::size_t count) {
    Random random(3);
    std::vector<double> values;
    for (std::size_t t = 0; t < count; ++t) {
        values.push_back(random.uniform(-1, 1));
    }
    return values;
}

/// Replaces the value of a member, up to the line's end.
std::string with(const std::string& text, const std::string& member, const std::string& value) {
    const std::string key = '"' + member + "\": ";
    const std::size_t first = text.find(key) + key.size(), end = text.find_first_of(",\n", first);
    const bool is_list = text[first] == '[';
    const std::size_t last = is_list ? text.find(']', first) + 1 : end;
    return fuzz::repair_json(text.substr(0, first) + value + text.substr(last), "results");
}

} // namespace

TEST_CASE("results that no fit has are refused, though their checksum is right") {
    const TemporaryFolder folder;
    const auto path = folder.path() / "results.json";
    std::vector<double> y = noise(60);
    std::vector<double> x;
    for (std::size_t t = 0; t < y.size(); ++t) {
        x.push_back(std::cos(0.7 * static_cast<double>(t)));
    }
    const Arima model(all_factors_plan);
    model.fit(y, {.exog = {x, 1}}).save(path);
    const std::string good = read_whole_file(path);
    const auto refused = [&](const std::string& member, const std::string& value, const char* reason) {
        const auto bad = folder.write("bad.json", with(good, member, value));
        CAPTURE(member, value);
        CHECK_THROWS_WITH(ArimaResults::load(bad, all_factors_plan),
                          Contains("bad.json") && Contains(reason));
    };
    // What replaces a value by itself is loaded: the checksum is right.
    CHECK_NOTHROW(ArimaResults::load(folder.write("same.json", with(good, "orders", "[2,1,1,1,1,2,4]")),
                                     all_factors_plan));
    refused("orders", "[2,1,1,1,1,2]", "6 orders");
    refused("orders", "[2,1,1,1,1,2,4,4]", "8 orders");
    refused("orders", "[-2,1,1,1,1,2,4]", "negative order");
    refused("orders", "[2,-1,1,1,1,2,4]", "negative order");
    refused("orders", "[2,1,1,1,1,1000000000,4]", "an order above 40");
    refused("orders", "[2,1,1,1,1,99999999999,4]", "not an integer in range");
    refused("orders", "[2,1,1,1,1,2,0]", "a season of 0");
    refused("orders", "[2,1,1,1,1,2,-4]", "a season of -4");
    refused("orders", "[2,1,1,1,1,2,2000000000]", "a season of more than");
    refused("orders", "[1,1,1,1,1,2,4]", "7 parameters, but the model has 6");
    refused("orders", "[3,1,0,1,1,2,4]", "do not serve");
    refused("orders", "[2,41,1,1,1,2,4]", "an order above 40");
    refused("orders", "[2,1,1,1,40,2,4]", "observations");
    refused("params", "[]", "0 parameters");
    refused("params", "[0,0,0,0,0,0,0,0,0,0,0,0]", "12 parameters");
    refused("params", "[0,0,0,0,0,null,0]", "a parameter that is not finite");
    refused("params", "[0,0,0,0,0,1e999,0]", "out of range");
    refused("params", "[0,1.1,0,0,0,0,0]", "not stationary");
    refused("params", "[0,0.5,0.5,0,0,0,0]", "not stationary");
    refused("params", "[0,0,0,0,1,0,0]", "not stationary");
    refused("params", "[0,0,0,1.5,0,0,0]", "not stationary and invertible");
    refused("params", "[0,0,0,0,0,0,-1.2]", "not stationary and invertible");
    for (const char* sigma2 : {"-1", "0", "-0.0", "null"}) {
        refused("sigma2", sigma2, "sigma2");
    }
    refused("llf", "null", "llf");
    refused("exog", "[]", "0 values");
    refused("exog", "[null]", "1 values");
    refused("exog_columns", "0", "7 parameters, but the model has 6");
    refused("exog_columns", "2", "7 parameters, but the model has 8");
    refused("exog_columns", "18446744073709551615", "at most 1000 regressors");
    refused("exog_columns", "-1", "negative");
    refused("y", "[]", "60 values");
    refused("status", "4", "none of the choices");
    refused("status", "3", "status that no fit has");
    refused("trend", "5", "none of the choices");
    refused("trend", "1", "removes its trend by differencing");
    refused("method", "-1", "none of the choices");
    refused("cov_type", "3", "none of the choices");
    refused("nobs", "-1", "negative");
    refused("message", "7", "a string");
    for (const char* name : {"y", "sigma2", "orders", "message"}) {
        std::string text = good;
        text.replace(text.find('"' + std::string(name) + "\":") + 1, 1, "X");
        const auto bad = folder.write("bad.json", fuzz::repair_json(text, "results"));
        CHECK_THROWS_WITH(ArimaResults::load(bad, all_factors_plan), Contains("results have no"));
    }
    std::string all_missing = "[null";
    for (std::size_t t = 1; t < y.size(); ++t) {
        all_missing += ",null";
    }
    refused("y", all_missing + "]", "observations");
}

TEST_CASE("a moving average on the boundary, as too many differences give, is saved and loaded") {
    const TemporaryFolder folder;
    const auto path = folder.path() / "results.json";
    const Arima model({0, 1, 1, 0, 0, 0, 1}, plan::Trend::n, all_factors_plan);
    const std::vector<double> y = noise(80);
    const ArimaResults fitted = model.fit(y);
    CHECK(fitted.params()[0] < -0.99);
    fitted.save(path);
    CHECK(ArimaResults::load(path, all_factors_plan).params() == fitted.params());
    const ArimaResults exact = model.smooth(y, std::vector<double>{-0.999999999});
    exact.save(path);
    CHECK(ArimaResults::load(path, all_factors_plan).params() == exact.params());
}

} // namespace timeloom::tests
