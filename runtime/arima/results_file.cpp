#include "timeloom/runtime/arima/arima.hpp"
#include "timeloom/runtime/arima/results_impl.hpp"
#include "timeloom/runtime/atomic_write.hpp"
#include "timeloom/runtime/crc32.hpp"
#include "timeloom/runtime/error.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cmath>
#include <fstream>
#include <sstream>

namespace timeloom {

namespace {

using nlohmann::json;

constexpr const char* format_name = "timeloom arima results 1";

/// NaN, a missing observation, is null in JSON.
json numbers(const std::vector<double>& values) {
    json list = json::array();
    for (const double x : values) {
        list.push_back(std::isfinite(x) ? json(x) : json());
    }
    return list;
}

std::vector<double> numbers(const json& list) {
    std::vector<double> values;
    for (const json& x : list) {
        values.push_back(x.is_null() ? std::nan("") : x.get<double>());
    }
    return values;
}

std::uint32_t checksum(const json& content) {
    const std::string text = content.dump();
    return crc32(std::as_bytes(std::span(text)));
}

std::string read_file(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    if (!in) {
        throw Error("cannot read " + path.string() + "; is the path right?");
    }
    return text.str();
}

} // namespace

void ArimaResults::save(const std::filesystem::path& path) const {
    const Impl& i = *impl_;
    const dsl::arima_orders& o = i.orders;
    const json content{
        {"orders", {o.p, o.d, o.q, o.seasonal_p, o.seasonal_d, o.seasonal_q, o.seasonal_period}},
        {"trend", static_cast<int>(i.trend)},
        {"method", static_cast<int>(i.method)},
        {"cov_type", static_cast<int>(i.cov_type)},
        {"status", static_cast<int>(i.fit.status)},
        {"message", i.fit.message},
        {"params", numbers(i.fit.params)},
        {"sigma2", i.fit.sigma2},
        {"llf", i.fit.llf},
        {"nobs", i.fit.nobs},
        {"evaluations", i.fit.evaluations},
        {"y", numbers(i.y)},
        {"exog_columns", i.exog_columns},
        {"exog", numbers(i.exog)},
    };
    const json file{{"format", format_name}, {"checksum", checksum(content)}, {"results", content}};
    write_file_atomically(path, file.dump(1) + '\n');
}

ArimaResults ArimaResults::load(const std::filesystem::path& path, const ArimaKernelTable& kernels) {
    const std::string text = read_file(path);
    try {
        const json file = json::parse(text);
        if (file.at("format") != format_name) {
            throw Error(path.string() + " holds something else than ARIMA results of this version");
        }
        const json& content = file.at("results");
        if (file.at("checksum") != checksum(content)) {
            throw Error(path.string() + " is damaged: its checksum does not match; save the results again");
        }
        const auto o = content.at("orders").get<std::array<int, 7>>();
        const dsl::arima_orders orders{o[0], o[1], o[2], o[3], o[4], o[5], o[6]};
        const auto trend = static_cast<dsl::trend_kind>(content.at("trend").get<int>());
        const Arima model(orders, trend, kernels);
        ArimaFit fit;
        fit.status = static_cast<FitStatus>(content.at("status").get<int>());
        fit.message = content.at("message");
        fit.params = numbers(content.at("params"));
        fit.sigma2 = content.at("sigma2");
        fit.llf = content.at("llf");
        fit.nobs = content.at("nobs");
        fit.evaluations = content.at("evaluations");
        const std::vector<double> y = numbers(content.at("y"));
        const std::vector<double> exog = numbers(content.at("exog"));
        return {model.kernels(),
                orders,
                trend,
                y,
                {exog, content.at("exog_columns").get<std::size_t>()},
                std::move(fit),
                static_cast<ArimaMethod>(content.at("method").get<int>()),
                static_cast<CovarianceType>(content.at("cov_type").get<int>())};
    } catch (const json::exception& error) {
        throw Error(path.string() + " is damaged or no file of ARIMA results: " + error.what());
    }
}

} // namespace timeloom
