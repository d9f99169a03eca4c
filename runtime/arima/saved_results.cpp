// What a file of ARIMA results holds, as text.
#include "timeloom/runtime/arima/saved_results.hpp"

#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/files/json_reader.hpp"
#include "timeloom/runtime/files/json_text.hpp"

#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <optional>

namespace timeloom::detail {

namespace {

using detail::json_number;
using detail::json_numbers;
using detail::json_string;
using detail::JsonReader;

constexpr const char* format_name = "timeloom arima results 1";

std::vector<double> read_numbers(JsonReader& in) {
    std::vector<double> values;
    in.array([&](std::size_t) {
        values.push_back(in.null() ? std::numeric_limits<double>::quiet_NaN() : in.number());
    });
    return values;
}

plan::ArimaOrders read_orders(JsonReader& in) {
    std::array<int, 11> o{0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1};
    std::size_t count = 0;
    in.array([&](std::size_t i) {
        o[std::min<std::size_t>(i, 10)] = in.integer<int>();
        ++count;
    });
    if (count != 7 && count != 11) {
        throw Error("there are " + std::to_string(count) + " orders instead of 7, or 11 with two seasons");
    }
    return {o[0], o[1], o[2], o[3], o[4], o[5], o[6], o[7], o[8], o[9], o[10]};
}

/// One of an enumeration's values, of which `last` is the last.
template <class Enum>
Enum read_choice(JsonReader& in, Enum last) {
    const auto value = in.integer<int>();
    if (value < 0 || value > static_cast<int>(last)) {
        in.fail(std::to_string(value) + " is none of the choices 0 to " +
                std::to_string(static_cast<int>(last)));
    }
    return static_cast<Enum>(value);
}

double read_number(JsonReader& in) {
    return in.null() ? std::numeric_limits<double>::quiet_NaN() : in.number();
}

using Readers = std::map<std::string, std::function<void(JsonReader&)>, std::less<>>;

/// How each member of the results is read.
Readers readers_into(SavedResults& r) {
    return {
        {"orders", [&](JsonReader& in) { r.orders = read_orders(in); }},
        {"trend", [&](JsonReader& in) { r.trend = read_choice(in, plan::Trend::differenced_mean); }},
        {"method", [&](JsonReader& in) { r.method = read_choice(in, ArimaMethod::css_mle); }},
        {"cov_type", [&](JsonReader& in) { r.cov_type = read_choice(in, CovarianceType::opg); }},
        {"status", [&](JsonReader& in) { r.fit.status = read_choice(in, FitStatus::failed); }},
        {"message", [&](JsonReader& in) { r.fit.message = in.string(); }},
        {"params", [&](JsonReader& in) { r.fit.params = read_numbers(in); }},
        {"sigma", [&](JsonReader& in) { r.fit.sigma = read_number(in); }},
        {"sigma2", [&](JsonReader& in) { r.fit.sigma2 = read_number(in); }},
        {"llf", [&](JsonReader& in) { r.fit.llf = read_number(in); }},
        {"nobs", [&](JsonReader& in) { r.fit.nobs = in.integer<std::size_t>(); }},
        {"evaluations", [&](JsonReader& in) { r.fit.evaluations = in.integer<std::size_t>(); }},
        {"y", [&](JsonReader& in) { r.y = read_numbers(in); }},
        {"exog_columns", [&](JsonReader& in) { r.exog_columns = in.integer<std::size_t>(); }},
        {"exog", [&](JsonReader& in) { r.exog = read_numbers(in); }},
    };
}

SavedResults read_results(JsonReader& in) {
    SavedResults results;
    Readers readers = readers_into(results);
    in.object([&](const std::string& name) {
        const auto reader = readers.find(name);
        if (reader == readers.end()) {
            in.fail("results have no '" + name + "'");
        }
        try {
            reader->second(in);
        } catch (const Error& error) {
            throw Error(name + ": " + error.what());
        }
        readers.erase(reader);
    });
    readers.erase("sigma"); // which files had not at first
    if (!readers.empty()) {
        throw Error(readers.begin()->first + " is missing");
    }
    // JSON has no infinity.
    const double square = results.fit.sigma * results.fit.sigma;
    if (std::isnan(results.fit.sigma2) && std::isinf(square)) {
        results.fit.sigma2 = square;
    }
    if (std::isnan(results.fit.llf) && results.fit.sigma2 == 0) {
        results.fit.llf = std::numeric_limits<double>::infinity();
    }
    return results;
}

} // namespace

std::string to_text(const SavedResults& r) {
    const plan::ArimaOrders& o = r.orders;
    std::string orders;
    for (const int n : {o.p, o.d, o.q, o.seasonal_p, o.seasonal_d, o.seasonal_q, o.seasonal_period}) {
        orders += (orders.empty() ? "[" : ",") + std::to_string(n);
    }
    if (o.second_p + o.second_d + o.second_q > 0) {
        for (const int n : {o.second_p, o.second_d, o.second_q, o.second_period}) {
            orders += "," + std::to_string(n);
        }
    }
    std::string content;
    const auto add = [&](const char* name, const std::string& value) {
        content += (content.empty() ? "{\n  " : ",\n  ") + json_string(name) + ": " + value;
    };
    add("cov_type", std::to_string(static_cast<int>(r.cov_type)));
    add("evaluations", std::to_string(r.fit.evaluations));
    add("exog", json_numbers(r.exog));
    add("exog_columns", std::to_string(r.exog_columns));
    add("llf", json_number(r.fit.llf));
    add("message", json_string(r.fit.message));
    add("method", std::to_string(static_cast<int>(r.method)));
    add("nobs", std::to_string(r.fit.nobs));
    add("orders", orders + ']');
    add("params", json_numbers(r.fit.params));
    add("sigma", json_number(r.fit.sigma));
    add("sigma2", json_number(r.fit.sigma2));
    add("status", std::to_string(static_cast<int>(r.fit.status)));
    add("trend", std::to_string(static_cast<int>(r.trend)));
    add("y", json_numbers(r.y));
    content += "\n }";
    return "{\n \"checksum\": " + std::to_string(detail::json_checksum(content)) +
           ",\n \"format\": " + json_string(format_name) + ",\n \"results\": " + content + "\n}\n";
}

SavedResults parse_results(std::string_view text) {
    std::optional<std::string> format;
    std::optional<std::uint32_t> checksum;
    std::optional<SavedResults> results;
    std::string_view content;
    JsonReader in(text);
    in.object([&](const std::string& name) {
        if (name == "format") {
            format = in.string();
        } else if (name == "checksum") {
            checksum = in.integer<std::uint32_t>();
        } else if (name == "results") {
            const std::size_t begin = in.position();
            results = read_results(in);
            content = text.substr(begin, in.position() - begin);
        } else {
            in.skip();
        }
    });
    in.end();
    if (format != format_name) {
        throw Error("it holds something else than ARIMA results of this version");
    }
    if (!results || checksum != detail::json_checksum(content)) {
        throw Error("its checksum does not match");
    }
    return *std::move(results);
}

} // namespace timeloom::detail
