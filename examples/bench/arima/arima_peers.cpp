#include "arima_peers.hpp"

#include "../peer_process.hpp"

#include "timeloom/runtime/error.hpp"

#include <nlohmann/json.hpp>

#include <memory>

namespace timeloom::bench {

namespace {

using nlohmann::json;

const std::filesystem::path scripts = TIMELOOM_SOURCE_DIR "/examples/bench/arima/peers";

const PeerProcess::Variables one_thread{
    {"OMP_NUM_THREADS", "1"},
    {"OPENBLAS_NUM_THREADS", "1"},
    {"MKL_NUM_THREADS", "1"},
    {"NUMBA_NUM_THREADS", "1"},
};

/// The peer's answer to a request, as JSON.
json ask(PeerProcess& peer, const std::string& request) {
    const std::string line = peer.ask(request);
    json answer = json::parse(line, nullptr, false);
    if (!answer.is_object()) {
        throw Error(peer.name() + " answered '" + line.substr(0, 200) + "' to '" + request.substr(0, 40) +
                    "'");
    }
    return answer;
}

std::vector<ArimaEstimate> ask_fits(PeerProcess& peer, const ArimaCase& c) {
    std::vector<ArimaEstimate> estimates;
    const json answer = ask(peer, "fit " + c.name);
    for (const json& fit : answer.at("fits")) {
        ArimaEstimate& estimate = estimates.emplace_back();
        estimate.milliseconds = fit.at("ms");
        estimate.failure = fit.value("failure", "");
        for (const json& coefficient : fit.at("coefficients")) { // NaN is null in JSON
            estimate.coefficients.push_back(coefficient.is_null() ? std::numeric_limits<double>::quiet_NaN()
                                                                  : coefficient.get<double>());
        }
        if (fit.contains("llf") && fit.at("llf").is_number()) {
            estimate.llf = fit.at("llf");
        }
    }
    if (estimates.size() != c.series.size()) {
        throw Error(peer.name() + " fitted " + std::to_string(estimates.size()) + " of the " +
                    std::to_string(c.series.size()) + " series of " + c.name);
    }
    return estimates;
}

/// Microseconds of a likelihood or an update.
double ask_time(const char* what, PeerProcess& peer, const ArimaCase& c,
                const std::vector<std::vector<double>>& coefficients) {
    std::string request = std::string(what) + " " + c.name;
    char number[32];
    for (const std::vector<double>& of_one : coefficients) {
        for (const double value : of_one) {
            std::snprintf(number, sizeof number, " %.17g", value);
            request += number;
        }
    }
    return ask(peer, request).at("us");
}

std::vector<SelectedOrder> ask_orders(PeerProcess& peer, const ArimaCase& c) {
    std::vector<SelectedOrder> orders;
    const json answer = ask(peer, "select " + c.name);
    for (const json& fit : answer.at("fits")) {
        orders.push_back({fit.at("ms"), fit.at("order")});
    }
    return orders;
}

/// Starts it and asks what it can do. The program reads the workloads, writes {"version", "settings", "can"}
/// as its first line, and then answers each request with a line.
ArimaContender start(const std::string& name, const std::vector<std::string>& command) {
    const auto peer = std::make_shared<PeerProcess>(name, command, one_thread);
    const json ready = json::parse(peer->answer(), nullptr, false);
    if (!ready.is_object() || !ready.contains("version")) {
        throw Error(name + " did not begin with its version");
    }
    ArimaContender contender{name, ready.at("version"), ready.value("settings", ""), {}, {}, {}};
    for (const json& ability : ready.at("can")) {
        if (ability == "fit") {
            contender.fit = [peer](const ArimaCase& c) { return ask_fits(*peer, c); };
        } else if (ability == "likelihood") {
            contender.likelihood = [peer](const ArimaCase& c, const auto& coefficients) {
                return ask_time("likelihood", *peer, c, coefficients);
            };
        } else if (ability == "update") {
            contender.update = [peer](const ArimaCase& c, const auto& coefficients) {
                return ask_time("update", *peer, c, coefficients);
            };
        } else if (ability == "select") {
            contender.select_order = [peer](const ArimaCase& c) { return ask_orders(*peer, c); };
        }
    }
    return contender;
}

/// Builds ctsa's sources and the program that calls them, if they are newer than the last build.
std::string build_ctsa_peer(const ArimaPeerPlaces& places) {
    if (!std::filesystem::exists(places.ctsa / "header" / "ctsa.h")) {
        throw Error("there is no checkout of ctsa in '" + places.ctsa.string() + "'; name one with --ctsa");
    }
    const std::string program = (places.folder / "peer_ctsa").string();
    PeerProcess build("ctsa's build",
                      {(scripts / "build_peer_ctsa.sh").string(), places.ctsa.string(), program}, {});
    if (const std::string answer = build.answer(); answer != "built") {
        throw Error("ctsa could not be built: " + answer);
    }
    return program;
}

} // namespace

std::vector<ArimaPeer> arima_peers(const ArimaPeerPlaces& places, const std::filesystem::path& workloads) {
    const auto python = [=](const std::string& name, const std::string& library, const std::string& method) {
        return ArimaPeer{name, [=] {
                             return start(name, {places.python.string(), "-W", "ignore",
                                                 (scripts / "peer_arima.py").string(), workloads.string(),
                                                 library, method});
                         }};
    };
    const auto r = [=](const std::string& name, const std::string& method) {
        return ArimaPeer{name, [=] {
                             return start(name, {"Rscript", "--vanilla", (scripts / "peer_arima.R").string(),
                                                 workloads.string(), method});
                         }};
    };
    const auto ctsa = [=] { return start("ctsa", {build_ctsa_peer(places), workloads.string()}); };
    return {
        {"ctsa", ctsa},
        r("R ML", "ML"),
        r("R CSS-ML", "CSS-ML"),
        python("statsforecast ML", "statsforecast", "ML"),
        python("statsforecast CSS-ML", "statsforecast", "CSS-ML"),
        python("statsmodels", "statsmodels", "ML"),
    };
}

} // namespace timeloom::bench
