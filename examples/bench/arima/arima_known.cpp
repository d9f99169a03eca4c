#include "arima_known.hpp"

#include "timeloom/runtime/files/atomic_write.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <utility>

namespace timeloom::bench {

KnownMaxima::KnownMaxima(std::filesystem::path file) : file_(std::move(file)) {
    if (file_.empty() || !std::filesystem::exists(file_)) {
        return;
    }
    std::ifstream in(file_);
    const nlohmann::json sets = nlohmann::json::parse(in);
    for (const auto& [name, set] : sets.items()) {
        Set& known = sets_[name];
        known.starts = set.at("starts");
        for (const nlohmann::json& llf : set.at("llf")) {
            known.llf.push_back(llf.is_null() ? -HUGE_VAL : llf.get<double>());
        }
    }
}

std::size_t KnownMaxima::starts(const std::string& set, std::size_t count) const {
    const auto found = sets_.find(set);
    return found == sets_.end() || found->second.llf.size() < count ? 0 : found->second.starts;
}

std::vector<double> KnownMaxima::llf(const std::string& set, std::size_t count) const {
    const auto found = sets_.find(set);
    std::vector<double> llf = found == sets_.end() ? std::vector<double>{} : found->second.llf;
    llf.resize(count, -HUGE_VAL);
    return llf;
}

void KnownMaxima::raise(const std::string& set, const std::vector<double>& llf, std::size_t starts) {
    Set& known = sets_[set];
    if (llf.size() >= known.llf.size()) {
        known.starts = llf.size() == known.llf.size() ? std::max(known.starts, starts) : starts;
        known.llf.resize(llf.size(), -HUGE_VAL);
    }
    for (std::size_t i = 0; i < llf.size(); ++i) {
        known.llf[i] = std::max(known.llf[i], llf[i]);
    }
    save();
}

void KnownMaxima::save() const {
    if (file_.empty()) {
        return;
    }
    nlohmann::json sets;
    for (const auto& [name, set] : sets_) {
        nlohmann::json llf = nlohmann::json::array();
        for (const double x : set.llf) {
            llf.push_back(std::isfinite(x) ? nlohmann::json(x) : nlohmann::json());
        }
        sets[name] = {{"starts", set.starts}, {"llf", llf}};
    }
    write_file_atomically(file_, sets.dump() + '\n');
}

} // namespace timeloom::bench
