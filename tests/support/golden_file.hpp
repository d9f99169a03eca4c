// Reads the values that tests/keras_values.py wrote, for tests that run in the folder tests/.
#pragma once

#include <nlohmann/json.hpp>

#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace timeloom::golden {

inline nlohmann::json read(const std::string& name) {
    std::ifstream file("golden/" + name);
    if (!file)
        throw std::runtime_error("golden/" + name + " is missing; run the test in the folder tests/");
    return nlohmann::json::parse(file);
}

/// The values of {"shape", "values"} as T.
template <class T>
std::vector<T> values(const nlohmann::json& array) {
    return array.at("values").get<std::vector<T>>();
}

} // namespace timeloom::golden
