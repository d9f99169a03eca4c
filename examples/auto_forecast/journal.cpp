#include "journal.hpp"

#include <timeloom/runtime/error.hpp>
#include <timeloom/runtime/files/atomic_write.hpp>

#include <fstream>
#include <sstream>
#include <system_error>

namespace auto_forecast {

namespace {

std::string text_of(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    if (!in || !text) {
        throw timeloom::Error("the journal '" + path.string() + "' cannot be read; delete it to begin anew");
    }
    return text.str();
}

/// The first thing in which two descriptions of a run differ.
std::string difference(const nlohmann::json& before, const nlohmann::json& now) {
    for (const auto& [name, value] : now.items()) {
        if (!before.contains(name) || before.at(name) != value) {
            return name;
        }
    }
    return "";
}

} // namespace

Journal::Journal(const std::filesystem::path& forecasts, nlohmann::json run, bool restart)
    : path_(forecasts.string() + ".journal"), run_(std::move(run)) {
    if (restart || !std::filesystem::exists(path_)) {
        return;
    }
    nlohmann::json before;
    try {
        const nlohmann::json journal = nlohmann::json::parse(text_of(path_));
        before = journal.at("run");
        progress_ = journal.at("progress").get<Progress>();
    } catch (const nlohmann::json::exception&) {
        throw timeloom::Error("'" + path_.string() +
                              "' is no journal of auto_forecast; move it away or give --restart");
    }
    if (const std::string what = difference(before, run_); !what.empty()) {
        throw timeloom::Error("'" + path_.string() + "' is of an unfinished run with another " + what +
                              "; repeat that run to go on with it, or give --restart to begin anew");
    }
}

void Journal::save(const Progress& progress) {
    progress_ = progress;
    timeloom::write_file_atomically(path_,
                                    nlohmann::json{{"run", run_}, {"progress", progress}}.dump(1) + '\n');
}

void Journal::remove() {
    std::error_code failure;
    std::filesystem::remove(path_, failure);
    if (failure) {
        throw timeloom::Error("'" + path_.string() + "' cannot be removed: " + failure.message());
    }
}

} // namespace auto_forecast
